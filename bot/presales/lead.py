"""A lead in the inbox: the brief, the talk with its timeline, and what stands beside it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from litestar import MediaType, Response, get
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath, FromQuery

from bot.desk import (
    CLOSE_REASONS,
    DECLINE_REASONS,
    HAND_BACK_NEXT,
    NOT_A_LEAD_REASONS,
    STAGES,
    TASK_KINDS,
)
from bot.desk.acting import TEXT_MAX
from bot.presales.lead_view import LIKELY, LeadView, Look, view_lead
from bot.presales.lists import list_values, read_wanted
from bot.presales.queue import read_queue
from bot.presales.timeline import FILTERS
from bot.rights import may
from bot.web.access import FromDeps, StaffRequest, wants_page
from bot.web.deps import Deps
from bot.web.long_words import show_words
from bot.web.parts import LISTED_MAX, make_place, read_number
from bot.web.staffpages import Worker, language_of, render, render_text, show_time, speak_of
from bot.web.talk_view import TalkView, require_talk, view_talk
from dialogs.brief import brief
from dialogs.brief_text import write_brief
from dialogs.pack import Company
from storage import audit, leads

RIGHT: Mapping[str, str] = {"right": "talks"}
HOUR = 3_600_000  # ms
UNDO_SHOWN = 5 * 60_000  # ms for which a page loaded again offers to take back the last act
# In how many minutes a talk comes back; the page offers a time of one's own as well.
SNOOZES = (30, 60, 180, 1440, 4320, 10080)


@get("/inbox/{talk:str}", opt=dict(RIGHT))
async def show_talk(
    request: StaffRequest, deps: FromDeps, talk: FromPath[str], view: FromQuery[str] = ""
) -> Response[Any]:
    """The list with one talk open beside it; what is shown counts as read."""
    query = request.query_params
    look = _look(deps, request)
    await _note_reading(deps, request.user.staff, talk)
    values = await _talk_values(deps, request, talk, look)
    await deps.desk.mark_read(request.user.staff, talk)
    wanted = read_wanted(view, query.get("q", ""), talk, query.get("after", ""))
    queue = await read_queue(deps, request.user.staff, wanted)
    undo = _find_undo(deps, request.user.staff, talk, read_number(query.get("undo", "")))
    values |= {**list_values(deps, request, queue), "undo": undo or ""}
    return render(deps, request, "inbox", values)


@get("/inbox/{talk:str}/pieces", opt=dict(RIGHT))
async def give_pieces(
    request: StaffRequest,
    deps: FromDeps,
    talk: FromPath[str],
    after: FromQuery[int] = 0,
    view: FromQuery[str] = "",
) -> Response[Any]:
    """Everything around a talk anew, its messages after a number and its events, as HTML."""
    await _note_reading(deps, request.user.staff, talk)
    look = _look(deps, request, max(0, after))
    values = await _talk_values(deps, request, talk, look)
    query = request.query_params
    wanted = read_wanted(view, query.get("q", ""), talk, query.get("page", ""))
    values |= {"view": wanted.view, "q": wanted.words, "after": wanted.after, "undo": ""}
    piece = {
        "html": render_text(deps, request, "pieces", values),
        "messages": render_text(deps, request, "timeline", values),
        "last": values["talk"].last,
    }
    return Response(piece, media_type=MediaType.JSON)


@get("/inbox/{talk:str}/brief", opt=dict(RIGHT))
async def give_brief(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """The brief as text, to be pasted elsewhere: on a page for a browser, else plain."""
    await _note_reading(deps, request.user.staff, talk)
    language = language_of(deps, request)
    found = await view_talk(deps, request.user.staff, talk, language)
    text = write_brief(deps.texts, brief(deps.pack, found.state, deps.now(), language), language)
    headers = {"Vary": "Accept"}
    if not wants_page(request):
        return Response(text, media_type=MediaType.TEXT, headers=headers)
    title = found.title or speak_of(deps, request, "desk.visitor")
    page = render(deps, request, "brief_text", {"talk": talk, "title": title, "text": text})
    page.headers.update(headers)
    return page


@get("/inbox/{talk:str}/messages/{seq:int}", opt=dict(RIGHT))
async def give_words(
    request: StaffRequest, deps: FromDeps, talk: FromPath[str], seq: FromPath[int]
) -> Response[Any]:
    """All the words of a message that is too long for the page of its talk."""
    await _note_reading(deps, request.user.staff, talk)
    return await show_words(deps, request, talk, seq, f"/inbox/{talk}")


@get("/inbox/{talk:str}/files/{file:str}", opt=dict(RIGHT))
async def give_file(
    request: StaffRequest, deps: FromDeps, talk: FromPath[str], file: FromPath[str]
) -> Response[Any]:
    """A file of the talk, inert: always a download, never shown by the browser."""
    require_talk(deps, request.user.staff, talk)
    stored = deps.db.peek(lambda tx: leads.get_file(tx, file))
    if stored is None or stored.conversation != talk:
        raise NotFoundException("desk.error.404")
    await _require_open(deps, request, talk, file)
    try:
        content = await asyncio.to_thread(deps.uploads.path(file).read_bytes)
    except (OSError, ValueError) as error:
        raise NotFoundException("desk.error.404") from error
    now, staff = deps.now(), request.user.staff.id
    # Nothing goes out that is not written down.
    await deps.db.write(
        lambda tx: audit.note_action(tx, now, staff, "file.download", talk, detail=file)
    )
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(stored.name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


async def _require_open(deps: Deps, request: StaffRequest, talk: str, file: str) -> None:
    """What a prospect sent may hold anything: PermissionDeniedException without the right to it."""
    if request.user.staff.personal:
        return
    found = await view_talk(deps, request.user.staff, talk, language_of(deps, request))
    sent = (each for message in found.messages for each in message.papers)
    if not any(each.kind == "file" and each.id == file for each in sent):
        raise PermissionDeniedException("desk.error.file_locked")


async def _note_reading(deps: Deps, worker: Worker, talk: str) -> None:
    """Whoever is shown a talk stands in the record; within the hour it is the same reading."""
    require_talk(deps, worker, talk)
    staff, now = worker.id, deps.now()
    if not deps.db.peek(lambda tx: audit.has_done(tx, staff, "transcript.read", talk, now - HOUR)):
        await deps.db.write(lambda tx: audit.note_action(tx, now, staff, "transcript.read", talk))


def _find_undo(deps: Deps, worker: Worker, talk: str, number: int) -> int:
    """The act that the address offers to take back; 0 for none, for one of long ago, and where it
    was taken back already."""
    entry = deps.db.peek(lambda tx: audit.get(tx, number)) if number else None
    if entry is None or (entry.staff_id, entry.subject) != (worker.id, talk):
        return 0
    undone = deps.db.peek(lambda tx: audit.last_done(tx, worker.id, "desk.undo", talk, str(number)))
    return number if not undone and deps.now() - entry.at <= UNDO_SHOWN else 0


def _look(deps: Deps, request: StaffRequest, after: int = -1) -> Look:
    """How the address wants the lead to be looked at."""
    part, message, remarks, tasks = (
        read_number(request.query_params.get(name, ""))
        for name in ("part", "m", "remarks", "tasks")
    )
    return Look(
        language=language_of(deps, request),
        part=part,
        message=message,
        after=after,
        remarks=remarks,
        tasks=tasks,
    )


async def _talk_values(
    deps: Deps, request: StaffRequest, conversation: str, look: Look
) -> dict[str, Any]:
    worker = request.user.staff
    require_talk(deps, worker, conversation)
    talk = await view_talk(deps, worker, conversation, look.language)
    lead = await view_lead(deps, worker, talk, look)
    show = request.query_params.get("show", "")
    return {
        "talk": talk,
        "lead": lead,
        "listed_max": LISTED_MAX,
        "spot": make_place(_shown(talk, lead, look)),
        "brief": brief(deps.pack, talk.state, deps.now(), look.language),
        "show": show if show in FILTERS else FILTERS[0],
        "filters": FILTERS,
        "head": may(worker.role, "heads"),
        "fresh_id": secrets.token_urlsafe(16),
        "message_max": TEXT_MAX,
        **_choices(deps, worker),
    }


def _shown(talk: TalkView, lead: LeadView, look: Look) -> set[int]:
    """Messages that the page has; where it is only laid anew, it finds the rest by itself."""
    if look.after >= 0:
        return {each.seq for each in talk.messages}
    return {each.said.seq for each in lead.timeline if each.said}


def _choices(deps: Deps, worker: Worker) -> dict[str, Any]:
    """What the forms of the acts offer."""
    company = deps.pack.company
    tomorrow = show_time(deps, deps.now() + 24 * HOUR, "%Y-%m-%d")
    return {
        "stages": STAGES,
        "close_reasons": CLOSE_REASONS,
        "not_a_lead_reasons": NOT_A_LEAD_REASONS,
        "decline_reasons": DECLINE_REASONS,
        "hand_back_next": HAND_BACK_NEXT,
        "task_kinds": TASK_KINDS,
        "snoozes": SNOOZES,
        "soon": f"{tomorrow}T09:00",
        "likely": LIKELY,
        "colleagues": [each.name for each in company.people if each.name != worker.display_name],
        "teams": teams_of(company),
        "fields": fields_of(company),
    }


def teams_of(company: Company) -> tuple[str, ...]:
    """The pack's teams, in its order."""
    return tuple(dict.fromkeys(person.team for person in company.people if person.team))


def fields_of(company: Company) -> tuple[str, ...]:
    """What somebody of the pack knows about, in its order."""
    return tuple(dict.fromkeys(each for person in company.people for each in person.expertise))
