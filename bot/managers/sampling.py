"""The sample of the week: which talks to read, the same ones for everybody who looks.

Of the talks that began in a week, up to SIZE of each kind, by the lowest digests of week and id.
That is as good as drawing lots, and anybody can draw them again. What was read stays in it.
"""

from __future__ import annotations

import hashlib
import heapq
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.managers.choices import midnight
from bot.web.deps import Deps
from dialogs.types import Struct
from storage import reviews
from storage.db import Connection
from storage.reviews import Opened, ReviewRow

SIZE = 10  # of each kind
KINDS = ("bot_only", "escalated", "silent", "price_only")
_WEEK = re.compile(r"(20\d\d)-W(\d\d)")


class Drawn(Struct):
    """The talks of one kind that are to be read, of `total`."""

    kind: str
    talks: tuple[str, ...]
    total: int


class Sample(Struct):
    """A week's sample with what was found so far."""

    week: str
    groups: tuple[Drawn, ...]
    reviews: dict[str, ReviewRow]

    @property
    def talks(self) -> tuple[str, ...]:
        return tuple(talk for group in self.groups for talk in group.talks)

    @property
    def read(self) -> int:
        return sum(talk in self.reviews for talk in self.talks)


class Place(Struct):
    """Where a talk stands in a sample. `following`: the next that nobody read, "" for none."""

    week: str
    kind: str
    number: int  # from 1
    size: int
    read: int
    verdict: str
    following: str


def is_week(text: str) -> bool:
    """Whether it names a week, as 2026-W47."""
    return first_day(text) is not None


def first_day(week: str) -> date | None:
    """The Monday of a week, or None."""
    found = _WEEK.fullmatch(week) if week.isascii() else None
    if found is None:
        return None
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        return None


def name_week(day: date) -> str:
    """The week of a day, as 2026-W47."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def last_week(deps: Deps) -> str:
    """The week that ended last, where the company is."""
    zone = ZoneInfo(deps.pack.company.time_zone)
    today = datetime.fromtimestamp(deps.now() / 1000, UTC).astimezone(zone).date()
    return name_week(today - timedelta(days=7))


def draw(week: str, talks: Iterable[Opened], read: Iterable[str] = ()) -> tuple[Drawn, ...]:
    """The sample of a week; talks that were `read` are in it, whatever became of them since."""
    by_kind: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for talk in talks:
        kind = kind_of(talk)
        if kind:
            by_kind[kind].append(talk.id)
    kept = set(read)
    return tuple(
        Drawn(kind=kind, talks=_pick(week, ids, kept), total=len(ids))
        for kind, ids in by_kind.items()
    )


def kind_of(talk: Opened) -> str:
    """The kind of a talk, one of KINDS; "" for one that nobody need read."""
    if talk.outcome == "quarantined" or not talk.answered:
        return ""
    if talk.escalated:
        return "escalated"
    return talk.outcome if talk.outcome in ("silent", "price_only") else "bot_only"


def _pick(week: str, ids: list[str], read: set[str]) -> tuple[str, ...]:
    lots = heapq.nsmallest(SIZE, ids, key=lambda each: _lot(week, each))
    return (*lots, *(each for each in ids if each in read and each not in lots))


def _lot(week: str, talk: str) -> bytes:
    return hashlib.sha256(f"{week} {talk}".encode()).digest()


async def find_sample(deps: Deps, week: str) -> Sample | None:
    """The sample of a week, or None where it names none."""
    monday = first_day(week)
    if monday is None:
        return None
    since, until = midnight(deps, monday), midnight(deps, monday + timedelta(days=7))

    def read(connection: Connection) -> Sample:
        found = {each.conversation: each for each in reviews.of_week(connection, week)}
        groups = draw(week, reviews.opened(connection, since, until), found)
        return Sample(week=week, groups=groups, reviews=found)

    return await deps.db.read(read)


async def place_of(deps: Deps, talk: str, week: str) -> Place | None:
    """Where a talk stands in a week's sample; None where it is not in it."""
    sample = await find_sample(deps, week)
    if sample is None or talk not in sample.talks:
        return None
    talks, kinds = sample.talks, {x: group.kind for group in sample.groups for x in group.talks}
    number = talks.index(talk)
    ahead = (*talks[number + 1 :], *talks[:number])
    return Place(
        week=week,
        kind=kinds[talk],
        number=number + 1,
        size=len(talks),
        read=sample.read,
        verdict=sample.reviews[talk].verdict if talk in sample.reviews else "",
        following=next((each for each in ahead if each not in sample.reviews), ""),
    )
