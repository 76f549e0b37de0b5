"""Who is next: in turn, with room, while others are away; and whose customer somebody is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.accounts import People
from bot.desk import Decline
from bot.desk.choices import DECLINE_REASONS
from storage.desk import get as get_case
from tests.bot.hall import HOUR, MINUTE, Hall, Member, demo_texts
from tests.bot.turns.branches import (
    BOSS,
    call,
    hire,
    leave,
    open_branches,
    rung,
    said,
    settle,
    tell,
)


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    made = open_branches(tmp_path)
    yield made
    await made.db.close()


async def end(hall: Hall, talk: str) -> None:
    """A colleague takes it and closes it: nobody has it any more."""
    await hall.core.desk.claim(BOSS, talk)
    assert not (await hall.core.desk.close(BOSS, talk, "won", "c")).refused


# --- in turn, with room --------------------------------------------------------------------------


async def test_talks_go_round_also_across_a_restart(hall: Hall, tmp_path: Path) -> None:
    people = await hire(hall)
    for member in ("Ada", "Ben"):
        await settle(hall, people[member], capacity=50)
    order = []
    for _ in range(3):
        order += rung(hall, await call(hall))
        hall.clock.turn(MINUTE // 2)
    assert order == ["Ada", "Ben", "Ada"]
    now = hall.clock.time
    await hall.db.close()
    again = open_branches(tmp_path, now)
    try:
        for _ in range(2):
            order += rung(again, await call(again))
            again.clock.turn(MINUTE // 2)
    finally:
        await again.db.close()
    assert order == ["Ada", "Ben", "Ada", "Ben", "Ada"]


async def test_talks_of_the_same_moment_go_to_different_people(hall: Hall) -> None:
    people = await hire(hall)
    for member in ("Ada", "Ben"):
        await settle(hall, people[member], capacity=50)
    talks = [await hall.open() for _ in range(6)]
    await asyncio.gather(*(hall.press(talk, "person") for talk in talks))
    order = [name for talk in talks for name in rung(hall, talk)]
    assert sorted(order) == ["Ada"] * 3 + ["Ben"] * 3


async def test_who_has_no_room_is_passed_over_and_comes_again_when_there_is(hall: Hall) -> None:
    people = await hire(hall)
    first, second, third = [await call(hall) for _ in range(3)]
    assert [rung(hall, talk)[0] for talk in (first, second, third)] == ["Ada", "Ben", "Ada"]
    await hall.core.desk.claim(people["Ada"], first)
    await end(hall, second)
    hall.clock.turn(1)
    assert rung(hall, await call(hall)) == ["Ben"]
    hall.clock.turn(1)
    assert rung(hall, await call(hall)) == ["Ben"], "Ada has two, of which one only rings"
    await end(hall, first)
    hall.clock.turn(1)
    assert rung(hall, await call(hall)) == ["Ada"]


async def test_while_all_are_full_a_talk_waits_with_its_reason_and_rings_all_the_same(
    hall: Hall,
) -> None:
    await hire(hall)
    for _ in range(4):
        await call(hall)
        hall.clock.turn(1)
    talk = await call(hall)
    state = hall.state(talk)
    assert (state.owner, state.reason) == ("waiting", "person_requested")
    assert rung(hall, talk) == ["Ada"]
    named = await call(hall, city="Hamburg")
    assert (hall.state(named).routed, rung(hall, named)) == ("Ben", ["Ben"])


async def test_a_full_person_whom_a_route_names_leaves_it_to_the_team(hall: Hall) -> None:
    people = await hire(hall)
    await settle(hall, people["Ben"], capacity=1)
    assert rung(hall, await call(hall, city="Hamburg")) == ["Ben"]
    assert rung(hall, await call(hall, city="Hamburg")) == ["Ada"]


# --- away ----------------------------------------------------------------------------------------


async def test_away_their_deputy_and_with_the_deputy_away_the_next(hall: Hall) -> None:
    people = await hire(hall)
    await leave(hall, people["Ben"], deputy="Cleo")
    assert rung(hall, await call(hall, city="Hamburg")) == ["Cleo"]
    await leave(hall, people["Cleo"], deputy="Dev")
    assert rung(hall, await call(hall, city="Hamburg")) == ["Dev"]
    await leave(hall, people["Dev"])
    assert rung(hall, await call(hall, city="Hamburg")) == ["Ada"]


async def test_an_absence_ends_by_itself(hall: Hall) -> None:
    people = await hire(hall)
    now = hall.clock.time
    await settle(hall, people["Ben"], away_from=now, away_until=now + HOUR, deputy="Cleo")
    assert rung(hall, await call(hall, city="Hamburg")) == ["Cleo"]
    hall.clock.turn(HOUR)
    assert rung(hall, await call(hall, city="Hamburg")) == ["Ben"]


async def test_a_team_of_which_nobody_is_there_rings_somebody_else(hall: Hall) -> None:
    people = await hire(hall)
    await leave(hall, people["Cleo"])
    talk = await call(hall, industry="jewellery")
    assert (hall.state(talk).routed, rung(hall, talk)) == ("Jewellers", ["Ada"])
    for _ in range(3):
        await hall.wait(MINUTE)
    assert rung(hall, talk) == ["Ada", "Ada", "Ben", ""]
    assert set(hall.state(talk).called) == {"Ada", "Ben"}, "who is on leave is not rung for"


async def test_with_everybody_away_somebody_is_rung_for_all_the_same(hall: Hall) -> None:
    people = await hire(hall)
    for member in people.values():
        await leave(hall, member)
    talk = await call(hall)
    assert rung(hall, talk) == ["Ada"]
    for _ in range(3):
        await hall.wait(MINUTE)
    assert hall.state(talk).rings == 4


async def test_an_account_shut_in_the_middle_is_not_rung_again(hall: Hall) -> None:
    people = await hire(hall)
    door = People(hall.db, hall.clock, hall.core.house.live)
    talk = await call(hall)
    assert rung(hall, talk) == ["Ada"]
    await door.set_disabled(BOSS.id, people["Ada"].id, True)
    await hall.wait(MINUTE)
    assert rung(hall, talk) == ["Ada", "Ben"], "the reminder goes to who is there"
    assert rung(hall, await call(hall)) == ["Ben"]
    named = await call(hall, city="Hamburg")
    await door.set_disabled(BOSS.id, people["Ben"].id, True)
    await hall.wait(MINUTE)
    assert rung(hall, named) == ["Ben", "Cleo"]


async def shut(hall: Hall, who: Member) -> None:
    await People(hall.db, hall.clock, hall.core.house.live).set_disabled(BOSS.id, who.id, True)
    await hall.core.outbox.drain()


async def test_the_talk_of_an_account_that_is_shut_waits_at_once(hall: Hall) -> None:
    people = await hire(hall)
    talk, others = await call(hall), await call(hall)
    await hall.core.desk.claim(people["Ada"], talk)
    await hall.core.desk.claim(people["Ben"], others)
    said = len(hall.messages(talk, internal=False))
    before = len(rung(hall, talk))
    await shut(hall, people["Ada"])
    assert (hall.state(talk).owner, hall.state(talk).staff) == ("waiting", "")
    assert hall.row(talk).staff_id == 0
    assert hall.state(talk).waiting_since == hall.clock()
    assert hall.state(others).owner == "human", "a colleague keeps theirs"
    told = hall.messages(talk, internal=False)[said:]
    assert [each.text for each in told] == [demo_texts().say("en", "desk.passed_on")]
    notes = [each.text for each in hall.messages(talk) if each.author == "note"]
    assert notes == [demo_texts().say("en", "desk.left", name="Ada")]
    assert rung(hall, talk)[before:] == ["Ben"], "the next of the team, and not Ada"
    done = hall.db.peek(
        lambda tx: tx.all("SELECT action, staff_id FROM audit WHERE subject=:of", {"of": talk})
    )
    assert done[-1] == ("desk.left", 0)
    await hall.wait(MINUTE)
    assert len(rung(hall, talk)) == before + 2, "the reminder of a talk that waits"
    assert "Ada" not in rung(hall, talk)[before:]
    await hall.wait(31 * MINUTE)
    told = [each.text for each in hall.messages(talk, internal=False)[said:]]
    assert told.count(demo_texts().say("en", "desk.passed_on")) == 1
    assert hall.state(talk).owner == "waiting"


async def test_so_does_the_talk_of_who_may_take_none_any_more(hall: Hall) -> None:
    people = await hire(hall)
    kept, talk = await call(hall), await call(hall)
    for each in (kept, talk):
        await hall.core.desk.claim(people["Ada"], each)
    door = People(hall.db, hall.clock, hall.core.house.live)
    await door.set_role(BOSS.id, people["Ada"].id, "manager")
    await hall.core.outbox.drain()
    assert hall.state(talk).owner == "human", "a manager may have talks"
    before = len(rung(hall, talk))
    await hall.core.desk.hand_back(people["Ada"], kept)
    await door.set_role(BOSS.id, people["Ada"].id, "readonly")
    await hall.core.outbox.drain()
    assert hall.state(talk).owner == "waiting"
    assert hall.state(kept).owner == "bot"
    for _ in range(3):
        await hall.wait(MINUTE)
    assert "Ada" not in rung(hall, talk)[before:]
    customer = await customer_of(hall, "Ada")
    assert rung(hall, await call(hall, email="petra@nordhem.example")) != ["Ada"], customer


async def test_who_was_shut_a_moment_ago_takes_no_talk_any_more(hall: Hall) -> None:
    people = await hire(hall)
    talk = await call(hall)
    await shut(hall, people["Ada"])
    claimed = await hall.core.desk.claim(people["Ada"], talk)
    assert claimed.refused == "desk.refused.role"
    assert hall.state(talk).owner == "waiting"


async def test_a_talk_that_they_closed_does_not_come_back_to_them(hall: Hall) -> None:
    people = await hire(hall)
    talk, desk = await call(hall), hall.core.desk
    await desk.claim(people["Ada"], talk)
    closed = await desk.close(people["Ada"], talk, "lost", "c")
    await shut(hall, people["Ada"])
    assert not (await desk.undo(BOSS, talk, closed.undo)).refused
    row, state = hall.row(talk), hall.state(talk)
    assert (row.owner, row.staff_id, state.staff) == ("human", BOSS.id, BOSS.display_name)


async def test_an_account_that_is_open_again_keeps_its_talks(hall: Hall) -> None:
    people = await hire(hall)
    talk = await call(hall)
    await hall.core.desk.claim(people["Ada"], talk)
    door = People(hall.db, hall.clock, hall.core.house.live)
    await door.set_disabled(BOSS.id, people["Ada"].id, True)
    await door.set_disabled(BOSS.id, people["Ada"].id, False)
    await hall.core.outbox.drain()
    assert hall.state(talk).owner == "human"


# --- whose customer it is ------------------------------------------------------------------------


async def customer_of(hall: Hall, name: str) -> str:
    """A customer known by e-mail, whose talk is over."""
    talk = await call(hall, email="petra@nordhem.example")
    await hall.core.desk.claim(BOSS, talk)
    assert not (await hall.core.desk.name_manager(BOSS, talk, name)).refused
    await hall.core.desk.close(BOSS, talk, "won", "c")
    hall.clock.turn(MINUTE)
    return talk


async def test_a_customer_who_returns_waits_for_their_own_account_manager(hall: Hall) -> None:
    await hire(hall)
    talk = await customer_of(hall, "Cleo")
    before = len(rung(hall, talk))
    await hall.say(talk, "Hello again")
    assert rung(hall, talk)[before:] == ["Cleo"]
    assert "Cleo" in said(hall, talk)
    other = await call(hall, email="Petra@Nordhem.example", city="Hamburg")
    assert rung(hall, other) == ["Cleo"], "known by the address, before every route"


async def test_the_deputy_stands_in_for_an_account_manager_on_leave(hall: Hall) -> None:
    people = await hire(hall)
    talk = await customer_of(hall, "Cleo")
    await leave(hall, people["Cleo"], deputy="Dev")
    before = len(rung(hall, talk))
    await hall.say(talk, "Hello again")
    assert rung(hall, talk)[before:] == ["Dev"]
    for _ in range(3):
        await hall.wait(MINUTE)
    assert rung(hall, talk)[before:] == ["Dev", "Dev", "Ben", ""]
    assert "Cleo" not in hall.state(talk).called, "who is on leave is not rung for"
    assert hall.state(talk).manager == "Cleo"


async def test_without_a_deputy_the_customer_of_somebody_on_leave_goes_to_who_is_there(
    hall: Hall,
) -> None:
    people = await hire(hall)
    talk = await customer_of(hall, "Cleo")
    await leave(hall, people["Cleo"])
    before = len(rung(hall, talk))
    await hall.say(talk, "Hello again")
    assert rung(hall, talk)[before:] == ["Ben"], "Ada had the last one"


async def test_an_account_manager_without_room_is_rung_for_their_own_customer(hall: Hall) -> None:
    people = await hire(hall)
    talk = await customer_of(hall, "Cleo")
    await settle(hall, people["Cleo"], capacity=1)
    await call(hall, industry="jewellery")
    before = len(rung(hall, talk))
    await hall.say(talk, "Hello again")
    assert rung(hall, talk)[before:] == ["Cleo"]


async def test_an_address_told_while_waiting_brings_the_account_manager_next(hall: Hall) -> None:
    await hire(hall)
    await customer_of(hall, "Cleo")
    talk = await call(hall)
    assert rung(hall, talk) == ["Ben"]
    await tell(hall, talk, email="petra@nordhem.example")
    await hall.wait(MINUTE)
    await hall.wait(MINUTE)
    assert rung(hall, talk)[-1] == "Cleo"


# --- sent back, and nobody comes -----------------------------------------------------------------


@pytest.mark.parametrize("reason", DECLINE_REASONS)
async def test_who_declines_with_a_reason_is_not_rung_again(hall: Hall, reason: str) -> None:
    people = await hire(hall)
    talk = await call(hall)
    assert rung(hall, talk) == ["Ada"]
    await hall.core.desk.claim(people["Ada"], talk)
    what = Decline(reason=reason, to="queue")
    assert not (await hall.core.desk.decline(people["Ada"], talk, what, "d")).refused
    assert rung(hall, talk) == ["Ada", "Ben"]
    await hall.wait(MINUTE)
    await hall.wait(MINUTE)
    assert rung(hall, talk) == ["Ada", "Ben", "Ben", "Cleo"]
    case = hall.db.peek(lambda tx: get_case(tx, talk))
    assert (case.person, case.returned) == ("Cleo", f"decline.{reason}")
    await hall.core.desk.claim(people["Cleo"], talk)
    assert not (await hall.core.desk.accept(people["Cleo"], talk)).refused
    accepted = hall.db.peek(lambda tx: get_case(tx, talk))
    assert (accepted.returned, accepted.accepted_at) == ("", hall.clock.time)


async def test_who_declined_is_not_rung_first_after_the_talk_was_put_off(hall: Hall) -> None:
    people = await hire(hall)
    talk = await call(hall)
    await hall.core.desk.claim(people["Ada"], talk)
    await hall.core.desk.decline(people["Ada"], talk, Decline(reason="other"), "d")
    await hall.core.desk.later(people["Ben"], talk, 30)
    await settle(hall, people["Ben"], capacity=1)
    await call(hall, city="Hamburg")
    await hall.wait(30 * MINUTE)
    assert rung(hall, talk)[-1] != "Ada"


async def test_two_who_do_not_come_and_then_all_on_call_and_a_true_apology(hall: Hall) -> None:
    await hire(hall)
    talk = await call(hall)
    for _ in range(2):
        await hall.wait(MINUTE)
    assert rung(hall, talk) == ["Ada", "Ada", "Ben"]
    before = hall.row(talk).last_seq
    await hall.wait(MINUTE)
    assert rung(hall, talk)[3:] == [""]
    assert hall.state(talk).called == ("Ada", "Ben", "Cleo")
    assert "18:00" in said(hall, talk, before)
    for _ in range(10):
        await hall.wait(MINUTE)
    assert len(rung(hall, talk)) == 4


async def test_an_apology_after_closing_time_names_the_next_morning(hall: Hall) -> None:
    await hire(hall)
    hall.clock.turn(8 * HOUR - 2 * MINUTE)  # 17:58 in Berlin
    talk = await call(hall)
    before = hall.row(talk).last_seq
    for _ in range(3):
        await hall.wait(MINUTE)
    told = said(hall, talk, before)
    assert "Tuesday" in told
    assert "09:00" in told
    assert rung(hall, talk) == ["Ada", "Ada"], "the next is rung for when the office opens"
