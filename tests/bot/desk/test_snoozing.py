"""Out of sight until a moment, or until the prospect writes."""

from __future__ import annotations

import pytest

from bot.desk.snoozing import LONGEST
from storage import desk as cases
from tests.bot.desk.room import (
    add_accounts,
    case,
    claimed_talk,
    notes,
    refusal,
    timers,
    waiting_talk,
)
from tests.bot.hall import ANNA, BORIS, DAY, HEAD, HOUR, MINUTE, Hall, hall

__all__ = ["hall"]


def asleep(hall: Hall) -> list[str]:
    return hall.db.peek(lambda tx: cases.snoozed(tx, hall.clock(), 10))


async def test_it_sleeps_and_wakes_by_itself(hall: Hall) -> None:
    await add_accounts(hall, ANNA)
    talk = await claimed_talk(hall)
    assert not refusal(await hall.core.desk.snooze(ANNA, talk, hall.clock() + 2 * HOUR, "s"))
    assert (await hall.core.desk.snooze(ANNA, talk, hall.clock() + 2 * HOUR, "s")).repeated
    found = case(hall, talk)
    assert (found.snoozed_until, found.snoozed_by) == (hall.clock() + 2 * HOUR, ANNA.id)
    assert asleep(hall) == [talk]
    await hall.core.desk.reply(ANNA, talk, "r", "Until tomorrow, then.")
    await hall.wait(2 * HOUR - 1)
    assert asleep(hall) == [talk]
    alerts = len(hall.deliveries(talk, "alert"))
    last = hall.row(talk).last_seq
    await hall.wait(1)
    assert asleep(hall) == []
    assert case(hall, talk).snoozed_until == 0
    assert [m.author for m in hall.messages(talk)[last:]] == ["note"]
    rung = hall.deliveries(talk, "alert")
    assert len(rung) == alerts + 1
    assert b"Anna Keller" in rung[-1].payload
    assert hall.row(talk).staff_id == ANNA.id
    assert "snooze" not in timers(hall, talk)


async def test_a_word_of_the_prospect_wakes_it_at_once(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    await hall.core.desk.snooze(ANNA, talk, hall.clock() + DAY)
    await hall.say(talk, "One more thing")
    assert case(hall, talk).snoozed_until == 0
    assert "snooze" not in timers(hall, talk)
    said = len(notes(hall, talk))
    await hall.wait(2 * DAY)
    assert len(notes(hall, talk)) == said


async def test_a_sleeping_talk_that_waits_is_rung_for_only_then(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    await hall.core.outbox.drain()
    await hall.core.desk.snooze(BORIS, talk, hall.clock() + 3 * HOUR)
    rung = len(hall.deliveries(talk, "alert"))
    await hall.wait(3 * HOUR - MINUTE)
    assert len(hall.deliveries(talk, "alert")) == rung
    await hall.wait(MINUTE)
    assert len(hall.deliveries(talk, "alert")) > rung
    assert case(hall, talk).snoozed_until == 0


async def test_waking_it_and_undoing(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    assert (await desk.wake(ANNA, talk)).repeated, "it does not sleep"
    acted = await desk.snooze(ANNA, talk, hall.clock() + HOUR)
    longer = await desk.snooze(ANNA, talk, hall.clock() + DAY)
    assert not refusal(await desk.undo(ANNA, talk, longer.undo))
    assert case(hall, talk).snoozed_until == hall.clock() + HOUR
    assert not refusal(await desk.undo(ANNA, talk, acted.undo))
    assert case(hall, talk).snoozed_until == 0
    assert (await desk.undo(ANNA, talk, acted.undo)).repeated
    await desk.snooze(ANNA, talk, hall.clock() + HOUR)
    assert refusal(await desk.wake(BORIS, talk)) == "not_yours"
    assert not refusal(await desk.wake(HEAD, talk))
    assert timers(hall, talk).isdisjoint({"snooze"})


@pytest.mark.parametrize("ahead", [0, -MINUTE, -(10**15), LONGEST + 1, 10**15])
async def test_only_a_moment_ahead_will_do(hall: Hall, ahead: int) -> None:
    talk = await claimed_talk(hall)
    assert refusal(await hall.core.desk.snooze(ANNA, talk, hall.clock() + ahead)) == "moment"
    assert case(hall, talk).snoozed_until == 0


async def test_who_may_let_it_sleep(hall: Hall) -> None:
    ours, bots = await claimed_talk(hall), await hall.open()
    until = hall.clock() + HOUR
    desk = hall.core.desk
    assert refusal(await desk.snooze(BORIS, ours, until)) == "not_yours"
    assert refusal(await desk.snooze(BORIS, bots, until)) == "state"
    assert not refusal(await desk.snooze(HEAD, ours, until))


@pytest.mark.parametrize("act", ["hand_back", "pass_on", "close"])
async def test_whoever_has_it_next_sees_it_awake(hall: Hall, act: str) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    await desk.snooze(ANNA, talk, hall.clock() + HOUR)
    rest = ("lost",) if act == "close" else ()
    assert not refusal(await getattr(desk, act)(ANNA, talk, *rest))
    assert case(hall, talk).snoozed_until == 0
    assert "snooze" not in timers(hall, talk)


async def test_it_wakes_when_the_bot_takes_over(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    hall.clock.turn(MINUTE)
    await hall.say(talk, "Hello?")
    await hall.core.desk.snooze(ANNA, talk, hall.clock() + DAY)
    await hall.wait(31 * MINUTE)
    assert hall.state(talk).owner == "bot"
    assert case(hall, talk).snoozed_until == 0
