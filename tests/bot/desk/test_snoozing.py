"""Out of sight until a moment, or until the prospect writes."""

from __future__ import annotations

import pytest

from bot import records
from bot.alerting.service_watch import ServiceWatch
from bot.desk import Decline
from bot.desk.snoozing import LONGEST
from bot.records import read_reply
from bot.remarks import show_note
from dialogs.types import Reply
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


# --- service times ------------------------------------------------------------------------------


async def owed_talk(hall: Hall) -> str:
    """A talk in which a human has replied, and owes the next reply within 15 minutes."""
    talk = await claimed_talk(hall)
    await hall.core.desk.reply(ANNA, talk, "r1", "Good morning")
    hall.clock.turn(MINUTE)
    await hall.say(talk, "Let me ask my boss, please come back to me at eleven")
    assert case(hall, talk).due == hall.clock() + 15 * MINUTE
    return talk


async def test_time_does_not_count_for_the_next_reply_while_it_sleeps(hall: Hall) -> None:
    talk, watch = await owed_talk(hall), ServiceWatch(hall.core.house, hall.core.mind)
    hall.clock.turn(5 * MINUTE)
    until = hall.clock() + 15 * MINUTE
    await hall.core.desk.snooze(ANNA, talk, until)
    assert case(hall, talk).due == until + 10 * MINUTE
    await hall.wait(15 * MINUTE)
    assert (case(hall, talk).snoozed_until, await watch.step()) == (0, 0)
    hall.clock.turn(10 * MINUTE - 1)
    assert await watch.step() == 0
    hall.clock.turn(1)
    assert await watch.step() == 1, "from then on it counts"


@pytest.mark.parametrize("way", ["wake", "undo", "prospect", "colleague"])
async def test_whoever_wakes_it_early_has_what_was_left(hall: Hall, way: str) -> None:
    talk, desk = await owed_talk(hall), hall.core.desk
    hall.clock.turn(5 * MINUTE)
    slept = await desk.snooze(ANNA, talk, hall.clock() + DAY)
    hall.clock.turn(MINUTE)
    if way == "wake":
        await desk.wake(ANNA, talk)
    elif way == "undo":
        await desk.undo(ANNA, talk, slept.undo)
    elif way == "prospect":
        await hall.say(talk, "Here I am again")
    else:
        await desk.pass_on(ANNA, talk, "")
    assert case(hall, talk).snoozed_until == 0
    assert case(hall, talk).due == hall.clock() + 10 * MINUTE


async def test_sleeping_on_counts_no_time_twice_and_an_undone_change_none(hall: Hall) -> None:
    talk, desk, first = await owed_talk(hall), hall.core.desk, hall.clock() + HOUR
    await desk.snooze(ANNA, talk, first)
    longer = await desk.snooze(ANNA, talk, first + 2 * HOUR)
    assert case(hall, talk).due == first + 2 * HOUR + 15 * MINUTE
    await desk.undo(ANNA, talk, longer.undo)
    found = case(hall, talk)
    assert (found.snoozed_until, found.due) == (first, first + 15 * MINUTE)


async def test_a_first_reply_is_owed_while_it_sleeps(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    due = case(hall, talk).due
    assert due
    await hall.core.desk.snooze(BORIS, talk, hall.clock() + DAY)
    assert case(hall, talk).due == due


async def test_what_is_late_stays_late(hall: Hall) -> None:
    talk, watch = await owed_talk(hall), ServiceWatch(hall.core.house, hall.core.mind)
    hall.clock.turn(15 * MINUTE)
    assert await watch.step() == 1
    late = case(hall, talk)
    await hall.core.desk.snooze(ANNA, talk, hall.clock() + DAY)
    found = case(hall, talk)
    assert (found.due, found.breached_at, found.breaches) == (late.due, late.breached_at, 1)


async def test_each_colleague_reads_it_in_their_own_language(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    await hall.core.desk.snooze(ANNA, talk, hall.clock() + HOUR, "s")
    await hall.core.desk.pass_on(ANNA, talk)
    await hall.core.desk.decline(ANNA, talk, Decline(reason="too_early", to="bot"))
    texts = hall.core.mind.texts
    rows = [each for each in hall.messages(talk) if each.author == "note"]
    shown = {
        language: [show_note(texts, language, each.body, each.text) for each in rows]
        for language in ("en", "zh", "ru")
    }
    assert shown["en"] == [each.text for each in rows], "as the desk's first language has it"
    assert "snoozed this until" in shown["en"][0]
    assert all(read_reply(each.body, each.text).text == each.text for each in rows)
    assert ANNA.display_name in shown["zh"][0]
    for language in ("zh", "ru"):
        assert len(rows) >= 2
        assert not set(shown[language]) & set(shown["en"])
    assert show_note(texts, "zh", b"", "Call them") == "Call them"
    own = records.write_reply(Reply(key="note", text="Call them"))
    assert show_note(texts, "zh", own, "Call them") == "Call them"
