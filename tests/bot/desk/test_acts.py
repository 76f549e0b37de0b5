"""What pre-sales may do, who may, and what the prospect sees of it."""

from __future__ import annotations

import asyncio
from itertools import product
from pathlib import Path

import pytest

from bot.desk import (
    CLOSE_REASONS,
    NOT_A_LEAD_REASONS,
    Acted,
    Claimed,
    Decline,
    Desk,
    NewTask,
)
from bot.desk.acting import TEXT_MAX
from dialogs.ownership import OWNER_EVENTS, OWNERS, next_owner
from storage import leads
from storage.desk import get as get_case
from tests.bot.hall import (
    ANNA,
    BORIS,
    GUEST,
    HEAD,
    MINUTE,
    MONDAY,
    Hall,
    Pager,
    hall,
    make_hall,
    make_settings,
)

__all__ = ["hall"]

# The whole of design section 2: from each owner, where each event leads; what is absent is refused.
MOVES = {
    "bot": {
        "wrote": "bot", "wrote_managed": "bot", "escalated": "waiting", "claimed": "human",
        "closed": "closed",
    },
    "waiting": {
        "wrote": "waiting", "wrote_managed": "waiting", "escalated": "waiting",
        "claimed": "human", "not_a_lead": "bot", "withdrawn": "bot", "closed": "closed",
    },
    "human": {
        "wrote": "human", "wrote_managed": "human", "escalated": "human", "handed_back": "bot",
        "unanswered": "bot", "passed_on": "waiting", "closed": "closed",
    },
    "closed": {
        "wrote": "bot", "wrote_managed": "waiting", "closed": "closed", "reopened": "human",
    },
}  # fmt: skip


@pytest.mark.parametrize(("owner", "event"), list(product(OWNERS, OWNER_EVENTS)))
def test_every_owner_with_every_event(owner: str, event: str) -> None:
    assert next_owner(owner, event) == MOVES[owner].get(event)  # type: ignore[arg-type]


async def waiting_talk(hall: Hall) -> str:
    talk = await hall.open()
    await hall.escalate(talk)
    return talk


async def claimed_talk(hall: Hall) -> str:
    talk = await waiting_talk(hall)
    assert (await hall.core.desk.claim(ANNA, talk)).won
    return talk


async def test_the_first_claim_wins_and_the_second_is_told_who(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    desk = hall.core.desk
    answers = await asyncio.gather(*(desk.claim(who, talk) for who in (ANNA, BORIS, HEAD)))
    assert (answers[0].owner_name, answers[0].won) == ("Anna Keller", True)
    assert answers[1:] == [Claimed(owner_name="Anna Keller", won=False)] * 2
    row = hall.row(talk)
    assert (row.owner, row.staff_id, row.waiting_since) == ("human", ANNA.id, 0)
    assert hall.state(talk).staff == "Anna Keller"
    assert (await desk.claim(ANNA, talk)).won, "the same once more changes nothing"
    joined = [m for m in hall.messages(talk, internal=False) if m.author == "event"]
    assert len(joined) == 1
    assert "Anna Keller" in joined[0].text
    record = "SELECT staff_id FROM audit WHERE subject = :of AND action = 'desk.claim'"
    assert hall.db.peek(lambda tx: tx.all(record, {"of": talk})) == [(ANNA.id,)]


async def test_a_claim_clicked_twice_can_be_undone_whoever_else_wanted_it(hall: Hall) -> None:
    talk, desk = await waiting_talk(hall), hall.core.desk
    first = await desk.claim(ANNA, talk)
    assert not (await desk.claim(BORIS, talk)).won
    assert (await desk.claim(ANNA, talk)).undo == first.undo > 0


async def test_a_claim_ends_the_ringing_and_starts_the_hand_back(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    names = {d.name for d in hall.deliveries(talk, "timer")}
    assert not names & {"ring", "apology"}
    assert "hand_back" in names


async def test_stepping_in_on_a_talk_of_the_bot(hall: Hall) -> None:
    talk = await hall.open()
    assert (await hall.core.desk.claim(BORIS, talk)).won
    assert hall.state(talk).owner == "human"
    assert hall.state(talk).outcome == "open"


async def test_reply_reaches_the_prospect_once(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    first = await desk.reply(ANNA, talk, "r1", "Good morning, this is Anna.")
    again = await desk.reply(ANNA, talk, "r1", "Good morning, this is Anna.")
    assert (again.seq, again.repeated) == (first.seq, True)
    message = hall.messages(talk, internal=False)[-1]
    assert (message.author, message.staff_id, message.text) == (
        "staff",
        ANNA.id,
        "Good morning, this is Anna.",
    )
    assert (await desk.reply(ANNA, talk, "r1", "Other words")).refused == "desk.refused.other_body"
    assert hall.state(talk).last_staff == hall.clock.time
    assert not [d for d in hall.deliveries(talk, "timer") if d.name == "hand_back"]
    hall.check_numbers(talk)


async def test_only_who_has_the_talk_may_reply(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    desk = hall.core.desk
    assert (await desk.reply(ANNA, talk, "a", "Hello")).refused == "desk.refused.state"
    await desk.claim(ANNA, talk)
    assert (await desk.reply(BORIS, talk, "b", "Hello")).refused == "desk.refused.not_yours"
    assert (await desk.reply(HEAD, talk, "c", "Hello")).refused == "desk.refused.not_yours"
    assert (await desk.hand_back(BORIS, talk)).refused == "desk.refused.not_yours"
    assert "Hello" not in [m.text for m in hall.messages(talk)]


@pytest.mark.parametrize(
    ("text", "external_id", "refused"),
    [
        ("", "x", "empty"),
        (" \u200b ", "x", "empty"),
        ("a" * (TEXT_MAX + 1), "x", "too_long"),
        ("hi", "", "invalid"),
        ("hi", "x" * 201, "invalid"),
    ],
)
async def test_bad_replies_are_refused(
    hall: Hall, text: str, external_id: str, refused: str
) -> None:
    talk = await claimed_talk(hall)
    count = len(hall.messages(talk))
    answer = await hall.core.desk.reply(ANNA, talk, external_id, text)
    assert answer.refused == f"desk.refused.{refused}"
    assert len(hall.messages(talk)) == count


ACTS = 19


async def every_act(desk: Desk, who: object, talk: str) -> list[str]:
    """Try everything; gives the refusals."""
    answers: list[Acted | Claimed] = [
        await desk.claim(who, talk),  # type: ignore[arg-type]
        await desk.reply(who, talk, "a", "hello"),  # type: ignore[arg-type]
        await desk.note(who, talk, "b", "hello"),  # type: ignore[arg-type]
        await desk.hand_back(who, talk),  # type: ignore[arg-type]
        await desk.pass_on(who, talk),  # type: ignore[arg-type]
        await desk.not_a_lead(who, talk, "spam"),  # type: ignore[arg-type]
        await desk.close(who, talk, "lost"),  # type: ignore[arg-type]
        await desk.set_stage(who, talk, "contract"),  # type: ignore[arg-type]
        await desk.finish_task(who, talk, 1),  # type: ignore[arg-type]
        await desk.accept(who, talk),  # type: ignore[arg-type]
        await desk.decline(who, talk, Decline(reason="other")),  # type: ignore[arg-type]
        await desk.snooze(who, talk, MONDAY + MINUTE),  # type: ignore[arg-type]
        await desk.wake(who, talk),  # type: ignore[arg-type]
        await desk.reopen(who, talk),  # type: ignore[arg-type]
        await desk.edit_profile(who, talk, "city", "Bonn"),  # type: ignore[arg-type]
        await desk.add_task(who, talk, NewTask(kind="answer", due=MONDAY + MINUTE)),  # type: ignore[arg-type]
        await desk.join(who, talk, talk),  # type: ignore[arg-type]
        await desk.part(who, talk, talk),  # type: ignore[arg-type]
        await desk.undo(who, talk, 1),  # type: ignore[arg-type]
    ]
    return [answer.refused for answer in answers]


async def test_who_only_reads_may_do_nothing(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    before = hall.row(talk)
    assert await every_act(hall.core.desk, GUEST, talk) == ["desk.refused.role"] * ACTS
    assert hall.row(talk) == before


async def test_nothing_can_be_done_where_there_is_no_talk(hall: Hall) -> None:
    assert await every_act(hall.core.desk, ANNA, "nowhere") == ["desk.refused.unknown"] * ACTS


async def test_notes_are_for_staff_alone(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    desk = hall.core.desk
    noted = await desk.note(BORIS, talk, "n1", "Knows us from the fair.")
    assert (await desk.note(BORIS, talk, "n1", "Knows us from the fair.")).repeated
    assert hall.messages(talk)[noted.seq - 1].author == "note"
    assert "Knows us from the fair." not in [m.text for m in hall.messages(talk, internal=False)]


async def test_handing_back_lets_the_bot_speak_again(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    handed = await hall.core.desk.hand_back(ANNA, talk)
    assert "Anna Keller" in hall.messages(talk)[handed.seq - 1].text
    assert hall.state(talk).owner == "bot"
    assert hall.row(talk).staff_id == 0
    await hall.say(talk, "So which edition?")
    assert hall.messages(talk)[-1].author == "bot"


async def test_a_manager_may_pass_on_what_a_colleague_has(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    assert not (await desk.pass_on(HEAD, talk, "Boris Lang")).refused
    state = hall.state(talk)
    assert (state.owner, state.staff, state.rings) == ("waiting", "", 1)
    assert hall.row(talk).waiting_since == hall.clock.time
    assert {"ring", "apology"} <= {d.name for d in hall.deliveries(talk, "timer")}
    assert any("Boris Lang" in m.text for m in hall.messages(talk) if m.author == "note")
    assert not any("Boris Lang" in m.text for m in hall.messages(talk, internal=False))
    assert (await desk.claim(BORIS, talk)).won


@pytest.mark.parametrize("reason", NOT_A_LEAD_REASONS)
async def test_not_a_lead_goes_back_to_the_bot(hall: Hall, reason: str) -> None:
    talk = await waiting_talk(hall)
    assert not (await hall.core.desk.not_a_lead(ANNA, talk, reason)).refused
    state = hall.state(talk)
    assert (state.owner, state.waiting_since) == ("bot", 0)
    assert not {"ring", "apology"} & {d.name for d in hall.deliveries(talk, "timer")}
    assert state.outcome == "escalated", "an outcome is never lowered"


async def test_not_a_lead_only_while_it_waits(hall: Hall) -> None:
    talk = await hall.open()
    desk = hall.core.desk
    assert (await desk.not_a_lead(ANNA, talk, "spam")).refused == "desk.refused.state"
    await hall.escalate(talk)
    assert (await desk.not_a_lead(ANNA, talk, "dull")).refused == "desk.refused.reason"


@pytest.mark.parametrize("reason", CLOSE_REASONS)
async def test_closing_with_a_reason(hall: Hall, reason: str) -> None:
    talk = await claimed_talk(hall)
    assert not (await hall.core.desk.close(ANNA, talk, reason)).refused
    row = hall.row(talk)
    assert (row.owner, row.outcome, row.close_reason) == ("closed", "escalated", reason)
    assert hall.deliveries(talk, "timer") == []
    assert (await hall.core.desk.close(ANNA, talk, reason)).repeated


async def test_a_talk_of_the_bot_closes_as_closed_and_opens_again(hall: Hall) -> None:
    talk = await hall.open()
    desk = hall.core.desk
    assert (await desk.close(ANNA, talk, "why not")).refused == "desk.refused.reason"
    await desk.close(ANNA, talk, "no_need")
    assert hall.state(talk).outcome == "closed"
    assert (await desk.claim(ANNA, talk)).refused == "desk.refused.state"
    await hall.say(talk, "One more thing")
    assert hall.state(talk).owner == "bot"
    assert hall.messages(talk)[-1].author == "bot"


async def test_who_closes_lets_the_prospect_say_how_it_was(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    for words in ("One", "Two", "Three"):
        await hall.say(talk, words)
    await hall.core.desk.close(ANNA, talk, "won")
    asked = hall.messages(talk)[-1]
    assert asked.author == "bot"
    await hall.press(talk, "rate:5")
    assert hall.state(talk).owner == "closed"
    await hall.core.desk.reopen(ANNA, talk)
    await hall.core.desk.close(ANNA, talk, "won")
    assert hall.messages(talk)[-1].author == "event", "once is enough"


async def test_a_colleague_may_not_close_what_is_not_theirs(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    assert (await desk.close(BORIS, talk, "lost")).refused == "desk.refused.not_yours"
    assert not (await desk.close(HEAD, talk, "lost")).refused


async def test_stages(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    desk = hall.core.desk
    assert not (await desk.set_stage(BORIS, talk, "documents")).refused
    assert hall.row(talk).stage == "documents"
    assert hall.row(talk).staff_id == ANNA.id
    assert (await desk.set_stage(BORIS, talk, "documents")).repeated
    assert (await desk.set_stage(BORIS, talk, "party")).refused == "desk.refused.stage"


async def test_an_undone_stage_takes_the_manager_with_it(hall: Hall) -> None:
    talk, desk = await claimed_talk(hall), hall.core.desk
    moved = await desk.set_stage(BORIS, talk, "account")
    assert hall.state(talk).manager == ANNA.display_name
    assert not (await desk.undo(BORIS, talk, moved.undo)).refused
    assert (hall.state(talk).stage, hall.state(talk).manager) == ("consultation", "")
    assert hall.db.peek(lambda tx: get_case(tx, talk)).manager == ""


async def test_an_undone_stage_leaves_a_manager_of_before_or_named_since(hall: Hall) -> None:
    talk, desk = await claimed_talk(hall), hall.core.desk
    moved = await desk.set_stage(ANNA, talk, "account")
    assert not (await desk.name_manager(HEAD, talk, "Jonas Okafor")).refused
    assert not (await desk.undo(ANNA, talk, moved.undo)).refused
    assert (hall.state(talk).stage, hall.state(talk).manager) == ("consultation", "Jonas Okafor")
    again = await desk.set_stage(ANNA, talk, "account")
    assert not (await desk.undo(ANNA, talk, again.undo)).refused
    assert hall.state(talk).manager == "Jonas Okafor", "it was so before the stage"


async def test_tasks_are_done_once(hall: Hall) -> None:
    talk, other = await hall.open(), await hall.open()
    task = await hall.db.write(
        lambda tx: leads.open_task(tx, leads.NewTask(talk, "follow_up", 1, 1))
    )
    desk = hall.core.desk
    assert (await desk.finish_task(ANNA, other, task)).refused == "desk.refused.task"
    done = await desk.finish_task(ANNA, talk, task)
    assert done.undo
    again = await desk.finish_task(ANNA, talk, task)
    assert (again.repeated, again.undo) == (True, done.undo), "clicked twice"
    assert (await desk.finish_task(BORIS, talk, task)).refused == "desk.refused.task"


async def test_every_act_is_on_record_without_a_word_of_it(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    await hall.core.desk.reply(ANNA, talk, "r", "A secret sentence")
    await hall.core.desk.close(ANNA, talk, "won")
    audit = hall.db.peek(lambda tx: tx.all("SELECT staff_id, action, subject FROM audit", {}))
    assert audit == [
        (ANNA.id, "desk.claim", talk),
        (ANNA.id, "desk.reply", talk),
        (ANNA.id, "desk.close.won", talk),
    ]


async def test_what_is_repeated_is_neither_recorded_nor_counted_again(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    desk = hall.core.desk

    def told() -> tuple[list[tuple[str]], float]:
        audit = hall.db.peek(lambda tx: tx.all("SELECT action FROM audit ORDER BY id", {}))
        counts = hall.core.house.metrics.acts
        names = ("claim", "reply", "note", "stage", "hand_back", "not_a_lead", "close", "later")
        return audit, sum(counts.labels(name)._value.get() for name in names)

    for _ in range(2):
        assert not (await desk.later(ANNA, talk, 15, "tap:1")).refused
    for _ in range(2):
        assert (await desk.claim(ANNA, talk)).won
        assert not (await desk.reply(ANNA, talk, "r", "Hello")).refused
        assert not (await desk.note(ANNA, talk, "n", "A note")).refused
        assert not (await desk.set_stage(ANNA, talk, "documents")).refused
    for _ in range(2):
        assert not (await desk.hand_back(ANNA, talk, "tap:2")).refused
    for _ in range(2):
        assert not (await desk.close(ANNA, talk, "won", "tap:3")).refused
    once = ["later", "claim", "reply", "note", "stage.documents", "hand_back", "close.won"]
    audit, count = told()
    assert [action for (action,) in audit] == [f"desk.{name}" for name in once]
    assert count == len(once)


# --- nobody comes, nobody answers ----------------------------------------------------------------


async def test_the_desk_rings_again_and_the_prospect_gets_an_apology(hall: Hall) -> None:
    talk = await waiting_talk(hall)
    await hall.core.outbox.drain()
    assert [d.state for d in hall.deliveries(talk, "alert")] == ["sent"]
    await hall.wait(MINUTE)
    assert hall.state(talk).rings == 2
    assert len(hall.deliveries(talk, "alert")) == 2
    last = hall.row(talk).last_seq
    await hall.wait(2 * MINUTE)
    assert [m.author for m in hall.messages(talk)[last:]][:1] == ["bot"]
    assert hall.state(talk).owner == "waiting"


async def test_nobody_rings_after_a_claim(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    last = hall.row(talk).last_seq
    await hall.wait(10 * MINUTE)
    assert hall.row(talk).last_seq == last
    assert hall.state(talk).rings == 1


async def test_the_bot_takes_over_when_the_human_stays_away(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    await hall.say(talk, "Are you there?")
    await hall.wait(29 * MINUTE)
    assert hall.state(talk).owner == "human"
    await hall.wait(2 * MINUTE)
    assert hall.state(talk).owner == "bot"
    assert hall.row(talk).staff_id == 0
    assert hall.messages(talk)[-1].author == "bot"


async def test_a_human_who_answered_keeps_the_talk(hall: Hall) -> None:
    talk = await claimed_talk(hall)
    await hall.say(talk, "Are you there?")
    hall.clock.turn(MINUTE)
    await hall.core.desk.reply(ANNA, talk, "r", "Yes.")
    await hall.wait(60 * MINUTE)
    assert hall.state(talk).owner == "human"


# --- a channel that pushes -----------------------------------------------------------------------


async def test_a_claim_withdraws_what_the_bot_had_queued(tmp_path: Path) -> None:
    pager = Pager()
    hall = make_hall(make_settings(tmp_path), (pager,))
    talk = await hall.open("pager")
    await hall.core.outbox.drain()
    said = len(pager.got)
    await hall.press(talk, "prices")
    assert [d.state for d in hall.deliveries(talk, "send")][said:] != []
    await hall.core.desk.claim(ANNA, talk)
    await hall.core.desk.reply(ANNA, talk, "r", "Good morning")
    await hall.core.outbox.drain()
    assert [(m.author, m.reply.key) for m in pager.got[said:]] == [
        ("event", "desk.joined"),
        ("staff", "staff"),
    ]
    states = {d.state for d in hall.deliveries(talk, "send")}
    assert states == {"sent", "withdrawn"}
    await hall.db.close()


async def test_a_second_click_can_be_undone_as_the_first(hall: Hall) -> None:
    talk, desk = await waiting_talk(hall), hall.core.desk
    await desk.claim(ANNA, talk)
    staged = await desk.set_stage(ANNA, talk, "documents", "s")
    assert staged.undo
    assert (await desk.set_stage(ANNA, talk, "documents", "s")).undo == staged.undo
    accepted = await desk.accept(ANNA, talk)
    assert accepted.undo
    assert (await desk.accept(ANNA, talk)).undo == accepted.undo
    slept = await desk.snooze(ANNA, talk, hall.clock() + MINUTE, "z")
    again = await desk.snooze(ANNA, talk, hall.clock() + MINUTE, "z")
    assert (again.repeated, again.undo) == (True, slept.undo)
    closed = await desk.close(ANNA, talk, "won", "c")
    assert closed.undo
    again = await desk.close(ANNA, talk, "won", "c")
    assert (again.repeated, again.undo) == (True, closed.undo)
    assert (await desk.close(HEAD, talk, "won", "h")).undo == 0, "another one's act"
    assert not (await desk.undo(ANNA, talk, again.undo)).refused
    assert hall.state(talk).owner == "human"
