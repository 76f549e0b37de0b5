"""The inbox of pre-sales: its pages, their live pieces, and the event stream that moves them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote

from litestar import MediaType, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import ServerSentEvent, ServerSentEventMessage
from litestar.types import ControllerRouterHandler

from bot.acting import TEXT_MAX
from bot.desk import CLOSE_REASONS, NOT_A_LEAD_REASONS, STAGES
from bot.live import DESK
from bot.presales.acts import ACTS
from bot.presales.brief import write_brief
from bot.presales.queue import VIEWS, Queue, choose_view, read_queue
from bot.rights import may
from bot.telegram import border
from bot.web.access import FromDeps, StaffRequest, close_off, recognise
from bot.web.deps import Deps
from bot.web.staffpages import language_of, make_say, render, render_text
from bot.web.talk_view import require_talk, view_talk
from dialogs.brief import brief
from storage import conversations, leads, outbox
from storage.db import Tx

RIGHT: Mapping[str, str] = {"right": "talks"}
BEAT_SECONDS = 15.0
GAP_SECONDS = 0.5  # between two wake-ups of one page: under load they come together


@get("/inbox", opt=dict(RIGHT))
async def show_inbox(
    request: StaffRequest, deps: FromDeps, view: FromQuery[str] = ""
) -> Response[Any]:
    """The list, with no talk open."""
    queue = await read_queue(deps, request.user.staff, choose_view(view))
    values = {**_list_values(deps, request, queue), "selected": "", "talk": None}
    return render(deps, request, "inbox", values)


@get("/inbox/{talk:str}", opt=dict(RIGHT))
async def show_talk(
    request: StaffRequest, deps: FromDeps, talk: FromPath[str], view: FromQuery[str] = ""
) -> Response[Any]:
    """The list with one talk open beside it."""
    values = await _talk_values(deps, request, talk)
    queue = await read_queue(deps, request.user.staff, choose_view(view))
    values |= {**_list_values(deps, request, queue), "selected": talk}
    return render(deps, request, "inbox", values)


@get("/inbox/list", opt=dict(RIGHT))
async def give_list(
    request: StaffRequest, deps: FromDeps, view: FromQuery[str] = "", talk: FromQuery[str] = ""
) -> Response[Any]:
    """The list anew, as HTML, and who waits."""
    queue = await read_queue(deps, request.user.staff, choose_view(view))
    values = {**_list_values(deps, request, queue), "selected": talk}
    piece = {"html": render_text(deps, request, "queue", values), "waiting": _ringing(queue)}
    return Response(piece, media_type=MediaType.JSON)


@get("/inbox/{talk:str}/pieces", opt=dict(RIGHT))
async def give_pieces(
    request: StaffRequest,
    deps: FromDeps,
    talk: FromPath[str],
    after: FromQuery[int] = 0,
    view: FromQuery[str] = "",
) -> Response[Any]:
    """Everything around a talk anew, and its messages after a number, as HTML."""
    values = {**await _talk_values(deps, request, talk, after), "view": choose_view(view)}
    piece = {
        "html": render_text(deps, request, "pieces", values),
        "messages": render_text(deps, request, "messages", values),
        "last": values["talk"].last,
    }
    return Response(piece, media_type=MediaType.JSON)


@get("/inbox/{talk:str}/brief", opt=dict(RIGHT))
async def give_brief(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[str]:
    """The brief as plain text, to be pasted elsewhere."""
    require_talk(deps, request.user.staff, talk)
    language = language_of(deps, request)
    found = await view_talk(deps, request.user.staff, talk, language)
    text = write_brief(deps.texts, brief(deps.pack, found.state, deps.now(), language), language)
    return Response(text, media_type=MediaType.TEXT)


@get("/inbox/stream", opt={**RIGHT, "stream": True})
async def follow(
    request: StaffRequest, deps: FromDeps, talk: FromQuery[str] = ""
) -> ServerSentEvent:
    """Events without content: `desk` when a list may have changed, `talk` when the talk has."""
    if talk:
        require_talk(deps, request.user.staff, talk)
    # A proxy that gathers the answer before it passes it on would make the page deaf.
    return ServerSentEvent(_watch(deps, request, talk), headers={"X-Accel-Buffering": "no"})


async def _watch(
    deps: Deps, request: StaffRequest, talk: str
) -> AsyncIterator[ServerSentEventMessage]:
    seen: tuple[object, int] | None = None
    with deps.live.subscribe(DESK) as watch:
        yield ServerSentEventMessage(event="desk", data="", retry=2000)
        while True:
            woken = await watch.wait(BEAT_SECONDS)
            if deps.live.closed:
                return
            # A session that was revoked meanwhile hears nothing more.
            if recognise(request, deps) is None:
                yield ServerSentEventMessage(event="bye", data="")
                return
            if not woken:
                yield ServerSentEventMessage(comment="beat")
                continue
            yield ServerSentEventMessage(event="desk", data="")
            latest = deps.db.peek(lambda tx: _latest(tx, talk)) if talk else None
            if latest != seen:
                seen = latest
                yield ServerSentEventMessage(event="talk", data="")
            await asyncio.sleep(GAP_SECONDS)


def _latest(tx: Tx, talk: str) -> tuple[object, int]:
    """What changes with all that the talk's page shows."""
    return conversations.latest(tx, talk), outbox.count_failed(tx, talk)


@get("/inbox/{talk:str}/files/{file:str}", opt=dict(RIGHT))
async def give_file(
    request: StaffRequest, deps: FromDeps, talk: FromPath[str], file: FromPath[str]
) -> Response[Any]:
    """A file of the prospect, inert: always a download, never shown by the browser."""
    require_talk(deps, request.user.staff, talk)
    stored = deps.db.peek(lambda tx: leads.get_file(tx, file))
    if stored is None or stored.conversation != talk:
        raise NotFoundException("desk.error.404")
    try:
        content = await asyncio.to_thread(deps.uploads.path(file).read_bytes)
    except (OSError, ValueError) as error:
        raise NotFoundException("desk.error.404") from error
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(stored.name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


def _list_values(deps: Deps, request: StaffRequest, queue: Queue) -> dict[str, Any]:
    say = make_say(deps, language_of(deps, request))
    keys = {
        "now": "desk.since.now", "minutes": "desk.since.minutes", "hours": "desk.since.hours",
        "days": "desk.since.days", "visitor": "desk.visitor", "lost": "desk.lost",
        "sound_on": "desk.sound_on", "sound_off": "desk.sound_off",
        "sound_locked": "desk.sound_locked", "new_escalation": "desk.new_escalation",
        "failed": "desk.error.500",
    }  # fmt: skip
    return {
        "view": queue.view,
        "views": VIEWS,
        "rows": queue.rows,
        "counts": {"waiting": len(queue.waiting), "mine": queue.mine},
        "waiting": _ringing(queue),
        "troubles": deps.presence.troubles.get(border.DESK, ()),
        # The script puts the number or name in the place of the mark.
        "words": {name: say(key, n="#", title="#") for name, key in keys.items()},
    }


def _ringing(queue: Queue) -> list[dict[str, Any]]:
    return [
        {"id": each.line.id, "title": each.line.title or each.line.city, "rings": each.rings}
        for each in queue.waiting
    ]


async def _talk_values(
    deps: Deps, request: StaffRequest, conversation: str, after: int = 0
) -> dict[str, Any]:
    worker, language = request.user.staff, language_of(deps, request)
    require_talk(deps, worker, conversation)
    talk = await view_talk(deps, worker, conversation, language, after)
    people = [each.name for each in deps.pack.company.people]
    return {
        "talk": talk,
        "lines": talk.messages,
        "brief": brief(deps.pack, talk.state, deps.now(), language),
        "head": may(worker.role, "heads"),
        "stages": STAGES,
        "close_reasons": CLOSE_REASONS,
        "not_a_lead_reasons": NOT_A_LEAD_REASONS,
        "colleagues": ["", *(name for name in people if name != worker.display_name)],
        "message_max": TEXT_MAX,
        "fresh_id": secrets.token_urlsafe(16),
    }


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """Everything under /inbox, behind the guard."""
    pages = [show_inbox, show_talk, give_list, give_pieces, give_brief, follow, give_file]
    return close_off(deps, [*pages, *ACTS])
