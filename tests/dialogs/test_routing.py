"""Whom a lead goes to: who is there, has room, was last given one, and whose customer it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from dialogs import on_call
from dialogs.check import check
from dialogs.consultation import advance
from dialogs.effects import Alert, Escalate
from dialogs.pack import Condition, Pack, Person, Route
from dialogs.roster import Colleague, Roster
from dialogs.types import Incoming, Known, State
from tests.dialogs.consulting import HOUR, MINUTE, MONDAY_NOON, Prospect, demo
from tests.dialogs.pack_folders import copy_minimal, edit

MAREIKE, JONAS, LIN, ZHAO = "Mareike Tönnsen", "Jonas Okafor", "林雨晴", "赵凯文"
OFFICE = {"mon": "09:00-18:00", "tue": "09:00-18:00"}


def roster(*colleagues: Colleague, at: int = MONDAY_NOON, manager: str = "") -> Roster:
    return Roster(colleagues=colleagues, at=at, manager=manager)


def here(name: str, **more: Any) -> Colleague:
    return Colleague(name=name, **more)


def pack_of(*people: Person, on: tuple[str, ...] = (), routes: tuple[Route, ...] = ()) -> Pack:
    company = msgspec.structs.replace(demo().company, people=people, on_call=on)
    return msgspec.structs.replace(demo(), company=company, routes=routes)


def first(pack: Pack, there: Roster, **state: Any) -> str:
    return on_call.choose_first(pack, State(**state), roster=there)


A, B, C = (Person(name=name, role="", languages=("en",)) for name in ("A", "B", "C"))


def test_whoever_was_not_given_one_for_the_longest_is_next() -> None:
    there = roster(here("A", last_given=30), here("B", last_given=10), here("C", last_given=20))
    assert first(pack_of(A, B, C), there) == "B"


def test_who_was_never_given_one_comes_in_the_order_of_the_pack() -> None:
    assert first(pack_of(B, A), roster(here("A"), here("B"))) == "B"


def test_who_has_no_room_is_passed_over_until_nobody_has() -> None:
    pack = pack_of(msgspec.structs.replace(A, capacity=2), B)
    full, free = here("A", load=2), here("B", load=1, last_given=5)
    assert first(pack, roster(full, free)) == "B"
    assert first(pack, roster(here("A", load=1), free)) == "A"
    both = roster(here("A", load=2, last_given=1), here("B", load=9, capacity=9, last_given=2))
    assert first(pack, both) == "A"
    own = roster(here("A", load=2, capacity=5), free)
    assert first(pack, own) == "A", "their own setting goes before the pack's"


def test_who_is_away_is_passed_over_and_their_deputy_stands_in() -> None:
    there = roster(here("A", away=True, deputy="C"), here("B"), here("C", last_given=9))
    assert first(pack_of(A, B, C), there) == "B"
    assert first(pack_of(A, B, C), there, routed="A") == "C"
    by_pack = pack_of(msgspec.structs.replace(A, deputy="B"), B, C)
    assert first(by_pack, roster(here("A", away=True), here("B"), here("C")), routed="A") == "B"


def test_deputies_who_are_away_pass_it_on_and_never_in_a_circle() -> None:
    chain = roster(here("A", away=True, deputy="B"), here("B", away=True, deputy="C"), here("C"))
    assert first(pack_of(A, B, C), chain, routed="A") == "C"
    circle = roster(
        here("A", away=True, deputy="B"), here("B", away=True, deputy="A"), here("C", last_given=9)
    )
    assert first(pack_of(A, B, C), circle, routed="A") == "C"


def test_working_hours_and_time_zone_of_each_person_count() -> None:
    berlin = Person(name="A", role="", languages=("en",), hours=OFFICE)
    shanghai = msgspec.structs.replace(B, hours=OFFICE, time_zone="Asia/Shanghai")
    pack = pack_of(shanghai, berlin)
    morning = MONDAY_NOON - 11 * HOUR  # 02:00 in Berlin, 09:00 in Shanghai
    for at, name in ((morning, "B"), (MONDAY_NOON, "A")):
        assert first(pack, roster(here("A"), here("B"), at=at)) == name
    night = MONDAY_NOON + 8 * HOUR  # 21:00 and 04:00: nobody works
    assert first(pack, roster(here("A"), here("B"), at=night)) == "B"


@pytest.mark.parametrize(
    ("at", "works"),
    [
        (1_774_767_600_000, False),  # 2026-03-29 07:00 UTC, a Sunday: 09:00 in Berlin's new time
        (1_774_681_200_000 - 86_400_000 + 0, False),  # Friday 07:00 UTC: 08:00 in winter time
        (1_774_854_000_000, True),  # Monday 2026-03-30 07:00 UTC: 09:00 in summer time
    ],
)
def test_a_change_of_the_clocks_moves_the_hours(at: int, works: bool) -> None:
    days = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00")
    keeper = msgspec.structs.replace(A, hours=days, time_zone="Europe/Berlin")
    always = msgspec.structs.replace(B, hours=dict.fromkeys(
        ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "00:00-24:00"
    ))  # fmt: skip
    there = roster(here("A"), here("B", last_given=1), at=at)
    assert first(pack_of(keeper, always), there) == ("A" if works else "B")


def test_the_account_manager_comes_first_whatever_the_routes_say() -> None:
    there = roster(here(MAREIKE), here(JONAS, last_given=9, load=50, capacity=1), here(LIN))
    assert first(demo(), there, manager=JONAS, routed="Pre-sales China", language="zh") == JONAS
    known = roster(here(MAREIKE), here(JONAS), manager=JONAS)
    assert first(demo(), known) == JONAS
    away = roster(here(JONAS, away=True, deputy=MAREIKE), here(MAREIKE), manager=JONAS)
    assert first(demo(), away) == MAREIKE
    gone = roster(here(LIN), manager="Nobody any more")
    assert first(demo(), gone, language="zh") == LIN


def test_an_account_manager_without_a_place_in_the_pack_is_found_by_the_account() -> None:
    assert first(demo(), roster(here("Vera"), manager="Vera")) == "Vera"


def test_one_account_alone_and_a_small_team_need_no_people_in_the_pack() -> None:
    nobody = pack_of()
    assert first(nobody, roster(here("Owner"))) == "Owner"
    two = roster(here("Owner", last_given=5), here("Second"))
    assert first(nobody, two) == "Second"
    assert on_call.choose_next(nobody, State(called=("Second",)), two) == "Owner"
    assert first(nobody, Roster()) == ""


def test_a_team_that_is_not_on_call_is_rung_for_its_own_matters() -> None:
    expert = Person(name="X", role="", languages=("en",), team="databases")
    pack = pack_of(A, expert, on=("A",))
    assert first(pack, roster(here("A"), here("X"))) == "A"
    assert first(pack, roster(here("A"), here("X")), routed="databases") == "X"


def test_those_who_can_sign_in_go_before_those_who_cannot() -> None:
    assert first(pack_of(A, B), roster(here("B", last_given=99))) == "B"


# --- in a talk -----------------------------------------------------------------------------------


def ringing(prospect: Prospect, there: Roster, value: str = "ring", after: int = MINUTE) -> None:
    """A timer that comes with the roster, as intake gives it."""
    prospect.now += after
    incoming = Incoming(
        conversation="c", external_id=f"t{prospect.now}", kind="timer", value=value, roster=there
    )
    prospect._give(incoming)


def test_an_account_manager_who_becomes_known_is_rung_for_next() -> None:
    prospect = Prospect()
    prospect.says("talk_to_human")
    there = roster(here(MAREIKE), here(JONAS), here(LIN), manager=LIN)
    ringing(prospect, there)
    ringing(prospect, there)
    (alert,) = prospect.effects(Alert)
    assert alert.to == LIN


def closed(manager: str) -> Prospect:
    prospect = Prospect()
    prospect.says("talk_to_human")
    prospect.state = msgspec.structs.replace(
        prospect.state, owner="closed", manager=manager, outcome="escalated", waiting_since=0,
        rings=0, called=(),
    )  # fmt: skip
    return prospect


def test_a_customer_who_comes_back_waits_for_their_own_manager() -> None:
    prospect = closed(JONAS)
    prospect.says("small_talk")
    state = prospect.state
    assert (state.owner, state.called, state.rings) == ("waiting", (JONAS,), 1)
    (escalate,) = prospect.effects(Escalate)
    assert (escalate.reason, escalate.to, escalate.first) == ("existing_customer", JONAS, True)
    assert any(JONAS in reply.text for reply in prospect.replies)
    prospect.says("provide_info", city="Munich")
    assert prospect.effects(Escalate) == []


def test_who_comes_back_only_to_be_forgotten_calls_nobody() -> None:
    prospect = closed(JONAS)
    prospect.says("stop")
    assert prospect.state.owner == "closed"
    assert prospect.effects(Escalate) == []
    assert not any(JONAS in reply.text for reply in prospect.replies)


def test_who_has_no_manager_comes_back_to_the_bot() -> None:
    prospect = closed("")
    prospect.says("small_talk")
    assert prospect.state.owner == "bot"


@pytest.mark.parametrize("estimated", [True, False])
def test_routes_know_industry_and_the_edition_wanted_or_estimated(estimated: bool) -> None:
    routes = (
        Route(when=(Condition(slot="industry", op="is", value="jewellery"),), to="B"),
        Route(when=(Condition(slot="edition", op="is", value="cluster"),), to="C"),
        Route(when=(), to="A"),
    )
    pack = pack_of(A, B, C, routes=routes)
    prospect = Prospect()
    if estimated:
        prospect.says("provide_info", headcount="4000", ownership="private", city="Munich")
        assert prospect.state.estimate is not None
        edition = prospect.state.estimate.edition
    else:
        prospect.says("provide_info", edition="cluster")
        edition = "cluster"
    expected = {"cluster": "C"}.get(edition, "A")
    from_state = prospect.state
    assert _routed(pack, from_state) == expected
    known = Known(value="jewellery", status="stated")
    trade = msgspec.structs.replace(from_state, profile={**from_state.profile, "industry": known})
    assert _routed(pack, trade) == "B"


def _routed(pack: Pack, state: State) -> str:
    """Whom a talk is meant for that asks for a person now."""
    prospect = Prospect()
    prospect.state = msgspec.structs.replace(state, owner="bot", reasons=(), reason="")
    company = pack.company
    assert company.people
    return _advance(pack, prospect)


def _advance(pack: Pack, prospect: Prospect) -> str:
    from_dialogs = Incoming(
        conversation="c", external_id="x", kind="choice", value="person", seq=99
    )
    turn = advance(pack, prospect.state, from_dialogs, None, prospect.now)
    return turn.state.routed


# --- the pack's files ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("deputy: Nobody", "Nobody"),
        ("time_zone: Mars/Base", "there is no time zone `Mars/Base`"),
        ("capacity: many", "`capacity` must be a whole number"),
        ('hours: {mon: "9-17"}', "is not a span of hours"),
    ],
)
def test_check_knows_what_a_person_may_have(tmp_path: Path, line: str, message: str) -> None:
    folder = copy_minimal(tmp_path)
    content = (folder / "company.yaml").read_text()
    place = content.index("people:")
    head = content[place:].splitlines()[1]
    assert head.lstrip().startswith("- {"), head
    edit(folder, "company.yaml", head, head.replace("}", f", {line}}}"))
    found = [each for each in check(folder) if not each.warning]
    assert any(message in each.message for each in found), found


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ("targets: {default: {first: 5m, next: soon}}", "`next` is no time: soon"),
        ("targets: {qualified: {first: 5m, next: 5m}}", "`default` is missing"),
        ("targets: {default: {first: 5m, next: 5m}, nothing: {}}", "unknown reason `nothing`"),
    ],
)
def test_check_knows_targets(tmp_path: Path, targets: str, message: str) -> None:
    folder = copy_minimal(tmp_path)
    rules = folder / "rules.yaml"
    rules.write_text((rules.read_text() if rules.exists() else "") + f"\n{targets}\n")
    found = [each.message for each in check(folder) if not each.warning]
    assert any(message in each for each in found), found
