"""Every conversation for managers: filtered, searched in full text, and read with its record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from bot.managers import exports
from bot.managers.choices import today_of
from bot.managers.transcripts import export, remarks
from bot.managers.transcripts.chosen import (
    Chosen,
    is_untidy,
    make_filter,
    read_chosen,
    read_query,
)
from bot.managers.transcripts.commented import Comments, lay_out
from bot.managers.transcripts.fields import make_fields
from bot.managers.transcripts.wording import Wording
from bot.managers.views import shown_views
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.long_words import fold, show_words
from bot.web.masked import conceal_talk, veil_for
from bot.web.parts import (
    LISTED_MAX,
    Part,
    cut,
    list_tasks,
    make_place,
    read_number,
    weigh,
    weigh_message,
)
from bot.web.staffpages import Worker, language_of, render
from bot.web.talk_view import Said, edition_names, view_talk
from dialogs.brief import brief
from dialogs.types import Struct
from storage import accounts, lists, search
from storage.reading import Filter, Line
from storage.remarks import Remarked, remarked
from storage.search import Found
from storage.snippets import Piece

RIGHT: Mapping[str, str] = {"right": "transcripts"}
PATH = "/transcripts"
PAGE = 50
HITS = 50


class Entry(Struct):
    """One talk in the list; `seq` and `pieces` tell the hit when words were searched for."""

    line: Line
    edition: str
    remarked: Remarked
    seq: int = 0
    pieces: tuple[Piece, ...] = ()


class Results(Struct):
    """What a choice found; `older`: cursor of the next page, "" for none."""

    entries: tuple[Entry, ...]
    count: int
    more: bool
    older: str = ""


@get(PATH, opt=dict(RIGHT))
async def list_transcripts(
    request: StaffRequest, deps: FromDeps, view: FromQuery[str] = "", cursor: FromQuery[str] = ""
) -> Response[Any]:
    """All talks that fit, newest first; with words, the best hits first."""
    if view == "unanswered":
        return Response(None, status_code=303, headers={"Location": "/questions"})
    fields, query = make_fields(deps, request.user.staff), read_query(request.url.query)
    chosen = read_chosen(fields, query, today_of(deps))
    if is_untidy(fields, query) and not chosen.problems:
        return Response(None, status_code=303, headers={"Location": chosen.address(PATH)})
    wanted, language = make_filter(deps, fields, chosen), language_of(deps, request)
    if chosen.q:
        veil = veil_for(request.user.staff)
        hits = await deps.db.read(lambda at: search.search(at, chosen.q, wanted, HITS, veil))
        found = await _tell(deps, hits, language)
    else:
        found = await _list(deps, wanted, cursor, language)
    if not request.user.staff.personal:
        found = _veil(deps, found)
    wording = Wording(deps, language, fields)
    values = {
        "chosen": chosen,
        "chips": wording.chips(chosen, PATH),
        "offers": wording.offers(),
        "problems": wording.problems(chosen),
        "sentence": wording.sentence(chosen, found.count, found.more),
        "rows": found.entries,
        "pages": _pages(chosen, cursor, found.older),
        "views": shown_views(deps, request.user.staff, "transcripts", chosen.query()),
        "exports": exports.links(f"{PATH}/export", chosen.query(), export.ROWS),
    }
    return render(deps, request, "transcripts/list", values)


def _veil(deps: Deps, found: Results) -> Results:
    """The rows for whoever may not know how a prospect is reached."""
    veiled = deps.db.peek(
        lambda tx: tuple(conceal_talk(tx, each.line.id, each) for each in found.entries)
    )
    return msgspec.structs.replace(found, entries=veiled)


def _pages(chosen: Chosen, cursor: str, older: str) -> list[tuple[str, str]]:
    """(text key, address) of the pages beside this one."""
    pages = [("desk.page.newest", chosen.address(PATH))] if cursor else []
    return [*pages, ("desk.page.older", chosen.address(PATH, cursor=older))] if older else pages


async def _list(deps: Deps, wanted: Filter, cursor: str, language: str) -> Results:
    try:
        page = await deps.db.read(lambda at: lists.find(at, wanted, cursor, PAGE))
    except (ValueError, OverflowError):  # a cursor that somebody made up: begin anew
        page = await deps.db.read(lambda at: lists.find(at, wanted, limit=PAGE))
    marks = await _marks(deps, page.lines)
    entries = tuple(
        Entry(
            line=line,
            edition=edition_names(deps, line.edition, language),
            remarked=marks.get(line.id, Remarked(line.id)),
        )
        for line in page.lines
    )
    return Results(entries=entries, count=page.count, more=page.more, older=page.next)


async def _tell(deps: Deps, found: Found, language: str) -> Results:
    marks = await _marks(deps, tuple(hit.line for hit in found.hits))
    entries = tuple(
        Entry(
            line=hit.line,
            edition=edition_names(deps, hit.line.edition, language),
            remarked=marks.get(hit.line.id, Remarked(hit.line.id)),
            seq=hit.seq,
            pieces=hit.snippet,
        )
        for hit in found.hits
    )
    return Results(entries=entries, count=found.talks, more=not found.complete)


async def _marks(deps: Deps, lines: tuple[Line, ...]) -> Mapping[str, Remarked]:
    return await deps.db.read(lambda connection: remarked(connection, [x.id for x in lines]))


@get(PATH + "/{talk:str}", opt=dict(RIGHT))
async def show_transcript(
    request: StaffRequest,
    deps: FromDeps,
    talk: FromPath[str],
    week: FromQuery[str] = "",
    on: FromQuery[int] = 0,
) -> Response[Any]:
    """One talk with its brief, profile, ledger and messages, part by part. Reading it is written
    down.

    `on` is the message that a comment is about to be written to; it, or the one of `m`, is shown.
    """
    worker, language = request.user.staff, language_of(deps, request)
    found = await view_talk(deps, worker, talk, language)
    await _note_reading(deps, worker, talk)
    said = await remarks.shown(deps, worker, talk, week)
    query = request.query_params
    part, message, older, tasks = (
        read_number(query.get(name, "")) for name in ("part", "m", "comments", "tasks")
    )
    comments = lay_out(said["comments"], older)
    messages = tuple(map(fold, found.messages))
    shown = _cut(messages, comments, (part, on or message))
    lines = messages[shown.start : shown.end]
    values = {
        "talk": found,
        "lines": lines,
        "part": shown,
        "listed_max": LISTED_MAX,
        "spot": make_place({each.seq for each in lines}, f"week={week}" if said["sample"] else ""),
        "commenting": on,
        "brief": brief(deps.pack, found.state, deps.now(), language),
        "tasks": list_tasks(found.stored.tasks, tasks),
        **said,
        "comments": comments,
    }
    return render(deps, request, "transcripts/talk", values)


@get(PATH + "/{talk:str}/messages/{seq:int}", opt=dict(RIGHT))
async def give_words(
    request: StaffRequest, deps: FromDeps, talk: FromPath[str], seq: FromPath[int]
) -> Response[Any]:
    """All the words of a message that is too long for the page of its talk."""
    shown = await show_words(deps, request, talk, seq, f"{PATH}/{talk}")
    await _note_reading(deps, request.user.staff, talk)
    return shown


async def _note_reading(deps: Deps, worker: Worker, talk: str) -> None:
    now = deps.now()
    await deps.db.write(
        lambda tx: accounts.note_action(tx, now, worker.id, "transcript.read", talk)
    )


def _cut(messages: tuple[Said, ...], comments: Comments, wanted: tuple[int, int]) -> Part:
    """The part with this number, or the one that holds this message, 0 for none."""
    weights = [weigh_message(each) for each in messages]
    places = {each.seq: place for place, each in enumerate(messages)}
    for seq, those in comments.at.items():
        if seq in places:
            weights[places[seq]] += sum(weigh(each.text) for each in those)
    part, message = wanted
    return cut(weights, part, places.get(message, -1))


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """Everything under /transcripts, behind the guard."""
    return close_off(
        deps,
        [
            list_transcripts,
            show_transcript,
            give_words,
            export.export_transcripts,
            *remarks.HANDLERS,
        ],
    )
