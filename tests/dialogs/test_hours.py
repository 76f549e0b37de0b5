"""Working hours: to the end of the day, over midnight, on holidays, and as packs tell them."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from dialogs import call_times, hours
from dialogs.check import check
from dialogs.hours import DAY, Week
from dialogs.loading import load
from dialogs.pack import Company
from tests.dialogs.consulting import HOUR, MONDAY_NOON, demo
from tests.dialogs.pack_folders import copy_minimal, edit

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


# --- nights, holidays, clocks that change --------------------------------------------------------

NIGHTS = Week(
    hours={"mon": "22:00-06:00", "tue": "22:00-06:00", "wed": "05:00-12:00"},
    time_zone="Europe/Berlin",
)


def at(words: str, zone: str = "Europe/Berlin") -> int:
    """The instant (ms) of a local time."""
    return int(datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "is_open", "change"),
    [
        ("2026-11-23 21:59", False, "2026-11-23 22:00"),
        ("2026-11-23 23:00", True, "2026-11-24 06:00"),
        ("2026-11-24 05:59", True, "2026-11-24 06:00"),  # Monday's night
        ("2026-11-24 06:00", False, "2026-11-24 22:00"),
        ("2026-11-24 23:00", True, "2026-11-25 12:00"),  # the next day begins before it ends
        ("2026-11-25 00:30", True, "2026-11-25 12:00"),
        ("2026-11-25 12:00", False, "2026-11-30 22:00"),
    ],
)
def test_a_night_goes_on_after_midnight(now: str, is_open: bool, change: str) -> None:
    assert hours.is_open(NIGHTS, at(now)) is is_open
    assert hours.next_change(NIGHTS, at(now)) == at(change)


def test_work_of_a_night_is_counted_once() -> None:
    evening, noon = at("2026-11-24 22:00"), at("2026-11-25 12:00")
    assert hours.working_between(NIGHTS, evening, noon) == 14 * HOUR
    assert hours.add_working(NIGHTS, evening, 14 * HOUR) == noon
    assert hours.working_between(NIGHTS, at("2026-11-24 02:00"), at("2026-11-24 20:00")) == 4 * HOUR
    assert hours.add_working(NIGHTS, at("2026-11-24 02:00"), 5 * HOUR) == at("2026-11-24 23:00")


def test_on_a_holiday_nobody_works() -> None:
    days = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-18:00")
    week = Week(hours=days, time_zone="Europe/Berlin", holidays=("12-25", "2026-11-24"))
    assert not hours.is_open(week, at("2026-11-24 10:00"))
    assert hours.next_change(week, at("2026-11-23 18:00")) == at("2026-11-25 09:00")
    assert hours.is_open(week, at("2027-11-24 10:00")), "that of one year alone"
    for year in (2026, 2028):
        assert not hours.is_open(week, at(f"{year}-12-25 10:00"))
    assert hours.working_between(week, at("2026-11-23 17:00"), at("2026-11-25 10:00")) == 2 * HOUR
    assert hours.end_of_next_working_day(week, at("2026-11-23 17:00")) == at("2026-11-25 18:00")
    assert call_times.offer(week, at("2026-11-23 17:50"))[0] == at("2026-11-25 09:00")


def test_weeks_of_holidays_in_a_row_end() -> None:
    month = tuple(f"08-{day:02}" for day in range(1, 32))
    week = Week(hours=dict.fromkeys(DAYS, "09:00-17:00"), time_zone="UTC", holidays=month)
    assert hours.next_change(week, at("2026-08-01 10:00", "UTC")) == at("2026-09-01 09:00", "UTC")
    all_day = Week(hours=dict.fromkeys(DAYS, "00:00-24:00"), time_zone="UTC", holidays=month)
    assert hours.next_change(all_day, at("2026-07-30 10:00", "UTC")) == at("2026-08-01", "UTC")


def test_an_hour_that_comes_twice_is_within_the_hours_once() -> None:
    early = Week(hours={"sun": "00:00-02:30"}, time_zone="Europe/Berlin")
    first = at("2026-10-25 02:15")  # summer time; an hour later the clock says 02:15 again
    assert hours.is_open(early, first)
    assert not hours.is_open(early, first + HOUR)
    assert hours.next_change(early, first) == first + HOUR // 4


@pytest.mark.parametrize(
    ("zone", "opening"),
    [
        ("Asia/Tokyo", "2026-11-23 00:00"),
        ("Pacific/Auckland", "2026-11-22 20:00"),
        ("Pacific/Kiritimati", "2026-11-22 19:00"),
        ("Asia/Kathmandu", "2026-11-23 03:15"),
        ("America/Los_Angeles", "2026-11-23 17:00"),
    ],
)
def test_the_day_of_the_week_is_that_of_the_place(zone: str, opening: str) -> None:
    week = Week(hours={"mon": "09:00-10:00"}, time_zone=zone)
    opens = at(opening, "UTC")
    assert hours.next_change(week, opens - DAY) == opens
    assert (hours.is_open(week, opens), hours.is_open(week, opens - 1)) == (True, False)
    assert hours.next_change(week, opens) == opens + HOUR


# --- as a pack tells them ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "good"),
    [
        ("22:00-06:00", True),
        ("20:00-08:00", True),
        ("09:00-24:00", True),
        ("18:00-09:00", False),  # rather the wrong way round than a night
        ("09:00-09:00", False),
        ("09:00-25:00", False),
        ("24:00-06:00", False),
    ],
)
def test_check_takes_nights_of_twelve_hours(tmp_path: Path, span: str, good: bool) -> None:
    folder = copy_minimal(tmp_path)
    company = (folder / "company.yaml").read_text()
    line = next(each for each in company.splitlines() if "mon:" in each)
    told = re.sub(r'mon: *"[^"]*"', f'mon: "{span}"', line)
    edit(folder, "company.yaml", line, told)
    found = [each.message for each in check(folder) if not each.warning]
    assert found == ([] if good else [f"`hours`: `mon` is not a span of hours: {span}"])


@pytest.mark.parametrize("day", ["12-25", "2027-03-26", "02-29", "2028-02-29"])
def test_check_takes_holidays_of_a_year_or_of_each(tmp_path: Path, day: str) -> None:
    folder = copy_minimal(tmp_path)
    edit(folder, "company.yaml", "people:", f'holidays: ["{day}"]\npeople:')
    assert [each for each in check(folder) if not each.warning] == []
    assert load(folder).company.holidays == (day,)


@pytest.mark.parametrize("day", ["25.12.", "2027-02-29", "13-01", "12-32", "Christmas", "2027-3-6"])
def test_check_tells_what_is_no_day(tmp_path: Path, day: str) -> None:
    folder = copy_minimal(tmp_path)
    edit(folder, "company.yaml", "people:", f'holidays: ["{day}"]\npeople:')
    (found,) = [each for each in check(folder) if not each.warning]
    assert found.message == f"`holidays` names no day: {day}"
    assert "12-25" in found.remedy


def test_check_tells_a_time_zone_that_is_none(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    zone = re.search(r"time_zone: \S+", (folder / "company.yaml").read_text())
    assert zone is not None
    edit(folder, "company.yaml", zone[0], "time_zone: Europe/Atlantis")
    (found,) = [each for each in check(folder) if not each.warning]
    assert found.message == "there is no time zone `Europe/Atlantis`"
