"""Who has a talk: hand back with a line, pass on with a note, accept and decline the brief."""

from __future__ import annotations

import asyncio

import pytest

from bot.desk import DECLINE_REASONS, HAND_BACK_NEXT, Decline, HandBack
from bot.desk.passing import LINE_MAX
from dialogs.brief import brief
from dialogs.types import Passage, Reading
from tests.bot.desk.room import (
    audit,
    case,
    claimed_talk,
    notes,
    refusal,
    shown,
    timers,
    waiting_talk,
)
from tests.bot.hall import ANNA, BORIS, HEAD, MINUTE, Hall, demo_texts, hall

__all__ = ["hall"]

LINE = "Rather cold, only compares us with the cheapest"


def brief_of(hall: Hall, talk: str) -> str:
    made = brief(demo_texts().pack, hall.state(talk), hall.clock(), "en")
    return "\n".join(f"{line.label}: {line.text}" for line in made.lines)


# --- hand back -----------------------------------------------------------------------------------


async def test_the_line_of_a_hand_back_is_for_colleagues_alone(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    left = HandBack(line=f"  {LINE}\n", next="offer")
    assert not refusal(await hall.core.desk.hand_back(ANNA, talk, "h", left))
    await hall.core.outbox.drain()
    assert any(LINE in note for note in notes(hall, talk))
    assert LINE in brief_of(hall, talk)
    assert LINE not in shown(hall, talk)


@pytest.mark.parametrize("step", [each for each in HAND_BACK_NEXT if each])
async def test_the_bot_announces_what_comes_next_once(hall: Hall, step: str) -> None:
    talk = await claimed_talk(hall)
    await hall.core.desk.hand_back(ANNA, talk, "h", HandBack(next=step))
    await hall.core.outbox.drain()
    told = demo_texts().say("en", f"handback.next.{step}", name="Anna Keller")
    assert shown(hall, talk).count(told) == 1
    assert hall.state(talk).next_step == ""
    await hall.core.desk.claim(BORIS, talk)
    await hall.core.desk.hand_back(BORIS, talk)
    await hall.core.outbox.drain()
    assert shown(hall, talk).count(told) == 1


async def test_hand_back_takes_only_what_it_knows(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    assert refusal(await desk.hand_back(ANNA, talk, "a", HandBack(next="gift"))) == "invalid"
    long = HandBack(line="x" * (LINE_MAX + 1))
    assert refusal(await desk.hand_back(ANNA, talk, "b", long)) == "too_long"
    assert hall.state(talk).owner == "human"
    assert (await desk.hand_back(ANNA, talk, "c")).seq
    assert (await desk.hand_back(ANNA, talk, "c")).repeated


async def ask_while_human(hall: Hall) -> str:
    """A talk whose prospect asks a question that nobody answers."""
    talk = await claimed_talk(hall)
    await hall.core.desk.reply(ANNA, talk, "r", "Good morning.")
    question = "Does it run on ARM?"
    passage = Passage(
        source="system-requirements-en",
        kind="article",
        title="System requirements",
        place="",
        language="en",
        text="It runs on x86-64 and on ARM servers.",
        score=1.0,
        answers=True,
    )
    hall.words.script[question] = Reading(
        text=question, language="en", intents=("ask_feature",), passages=(passage,)
    )
    hall.papers.find = lambda *_, **__: (passage,)  # type: ignore[method-assign]
    hall.clock.turn(MINUTE)
    await hall.say(talk, question)
    return talk


async def test_after_a_hand_back_the_bot_answers_what_nobody_answered(hall: Hall) -> None:
    talk = await ask_while_human(hall)
    assert "ARM servers" not in shown(hall, talk)
    await hall.core.desk.hand_back(ANNA, talk)
    await hall.core.outbox.drain()
    assert shown(hall, talk).count("ARM servers") == 1
    last = hall.messages(talk)[-1]
    assert last.author == "bot"
    answer = hall.state(talk).answers[-1]
    assert hall.messages(talk)[answer.seq - 1].text == "Does it run on ARM?"


async def test_the_bot_answers_too_when_the_human_stays_away(hall: Hall) -> None:
    talk = await ask_while_human(hall)
    await hall.wait(31 * MINUTE)
    assert hall.state(talk).owner == "bot"
    assert shown(hall, talk).count("ARM servers") == 1


async def test_what_the_human_answered_is_not_answered_again(hall: Hall) -> None:
    talk = await ask_while_human(hall)
    await hall.core.desk.reply(ANNA, talk, "r2", "Yes, it does.")
    await hall.core.desk.hand_back(ANNA, talk)
    await hall.core.outbox.drain()
    assert "ARM servers" not in shown(hall, talk)
    assert hall.messages(talk)[-1].author == "bot"


async def test_a_wish_for_a_person_said_to_a_person_calls_nobody_again(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    wish = "I would rather have a person"
    hall.words.script[wish] = Reading(text=wish, language="en", intents=("talk_to_human",))
    hall.clock.turn(MINUTE)
    await hall.say(talk, wish)
    await hall.core.desk.hand_back(ANNA, talk)
    await hall.core.outbox.drain()
    assert hall.state(talk).owner == "bot"


# --- pass on -------------------------------------------------------------------------------------


async def test_a_note_goes_with_what_is_passed_on(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    assert not refusal(await desk.pass_on(ANNA, talk, "projects", "p", "Wants a fixed date"))
    assert not refusal(await desk.pass_on(ANNA, talk, "projects", "p", "Wants a fixed date"))
    assert notes(hall, talk).count("Wants a fixed date") == 1
    assert "fixed date" not in shown(hall, talk)
    assert hall.state(talk).routed == "projects"


# --- the brief -----------------------------------------------------------------------------------


async def test_accepting_a_brief_and_taking_it_back(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    assert refusal(await desk.accept(BORIS, talk)) == "not_yours"
    acted = await desk.accept(ANNA, talk)
    assert case(hall, talk).accepted_at == hall.clock()
    assert (await desk.accept(ANNA, talk)).repeated
    assert not refusal(await desk.undo(ANNA, talk, acted.undo))
    assert case(hall, talk).accepted_at == 0
    assert audit(hall)[-2:] == ["desk.accept", "desk.undo"]


async def test_nobody_accepts_what_waits(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    assert refusal(await hall.core.desk.accept(ANNA, talk)) == "state"


@pytest.mark.parametrize("reason", DECLINE_REASONS)
async def test_a_declined_brief_says_why(hall: Hall, reason: str) -> None:
    talk = await claimed_talk(hall)
    what = Decline(reason=reason, to="queue", note="Asked twice")
    assert not refusal(await hall.core.desk.decline(ANNA, talk, what, "d"))
    assert (await hall.core.desk.decline(ANNA, talk, what, "d")).repeated
    state, found = hall.state(talk), case(hall, talk)
    assert (state.owner, state.staff, state.rings) == ("waiting", "", 1)
    assert (found.returned, found.returned_at) == (f"decline.{reason}", hall.clock())
    words = demo_texts().say("en", f"desk.decline.{reason}")
    assert f"{words} (Anna Keller)" in brief_of(hall, talk)
    assert notes(hall, talk).count("Asked twice") == 1
    assert words not in shown(hall, talk)
    assert "apology" in timers(hall, talk)


async def test_declining_to_the_bot(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    what = Decline(reason="too_early", to="bot")
    assert refusal(await hall.core.desk.decline(BORIS, talk, what)) == "not_yours"
    assert not refusal(await hall.core.desk.decline(HEAD, talk, what))
    assert hall.state(talk).owner == "bot"
    await hall.core.outbox.drain()
    assert hall.messages(talk)[-1].author == "bot"


async def test_what_waits_can_only_be_declined_to_the_bot(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    desk = hall.core.desk
    assert refusal(await desk.decline(ANNA, talk, Decline(reason="other"))) == "state"
    assert refusal(await desk.decline(ANNA, talk, Decline(reason="x", to="bot"))) == "reason"
    wrong = Decline(reason="other", to="boss")
    assert refusal(await desk.decline(ANNA, talk, wrong)) == "invalid"
    assert hall.state(talk).owner == "waiting"
    assert not refusal(await desk.decline(ANNA, talk, Decline(reason="other", to="bot")))
    assert hall.state(talk).owner == "bot"
    assert "ring" not in timers(hall, talk)


async def test_not_a_lead_counts_as_sent_back(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    await hall.core.desk.not_a_lead(ANNA, talk, "student")
    assert case(hall, talk).returned == "not_a_lead.student"
    assert demo_texts().say("en", "desk.not_a_lead.student") in brief_of(hall, talk)


# --- a claim that was none -----------------------------------------------------------------------


async def test_a_claim_is_undone_within_a_minute(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    since = hall.row(talk).waiting_since
    hall.clock.turn(MINUTE // 2)
    desk = hall.core.desk
    claimed = await desk.claim(ANNA, talk)
    assert claimed.undo
    assert refusal(await desk.undo(BORIS, talk, claimed.undo)) == "not_yours"
    assert not refusal(await desk.undo(ANNA, talk, claimed.undo))
    row = hall.row(talk)
    assert (row.owner, row.staff_id, row.waiting_since) == ("waiting", 0, since)
    assert {"ring", "apology"} <= timers(hall, talk)
    told = shown(hall, talk)
    assert (await desk.undo(ANNA, talk, claimed.undo)).repeated, "clicked twice"
    assert shown(hall, talk) == told
    assert (await desk.claim(BORIS, talk)).won
    assert refusal(await desk.undo(ANNA, talk, claimed.undo)) == "moved_on"


async def test_a_claim_clicked_twice_can_be_undone_as_long_as_the_first(hall: Hall) -> None:
    talk, desk = await waiting_talk(hall), hall.core.desk
    claimed = await desk.claim(ANNA, talk)
    again = await desk.claim(ANNA, talk)
    assert (again.repeated, again.undo) == (True, claimed.undo)
    hall.clock.turn(MINUTE + 1)
    assert (await desk.claim(ANNA, talk)).undo == 0, "its minute is over"


async def test_a_claim_is_not_undone_later_or_after_a_word(hall: Hall) -> None:
    early, late = await waiting_talk(hall), await waiting_talk(hall)
    desk = hall.core.desk
    first, second = await desk.claim(ANNA, early), await desk.claim(ANNA, late)
    await desk.reply(ANNA, early, "r", "Good morning.")
    assert refusal(await desk.undo(ANNA, early, first.undo)) == "moved_on"
    hall.clock.turn(MINUTE + 1)
    assert refusal(await desk.undo(ANNA, late, second.undo)) == "too_late"
    assert {hall.row(each).staff_id for each in (early, late)} == {ANNA.id}


async def test_stepping_in_by_mistake_gives_the_talk_back_to_the_bot(hall: Hall) -> None:
    talk = await hall.open()
    claimed = await hall.core.desk.claim(ANNA, talk)
    assert not refusal(await hall.core.desk.undo(ANNA, talk, claimed.undo))
    await hall.core.outbox.drain()
    assert hall.state(talk).owner == "bot"
    assert hall.messages(talk)[-1].author == "bot"


async def test_two_who_undo_and_claim_at_once_leave_one_owner(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    desk = hall.core.desk
    claimed = await desk.claim(ANNA, talk)
    undone, other = await asyncio.gather(
        desk.undo(ANNA, talk, claimed.undo), desk.claim(BORIS, talk)
    )
    assert not refusal(undone)
    assert hall.row(talk).staff_id == (BORIS.id if other.won else 0)


@pytest.mark.parametrize("number", [0, -1, 1, 10**14])
async def test_only_ones_own_acts_on_this_talk_are_undone(hall: Hall, number: int) -> None:
    talk, other = await waiting_talk(hall), await waiting_talk(hall)
    claimed = await hall.core.desk.claim(ANNA, other)
    wanted = claimed.undo if number == 1 else number
    assert refusal(await hall.core.desk.undo(ANNA, talk, wanted)) == "invalid"
