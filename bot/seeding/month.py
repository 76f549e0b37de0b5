"""Plays a month of prospects and staff through the real intake, desk and outbox.

One clock for all: events happen in the order of their times, and timers fall due between them.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from random import Random

import msgspec

from bot import records
from bot.core import Core
from bot.seeding.people import Persona, draw
from bot.seeding.speaking import Deed, Speaker
from bot.seeding.staffing import Staffing
from dialogs.types import Incoming, State, Struct
from storage import conversations, outbox, reading

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
DEEDS_MAX = 40  # of one prospect
# How often people come by the hour of the day, where the company is.
_HOURS = (1, 1, 1, 1, 1, 1, 2, 4, 8, 11, 12, 11, 8, 9, 11, 11, 10, 8, 6, 5, 5, 4, 3, 2)


class Plan(Struct):
    """`talks` over `days` that end at `until` (ms). The same `chance` plays the same month."""

    talks: int
    days: int
    until: int
    chance: int = 1


class Played(Struct):
    talks: int
    messages: int


class Hands:
    """The clock of the month, in ms; moved by `play` alone."""

    def __init__(self, at: int) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at


class Month:
    """`play` once. The house's clock must be `hands`."""

    def __init__(self, core: Core, hands: Hands, plan: Plan) -> None:
        self._core = core
        self._hands = hands
        self._plan = plan
        self._chance = Random(plan.chance)
        self._staffing = Staffing(core, self._chance)
        self._order = itertools.count()
        self._events: list[tuple[int, int, _Guest]] = []

    async def play(self, told: Callable[[int, int], None] = lambda _, __: None) -> Played:
        """Let everybody come; `told` hears how many have come of how many."""
        await self._staffing.hire()
        for at in self._arrivals():
            self._push(at, _Guest(draw(self._chance, self._core.mind.pack.languages)))
        come = 0
        while self._events:
            at, _, guest = heapq.heappop(self._events)
            await self._pass_time(at)
            if not guest.conversation:
                come += 1
                told(come, self._plan.talks)
            await self._live(guest)
        await self._pass_time(self._plan.until)
        last = self._core.house.db.peek(reading.count_messages)
        return Played(talks=come, messages=last)

    def _arrivals(self) -> list[int]:
        """When people come: more on working days and by day; a month grows a little."""
        first = self._plan.until - self._plan.days * DAY
        times: list[int] = []
        while len(times) < self._plan.talks:
            at = first + int(self._chance.random() ** 0.9 * self._plan.days * DAY)
            hour = at // HOUR % 24
            weekday = (at // DAY + 3) % 7  # 1970 began on a Thursday
            likely = _HOURS[hour] / max(_HOURS) * (0.35 if weekday >= 5 else 1)
            if self._chance.random() < likely:
                times.append(at)
        return sorted(times)

    async def _pass_time(self, target: int) -> None:
        """Move the clock, stopping at every timer that falls due on the way."""
        db = self._core.house.db
        while (due := db.peek(outbox.next_due)) is not None and due <= target:
            self._hands.at = max(self._hands.at, due)
            await self._core.outbox.drain()
            await self._staffing.work()
        self._hands.at = max(self._hands.at, target)

    async def _live(self, guest: _Guest) -> None:
        """One deed of a guest, and when the next one comes."""
        if not guest.conversation:
            await self._open(guest)
        else:
            await self._do(guest)
        await self._core.outbox.drain()
        await self._staffing.work()
        if guest.stays and guest.deeds < DEEDS_MAX:
            self._push(self._hands.at + self._pause(guest), guest)

    def _pause(self, guest: _Guest) -> int:
        """Most answer within a minute; who waits for a person waits; some come back another day."""
        if self._chance.random() < 0.02:
            return int(self._chance.uniform(5 * HOUR, 3 * DAY))
        if guest.owner in ("waiting", "human"):
            return int(self._chance.uniform(MINUTE, 12 * MINUTE))
        return int(self._chance.lognormvariate(10.0, 0.9))  # about 22 s in the middle

    async def _open(self, guest: _Guest) -> None:
        who, intake = guest.who, self._core.intake
        opened = await intake.open(who.channel, who.language, who.source)
        guest.conversation = opened.conversation
        guest.speaker = Speaker(self._core.mind.pack, who, self._chance)
        await self._give(guest, "open", language=who.language)

    async def _do(self, guest: _Guest) -> None:
        state = self._state(guest)
        if state is None or guest.speaker is None:
            guest.stays = False
            return
        guest.owner = state.owner
        deed = guest.speaker.next(state)
        if deed.kind == "leave":
            guest.stays = False
        else:
            await self._take(guest, deed)

    async def _take(self, guest: _Guest, deed: Deed) -> None:
        if deed.kind == "open":
            await self._give(guest, "opened", value=deed.value)
        elif deed.kind == "press":
            await self._give(guest, "choice", value=deed.value, question=deed.question)
        else:
            await self._give(guest, "text", text=deed.text)

    async def _give(self, guest: _Guest, kind: str, **fields: object) -> None:
        guest.deeds += 1
        said = {"conversation": guest.conversation, "external_id": f"{guest.deeds}", "kind": kind}
        await self._core.intake.handle(msgspec.convert({**said, **fields}, Incoming))

    def _state(self, guest: _Guest) -> State | None:
        db = self._core.house.db
        row = db.peek(lambda tx: conversations.load(tx, guest.conversation))
        return None if row is None or row.erased else records.read_state(row.state)

    def _push(self, at: int, guest: _Guest) -> None:
        if at < self._plan.until:
            heapq.heappush(self._events, (at, next(self._order), guest))


class _Guest:
    """A prospect between two deeds."""

    def __init__(self, who: Persona) -> None:
        self.who = who
        self.conversation = ""
        self.speaker: Speaker | None = None
        self.deeds = 0
        self.owner = "bot"
        self.stays = True
