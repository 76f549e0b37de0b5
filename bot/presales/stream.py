"""The inbox's event stream: it tells that something changed, never what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

from litestar import get
from litestar.params import FromQuery
from litestar.response import ServerSentEvent, ServerSentEventMessage

from bot.live import DESK, staff_topic
from bot.rights import may, sees
from bot.web.access import FromDeps, StaffRequest, recognise
from bot.web.deps import Deps
from bot.web.talk_view import require_talk
from storage import conversations, outbox
from storage.db import Tx

RIGHT: Mapping[str, str] = {"right": "talks"}
BEAT_SECONDS = 15.0
GAP_SECONDS = 0.5  # between two wake-ups of one page: under load they come together


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
    # What its reader has seen in another window counts in this one's lists as well.
    reader = staff_topic(request.user.staff.id)
    with deps.live.subscribe(DESK, reader) as watch, deps.live.subscribe(talk) as own:
        yield ServerSentEventMessage(event="desk", data="", retry=2000)
        while True:
            woken = await watch.wait(BEAT_SECONDS)
            if deps.live.closed:
                return
            # Who was signed out meanwhile, or may not do this work any more, hears nothing more.
            if not _may_follow(deps, request, talk):
                yield ServerSentEventMessage(event="bye", data="")
                return
            if not woken:
                yield ServerSentEventMessage(comment="beat")
                continue
            yield ServerSentEventMessage(event="desk", data="")
            # Some of what belongs to a talk, a task say, leaves its version as it was.
            touched = await own.wait(0)
            latest = deps.db.peek(lambda tx: _latest(tx, talk)) if talk else None
            if talk and (touched or latest != seen):
                seen = latest
                yield ServerSentEventMessage(event="talk", data="")
            await asyncio.sleep(GAP_SECONDS)


def _may_follow(deps: Deps, request: StaffRequest, talk: str) -> bool:
    """Whether the reader still has the right, and the talk is still there for them."""
    reader = recognise(request, deps)
    if reader is None or not may(reader.staff.role, RIGHT["right"]):
        return False
    row = deps.db.peek(lambda tx: conversations.load(tx, talk)) if talk else None
    return not talk or (row is not None and not row.erased and sees(reader.staff, row))


def _latest(tx: Tx, talk: str) -> tuple[object, int]:
    """What changes with all that the talk's page shows."""
    return conversations.latest(tx, talk), outbox.count_failed(tx, talk)
