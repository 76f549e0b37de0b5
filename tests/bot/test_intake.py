"""Everything a prospect does goes through intake: once, in order, and not lost."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.intake import LANE_LENGTH, hash_token
from bot.live import DESK
from bot.records import read_file_info, read_reading
from bot.turns import transition
from dialogs.consultation import advance
from dialogs.effects import Turn
from dialogs.types import FileInfo, Incoming, Reading, State
from storage import arrivals, leads, outbox
from tests.bot.hall import ANNA, DAY, MINUTE, SECOND, Hall, Pager, hall, make_hall, make_settings

__all__ = ["hall"]


async def test_opening_greets_once(hall: Hall) -> None:
    opened = await hall.core.intake.open("widget", "zh-CN", "https://shop.example/\x00")
    row = hall.row(opened.conversation)
    assert (row.language, row.source) == ("zh", "https://shop.example/")
    assert row.token_hash == hash_token(opened.token)
    assert len(opened.conversation) == 22

    first = await hall.handle(opened.conversation, kind="open", external_id="a", language="zh-CN")
    again = await hall.handle(opened.conversation, kind="open", external_id="a", language="zh-CN")
    assert (first.seq, first.repeated) == (1, False)
    assert (again.seq, again.last, again.repeated) == (1, first.last, True)
    assert len(hall.messages(opened.conversation)) == first.last
    assert hall.buttons(opened.conversation)


async def test_a_turn_stores_message_answer_and_state(hall: Hall) -> None:
    talk = await hall.open()
    hall.words.script["We are in Munich."] = Reading(
        text="We are in Munich.",
        language="en",
        intents=("provide_info",),
        slots={"city": "Munich"},
        quotes={"city": "in Munich"},
    )
    before = hall.row(talk)
    handled = await hall.say(talk, "We are in Munich.", external_id="m1")
    found = hall.messages(talk)
    mine = found[handled.seq - 1]
    assert (mine.author, mine.text, mine.external_id) == ("prospect", "We are in Munich.", "m1")
    reading = read_reading(mine.reading)
    assert reading is not None
    assert reading.slots == {"city": "Munich"}
    assert found[-1].author == "bot"
    assert handled.last == found[-1].seq
    assert handled.version == before.version + 1 == hall.row(talk).version
    known = hall.state(talk).profile["city"]
    assert (known.value, known.message) == ("Munich", handled.seq)
    hall.check_numbers(talk)


async def test_the_same_message_twice_is_one_message(hall: Hall) -> None:
    talk = await hall.open()
    first = await hall.say(talk, "hello", external_id="x")
    count, read = len(hall.messages(talk)), len(hall.words.asked)
    again = await hall.say(talk, "hello", external_id="x")
    assert (again.seq, again.last, again.repeated) == (first.seq, first.last, True)
    assert len(hall.messages(talk)) == count
    assert len(hall.words.asked) == read, "a repeat is not read again"


async def test_the_same_id_with_other_words_is_refused(hall: Hall) -> None:
    talk = await hall.open()
    await hall.say(talk, "hello", external_id="x")
    other = await hall.say(talk, "good evening", external_id="x")
    assert other.refused == "error.other_body"
    assert "good evening" not in [m.text for m in hall.messages(talk)]


async def test_a_burst_of_the_same_message_is_one_message(hall: Hall) -> None:
    talk = await hall.open()
    many = await asyncio.gather(*(hall.say(talk, "hello", external_id="x") for _ in range(10)))
    assert {h.seq for h in many} == {many[0].seq}
    assert sum(not h.repeated for h in many) == 1
    hall.check_numbers(talk)


async def test_a_double_tap_is_one_choice(hall: Hall) -> None:
    talk = await hall.open()
    number = hall.state(talk).questions
    first = await hall.press(talk, "prices", question=number)
    count = len(hall.messages(talk))
    second = await hall.press(talk, "prices", question=number)
    assert not first.repeated
    assert second.repeated
    assert len(hall.messages(talk)) == count


async def test_a_pressed_button_stands_in_the_transcript_by_its_label(hall: Hall) -> None:
    talk = await hall.open()
    label = {b.value: b.label for b in hall.buttons(talk)}["prices"]
    handled = await hall.press(talk, "prices")
    assert hall.messages(talk)[handled.seq - 1].text == label


async def test_labels_are_found_after_a_restart(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    before = make_hall(settings)
    talk = await before.open()
    label = {b.value: b.label for b in before.buttons(talk)}["documents"]
    await before.db.close()
    after = make_hall(settings)
    handled = await after.press(talk, "documents", external_id="after")
    assert after.messages(talk)[handled.seq - 1].text == label
    await after.db.close()


@pytest.mark.parametrize(
    ("incoming", "refused"),
    [
        ({"kind": "text", "text": ""}, "error.empty"),
        ({"kind": "text", "text": " \n\t "}, "error.empty"),
        ({"kind": "text", "text": "\u200b\u2060\u202e"}, "error.empty"),
        ({"kind": "text", "text": "\x00\x01"}, "error.empty"),
        ({"kind": "text", "text": "a" * 100_000}, "error.too_long"),
        ({"kind": "text", "text": "hi", "external_id": ""}, "error.invalid"),
        ({"kind": "text", "text": "hi", "external_id": "x" * 201}, "error.invalid"),
    ],
)
async def test_bad_input_is_refused(hall: Hall, incoming: dict[str, Any], refused: str) -> None:
    talk = await hall.open()
    count = len(hall.messages(talk))
    assert (await hall.handle(talk, **incoming)).refused == refused
    assert len(hall.messages(talk)) == count


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a\x00b", "ab"),
        ("one\r\ntwo", "one\ntwo"),
        ("\u202eevil", "evil"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("مرحبا", "مرحبا"),
        ("lone \ud800 half", "lone  half"),
        ("<b>{{ 7*7 }}</b> '; DROP TABLE message; --",) * 2,
        ("9" * 5_000,) * 2,
    ],
)
async def test_odd_text_is_stored_inert(hall: Hall, typed: str, stored: str) -> None:
    talk = await hall.open()
    handled = await hall.say(talk, typed)
    assert not handled.refused
    assert hall.messages(talk)[handled.seq - 1].text == stored


async def test_an_unknown_conversation_is_said_so(hall: Hall) -> None:
    assert (await hall.say("no-such-talk", "hi")).refused == "error.unknown_conversation"
    pressed = await hall.handle("no-such-talk", kind="choice", value="x", question=1)
    assert pressed.refused == "error.unknown_conversation"


async def test_a_yes_is_read_against_the_question_that_is_open_then(hall: Hall) -> None:
    """A button comes while the words are being read: they are read again."""
    talk = await hall.open()
    hall.words.gate.clear()
    saying = asyncio.create_task(hall.say(talk, "yes"))
    while not hall.words.asked:
        await asyncio.sleep(0.001)
    # Another door of the same conversation: staff act beside the lane of the prospect.
    note = await hall.core.desk.set_stage(ANNA, talk, "documents")
    assert not note.refused
    hall.words.gate.set()
    handled = await saying
    assert not handled.refused
    assert len(hall.words.asked) == 2
    assert hall.core.house.metrics.stale._value.get() == 1
    assert hall.state(talk).stage == "documents"
    hall.check_numbers(talk)


async def test_messages_of_one_conversation_keep_their_order(hall: Hall) -> None:
    talk = await hall.open()
    sent = [f"line {n}" for n in range(LANE_LENGTH)]
    await asyncio.gather(*(hall.say(talk, text) for text in sent))
    stored = [m.text for m in hall.messages(talk) if m.author == "prospect"]
    assert stored == sent
    hall.check_numbers(talk)


async def test_a_flood_is_turned_away_and_costs_others_nothing(tmp_path: Path) -> None:
    hall = make_hall(make_settings(tmp_path, messages_per_minute=10))
    loud, quiet = await hall.open(), await hall.open()
    answers = await asyncio.gather(*(hall.say(loud, f"n {n}") for n in range(100)))
    taken = sum(not h.refused for h in answers)
    assert taken <= 10
    assert {h.refused for h in answers if h.refused} == {"error.too_many"}
    assert not (await hall.say(quiet, "hello")).refused
    hall.clock.turn(60 * SECOND)
    assert not (await hall.say(loud, "once more")).refused
    await hall.db.close()


async def test_a_full_house_says_so(tmp_path: Path) -> None:
    hall = make_hall(make_settings(tmp_path, turns_waiting_max=5))
    talks = [await hall.open() for _ in range(10)]
    hall.words.gate.clear()
    saying = [asyncio.create_task(hall.say(talk, "hello")) for talk in talks]
    refused = [t.result().refused for t in (await asyncio.wait(saying, timeout=0.5))[0]]
    assert refused == ["error.busy"] * 5
    hall.words.gate.set()
    answers = await asyncio.gather(*saying)
    assert sum(not answer.refused for answer in answers) == 5
    assert not (await hall.say(talks[0], "later")).refused
    await hall.db.close()


async def test_a_called_off_message_leaves_its_lane(hall: Hall) -> None:
    talk = await hall.open()
    hall.words.gate.clear()
    first = asyncio.create_task(hall.say(talk, "one"))
    second = asyncio.create_task(hall.say(talk, "two"))
    third = asyncio.create_task(hall.say(talk, "three"))
    await asyncio.sleep(0.01)
    second.cancel()
    hall.words.gate.set()
    assert not (await first).refused
    assert not (await third).refused
    texts = [m.text for m in hall.messages(talk) if m.author == "prospect"]
    assert texts == ["one", "three"]


async def test_papers_are_searched_for_questions_alone(hall: Hall) -> None:
    talk = await hall.open()
    hall.words.script["Does it run on Linux?"] = Reading(
        text="Does it run on Linux?", language="en", intents=("ask_feature",)
    )
    await hall.say(talk, "We sell tea.")
    assert hall.papers.searched == []
    await hall.say(talk, "Does it run on Linux?")
    assert hall.papers.searched == ["Does it run on Linux?"]


async def test_effects_become_rows(hall: Hall) -> None:
    talk = await hall.open()
    await hall.escalate(talk)
    row = hall.row(talk)
    assert (row.owner, row.outcome, row.reason) == ("waiting", "escalated", "person_requested")
    assert row.waiting_since == hall.clock.time
    timers = {d.name: d.due - hall.clock.time for d in hall.deliveries(talk, "timer")}
    assert timers["ring"] == MINUTE
    assert timers["apology"] == 3 * MINUTE
    assert len(hall.deliveries(talk, "alert")) == 1
    found = hall.db.peek(
        lambda tx: tx.all(
            "SELECT reason, first FROM escalation WHERE conversation = :of", {"of": talk}
        )
    )
    assert found == [("person_requested", 1)]


async def test_a_file_is_a_message_with_its_row_and_its_job(hall: Hall) -> None:
    talk = await hall.open()
    stored = FileInfo(id="f" * 32, name="plan.txt", size=12, media_type="text/plain", sha256="ab")
    handled = await hall.handle(talk, kind="file", file=stored, external_id="f1")
    message = hall.messages(talk)[handled.seq - 1]
    assert (message.author, message.text) == ("prospect", "plan.txt")
    info = read_file_info(message.body)
    assert info is not None
    assert info.id == stored.id
    row = hall.db.peek(lambda tx: leads.get_file(tx, stored.id))
    assert row is not None
    assert (row.conversation, row.sha256) == (talk, b"\xab")
    assert len(hall.deliveries(talk, "file_read")) == 1
    # The same upload again got another name on disk; it is the same message all the same.
    again = FileInfo(id="g" * 32, name="plan.txt", size=12, media_type="text/plain")
    repeat = await hall.handle(talk, kind="file", file=again, external_id="f1")
    assert (repeat.seq, repeat.repeated) == (handled.seq, True)
    assert hall.db.peek(lambda tx: leads.get_file(tx, again.id)) is None


async def test_too_many_files_are_refused(tmp_path: Path) -> None:
    hall = make_hall(make_settings(tmp_path, files_per_conversation=2))
    talk = await hall.open()
    answers = [
        await hall.handle(talk, kind="file", file=FileInfo(id=str(n) * 32, name=f"{n}.txt", size=n))
        for n in range(1, 4)
    ]
    assert [h.refused for h in answers] == ["", "", "error.too_many_files"]
    await hall.db.close()


async def test_the_bot_is_silent_while_a_human_has_it(hall: Hall) -> None:
    talk = await hall.open()
    await hall.escalate(talk)
    await hall.core.desk.claim(ANNA, talk)
    last = hall.row(talk).last_seq
    for text in ("are you there?", "what does it cost?", "hello?"):
        assert not (await hall.say(talk, text)).refused
    said = hall.messages(talk)[last:]
    assert [m.author for m in said] == ["prospect"] * 3


async def test_erasing_leaves_nothing_but_the_last_words(hall: Hall) -> None:
    talk = await hall.open()
    await hall.say(talk, "I am Ines, ines@shop.example")
    hall.core.uploads.folder.mkdir()
    file = FileInfo(id="e" * 32, name="plan.txt", size=12)
    hall.core.uploads.path(file.id).write_bytes(b"hello")
    await hall.handle(talk, kind="file", file=file)
    handled = await hall.press(talk, "erase")
    assert handled.said
    assert not handled.refused
    assert hall.row(talk).erased
    assert hall.messages(talk) == []
    assert hall.deliveries(talk) == []
    assert not hall.core.uploads.path(file.id).exists()
    assert (await hall.say(talk, "hello?")).refused == "error.erased"
    assert (await hall.core.desk.claim(ANNA, talk)).refused == "desk.refused.erased"


async def test_watchers_are_woken_by_a_commit(hall: Hall) -> None:
    talk = await hall.open()
    other = await hall.open()
    live = hall.core.house.live
    with (
        live.subscribe(talk) as mine,
        live.subscribe(other) as theirs,
        live.subscribe(DESK) as all_,
    ):
        await hall.say(talk, "hello")
        assert await mine.wait(0)
        assert await all_.wait(0)
        assert not await theirs.wait(0)
        assert not await mine.wait(0), "wake-ups do not pile up"
    assert live.count() == 0


async def test_a_fault_of_ours_costs_one_answer_and_is_set_aside(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await hall.open()
    right = advance

    def stumble(pack: Any, state: State, incoming: Incoming, reading: Any, now: int) -> Turn:
        if "poison" in incoming.text:
            raise RuntimeError(incoming.text)
        return right(pack, state, incoming, reading, now)

    monkeypatch.setattr(transition, "advance", stumble)
    before = hall.row(talk)
    assert (await hall.say(talk, "poison 4711", external_id="p")).refused == "error.internal"
    assert hall.row(talk) == before, "nothing of the turn is left"
    (aside,) = hall.db.peek(arrivals.aside_list)
    assert (aside.source, aside.chat, aside.error) == ("widget", talk, "RuntimeError")
    assert not (await hall.say(talk, "next")).refused


async def test_silence_is_noticed_after_a_day(hall: Hall) -> None:
    talk = await hall.open()
    hall.clock.turn(DAY - MINUTE)
    await hall.say(talk, "still here")
    await hall.wait(2 * MINUTE)
    assert hall.state(talk).outcome == "open"
    await hall.wait(DAY)
    assert hall.state(talk).outcome == "silent"
    assert not (await hall.say(talk, "back again")).refused
    assert hall.state(talk).outcome == "open"


async def test_a_pushing_channel_gets_a_delivery_for_each_answer(tmp_path: Path) -> None:
    pager = Pager()
    hall = make_hall(make_settings(tmp_path), (pager,))
    talk = await hall.open("pager")
    quiet = await hall.open("widget")
    queued = hall.deliveries(talk, "send")
    answers = [m.seq for m in hall.messages(talk) if m.author == "bot"]
    assert [d.seq for d in queued] == answers
    assert hall.deliveries(quiet, "send") == []
    await hall.core.outbox.drain()
    assert [m.seq for m in pager.got] == answers
    assert hall.db.peek(outbox.next_due) is not None, "the timer of silence stays"
    await hall.db.close()
