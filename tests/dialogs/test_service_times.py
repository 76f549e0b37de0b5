"""Which reply is owed, until when, and working time across closings and changes of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from dialogs import hours
from dialogs.figures import Change
from dialogs.hours import Week
from dialogs.pack import Target
from dialogs.service import Owed, follow, pause, target_of
from dialogs.types import State
from tests.dialogs.consulting import HOUR, MINUTE, MONDAY_NOON, demo

WORKDAYS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00")
BERLIN = Week(hours=WORKDAYS, time_zone="Europe/Berlin")
NEW_YORK = Week(hours=WORKDAYS, time_zone="America/New_York")
NIGHT_SHIFT = Week(hours={"sat": "00:00-24:00", "sun": "00:00-24:00"}, time_zone="Europe/Berlin")


def at(text: str, zone: str = "Europe/Berlin") -> int:
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return int(local.timestamp() * 1000)


@pytest.mark.parametrize(
    ("since", "span", "due"),
    [
        ("2026-11-23 10:00", 5 * MINUTE, "2026-11-23 10:05"),
        ("2026-11-23 16:59", 5 * MINUTE, "2026-11-24 09:04"),
        ("2026-11-23 20:00", 5 * MINUTE, "2026-11-24 09:05"),
        ("2026-11-27 16:00", 2 * HOUR, "2026-11-30 10:00"),  # over a weekend
        ("2026-11-23 09:00", 8 * HOUR, "2026-11-23 17:00"),
        ("2026-11-23 09:00", 20 * HOUR, "2026-11-25 13:00"),
        ("2026-03-27 16:30", 1 * HOUR, "2026-03-30 09:30"),  # the clocks went forward on Sunday
        ("2026-10-23 16:30", 1 * HOUR, "2026-10-26 09:30"),  # and back
    ],
)
def test_working_time_passes_only_while_the_office_is_open(since: str, span: int, due: str) -> None:
    assert hours.add_working(BERLIN, at(since), span) == at(due)
    assert hours.working_between(BERLIN, at(since), at(due)) == span


def test_the_hours_are_those_of_the_offices_own_time_zone() -> None:
    since = at("2026-11-23 10:00")  # 04:00 in New York
    assert hours.add_working(NEW_YORK, since, HOUR) == at("2026-11-23 10:00", "America/New_York")
    gap = at("2026-03-09 09:00", "America/New_York")  # there the clocks change earlier
    assert hours.add_working(NEW_YORK, gap, HOUR) == gap + HOUR


def test_a_day_of_the_change_of_clocks_has_an_hour_less_or_more() -> None:
    spring, autumn = at("2026-03-29 00:00"), at("2026-10-25 00:00")
    assert hours.add_working(NIGHT_SHIFT, spring, 4 * HOUR) == at("2026-03-29 05:00")
    assert hours.add_working(NIGHT_SHIFT, autumn, 4 * HOUR) == at("2026-10-25 03:00")
    day = hours.working_between(NIGHT_SHIFT, at("2026-03-29 00:00"), at("2026-03-30 00:00"))
    assert day == 23 * HOUR


def test_where_nobody_ever_works_all_time_counts() -> None:
    never = Week(hours={}, time_zone="UTC")
    now = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp() * 1000)
    assert hours.add_working(never, now, HOUR) == now + HOUR
    assert hours.working_between(never, now, now + HOUR) == HOUR


# --- what is owed --------------------------------------------------------------------------------


def step(owed: Owed, before: dict[str, Any], after: dict[str, Any], **more: Any) -> Owed:
    change = Change(before=State(**before), after=State(**after))
    replied = more.pop("replied_before", False)
    return follow(demo(), change, owed, more.pop("now", MONDAY_NOON), replied_before=replied)


WAITING = {"owner": "waiting", "waiting_since": MONDAY_NOON, "reason": "person_requested"}
HUMAN = {"owner": "human", "reason": "person_requested"}


def test_targets_go_by_reason_else_by_the_default() -> None:
    assert target_of(demo(), "person_requested").first == 5 * MINUTE
    assert target_of(demo(), "no_source") == target_of(demo(), "default")
    bare = msgspec.structs.replace(demo(), targets=())
    assert target_of(bare, "qualified") == Target(reason="default", first=0, next=0)


def test_a_call_owes_a_first_reply_and_after_one_a_next() -> None:
    first = step(Owed(), {"owner": "bot"}, WAITING)
    assert first == Owed(kind="first", since=MONDAY_NOON, due=MONDAY_NOON + 5 * MINUTE)
    following = step(Owed(), {"owner": "bot"}, WAITING, replied_before=True)
    assert (following.kind, following.due) == ("next", MONDAY_NOON + 15 * MINUTE)


def test_stepping_in_owes_a_reply() -> None:
    owed = step(Owed(), {"owner": "bot"}, {"owner": "human"})
    assert (owed.kind, owed.since, owed.due) == ("first", MONDAY_NOON, MONDAY_NOON + 2 * HOUR)


def test_what_is_owed_stays_whoever_takes_it_or_passes_it_on() -> None:
    owed = step(Owed(), {"owner": "bot"}, WAITING)
    later = MONDAY_NOON + 3 * MINUTE
    assert step(owed, WAITING, HUMAN, now=later) == owed
    passed = {**WAITING, "waiting_since": later}
    assert step(owed, HUMAN, passed, now=later) == owed


def test_only_a_word_of_the_prospect_owes_the_next_one() -> None:
    spoke = {**HUMAN, "last_prospect": MONDAY_NOON}
    assert step(Owed(), HUMAN, HUMAN, replied_before=True) == Owed()
    owed = step(Owed(), HUMAN, spoke, replied_before=True)
    assert (owed.kind, owed.since) == ("next", MONDAY_NOON)


@pytest.mark.parametrize("owner", ["bot", "closed"])
def test_nothing_is_owed_where_nobody_is_called_any_more(owner: str) -> None:
    owed = step(Owed(), {"owner": "bot"}, WAITING)
    assert step(owed, WAITING, {"owner": owner}) == Owed()


def test_a_planned_call_moves_the_moment_and_never_to_before() -> None:
    owed = step(Owed(), {"owner": "bot"}, WAITING)
    tomorrow = MONDAY_NOON + 22 * HOUR
    moved = step(owed, WAITING, {**WAITING, "call_at": tomorrow})
    assert moved == Owed(kind="first", since=MONDAY_NOON, due=tomorrow + 5 * MINUTE)
    soon = {**WAITING, "call_at": MONDAY_NOON + 1}
    assert step(owed, WAITING, soon).due >= owed.due


def test_a_pause_counts_working_time_alone_and_can_be_taken_back() -> None:
    company = demo().company
    owed = Owed(kind="next", since=MONDAY_NOON, due=MONDAY_NOON + 15 * MINUTE)
    evening = MONDAY_NOON + 8 * HOUR
    slept = pause(company, owed, MONDAY_NOON + 5 * MINUTE, evening)
    assert slept == MONDAY_NOON + 20 * HOUR + 10 * MINUTE, "10 minutes after the desk opens"
    asleep = msgspec.structs.replace(owed, due=slept)
    assert pause(company, asleep, evening, MONDAY_NOON + 5 * MINUTE) == owed.due
    assert pause(company, owed, owed.due, evening) == owed.due, "what is late stays late"
    first = msgspec.structs.replace(owed, kind="first")
    assert pause(company, first, MONDAY_NOON, evening) == owed.due
