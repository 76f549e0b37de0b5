"""What pre-sales say often, in all languages: /content/replies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from bot.managers.content.publishing import PATH, Seen, look, mark_of, places, publish
from bot.managers.teaching import read_form
from bot.packs.edits import Changes
from bot.packs.overlay_files import with_entry
from bot.records import clean
from bot.web.access import FromDeps, StaffRequest
from bot.web.deps import Deps
from bot.web.staffpages import language_of, render
from dialogs.folder.replies import FILE
from dialogs.pack import CannedReply
from dialogs.replies import NAMES, Canned, Context, fill
from dialogs.types import REASONS, State

TITLE_MAX, TEXT_MAX = 80, 2_000  # characters


@get(f"{PATH}/replies", opt={"right": "content"})
async def list_replies(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Every canned reply."""
    language = language_of(deps, request)
    staff = request.user.staff.display_name
    rows = [(each, *_read_out(deps, each, language, staff)) for each in deps.pack.replies]
    return render(deps, request, "content/replies", {"rows": rows})


@get(f"{PATH}/replies/{{reply:str}}", opt={"right": "content"})
async def show_reply(
    request: StaffRequest, deps: FromDeps, reply: FromPath[str], done: FromQuery[int] = 0
) -> Response[Any]:
    """One canned reply in every language; `new` for one that is not there yet."""
    form = _require(deps, reply)
    return _show(deps, request, (reply, form), Seen(done="saved" if done else "", number=done))


@post(f"{PATH}/replies/{{reply:str}}", opt={"right": "content"})
async def change_reply(
    request: StaffRequest, deps: FromDeps, reply: FromPath[str]
) -> Response[Any]:
    """Publish the words, or with `act=check` tell what is wrong with them."""
    former, fields = _require(deps, reply), await read_form(request)
    form = _read(deps, fields, former)
    async with deps.teaching:
        if fields.get("seen") != _mark(former):
            return _show(deps, request, (reply, form), Seen(done="changed_since"), 409)
        changes = _changes(deps, form)
        if fields.get("act") == "check":
            seen = await look(deps, request, changes, "", "")
            return _show(deps, request, (reply, form), seen)
        taught = await publish(deps, request, changes, form.id)
    if taught.problems:
        told = places(deps, request, taught.problems)
        return _show(deps, request, (reply, form), Seen(problems=told), 422)
    address = f"{PATH}/replies/{form.id}?done={taught.number}"
    return Response(None, status_code=303, headers={"Location": address})


def _require(deps: Deps, reply: str) -> CannedReply:
    if reply == "new":
        empty = dict.fromkeys(deps.pack.languages, "")
        return CannedReply(id="", title=empty, text=empty)
    found = next((each for each in deps.pack.replies if each.id == reply), None)
    if found is None:
        raise NotFoundException("desk.error.404")
    return found


def _read(deps: Deps, fields: Mapping[str, str], former: CannedReply) -> CannedReply:
    spoken = deps.pack.languages
    titles = {each: " ".join(clean(fields.get(f"title:{each}", "")).split()) for each in spoken}
    return CannedReply(
        id=former.id or _make_id(deps, titles),
        title={each: words[:TITLE_MAX] for each, words in titles.items()},
        text={each: clean(fields.get(f"text:{each}", ""))[:TEXT_MAX] for each in spoken},
        when=tuple(each for each in REASONS if fields.get(f"when:{each}")),
    )


def _make_id(deps: Deps, titles: Mapping[str, str]) -> str:
    """A name that no other reply has, of the title where it has Latin letters."""
    plain = re.sub(r"[^a-z0-9]+", "_", next(iter(titles.values()), "").lower()).strip("_")
    stem = plain[:30] if plain[:1].isalpha() and len(plain) > 1 else "reply"
    taken = {each.id for each in deps.pack.replies} | {"new"}
    names = (f"{stem}_{n}" if n else stem for n in range(len(taken) + 1))
    return next(name for name in names if name not in taken)


def _changes(deps: Deps, form: CannedReply) -> Changes:
    entry: dict[str, Any] = {"id": form.id, "title": dict(form.title), "text": dict(form.text)}
    if form.when:
        entry["when"] = list(form.when)
    return {FILE: with_entry(deps.overlay.files.get(FILE), "replies", entry)}


def _mark(reply: CannedReply) -> str:
    return mark_of((*reply.title.values(), *reply.text.values(), *reply.when))


def _words(reply: CannedReply, language: str) -> tuple[str, str]:
    """Title and text in the language, else in any."""
    spoken = language if language in reply.title else next(iter(reply.title))
    return reply.title[spoken], reply.text[spoken]


def _read_out(deps: Deps, reply: CannedReply, language: str, staff: str) -> tuple[str, str]:
    """Title and text as they would stand in a talk of which nothing is known yet."""
    title, source = _words(reply, language)
    spoken = language if language in reply.title else next(iter(reply.title))
    canned = Canned(id=reply.id, title=title, source=source)
    return title, fill(deps.texts, canned, State(), spoken, Context(staff=staff, now=deps.now()))


def _show(
    deps: Deps,
    request: StaffRequest,
    what: tuple[str, CannedReply],
    seen: Seen,
    status: int = 200,
) -> Response[Any]:
    reply, form = what
    there = _require(deps, reply)
    values = {
        "reply": reply,
        "form": form,
        "title": _words(form, language_of(deps, request))[0],
        "mark": _mark(there),
        "seen": seen,
        "spoken": deps.pack.languages,
        "reasons": REASONS,
        "names": NAMES,
        "title_max": TITLE_MAX,
        "text_max": TEXT_MAX,
    }
    return render(deps, request, "content/reply", values, status)


ROUTES = (list_replies, show_reply, change_reply)
