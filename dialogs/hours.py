"""Working hours, of the company or of a person, in their time zone.

All instants are ms since 1970, UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
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
_WITHOUT_BREAK = 15 * DAY  # open for so long: it never closes

_Span = tuple[int, int]  # from, until (ms)


class Keeps(Protocol):
    """Whoever keeps working hours: mon..sun -> "09:00-18:00" or "", a night "22:00-06:00".

    On `holidays`, "2027-03-26" or each year "12-25", no work begins.
    """

    @property
    def hours(self) -> dict[str, str]: ...

    @property
    def time_zone(self) -> str: ...

    @property
    def holidays(self) -> tuple[str, ...]: ...


class Week(Struct):
    """Working hours by themselves."""

    hours: dict[str, str]
    time_zone: str
    holidays: tuple[str, ...] = ()


def local(company: Keeps, instant: int) -> datetime:
    return datetime.fromtimestamp(instant / 1000, UTC).astimezone(ZoneInfo(company.time_zone))


def is_open(company: Keeps, instant: int) -> bool:
    return any(start <= instant < end for start, end in _spans(company, instant, days=1))


def next_change(company: Keeps, instant: int) -> int:
    """While open the closing, else the next opening; the instant itself if there are no hours,
    or no closing."""
    closing = 0
    for start, end in _spans(company, instant):
        if not closing and start > instant:
            return start
        if closing and start > closing:
            return closing
        if closing - instant > _WITHOUT_BREAK:
            return instant
        if end > instant:
            closing = max(closing, end)  # it may go on the next day without a break
    return closing or instant


def never_closes(company: Keeps, instant: int) -> bool:
    """Open, and day after day without a break: there is no closing to be told."""
    return is_open(company, instant) and next_change(company, instant) == instant


def end_of_next_working_day(company: Keeps, instant: int) -> int:
    """When a follow-up is due: the close of the first working day that starts after today."""
    at = local(company, instant)
    for ahead in range(1, LOOK_AHEAD):
        span = span_of(company, at + timedelta(days=ahead))
        if span is not None:
            return span[1]
    return instant + DAY


def add_working(company: Keeps, since: int, span: int) -> int:
    """When so much working time (ms) has passed since an instant; where nobody ever works, all
    time counts."""
    left, counted = span, since
    for start, end in _spans(company, since):
        begin = max(start, counted)
        if begin >= end:
            continue
        if begin + left <= end:
            return begin + left
        left, counted = left - (end - begin), end
    return since + span


def working_between(company: Keeps, since: int, until: int) -> int:
    """How much working time (ms) lies between two instants; where nobody ever works, all."""
    if not any(company.hours.values()):
        return max(0, until - since)
    total, counted = 0, since
    for start, end in _spans(company, since, days=(until - since) // DAY + 2):
        begin, stop = max(start, counted), min(end, until)
        if begin < stop:
            total, counted = total + stop - begin, stop
    return total


def span_of(company: Keeps, day: datetime) -> tuple[int, int] | None:
    """From when to when (ms) the work is done that begins on the day of a local datetime; None on
    a day off."""
    hours = company.hours.get(_DAYS[day.weekday()], "")
    date = day.date().isoformat()
    if not hours or date in company.holidays or date[5:] in company.holidays:
        return None
    begin, _, stop = (part.strip() for part in hours.partition("-"))
    over_midnight = stop == MIDNIGHT or stop < begin
    start = datetime.combine(day.date(), time.fromisoformat(begin), day.tzinfo)
    end = datetime.combine(
        day.date() + timedelta(days=over_midnight),
        time() if stop == MIDNIGHT else time.fromisoformat(stop),
        day.tzinfo,
    )
    # Compared as instants: on the clock of a day that goes back an hour comes twice.
    return _in_ms(start), _in_ms(end)


def _spans(company: Keeps, instant: int, days: int = LOOK_AHEAD) -> Iterator[_Span]:
    """Each day's work in order, from the day before on: a night may reach into this one."""
    if not any(company.hours.values()):
        return
    day = local(company, instant)
    for ahead in range(-1, days):
        found = span_of(company, day + timedelta(days=ahead))
        if found is not None:
            yield found


def _in_ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
