"""Who is rung for, in which order, and when."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from dialogs import on_call
from dialogs.brief import brief
from dialogs.check import check
from dialogs.effects import Alert, Escalate, StartTimer
from dialogs.pack import Pack, Person
from dialogs.types import State
from tests.dialogs.consulting import HOUR, MINUTE, MONDAY_NOON, Prospect, demo
from tests.dialogs.pack_folders import copy_minimal, edit

EVENING = MONDAY_NOON + 8 * HOUR  # 21:00 in Berlin
TUESDAY_NINE = MONDAY_NOON + 20 * HOUR


def pack_with(on_call: tuple[str, ...], people: tuple[Person, ...] | None = None) -> Pack:
    pack = demo()
    company = msgspec.structs.replace(
        pack.company, on_call=on_call, people=pack.company.people if people is None else people
    )
    return msgspec.structs.replace(pack, company=company)


@pytest.mark.parametrize(
    ("language", "routed", "first"),
    [
        ("en", "Mareike Tönnsen", "Mareike Tönnsen"),
        ("zh", "mareike tönnsen ", "Mareike Tönnsen"),  # the route's person, whatever they speak
        ("zh", "Pre-sales China", "林雨晴"),
        ("en", "Pre-sales China", "林雨晴"),
        ("zh", "Pre-sales Europe", "林雨晴"),  # nobody of the team speaks Chinese
        ("en", "projects", "Tomasz Reil"),
        ("zh", "aftersales", "邓皓然"),
        ("en", "", "Mareike Tönnsen"),
        ("fr", "", "Mareike Tönnsen"),
    ],
)
def test_the_first_is_of_the_route_the_language_and_the_team(
    language: str, routed: str, first: str
) -> None:
    assert on_call.choose_first(demo(), State(language=language, routed=routed)) == first


def test_whoever_gave_it_away_is_not_rung_for_while_there_is_another() -> None:
    state = State(language="en")
    assert on_call.choose_first(demo(), state, besides="Mareike Tönnsen") == "林雨晴"
    alone = pack_with(("Jonas Okafor",))
    assert on_call.choose_first(alone, state, besides="Jonas Okafor") == "Jonas Okafor"


def test_the_next_one_speaks_the_language_too() -> None:
    state = State(language="zh", routed="Pre-sales China", called=("林雨晴",))
    assert on_call.choose_next(demo(), state) == "赵凯文"
    state = msgspec.structs.replace(state, called=("林雨晴", "赵凯文"))
    assert on_call.choose_next(demo(), state) == "邓皓然"
    of_europe = State(language="en", routed="Mareike Tönnsen", called=("Mareike Tönnsen",))
    assert on_call.choose_next(demo(), of_europe) == "Jonas Okafor"


def test_without_a_list_everybody_is_on_call_and_without_people_nobody() -> None:
    assert on_call.people(pack_with(()).company) == demo().company.people
    nobody = pack_with((), ())
    assert on_call.choose_first(nobody, State()) == ""
    assert on_call.choose_next(nobody, State()) == ""
    alone = pack_with(("Jonas Okafor",))
    assert on_call.choose_next(alone, State(called=("Jonas Okafor",))) == "Jonas Okafor"


def test_the_alerts_name_whom_they_ring_for() -> None:
    prospect = Prospect()
    prospect.says("talk_to_human")
    (first,) = prospect.effects(Escalate)
    assert (first.first, first.to) == (True, "Mareike Tönnsen")
    prospect.timer("ring", MINUTE)
    (reminder,) = prospect.effects(Alert)
    assert (reminder.to, prospect.state.rings) == ("Mareike Tönnsen", 2)
    prospect.timer("ring", MINUTE)
    (next_one,) = prospect.effects(Alert)
    assert (next_one.to, prospect.state.rings) == ("Jonas Okafor", 3)
    prospect.timer("ring", MINUTE)
    (everybody,) = prospect.effects(Alert)
    assert (everybody.to, prospect.state.rings) == ("", 4)
    assert set(prospect.state.called) == {person.name for person in demo().company.people}
    assert not prospect.effects(StartTimer)
    before = prospect.state
    prospect.timer("ring", MINUTE)
    assert prospect.state == before, "four rings are enough"
    assert not prospect.effects(Alert)


def test_a_later_reason_rings_for_nobody() -> None:
    prospect = Prospect()
    prospect.says("talk_to_human")
    prospect.says("custom_requirement")
    assert [effect.to for effect in prospect.effects(Escalate)] == [""]
    assert prospect.state.called == ("Mareike Tönnsen",)


def test_outside_the_hours_the_reminder_waits_until_the_desk_opens() -> None:
    prospect = Prospect(now=EVENING)
    prospect.says("talk_to_human")
    (ring,) = [each for each in prospect.effects(StartTimer) if each.name == "ring"]
    assert ring.due == TUESDAY_NINE
    assert prospect.state.rings == 1
    prospect.timer("ring", TUESDAY_NINE - prospect.now)
    assert prospect.state.rings == 2


def test_a_reminder_that_falls_due_after_closing_waits_too() -> None:
    prospect = Prospect(now=MONDAY_NOON + 5 * HOUR - 90_000)  # a minute and a half before closing
    prospect.says("talk_to_human")
    prospect.timer("ring", 2 * MINUTE)
    assert (prospect.state.rings, prospect.effects(Alert)) == (1, [])
    assert [each.due for each in prospect.effects(StartTimer)] == [TUESDAY_NINE]


def test_a_company_without_hours_rings_all_the_same() -> None:
    company = msgspec.structs.replace(demo().company, hours={})
    assert on_call.when_open(company, MONDAY_NOON) == MONDAY_NOON


def test_a_talk_of_before_the_list_is_rung_for_somebody() -> None:
    prospect = Prospect()
    prospect.says("talk_to_human")
    prospect.state = msgspec.structs.replace(prospect.state, called=())
    prospect.timer("ring", MINUTE)
    assert prospect.state.called == ("Mareike Tönnsen",)


def test_the_brief_says_who_was_called() -> None:
    prospect = Prospect()
    prospect.says("talk_to_human")
    prospect.timer("ring", MINUTE)
    prospect.timer("ring", MINUTE)
    lines = {line.label: line.text for line in brief(demo(), prospect.state, prospect.now).lines}
    assert lines["Called"] == "Mareike Tönnsen and Jonas Okafor"
    chinese = brief(demo(), prospect.state, prospect.now, "zh").lines
    assert "Mareike Tönnsen" in {line.label: line.text for line in chinese}["已呼叫"]
    claimed = msgspec.structs.replace(prospect.state, owner="human", staff="Jonas Okafor")
    assert "Called" not in {line.label for line in brief(demo(), claimed, prospect.now).lines}


@pytest.mark.parametrize(
    ("line", "message", "remedy"),
    [
        ("on_call: [Nobody]", "`on_call` names nobody of `people`: Nobody", "use one of"),
        ("on_call: []", "`on_call` names nobody", "leave it out"),
        ("on_call: Somebody", "`on_call` must be a list", "on_call: ["),
    ],
)
def test_check_knows_who_can_be_on_call(
    tmp_path: Path, line: str, message: str, remedy: str
) -> None:
    folder = copy_minimal(tmp_path)
    edit(folder, "company.yaml", "people:", f"{line}\npeople:")
    found = [each for each in check(folder) if each.message.startswith(message)]
    assert len(found) == 1, check(folder)
    assert found[0].file == "company.yaml"
    assert found[0].line > 1
    assert remedy in found[0].remedy
    assert len([each for each in check(folder) if not each.warning]) == 1


def test_check_wants_everybody_once(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    edit(folder, "company.yaml", "people:", "on_call: [沈一诺, 沈一诺]\npeople:")
    found = [each.message for each in check(folder) if not each.warning]
    assert found == ["`on_call` names 沈一诺 twice"]
