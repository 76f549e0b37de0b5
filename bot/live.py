"""Wakes whoever watches a conversation. A wake-up carries nothing: the database is the truth.

A lost wake-up does no harm: every watcher reads "messages after seq N" and polls now and then.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

DESK = "desk"  # the topic of everything that pre-sales should see; woken with every turn
OUTBOX = "outbox"  # there is something to send or to do at once
MIND = "mind"  # a conversation was erased, or the pack is to be read again
ARRIVALS = "arrivals"  # updates of a bot were stored and wait to be taken in


def staff_topic(staff_id: int) -> str:
    """The topic of what concerns one member of staff alone."""
    return f"staff:{staff_id}"


class Watch:
    """One watcher. Wake-ups that come together are one; nothing is queued up.

    Use it as `with live.subscribe(topic) as watch:` and then `await watch.wait(seconds)`, or loop
    with `async for _ in watch`. After `live.close()` both end.
    """

    __slots__ = ("_event", "_live", "topics")

    def __init__(self, live: Live, topics: tuple[str, ...]) -> None:
        self._live = live
        self._event = asyncio.Event()
        self.topics = topics

    async def wait(self, seconds: float | None = None) -> bool:
        """True when woken, False when `seconds` went by or the server is closing."""
        if self._live.closed:
            return False
        if not self._event.is_set():
            try:
                await asyncio.wait_for(self._event.wait(), seconds)
            except TimeoutError:
                return False
        self._event.clear()
        return not self._live.closed

    def wake(self) -> None:
        self._event.set()

    def close(self) -> None:
        self._live.drop(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> None:
        if not await self.wait():
            raise StopAsyncIteration


class Live:
    """Topics and their watchers: a conversation's id, DESK or another one named above."""

    def __init__(self) -> None:
        self._watches: dict[str, set[Watch]] = {}
        self.closed = False

    def subscribe(self, *topics: str) -> Watch:
        """Begin to watch them; close the watch (or leave its `with`) when done."""
        watch = Watch(self, topics)
        for topic in topics:
            self._watches.setdefault(topic, set()).add(watch)
        return watch

    def wake(self, topic: str) -> None:
        """Wake everybody who watches the topic. Cheap when nobody does."""
        for watch in self._watches.get(topic, ()):
            watch.wake()

    def drop(self, watch: Watch) -> None:
        for topic in watch.topics:
            watches = self._watches.get(topic, set())
            watches.discard(watch)
            if not watches:
                self._watches.pop(topic, None)

    def close(self) -> None:
        """Let every watcher end, so that the server can stop."""
        self.closed = True
        for watches in list(self._watches.values()):
            for watch in watches:
                watch.wake()

    def count(self) -> int:
        """How many watches are open."""
        return len({watch for watches in self._watches.values() for watch in watches})
