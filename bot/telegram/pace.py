"""How fast one bot may post: below what Telegram allows, so that its refusals stay rare.

Telegram allows about one message a second to a chat, 30 a second overall, and 20 a minute to a
group over all its topics. Nothing here sleeps: callers ask, wait and ask again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from dialogs.types import Struct

Clock = Callable[[], int]  # ms; may stand still, may be turned


class Rate(Struct):
    """One message per `every` ms on average, `burst` of them at once. `every` 0: no limit."""

    every: int
    burst: int


class Limits(Struct):
    """Of one bot. A window of T ms holds at most `burst + T / every` messages of a rate.

    `kept`: how much of the group's burst only urgent posts may use.
    """

    # A little slower than allowed: on the way, messages come closer together.
    overall: Rate = Rate(every=45, burst=5)  # 27 in any second
    chat: Rate = Rate(every=1_050, burst=3)
    group: Rate = Rate(every=4_000, burst=4)  # 19 in any minute
    kept: int = 2


_FREE = Rate(every=0, burst=1)
UNLIMITED = Limits(overall=_FREE, chat=_FREE, group=_FREE, kept=0)


class _Meter:
    """A rate being used up. `_full_at`: when as much may go at once as after a long pause."""

    __slots__ = ("_full_at", "_rate")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._full_at = 0

    def wait(self, now: int, kept: int = 0) -> int:
        every, burst = self._rate.every, self._rate.burst
        # A clock that was turned back must not hold anybody up for as long as it was turned.
        self._full_at = min(self._full_at, now + burst * every)
        return max(0, self._full_at - (burst - 1 - kept) * every - now)

    def use(self, now: int) -> None:
        self._full_at = max(self._full_at, now) + self._rate.every

    def is_full(self, now: int) -> bool:
        return self._full_at <= now


class _Chat:
    __slots__ = ("held_at", "held_for", "meters")

    def __init__(self, *meters: _Meter) -> None:
        self.meters = meters
        self.held_at = self.held_for = 0  # ms

    def left(self, now: int) -> int:
        """How much longer Telegram told us to stay away."""
        self.held_at = min(self.held_at, now)
        return max(0, self.held_at + self.held_for - now)

    def is_idle(self, now: int) -> bool:
        return not self.left(now) and all(meter.is_full(now) for meter in self.meters)


class Pace:
    """The pace of one bot. Chats with a negative id are groups."""

    def __init__(self, now: Clock, limits: Limits | None = None) -> None:
        self._now = now
        self._limits = limits or Limits()
        self._overall = _Meter(self._limits.overall)
        self._chats: OrderedDict[int, _Chat] = OrderedDict()

    def __len__(self) -> int:
        """How many chats are remembered: those that posted or were refused a short while ago."""
        return len(self._chats)

    def wait(self, chat: int, *, urgent: bool = False) -> int:
        """For how many ms a message to this chat has to wait; 0: it may go now."""
        now = self._now()
        found = self._chats.get(chat)
        if found is None:
            return self._overall.wait(now)
        kept = self._limits.kept if chat < 0 and not urgent else 0
        # Only the group's own meter keeps something back, and it is the last of a group's meters.
        waits = [meter.wait(now, kept if at else 0) for at, meter in enumerate(found.meters)]
        return max(self._overall.wait(now), found.left(now), *waits)

    def take(self, chat: int, *, urgent: bool = False) -> int:
        """Count one message to this chat, which is then sent at once; or give the ms to wait.

        0: taken. Otherwise nothing was counted: ask again after that time.
        """
        self._forget_idle()
        if wait := self.wait(chat, urgent=urgent):
            return wait
        now = self._now()
        self._overall.use(now)
        for meter in self._find(chat).meters:
            meter.use(now)
        return 0

    def hold(self, chat: int, ms: int) -> None:
        """Telegram asked to be left alone with this chat for so long; others go on."""
        found, now = self._find(chat), self._now()
        if ms > found.left(now):
            found.held_at, found.held_for = now, ms

    def _find(self, chat: int) -> _Chat:
        found = self._chats.get(chat)
        if found is None:
            meters = [_Meter(self._limits.chat)]
            if chat < 0:
                meters.append(_Meter(self._limits.group))
            found = self._chats[chat] = _Chat(*meters)
        self._chats.move_to_end(chat)
        return found

    def _forget_idle(self) -> None:
        """A chat that is idle is like one never seen. Two looks for each message keep up."""
        now = self._now()
        for _ in range(min(2, len(self._chats))):
            oldest = next(iter(self._chats))
            if self._chats[oldest].is_idle(now):
                del self._chats[oldest]
            else:
                self._chats.move_to_end(oldest)
