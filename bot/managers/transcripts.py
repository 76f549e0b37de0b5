"""Every conversation for managers: filtered, searched in full text, and read with its record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response, get
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from bot.managers.choices import Choice, filter_options, make_filter, read_choice
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import language_of, make_say, render
from bot.web.talk_view import edition_names, view_talk
from dialogs.brief import brief
from dialogs.types import Struct
from storage import reading, search
from storage.reading import Filter, Line
from storage.search import Piece

RIGHT: Mapping[str, str] = {"right": "transcripts"}
PAGE = 50
HITS = 50


class Entry(Struct):
    """One talk in the list; `seq` and `pieces` tell the hit when words were searched for."""

    line: Line
    edition: str
    seq: int = 0
    pieces: tuple[Piece, ...] = ()


@get("/transcripts", opt=dict(RIGHT))
async def list_transcripts(
    request: StaffRequest, deps: FromDeps, view: FromQuery[str] = "", cursor: FromQuery[str] = ""
) -> Response[Any]:
    """All talks that fit, newest first; with words, the best hits first."""
    if view == "unanswered":
        return Response(None, status_code=303, headers={"Location": "/questions"})
    choice, language = read_choice(request.query_params), language_of(deps, request)
    wanted = make_filter(deps, choice)
    if choice.q:
        entries, older = await _search(deps, choice.q, wanted, language), ""
    else:
        entries, older = await _list(deps, wanted, cursor, language)
    pages = []
    if cursor:
        pages.append(("desk.page.newest", choice.address("/transcripts")))
    if older:
        pages.append(("desk.page.older", choice.address("/transcripts", cursor=older)))
    values = {
        "filter": choice,
        "filtered": choice.narrows,
        "rows": entries,
        "pages": pages,
        "found": _found_words(deps, language, choice, len(entries)),
        "names": {edition.id: edition.name for edition in deps.pack.editions},
        **filter_options(deps),
    }
    return render(deps, request, "transcripts", values)


def _found_words(deps: Deps, language: str, choice: Choice, count: int) -> str:
    key = "none" if not count else ("hits" if choice.q else "some")
    return make_say(deps, language)(f"desk.found.{key}", n=count)


async def _list(deps: Deps, wanted: Filter, cursor: str, language: str) -> tuple[list[Entry], str]:
    try:
        page = await deps.db.read(lambda at: reading.transcripts(at, wanted, cursor, PAGE))
    except (ValueError, OverflowError):  # a cursor that somebody made up: begin anew
        page = await deps.db.read(lambda at: reading.transcripts(at, wanted, limit=PAGE))
    return [_entry(deps, line, language) for line in page.lines], page.next


async def _search(deps: Deps, words: str, wanted: Filter, language: str) -> list[Entry]:
    found = await deps.db.read(lambda connection: search.search(connection, words, wanted, HITS))
    return [
        Entry(
            line=hit.line,
            edition=edition_names(deps, hit.line.edition, language),
            seq=hit.seq,
            pieces=hit.snippet,
        )
        for hit in found.hits
    ]


def _entry(deps: Deps, line: Line, language: str) -> Entry:
    return Entry(line=line, edition=edition_names(deps, line.edition, language))


@get("/transcripts/{talk:str}", opt=dict(RIGHT))
async def show_transcript(
    request: StaffRequest, deps: FromDeps, talk: FromPath[str]
) -> Response[Any]:
    """One talk with its brief, profile, ledger and every message."""
    language = language_of(deps, request)
    found = await view_talk(deps, request.user.staff, talk, language)
    values = {
        "talk": found,
        "lines": found.messages,
        "brief": brief(deps.pack, found.state, deps.now(), language),
    }
    return render(deps, request, "transcript", values)


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """Everything under /transcripts, behind the guard."""
    return close_off(deps, [list_transcripts, show_transcript])
