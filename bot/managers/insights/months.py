"""A calendar month where the company is: its bounds, its neighbours, its name in the address."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from dialogs.types import Struct
from storage.insights import Period

FIRST_YEAR, LAST_YEAR = 2000, 2999  # further out there are no conversations


class Month(Struct):
    year: int
    month: int

    @property
    def code(self) -> str:
        """As in the address: 2026-11."""
        return f"{self.year:04}-{self.month:02}"

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    def shift(self, months: int) -> Month:
        """The month so many months later; earlier with a negative number."""
        count = self.year * 12 + self.month - 1 + months
        return Month(year=count // 12, month=count % 12 + 1)

    def period(self, time_zone: str) -> Period:
        """From its first midnight to the next month's, where the company is."""
        return Period(_midnight(self.first, time_zone), _midnight(self.shift(1).first, time_zone))


def read_month(code: str, now: int, time_zone: str) -> Month:
    """The month of an address; the one of `now` (ms) for anything that is none."""
    today = datetime.fromtimestamp(now / 1000, UTC).astimezone(ZoneInfo(time_zone))
    try:
        first = date.fromisoformat(f"{code}-01")
    except ValueError:
        first = today.date()
    # One month's room on both sides, so that its neighbours can be told, too.
    if not FIRST_YEAR < first.year < LAST_YEAR:
        first = today.date()
    return Month(year=first.year, month=first.month)


def _midnight(day: date, time_zone: str) -> int:
    return int(datetime.combine(day, time(), ZoneInfo(time_zone)).timestamp() * 1000)
