"""Articles that managers wrote over the company's pack: edit, versions, undo, try: /articles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from bot.logs import get_logger
from bot.managers.article_form import (
    ArticleForm,
    Problems,
    Version,
    find_problems,
    form_of,
    last_change,
    make_article,
    place_problems,
    read_article_form,
    versions_of,
)
from bot.managers.teaching import Taught, read_form, teach
from bot.managers.trying import Tried, try_question
from bot.packs.overlay_files import ARTICLE
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import language_of, make_say, render
from dialogs.types import Struct
from storage import accounts, leads, reading
from storage.db import Tx

RIGHT: Mapping[str, str] = {"right": "teaching"}
VERSIONS = 50  # shown
DONE = ("saved", "undone", "restored", "removed", "answered")


class Item(Struct):
    """An article on the list, with the edit that it stands by."""

    language: str
    name: str
    form: ArticleForm
    version: Version
    count: int  # of its versions


class Scene(Struct):
    """What an article's page shows besides its form."""

    problems: Problems = {}
    tried: Tried | None = None
    done: str = ""
    count: int = 0


@get("/articles", opt=dict(RIGHT))
async def list_articles(
    request: StaffRequest, deps: FromDeps, done: FromQuery[str] = ""
) -> Response[Any]:
    """All articles of the overlay, the last changed first."""
    rows = sorted(_items(deps), key=lambda item: -item.version.edit.number)
    values = {"rows": rows, "done": done if done in DONE else ""}
    return render(deps, request, "articles", values)


@get("/articles/new", opt=dict(RIGHT))
async def begin_article(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """An empty form."""
    form = ArticleForm(language=language_of(deps, request))
    return _show(deps, request, ("", form), Scene())


@post("/articles/new", opt=dict(RIGHT))
async def add_article(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Write an article that answers no question of the list."""
    return await _save(deps, request, "", read_article_form(await read_form(request)))


@get("/articles/{language:str}/{article:str}", opt=dict(RIGHT))
async def show_article(
    request: StaffRequest,
    deps: FromDeps,
    language: FromPath[str],
    article: FromPath[str],
    question: FromQuery[int] = 0,
) -> Response[Any]:
    """The article with its form and versions; with `question`, what that is answered with now."""
    versions, done = _require(deps, language, article), request.query_params.get("done", "")
    row = deps.db.peek(lambda tx: reading.get_unanswered(tx, question)) if question else None
    tried = await try_question(deps, row.question, row.language) if row is not None else None
    settled = deps.db.peek(lambda tx: leads.count_answered(tx, versions[0].edit.number))
    scene = Scene(tried=tried, done=done if done in DONE else "", count=settled)
    return _show(deps, request, (article, _form(versions, language)), scene)


@post("/articles/{language:str}/{article:str}", opt=dict(RIGHT))
async def change_article(
    request: StaffRequest, deps: FromDeps, language: FromPath[str], article: FromPath[str]
) -> Response[Any]:
    """A new version of the article. Its language stays: another one makes another article."""
    form = read_article_form({**await read_form(request), "language": language})
    async with deps.teaching:
        versions = _require(deps, language, article)
        if form.seen != versions[0].edit.number:
            say = make_say(deps, language_of(deps, request))
            scene = Scene(problems={"": say("articles.error.changed")})
            return _show(deps, request, (article, form), scene, 409)
        return await _save(deps, request, article, form)


@post("/articles/{language:str}/{article:str}/try", opt=dict(RIGHT), status_code=200)
async def try_article(
    request: StaffRequest, deps: FromDeps, language: FromPath[str], article: FromPath[str]
) -> Response[Any]:
    """What the assistant would say now to a question that somebody types."""
    versions, fields = _require(deps, language, article), await read_form(request)
    asked = fields.get("question", "").strip()
    tried = await try_question(deps, asked, language) if asked else None
    return _show(deps, request, (article, _form(versions, language)), Scene(tried=tried))


@post("/articles/{language:str}/{article:str}/undo", opt=dict(RIGHT))
async def undo_change(
    request: StaffRequest, deps: FromDeps, language: FromPath[str], article: FromPath[str]
) -> Response[Any]:
    """Take the last change back, and with a next undo the one before."""
    last = last_change(_require(deps, language, article))
    if last is None:
        raise NotFoundException("desk.error.404")
    by, now = request.user.staff.display_name, deps.now()
    taught = await teach(deps.overlay.undo(last.number, by, now))
    return await _told(deps, request, (language, article), taught, "undone")


@post("/articles/{language:str}/{article:str}/restore", opt=dict(RIGHT))
async def restore_version(
    request: StaffRequest, deps: FromDeps, language: FromPath[str], article: FromPath[str]
) -> Response[Any]:
    """Use an earlier version again: the field `version` names the edit."""
    versions, fields = _require(deps, language, article), await read_form(request)
    found = next((v for v in versions if str(v.edit.number) == fields.get("version")), None)
    if found is None or found.content is None:
        raise NotFoundException("desk.error.404")
    changes = {ARTICLE.format(language=language, id=article): found.content}
    by, now = request.user.staff.display_name, deps.now()
    taught = await teach(deps.overlay.change(changes, by, article, now))
    return await _told(deps, request, (language, article), taught, "restored")


@post("/articles/{language:str}/{article:str}/remove", opt=dict(RIGHT))
async def remove_article(
    request: StaffRequest, deps: FromDeps, language: FromPath[str], article: FromPath[str]
) -> Response[Any]:
    """Take the article out. Its versions stay, so that it can be brought back."""
    _require(deps, language, article)
    changes = {ARTICLE.format(language=language, id=article): None}
    by, now = request.user.staff.display_name, deps.now()
    taught = await teach(deps.overlay.change(changes, by, article, now))
    return await _told(deps, request, (language, article), taught, "removed")


async def _save(
    deps: Deps, request: StaffRequest, article: str, form: ArticleForm
) -> Response[Any]:
    say, staff = make_say(deps, language_of(deps, request)), request.user.staff
    problems = find_problems(form, deps.pack.languages, say)
    if problems:
        return _show(deps, request, (article, form), Scene(problems=problems), 422)
    new = make_article(form, article, "", ())
    taught = await teach(deps.overlay.add_article(new, staff.display_name, deps.now()))
    if taught.problems:
        scene = Scene(problems=place_problems(taught.problems, say))
        return _show(deps, request, (article, form), scene, 422)
    edit = deps.overlay.get(taught.number)
    name = article or (edit.what if edit is not None else "")
    return await _told(deps, request, (form.language, name), taught, "saved")


async def _told(
    deps: Deps, request: StaffRequest, where: tuple[str, str], taught: Taught, done: str
) -> Response[Any]:
    """The article's page with a word on what was done, or why it could not be."""
    language, article = where
    if taught.problems:
        say = make_say(deps, language_of(deps, request))
        scene = Scene(problems=place_problems(taught.problems, say))
        form = _form(_require(deps, language, article), language)
        return _show(deps, request, (article, form), scene, 409)
    staff, now = request.user.staff.id, deps.now()
    versions = _require(deps, language, article)

    def note(tx: Tx) -> None:
        accounts.note_action(tx, now, staff, f"articles.{done}", str(taught.number))
        # What the article had answered is not answered any more.
        for version in versions if versions[0].content is None else ():
            leads.reopen_answered(tx, version.edit.number)

    await deps.db.write(note)
    get_logger().info("articles", act=done, edit=taught.number, staff=staff)
    address = f"/articles/{language}/{article}?done={done}"
    return Response(None, status_code=303, headers={"Location": address})


def _items(deps: Deps) -> list[Item]:
    found = []
    for path, content in deps.overlay.files.items():
        folder, _, rest = path.partition("/")
        language, _, file = rest.partition("/")
        versions = versions_of(path, deps.overlay.versions(path, limit=1))
        if folder == "knowledge" and versions:
            form = form_of(content, language, versions[0].edit.number)
            found.append(
                Item(
                    language=language,
                    name=file.removesuffix(".md"),
                    form=form,
                    version=versions[0],
                    count=deps.overlay.count_versions(path),
                )
            )
    return found


def _require(deps: Deps, language: str, article: str) -> tuple[Version, ...]:
    """The article's latest versions, newest first. NotFoundException where there never was one."""
    path = ARTICLE.format(language=language, id=article)
    versions = versions_of(path, deps.overlay.versions(path, VERSIONS))
    if not versions:
        raise NotFoundException("desk.error.404")
    return versions


def _form(versions: tuple[Version, ...], language: str) -> ArticleForm:
    """The form with what is in use; of an article that was taken out, with what it said last."""
    said = next((v.content for v in versions if v.content is not None), "")
    return form_of(said, language, versions[0].edit.number)


def _show(
    deps: Deps,
    request: StaffRequest,
    what: tuple[str, ArticleForm],
    scene: Scene,
    status: int = 200,
) -> Response[Any]:
    article, form = what
    versions = _require(deps, form.language, article) if article else ()
    values = {
        "article": article,
        "form": form,
        "versions": versions,
        "undoable": last_change(versions) is not None,
        "earlier": {v.edit.number: form_of(v.content or "", form.language, 0) for v in versions},
        "problems": scene.problems,
        "tried": scene.tried,
        "done": scene.done,
        "count": scene.count,
        "spoken": deps.pack.languages,
    }
    return render(deps, request, "article", values, status)


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """Everything under /articles, behind the guard."""
    reads = [list_articles, begin_article, show_article]
    writes = [add_article, change_article, try_article, undo_change, restore_version]
    return close_off(deps, [*reads, *writes, remove_article])
