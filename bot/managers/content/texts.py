"""Every sentence of the assistant and of the pages, in all languages: /content/texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from bot.managers.content.publishing import PATH, Seen, look, mark_of, places, publish
from bot.managers.teaching import read_form
from bot.packs.edits import Changes
from bot.packs.overlay_files import with_text
from bot.records import clean
from bot.web.access import FromDeps, StaffRequest
from bot.web.deps import Deps
from bot.web.staffpages import language_of, render
from dialogs.types import Struct

FILE = "texts/{language}.yaml"
TEXT_MAX = 4_000  # characters
ROWS = 60  # texts on a page
QUERY_MAX = 100
# What texts belong to, by the first part of their keys; all others are of the pages of staff.
GROUPS: Mapping[str, str] = {
    first: group
    for group, parts in (
        ("opening", "greeting start back restart resume done erase stop"),
        ("asking", "ask why option recap question skipped confirmed corrected noted edited stale "
                   "forwarded unclear rate"),
        ("answering", "answer documents document_kind paper error"),
        ("prices", "price estimate edition unit compare"),
        ("people", "escalation handback call reach requirement existing_matter next opening"),
        ("chat", "widget telegram button page draft composer"),
        ("site", "site"),
        ("words", "slot value status intent channel language reason"),
    )
    for first in parts.split()
}  # fmt: skip
ORDER = (*dict.fromkeys(GROUPS.values()), "staff")


class TextRow(Struct):
    """A text on the list, in the reader's language. `changed`: staff wrote it over."""

    key: str
    group: str
    words: str
    changed: bool


@get(f"{PATH}/texts", opt={"right": "content"})
async def list_texts(
    request: StaffRequest, deps: FromDeps, q: FromQuery[str] = "", group: FromQuery[str] = ""
) -> Response[Any]:
    """Texts by words or by what they belong to."""
    language = language_of(deps, request)
    wanted = " ".join(q.split())[:QUERY_MAX]
    found = _find(deps, language, wanted, group)
    values = {
        "q": wanted,
        "group": group,
        "groups": _groups(deps, language),
        "rows": found[:ROWS],
        "more": max(0, len(found) - ROWS),
    }
    return render(deps, request, "content/texts", values)


@get(f"{PATH}/texts/{{key:str}}", opt={"right": "content"})
async def show_text(
    request: StaffRequest, deps: FromDeps, key: FromPath[str], done: FromQuery[int] = 0
) -> Response[Any]:
    """One text in every language, to be changed."""
    shown = _require(deps, key)
    return _show(deps, request, (key, shown), Seen(done="saved" if done else "", number=done))


@post(f"{PATH}/texts/{{key:str}}", opt={"right": "content"})
async def change_text(request: StaffRequest, deps: FromDeps, key: FromPath[str]) -> Response[Any]:
    """Publish the words, or with `act=try` show what would be said with them."""
    shown, fields = _require(deps, key), await read_form(request)
    form = {each: clean(fields.get(each, ""))[:TEXT_MAX] for each in deps.pack.languages}
    async with deps.teaching:
        if fields.get("seen") != mark_of(shown.values()):
            return _show(deps, request, (key, form), Seen(done="changed_since"), 409)
        changes = _changes(deps, key, form)
        if fields.get("act") == "try" or not changes:
            question, spoken = fields.get("question", ""), fields.get("tongue", "")
            seen = await look(deps, request, changes, question, spoken)
            return _show(deps, request, (key, form), seen)
        taught = await publish(deps, request, changes, key)
    if taught.problems:
        asked, tongue = fields.get("question", ""), fields.get("tongue", "")
        told = places(deps, request, taught.problems)
        seen = Seen(problems=told, question=asked, tongue=tongue)
        return _show(deps, request, (key, form), seen, 422)
    address = f"{PATH}/texts/{key}?done={taught.number}"
    return Response(None, status_code=303, headers={"Location": address})


def _changes(deps: Deps, key: str, form: dict[str, str]) -> Changes:
    """The files that differ; empty words bring the inherited ones back."""
    files, changes = deps.overlay.files, {}
    for language, words in form.items():
        if words == deps.pack.texts[language].get(key, ""):
            continue
        path = FILE.format(language=language)
        changes[path] = with_text(files.get(path), key, words)
    return changes


def _require(deps: Deps, key: str) -> dict[str, str]:
    """The text in every language. NotFoundException for a key that there is not."""
    found = {each: deps.pack.texts[each].get(key, "") for each in deps.pack.languages}
    if not any(found.values()):
        raise NotFoundException("desk.error.404")
    return found


def _find(deps: Deps, language: str, wanted: str, group: str) -> list[TextRow]:
    """Those that hold the words in any language, or stand in the group; changed ones by default."""
    words, changed = wanted.casefold(), _changed_keys(deps)
    found = []
    for key, text in sorted(deps.pack.texts[language].items()):
        if group and _group_of(key) != group:
            continue
        everywhere = [key, *(deps.pack.texts[each].get(key, "") for each in deps.pack.languages)]
        if words and not any(words in each.casefold() for each in everywhere):
            continue
        if not words and not group and key not in changed:
            continue
        found.append(TextRow(key=key, group=_group_of(key), words=text, changed=key in changed))
    return sorted(found, key=lambda row: ORDER.index(_group_of(row.key)))


def _changed_keys(deps: Deps) -> frozenset[str]:
    paths = [FILE.format(language=each) for each in deps.pack.languages]
    texts = [deps.overlay.files.get(path, "") for path in paths]
    lines = [line for text in texts for line in text.splitlines()]
    return frozenset(line.partition(":")[0].strip("'\"") for line in lines if ":" in line)


def _groups(deps: Deps, language: str) -> list[tuple[str, int]]:
    """What texts belong to, with how many there are; those for prospects first."""
    counts: dict[str, int] = {}
    for key in deps.pack.texts[language]:
        counts[_group_of(key)] = counts.get(_group_of(key), 0) + 1
    return [(group, counts[group]) for group in ORDER if group in counts]


def _group_of(key: str) -> str:
    return GROUPS.get(key.partition(".")[0], "staff")


def _show(
    deps: Deps,
    request: StaffRequest,
    what: tuple[str, dict[str, str]],
    seen: Seen,
    status: int = 200,
) -> Response[Any]:
    key, form = what
    inherited = {each: deps.pack.texts[each].get(key, "") for each in deps.pack.languages}
    values = {
        "key": key,
        "group": _group_of(key),
        "form": form,
        "mark": mark_of(inherited.values()),
        "seen": seen,
        "text_max": TEXT_MAX,
    }
    return render(deps, request, "content/text", values, status)


ROUTES = (list_texts, show_text, change_text)
