"""Which human replies were owed and when they came, told once more from messages and events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from dialogs.pack import Company, Pack
from dialogs.types import REASONS
from storage.conversations import MessageRow
from tests.bot.seeding.month import UNTIL, Talk
from tests.bot.seeding.recount import Events

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TO_BOT = ("desk.handed_back", "handback.unanswered", "desk.not_taken")
TO_NOBODY = ("desk.closed", "stop.bye")


@dataclass
class Owed:
    """A reply that was owed, in ms. `came` 0: it had not when the talk went elsewhere; `ended` 0:
    it is owed still."""

    conversation: str
    kind: str
    reason: str
    since: int
    due: int
    staff: int = 0
    came: int = 0
    ended: int = 0

    @property
    def counts(self) -> int:
        """Its moment: none where it ended before that without a word."""
        return 0 if self.ended and not self.came and self.ended <= self.due else self.due


def find_owed(talks: Iterable[Talk], events: Events, pack: Pack) -> list[Owed]:
    """Every reply that was ever owed."""
    return [owed for talk in talks for owed in _Desk(talk, events, pack).follow()]


class _Desk:
    """Goes through one talk as somebody at the desk saw it."""

    def __init__(self, talk: Talk, events: Events, pack: Pack) -> None:
        self._talk = talk
        self._pack = pack
        self._calls = list(events.calls.get(talk.row.id, ()))
        self._acts = list(events.acts.get(talk.row.id, ()))
        self._first = self._calls[0] if self._calls else 0
        self._owner = "bot"
        self._holder = 0
        self._replied = False
        self._owed: Owed | None = None

    def follow(self) -> Iterator[Owed]:
        keys = {id(message): reply.key for message, reply in self._talk.replies("bot", "event")}
        for message in self._talk.messages:
            key = keys.get(id(message), "")
            if message.author != "prospect" and self._calls and message.at >= self._calls[0]:
                self._wait(self._calls.pop(0))
            done = self._see(message, key)
            if done is not None:
                yield done
        if self._owed is not None:
            self._owed.staff = self._holder  # whoever has the talk owes it still
            yield self._owed

    def _see(self, message: MessageRow, key: str) -> Owed | None:
        """One message; gives what was owed and is no more."""
        if message.author == "prospect" and self._owner == "human":
            self._begin(message.at)
        elif message.author == "prospect" and self._owner == "closed":
            self._owner = "bot"
        elif message.author == "staff":
            self._replied = True
            return self._settle(message.at, message.staff_id, came=True)
        elif key in ("desk.joined", "desk.reopened"):
            if self._owner == "bot":
                self._begin(message.at)
            self._owner, self._holder = "human", self._actor(message.at, "desk.claim")
        elif key == "desk.passed_on" or (self._owner in ("bot", "closed") and _calls(key)):
            self._wait(message.at)
        elif key in (*TO_BOT, *TO_NOBODY):
            return self._leave(message.at, key)
        return None

    def _leave(self, at: int, key: str) -> Owed | None:
        """The desk has it no more."""
        actor = self._actor(at, "desk.")
        self._owner, self._holder = ("bot" if key in TO_BOT else "closed"), 0
        if key == "stop.bye" and self._owed and self._owed.since == at:
            self._owed = None  # who ends it in the same word waits for nobody
        return self._settle(at, actor)

    def _wait(self, at: int) -> None:
        self._owner, self._holder = "waiting", 0
        self._begin(at)

    def _begin(self, at: int) -> None:
        if self._owed is None:
            kind = "next" if self._replied else "first"
            reason = self._reason(at)
            due = self._due(reason, kind, at)
            self._owed = Owed(self._talk.row.id, kind, reason, at, due)

    def _settle(self, at: int, staff: int, *, came: bool = False) -> Owed | None:
        owed, self._owed = self._owed, None
        if owed is None:
            return None
        owed.staff, owed.ended, owed.reason = staff, at, self._reason(at)
        owed.came = at if came else 0
        return owed

    def _reason(self, at: int) -> str:
        """What the talk was first escalated for, once it was."""
        called = self._first and self._first <= at
        return self._talk.state.reason if called else ""

    def _actor(self, at: int, what: str) -> int:
        """Who did that then; who had it where nobody did."""
        found = [act.staff for act in self._acts if act.at == at and act.action.startswith(what)]
        return found[0] if found else self._holder

    def _due(self, reason: str, kind: str, since: int) -> int:
        targets = {each.reason: each for each in self._pack.targets}
        target = targets.get(reason) or targets["default"]
        return add_work(self._pack.company, since, target.first if kind == "first" else target.next)


def _calls(key: str) -> bool:
    """Whether a message tells that a human is called."""
    kind, _, what = key.partition(".")
    return kind == "escalation" and (what in REASONS or what == "welcome_back")


def shifts(company: Company, since: int) -> Iterator[tuple[int, int]]:
    """From when to when (ms) work is done, from the day of an instant on, without an end."""
    zone = ZoneInfo(company.time_zone)
    day = datetime.fromtimestamp(since / 1_000, zone).date()
    while True:
        said = company.hours.get(DAYS[day.weekday()], "")
        if said:
            start, end = (
                datetime.combine(day, time.fromisoformat(part), zone) for part in said.split("-")
            )
            yield int(start.timestamp() * 1_000), int(end.timestamp() * 1_000)
        day += timedelta(days=1)


def add_work(company: Company, since: int, span: int) -> int:
    """When so much working time has passed."""
    for start, end in shifts(company, since):
        work = max(0, end - max(start, since))
        if work and span <= work:
            return max(start, since) + span
        span -= work
    return 0


def measure_work(company: Company, since: int, until: int) -> int:
    """The working time between two instants."""
    total = 0
    for start, end in shifts(company, since):
        if start >= until:
            break
        total += max(0, min(end, until) - max(start, since))
    return total


# --- the report ----------------------------------------------------------------------------------


def is_late(owed: Owed) -> bool:
    """It came after its moment, or had not come when that passed."""
    return 0 < owed.counts < (owed.came or UNTIL)


def sum_up(company: Company, owed: Iterable[Owed]) -> tuple[object, ...]:
    """Of first and next replies how many came, the median and what 95 of 100 take at most (ms of
    work); then how many were judged, how many of them in time, and how many never came."""
    owed = list(owed)
    judged = [each for each in owed if each.counts and (each.came or each.counts < UNTIL)]
    times = [_rank(company, [o for o in owed if o.came and o.kind == k]) for k in ("first", "next")]
    in_time = sum(not is_late(each) for each in judged)
    return (*times, len(judged), in_time, sum(not each.came for each in owed))


def _rank(company: Company, came: list[Owed]) -> tuple[int, int, int]:
    took = sorted(measure_work(company, each.since, each.came) for each in came)
    if not took:
        return 0, 0, 0
    middle, most = (ceil(len(took) * share / 100) - 1 for share in (50, 95))
    return len(took), took[middle], took[most]
