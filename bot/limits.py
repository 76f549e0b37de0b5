"""How much one address or one conversation may ask of us. Bounded in memory, lost on restart."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from litestar.connection import ASGIConnection

KEYS_MAX = 50_000  # about 10 MB; the least recently seen key is forgotten first


class Buckets:
    """One token bucket per key: `rate` tokens a second flow in, `burst` fit.

    A forgotten key starts full again, so a flood of keys can only make the limits milder.
    """

    def __init__(
        self,
        rate: float,
        burst: float,
        keys_max: int = KEYS_MAX,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if rate <= 0 or burst < 1 or keys_max < 1:
            raise ValueError("rate, burst and keys_max must be positive")
        self._rate = rate
        self._burst = burst
        self._keys_max = keys_max
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Take one token: 0.0 when there was one, else the seconds until there will be."""
        now = self._clock()
        level, then = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - then) * self._rate)
        wait = 0.0
        if level >= 1:
            level -= 1
        else:
            wait = (1 - level) / self._rate
        self._levels[key] = (level, now)
        if len(self._levels) > self._keys_max:
            self._levels.popitem(last=False)
        return wait

    def __len__(self) -> int:
        return len(self._levels)


class Seats:
    """How many of something each key holds at once, and all keys together."""

    def __init__(self, per_key: int, in_all: int) -> None:
        self._per_key = per_key
        self._in_all = in_all
        self._held: Counter[str] = Counter()
        self.total = 0

    @contextmanager
    def hold(self, key: str) -> Iterator[bool]:
        """Yield True and hold a seat until the block ends; False when none is free."""
        if not self.free(key):
            yield False
            return
        self._held[key] += 1
        self.total += 1
        try:
            yield True
        finally:
            self.total -= 1
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]

    def free(self, key: str) -> bool:
        return self.total < self._in_all and self._held[key] < self._per_key


def find_address(connection: ASGIConnection[Any, Any, Any, Any], proxies: int) -> str:
    """The sender's address. Only as many X-Forwarded-For hops are believed as there are proxies.

    Everything further left in that header is the sender's own word and counts for nothing.
    """
    if proxies:
        header = ",".join(connection.headers.getall("x-forwarded-for", []))
        hops = [hop.strip() for hop in header.split(",") if hop.strip()]
        if hops:
            return hops[-min(proxies, len(hops))][:64]
    return connection.client.host if connection.client else "unknown"
