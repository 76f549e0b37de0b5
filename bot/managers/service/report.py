"""How fast people were answered: figures by reason, person and week, and what was late.

A reply's time is working time from when the prospect began to wait until a member of staff wrote.
Within the target are replies that came by their moment, of all that came or whose moment has
passed. Late are those that came after it, and those that had not come when it passed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from dialogs import hours
from dialogs.hours import Keeps
from dialogs.types import Struct
from storage.service import Reply

LATE_SHOWN = 100
KINDS = ("first", "next")


class Times(Struct):
    """Figures of one kind of reply. Times in ms, 0 where there is none."""

    came: int = 0
    median: int = 0
    p95: int = 0  # nearest rank: of 20 replies the 19th


class Group(Struct):
    """One row: the name it goes by, the two kinds of reply, and how the targets were met."""

    name: str
    first: Times = Times()
    next: Times = Times()
    judged: int = 0  # replies that came or whose moment has passed
    within: int = 0  # of them those that came in time
    unanswered: int = 0  # ended before anybody replied

    @property
    def late(self) -> int:
        return self.judged - self.within

    @property
    def percent(self) -> int:
        """Share within the target, rounded down; of nothing 0."""
        return 100 * self.within // self.judged if self.judged else 0


class Overdue(Struct):
    """A reply that was late, or is. `took`: working time in ms until it came or until now."""

    conversation: str
    kind: str
    reason: str
    since: int
    staff_id: int
    took: int
    open: bool


class Report(Struct):
    """The whole page. The weeks come in order, the others with the most replies first."""

    whole: Group
    reasons: tuple[Group, ...]
    people: tuple[Group, ...]  # by id of the account, as text
    weeks: tuple[Group, ...]  # by the ISO date of their Monday
    late: tuple[Overdue, ...]  # the newest first


class _Timed(Struct):
    """A reply with its working time."""

    reply: Reply
    took: int


def make_report(company: Keeps, replies: Iterable[Reply], now: int) -> Report:
    """The figures of these replies; those with no `replied_at` and still owed have a due time that
    counts as soon as it has passed."""
    timed = [_Timed(reply=each, took=working_time(company, each, now)) for each in replies]
    return Report(
        whole=_group("", timed, now),
        reasons=_by(timed, lambda reply: reply.reason, now),
        people=_by([t for t in timed if t.reply.staff_id], lambda r: str(r.staff_id), now),
        weeks=tuple(
            sorted(_by(timed, lambda reply: _week(company, reply.since), now), key=_name_of)
        ),
        late=_late(timed, now),
    )


def working_time(company: Keeps, reply: Reply, now: int) -> int:
    """From when the prospect began to wait until the reply, or until now, in ms."""
    return hours.working_between(company, reply.since, reply.replied_at or now)


def _week(company: Keeps, at: int) -> str:
    day = hours.local(company, at).date()
    return (day - timedelta(days=day.weekday())).isoformat()


def _name_of(group: Group) -> str:
    return group.name


def _by(timed: Sequence[_Timed], key: Callable[[Reply], str], now: int) -> tuple[Group, ...]:
    found: dict[str, list[_Timed]] = defaultdict(list)
    for each in timed:
        found[key(each.reply)].append(each)
    groups = [_group(name, members, now) for name, members in found.items()]
    return tuple(sorted(groups, key=lambda g: (-(g.first.came + g.next.came), g.name)))


def _group(name: str, timed: Sequence[_Timed], now: int) -> Group:
    first, following = (_times([t for t in timed if t.reply.kind == kind]) for kind in KINDS)
    judged = [each.reply for each in timed if is_judged(each.reply, now)]
    return Group(
        name=name,
        first=first,
        next=following,
        judged=len(judged),
        within=sum(not is_late(reply, now) for reply in judged),
        unanswered=sum(each.reply.replied_at == 0 for each in timed),
    )


def _times(timed: Sequence[_Timed]) -> Times:
    spans = sorted(each.took for each in timed if each.reply.replied_at)
    if not spans:
        return Times()
    return Times(came=len(spans), median=_rank(spans, 50), p95=_rank(spans, 95))


def _rank(spans: Sequence[int], percent: int) -> int:
    """The nearest rank: the smallest span that so many percent do not exceed."""
    return spans[max(0, -(-len(spans) * percent // 100) - 1)]


def is_judged(reply: Reply, now: int) -> bool:
    """Whether it had a moment to come by, and came or let it pass."""
    return bool(reply.due) and (reply.replied_at > 0 or now > reply.due)


def is_late(reply: Reply, now: int) -> bool:
    """Whether it came after its moment, or has let it pass."""
    return (reply.replied_at or now) > reply.due > 0


def _late(timed: Sequence[_Timed], now: int) -> tuple[Overdue, ...]:
    found = [each for each in timed if is_judged(each.reply, now) and is_late(each.reply, now)]
    found.sort(key=lambda each: -each.reply.since)
    return tuple(
        Overdue(
            conversation=each.reply.conversation,
            kind=each.reply.kind,
            reason=each.reply.reason,
            since=each.reply.since,
            staff_id=each.reply.staff_id,
            took=each.took,
            open=each.reply.replied_at == 0,
        )
        for each in found[:LATE_SHOWN]
    )
