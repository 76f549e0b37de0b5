"""Working hours, of the company or of a person, in their time zone.

All instants are ms since 1970, UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from dialogs.base import Struct

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR = 3_600_000
HALF_HOUR = HOUR // 2
DAY = 24 * HOUR
MIDNIGHT = "24:00"  # as the end of a day
LOOK_AHEAD = 366  # days


class Keeps(Protocol):
    """Whoever keeps working hours: mon..sun -> "09:00-18:00" or ""."""

    @property
    def hours(self) -> dict[str, str]: ...

    @property
    def time_zone(self) -> str: ...


class Week(Struct):
    """Working hours by themselves."""

    hours: dict[str, str]
    time_zone: str


def local(company: Keeps, instant: int) -> datetime:
    return datetime.fromtimestamp(instant / 1000, UTC).astimezone(ZoneInfo(company.time_zone))


def is_open(company: Keeps, instant: int) -> bool:
    at = local(company, instant)
    span = _span(company, at)
    return span is not None and span[0] <= at < span[1]


def next_change(company: Keeps, instant: int) -> int:
    """While open the closing, else the next opening; the instant itself if there are no hours."""
    at = local(company, instant)
    end: datetime | None = None
    for ahead in range(15):
        span = _span(company, at + timedelta(days=ahead))
        if end is not None and (span is None or span[0] > end):
            return _in_ms(end)
        if span is None or span[1] <= at:
            continue
        if span[0] > at and end is None:
            return _in_ms(span[0])
        end = span[1]  # it may go on the next day without a break
    return instant


def never_closes(company: Keeps, instant: int) -> bool:
    """Open, and day after day without a break: there is no closing to be told."""
    return is_open(company, instant) and next_change(company, instant) == instant


def _in_ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def end_of_next_working_day(company: Keeps, instant: int) -> int:
    """When a follow-up is due: the close of the first working day that starts after today."""
    at = local(company, instant)
    for ahead in range(1, 15):
        span = _span(company, at + timedelta(days=ahead))
        if span is not None:
            return int(span[1].timestamp() * 1000)
    return instant + DAY


def add_working(company: Keeps, since: int, span: int) -> int:
    """When so much working time (ms) has passed since an instant; where nobody ever works, all
    time counts."""
    left, day = span, local(company, since)
    for ahead in range(LOOK_AHEAD):
        work = _span(company, day + timedelta(days=ahead))
        if work is None:
            continue
        start, end = max(_in_ms(work[0]), since), _in_ms(work[1])
        if start >= end:
            continue
        if start + left <= end:
            return start + left
        left -= end - start
    return since + span


def working_between(company: Keeps, since: int, until: int) -> int:
    """How much working time (ms) lies between two instants; where nobody ever works, all."""
    if not any(company.hours.values()):
        return max(0, until - since)
    total, day, ahead = 0, local(company, since), 0
    while True:
        at = day + timedelta(days=ahead)
        if ahead and _in_ms(datetime.combine(at.date(), time(), at.tzinfo)) >= until:
            return total
        work = _span(company, at)
        if work is not None:
            total += max(0, min(_in_ms(work[1]), until) - max(_in_ms(work[0]), since))
        ahead += 1


def span_of(company: Keeps, day: datetime) -> tuple[int, int] | None:
    """From when to when (ms) work is done on the day of a local datetime; None on a day off."""
    found = _span(company, day)
    return None if found is None else (_in_ms(found[0]), _in_ms(found[1]))


def _span(company: Keeps, day: datetime) -> tuple[datetime, datetime] | None:
    hours = company.hours.get(_DAYS[day.weekday()], "")
    if not hours:
        return None
    start, end = (_at(day, part.strip()) for part in hours.split("-"))
    return start, end


def _at(day: datetime, clock: str) -> datetime:
    """The instant of a day; 24:00 is the beginning of the next one."""
    if clock == MIDNIGHT:
        return datetime.combine(day.date() + timedelta(days=1), time(), day.tzinfo)
    return datetime.combine(day.date(), time.fromisoformat(clock), day.tzinfo)
