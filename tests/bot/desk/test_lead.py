"""Stages, the end and what follows it, tasks, reading, names in notes."""

from __future__ import annotations

import asyncio

import pytest

from bot.desk import CLOSE_REASONS, TASK_KINDS, NewTask
from bot.desk.mentions import find_named
from bot.live import staff_topic
from storage import desk as cases
from storage import leads
from storage.accounts import StaffRow
from tests.bot.desk.room import (
    CARE,
    add_accounts,
    audit,
    claimed_talk,
    notes,
    refusal,
    shown,
    timers,
    waiting_talk,
)
from tests.bot.hall import ANNA, BORIS, DAY, GUEST, HEAD, HOUR, MINUTE, Hall, hall

__all__ = ["hall"]


# --- the end -------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", CLOSE_REASONS)
async def test_closing_is_undone_by_going_on(hall: Hall, reason: str) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    acted = await desk.close(ANNA, talk, reason)
    assert refusal(await desk.undo(BORIS, talk, acted.undo)) == "not_yours"
    assert not refusal(await desk.undo(HEAD, talk, acted.undo))
    row, state = hall.row(talk), hall.state(talk)
    assert (row.owner, row.staff_id, row.close_reason) == ("human", ANNA.id, "")
    assert (state.staff, state.outcome) == ("Anna Keller", "escalated")
    assert refusal(await desk.undo(ANNA, talk, acted.undo)) == "moved_on"


async def test_undoing_the_end_of_a_talk_of_the_bot(hall: Hall) -> None:
    talk = await hall.open()
    acted = await hall.core.desk.close(BORIS, talk, "lost")
    assert hall.state(talk).outcome == "closed"
    assert not refusal(await hall.core.desk.undo(BORIS, talk, acted.undo))
    assert hall.row(talk).staff_id == BORIS.id
    assert hall.state(talk).outcome == "open"
    assert "silence" in timers(hall, talk)


async def test_whoever_reopens_has_it(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    assert refusal(await desk.reopen(BORIS, talk)) == "state"
    await desk.close(ANNA, talk, "no_answer")
    first, second = await asyncio.gather(desk.reopen(BORIS, talk, "b"), desk.reopen(HEAD, talk))
    assert not refusal(first)
    assert refusal(second) == "state"
    assert (await desk.reopen(BORIS, talk, "b")).repeated
    row = hall.row(talk)
    assert (row.owner, row.staff_id, row.outcome) == ("human", BORIS.id, "escalated")
    assert "Boris Lang" in shown(hall, talk)
    assert not refusal(await desk.reply(BORIS, talk, "r", "Hello again"))


async def test_a_talk_that_goes_on_by_itself_is_not_reopened_by_undo(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    acted = await hall.core.desk.close(ANNA, talk, "no_answer")
    await hall.say(talk, "Here I am again")
    assert refusal(await hall.core.desk.undo(ANNA, talk, acted.undo)) == "moved_on"


async def test_what_a_colleague_closed_again_stays_closed(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    first = await desk.close(ANNA, talk, "lost")
    await desk.reopen(BORIS, talk)
    second = await desk.close(BORIS, talk, "lost")
    assert refusal(await desk.undo(ANNA, talk, first.undo)) == "moved_on"
    assert hall.row(talk).owner == "closed"
    assert not refusal(await desk.undo(BORIS, talk, second.undo))
    assert hall.row(talk).staff_id == BORIS.id
    assert hall.state(talk).staff == "Boris Lang"


async def test_two_who_close_at_once_close_once(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    answers = await asyncio.gather(desk.close(ANNA, talk, "won"), desk.close(HEAD, talk, "lost"))
    assert [each.repeated for each in answers] == [False, True]
    assert hall.row(talk).close_reason == "won"


async def test_a_stage_goes_back(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    first = await desk.set_stage(BORIS, talk, "documents")
    second = await desk.set_stage(BORIS, talk, "contract")
    assert refusal(await desk.undo(BORIS, talk, first.undo)) == "moved_on"
    assert not refusal(await desk.undo(BORIS, talk, second.undo))
    assert hall.row(talk).stage == "documents"
    assert (await desk.undo(BORIS, talk, second.undo)).repeated
    assert hall.row(talk).staff_id == ANNA.id


async def test_a_stage_that_a_colleague_set_again_stays(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    first = await desk.set_stage(ANNA, talk, "contract")
    await desk.set_stage(BORIS, talk, "delivery")
    await desk.set_stage(BORIS, talk, "contract")
    assert refusal(await desk.undo(ANNA, talk, first.undo)) == "moved_on"
    assert hall.row(talk).stage == "contract"


# --- tasks ---------------------------------------------------------------------------------------


def open_tasks(hall: Hall, talk: str) -> list[tuple[int, str, str]]:
    query = "SELECT id, kind, note FROM task WHERE conversation = :of AND done_at = 0 ORDER BY id"
    return hall.db.peek(lambda tx: tx.all(query, {"of": talk}))


@pytest.mark.parametrize("kind", TASK_KINDS)
async def test_a_task_by_hand(hall: Hall, kind: str) -> None:
    talk = await waiting_talk(hall)
    before = open_tasks(hall, talk)
    task = NewTask(kind=kind, due=hall.clock() + DAY, note="  Send the\nsheet ")
    acted = await hall.core.desk.add_task(BORIS, talk, task)
    again = await hall.core.desk.add_task(BORIS, talk, task)
    assert (again.repeated, again.undo) == (True, acted.undo), "clicked twice"
    assert (await hall.core.desk.add_task(ANNA, talk, task)).undo == 0, "another one's task"
    added = [each for each in open_tasks(hall, talk) if each not in before]
    assert [each[1:] for each in added] == [(kind, "Send the sheet")]
    assert not refusal(await hall.core.desk.undo(BORIS, talk, acted.undo))
    assert open_tasks(hall, talk) == before
    assert (await hall.core.desk.undo(BORIS, talk, acted.undo)).repeated, "clicked twice"
    await hall.core.desk.set_stage(ANNA, talk, "documents")
    assert refusal(await hall.core.desk.undo(BORIS, talk, acted.undo)) == "moved_on"


async def test_a_task_that_was_done_by_mistake_is_open_again(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    task = await hall.db.write(
        lambda tx: leads.open_task(tx, leads.NewTask(talk, "follow_up", 1, 1))
    )
    acted = await hall.core.desk.finish_task(ANNA, talk, task)
    assert open_tasks(hall, talk) == []
    assert not refusal(await hall.core.desk.undo(ANNA, talk, acted.undo))
    assert [each[0] for each in open_tasks(hall, talk)] == [task]
    hall.clock.turn(1)
    assert not refusal(await hall.core.desk.finish_task(BORIS, talk, task))
    assert refusal(await hall.core.desk.undo(ANNA, talk, acted.undo)) == "moved_on"


@pytest.mark.parametrize(
    ("kind", "ahead", "note", "refused"),
    [
        ("party", HOUR, "", "invalid"),
        ("answer", 0, "", "moment"),
        ("answer", -HOUR, "", "moment"),
        ("answer", 500 * DAY, "", "moment"),
        ("answer", HOUR, "x" * 501, "too_long"),
    ],
)
async def test_bad_tasks(hall: Hall, kind: str, ahead: int, note: str, refused: str) -> None:
    talk = await waiting_talk(hall)
    before = open_tasks(hall, talk)
    task = NewTask(kind=kind, due=hall.clock() + ahead, note=note)
    assert refusal(await hall.core.desk.add_task(ANNA, talk, task)) == refused
    assert open_tasks(hall, talk) == before


# --- read and unread -----------------------------------------------------------------------------


def unread(hall: Hall, who: int, talk: str) -> int:
    return hall.db.peek(lambda tx: cases.unread(tx, who, [talk]))[talk]


async def test_each_has_their_own_unread_messages(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    await desk.mark_read(ANNA, talk)
    await hall.say(talk, "First")
    await hall.say(talk, "Second")
    assert unread(hall, ANNA.id, talk) == 2
    assert unread(hall, BORIS.id, talk) > 2
    assert await desk.mark_read(ANNA, talk)
    assert not await desk.mark_read(ANNA, talk), "nothing is new by that"
    assert not await desk.mark_read(ANNA, talk, 1), "never less than before"
    assert unread(hall, ANNA.id, talk) == 0
    assert unread(hall, BORIS.id, talk) > 2
    assert await desk.mark_unread(ANNA, talk)
    assert unread(hall, ANNA.id, talk) == 1
    assert audit(hall) == ["desk.claim"], "reading is no act"


async def test_nobody_marks_what_they_may_not_see_or_what_is_gone(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    desk = hall.core.desk
    assert not await desk.mark_read(GUEST, talk)
    assert not await desk.mark_read(ANNA, "nowhere")
    assert not await desk.mark_unread(ANNA, "nowhere")
    assert await desk.mark_read(ANNA, talk, 10**14)
    assert hall.db.peek(lambda tx: cases.seen_seq(tx, ANNA.id, talk)) == hall.row(talk).last_seq


# --- names in notes ------------------------------------------------------------------------------


def row(number: int, name: str, *, disabled: bool = False) -> StaffRow:
    return StaffRow(number, name.casefold(), name, "presales", "x", disabled, 1)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("@Anna Keller please look", [1]),
        ("please look, @anna keller.", [1]),
        ("@Anna", [2]),
        ("@Anna Kellerman is somebody else, @Anna is meant", [2]),
        ("@Boris Lang and @Anna Keller and @Boris Lang", [3, 1]),
        ("mail to a@anna or @", [2]),
        ("@林雨晴，请看", [4]),
        ("@Zoe", []),
        ("@@@@@@", []),
        ("", []),
    ],
)
def test_who_is_named(words: str, named: list[int]) -> None:
    staff = [
        row(1, "Anna Keller"), row(2, "Anna"), row(3, "Boris Lang"), row(4, "林雨晴"),
        row(5, "Zoe", disabled=True),
    ]  # fmt: skip
    assert [each.id for each in find_named(words, staff)] == named


async def test_who_is_named_is_told_until_they_look(hall: Hall) -> None:
    await add_accounts(hall, ANNA, BORIS, HEAD, GUEST, CARE)
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    with hall.core.house.live.subscribe(staff_topic(BORIS.id)) as watch:
        words = "@Boris Lang @Anna Keller @Dora Guest @Egon Care what do you think?"
        noted = await desk.note(ANNA, talk, "n", words)
        assert await watch.wait(1)
        await desk.note(ANNA, talk, "n", words)
        assert not await watch.wait(0.05), "told once"
    named = hall.db.peek(lambda tx: {who: cases.open_mentions(tx, who, 9) for who in (1, 2, 4, 5)})
    assert [each.seq for each in named[BORIS.id]] == [noted.seq]
    assert named[ANNA.id] == [], "nobody is told of their own note"
    assert named[GUEST.id] == named[CARE.id] == [], "a name opens no door"
    await desk.mark_read(BORIS, talk, noted.seq - 1)
    assert hall.db.peek(lambda tx: cases.open_mentions(tx, BORIS.id, 9))
    await desk.mark_read(BORIS, talk)
    assert hall.db.peek(lambda tx: cases.open_mentions(tx, BORIS.id, 9)) == []
    assert "what do you think" not in shown(hall, talk)
    assert len(notes(hall, talk)) == 1


async def test_a_note_that_goes_along_names_people_too(hall: Hall) -> None:
    await add_accounts(hall, ANNA, BORIS)
    talk = await claimed_talk(hall)
    hall.clock.turn(MINUTE)
    await hall.core.desk.pass_on(ANNA, talk, "", "p", "For you, @Boris Lang")
    assert len(hall.db.peek(lambda tx: cases.open_mentions(tx, BORIS.id, 9))) == 1
