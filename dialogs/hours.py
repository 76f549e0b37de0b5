"""The company's working hours, in its own time zone. All instants are ms since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dialogs.pack import Company

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR = 3_600_000
DAY = 24 * HOUR


def local(company: Company, instant: int) -> datetime:
    return datetime.fromtimestamp(instant / 1000, UTC).astimezone(ZoneInfo(company.time_zone))


def is_open(company: Company, instant: int) -> bool:
    at = local(company, instant)
    span = _span(company, at)
    return span is not None and span[0] <= at < span[1]


def next_change(company: Company, instant: int) -> int:
    """While open the closing, else the next opening; the instant itself if there are no hours."""
    at = local(company, instant)
    for ahead in range(15):
        span = _span(company, at + timedelta(days=ahead))
        if span is None or span[1] <= at:
            continue
        return int(span[1 if span[0] <= at else 0].timestamp() * 1000)
    return instant


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
    start, end = (time.fromisoformat(part.strip()) for part in hours.split("-"))
    zone = day.tzinfo
    return (
        datetime.combine(day.date(), start, zone),
        datetime.combine(day.date(), end, zone),
    )
