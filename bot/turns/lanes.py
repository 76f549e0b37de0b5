"""One lane per conversation: what arrives first is taken first, and no lane waits for another."""

from __future__ import annotations

import asyncio
from collections import deque


class LaneFullError(Exception):
    """Too many things of this key wait already."""


class HouseFullError(Exception):
    """Too many things of all keys together wait already."""


class Lanes:
    """Mutual exclusion by key in order of arrival, bounded for each key and in all.

    `await take(key)`, then `leave(key)` in a finally. A free lane is taken without a pause.
    """

    def __init__(self, per_key: int, in_all: int) -> None:
        self._per_key = per_key
        self._in_all = in_all
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}
        self.total = 0  # those that wait and those that are at work

    async def take(self, key: str) -> None:
        """Hold the key's lane. Raises LaneFullError or HouseFullError at once."""
        if self.total >= self._in_all:
            raise HouseFullError
        queue = self._queues.get(key)
        if queue is None:
            self._queues[key] = deque()
            self.total += 1
            return
        if len(queue) >= self._per_key:
            raise LaneFullError
        turn = asyncio.get_running_loop().create_future()
        queue.append(turn)
        self.total += 1
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                queue.remove(turn)
                self.total -= 1
            else:  # the lane was handed to us in the very moment that we were called off
                self.leave(key)
            raise

    def leave(self, key: str) -> None:
        """Hand the lane to who waits longest, or free it."""
        self.total -= 1
        queue = self._queues[key]
        while queue:
            turn = queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        del self._queues[key]
