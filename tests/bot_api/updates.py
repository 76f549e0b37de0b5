"""Updates on their way to a bot: the queue with its ids, and what is known of the webhook."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from .refusals import OTHER_POLLER, conflict

Json = dict[str, Any]
# Bots get these only when they ask for them by name.
ONLY_WHEN_ASKED = ("chat_member", "message_reaction", "message_reaction_count")


@dataclass
class Webhook:
    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error_at: int = 0
    last_error: str = ""
    replaced: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Queue:
    """Updates of one bot until they are confirmed. `next_id` may be set at any time."""

    next_id: int = 1
    waiting: list[Json] = field(default_factory=list)
    allowed: tuple[str, ...] = ()  # empty: all but ONLY_WHEN_ASKED
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    poll: asyncio.Future[None] | None = None

    def push(self, kind: str, payload: Json) -> Json | None:
        """Returns the update, or None where the bot does not want this kind."""
        wanted = kind in self.allowed if self.allowed else kind not in ONLY_WHEN_ASKED
        if not wanted:
            return None
        update = {"update_id": self.next_id, kind: payload}
        self.next_id += 1
        self.push_raw(update)
        return update

    def push_raw(self, update: Json | bytes) -> None:
        """Queue it as it is, whatever it holds; without an update_id it gets the next."""
        whole: Json = json.loads(update) if isinstance(update, bytes) else dict(update)
        if "update_id" not in whole:
            whole["update_id"] = self.next_id
            self.next_id += 1
        self.waiting.append(whole)
        self.wake()

    def wake(self) -> None:
        self.changed.set()
        if self.poll and not self.poll.done():
            self.poll.set_result(None)

    def allow(self, kinds: list[str] | None) -> None:
        if kinds is not None:
            self.allowed = tuple(kinds)

    def confirm(self, offset: int) -> None:
        """All below `offset` are done with; a negative one keeps only so many from the end."""
        if offset > 0:
            self.waiting = [each for each in self.waiting if each["update_id"] >= offset]
        elif offset < 0:
            self.waiting = self.waiting[offset:]

    async def wait(self, seconds: float) -> None:
        """Until there is something, at most so long. Raises Refusal 409 when another poll begins
        meanwhile: it is the older one that Telegram sends away."""
        self.end_poll()
        if self.waiting or seconds <= 0:
            return
        poll: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.poll = poll
        await asyncio.wait({poll}, timeout=seconds)
        if self.poll is poll:
            self.poll = None
        if poll.done():
            poll.result()

    def end_poll(self) -> None:
        if self.poll and not self.poll.done():
            self.poll.set_exception(conflict(OTHER_POLLER))
        self.poll = None
