"""The company's working hours, in its own time zone. All instants are ms since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dialogs.pack import Company

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR = 3_600_000
HALF_HOUR = HOUR // 2
DAY = 24 * HOUR
MIDNIGHT = "24:00"  # as the end of a day


def local(company: Company, instant: int) -> datetime:
    return datetime.fromtimestamp(instant / 1000, UTC).astimezone(ZoneInfo(company.time_zone))


def is_open(company: Company, instant: int) -> bool:
    at = local(company, instant)
    span = _span(company, at)
    return span is not None and span[0] <= at < span[1]


def next_change(company: Company, instant: int) -> int:
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


def never_closes(company: Company, instant: int) -> bool:
    """Open, and day after day without a break: there is no closing to be told."""
    return is_open(company, instant) and next_change(company, instant) == instant


def _in_ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def end_of_next_working_day(company: Company, instant: int) -> int:
    """When a follow-up is due: the close of the first working day that starts after today."""
    at = local(company, instant)
    for ahead in range(1, 15):
        span = _span(company, at + timedelta(days=ahead))
        if span is not None:
            return int(span[1].timestamp() * 1000)
    return instant + DAY


def _span(company: Company, day: datetime) -> tuple[datetime, datetime] | None:
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
