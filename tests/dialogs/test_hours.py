"""Working hours to the end of the day, and a desk that never closes."""

from __future__ import annotations

import msgspec

from dialogs import hours
from dialogs.pack import Company
from tests.dialogs.consulting import HOUR, MONDAY_NOON, demo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def company(span: str, days: tuple[str, ...] = DAYS) -> Company:
    spans = {day: span if day in days else "" for day in DAYS}
    return msgspec.structs.replace(demo().company, hours=spans, time_zone="UTC")


def test_24_00_is_the_end_of_the_day() -> None:
    late = company("09:00-24:00", ("mon",))
    assert hours.is_open(late, MONDAY_NOON + 12 * HOUR - 1)
    assert not hours.is_open(late, MONDAY_NOON + 12 * HOUR)
    assert hours.next_change(late, MONDAY_NOON) == MONDAY_NOON + 12 * HOUR


def test_days_without_a_break_close_after_the_last() -> None:
    two = company("00:00-24:00", ("mon", "tue"))
    assert hours.next_change(two, MONDAY_NOON) == MONDAY_NOON + 36 * HOUR


def test_a_desk_that_never_closes_has_no_closing() -> None:
    assert hours.never_closes(company("00:00-24:00"), MONDAY_NOON)
    assert not hours.never_closes(company("09:00-24:00"), MONDAY_NOON)
