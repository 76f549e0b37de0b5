"""Edits of a question: they are not lost to a busy Telegram, and Back leaves no bubbles behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.prospects.messenger.question import EDITS_AT_ONCE, Pressed
from bot.telegram.pace import Limits, Rate
from dialogs.types import ButtonKind, Reply
from tests.bot.hall import ANNA, SECOND
from tests.bot.telegram.outgoing import BOT, Station, ann, api, open_station, station
from tests.bot.telegram.test_outgoing import LAST, YES, ask
from tests.bot_api.faults import Fault
from tests.bot_api.people import Person
from tests.bot_api.server import BotApi
from tests.bot_api.world import Message

__all__ = ["ann", "api", "station"]


def press(
    station: Station, person: Person, message: Message, label: str, kind: ButtonKind = "option"
) -> None:
    seq = int(message.find_button(label)["callback_data"].split(":")[1])
    pressed = Pressed(chat=person.id, message=message.id, seq=seq, label=label, kind=kind)
    station.channel.questions.show_choice(pressed)


async def settle(station: Station) -> None:
    """The edits that nobody waits for are done."""
    async with asyncio.timeout(20):
        while tasks := list(station.channel.questions._at_work):
            station.hall.clock.turn(SECOND)
            await asyncio.wait(tasks, timeout=0.5)


async def open_question(station: Station, ann: Person) -> tuple[str, Message]:
    """The question with number 1 of a talk that waits for its answer."""
    talk = await station.enter(ann)
    question = station.hall.state(talk).question
    assert question is not None
    await station.tell(talk, ask(question.number, YES, *LAST))
    return talk, station.shown(ann)[-1]


# --- what Telegram refuses just now --------------------------------------------------------------


@pytest.mark.parametrize(
    "faults",
    [[Fault.flood(2)], [Fault.status(502), Fault.status(500)], [Fault.cut_before()]],
    ids=["429", "5xx", "cut"],
)
async def test_an_edit_is_tried_again(station: Station, ann: Person, faults: list[Fault]) -> None:
    await station.enter(ann)
    question = station.shown(ann)[-1]
    label = question.labels[0]
    station.api.script(BOT, "editMessageText", *faults)
    press(station, ann, question, label)
    await station.api.until(lambda: len(station.api.made("editMessageText")) == 1)
    assert question.labels, "refused so far"
    await settle(station)
    assert question.labels == []
    assert question.text.endswith(f"✓ {label}")


async def test_an_edit_waits_for_the_pace_and_takes_nothing_from_it(
    api: BotApi, ann: Person, tmp_path: Path
) -> None:
    slow = Limits(overall=Rate(every=0, burst=1), chat=Rate(every=1_000, burst=1))
    async with open_station(tmp_path, api, limits=slow) as station:
        await station.enter(ann)
        question = station.shown(ann)[-1]
        press(station, ann, question, question.labels[0])
        await asyncio.sleep(0.1)
        assert api.made("editMessageText") == []
        spent = station.hall.clock.time
        await settle(station)
        assert question.labels == []
        station.hall.clock.turn(-station.hall.clock.time + spent + SECOND)
        assert station.channel._pace.wait(ann.id) == 0


async def test_an_edit_that_waits_does_not_spoil_the_question_shown_there_since(
    station: Station, ann: Person
) -> None:
    _, question = await open_question(station, ann)
    station.api.script(BOT, "editMessageText", Fault.flood(2))
    press(station, ann, question, "Yes")
    await station.api.until(lambda: len(station.api.made("editMessageText")) == 1)
    view = station.channel.questions.view(ann.id)
    shown: dict[str, object] = {"message": question.id, "seq": view.seq + 1}
    await station.channel._remember(ann.id, shown)
    await settle(station)
    assert "Yes" in question.labels


async def test_few_edits_are_under_way_at_once(api: BotApi, station: Station, ann: Person) -> None:
    await station.enter(ann)
    inside, most = 0, 0

    async def edit(chat: int, message: int, keys: object) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.01)
        inside -= 1

    station.client.edit_keys = edit  # type: ignore[method-assign]
    for number in range(3 * EDITS_AT_ONCE):
        station.channel.questions.take_keys_away(ann.id, 1_000 + number)
    await settle(station)
    assert most == EDITS_AT_ONCE


# --- Back and Skip -------------------------------------------------------------------------------


@pytest.mark.parametrize(("label", "kind"), [("Back", "back"), ("Skip", "skip")])
async def test_the_next_question_takes_the_place_of_one_that_was_left(
    station: Station, ann: Person, label: str, kind: ButtonKind
) -> None:
    talk, question = await open_question(station, ann)
    count = len(station.shown(ann))
    press(station, ann, question, label, kind)
    await settle(station)
    seq = await station.tell(talk, ask(7, YES, *LAST, text="And before that?"))
    assert len(station.shown(ann)) == count
    assert question.text == "And before that?"
    assert question.find_button("Yes")["callback_data"] == f"b:{seq}:0"
    view = station.channel.questions.view(ann.id)
    assert (view.question, view.message, view.makes_way) == (7, question.id, False)
    await station.tell(talk, ask(8, YES, text="And now?"))
    assert station.shown(ann)[-1].text == "And now?", "nothing was pressed"
    assert question.text == "And before that?"


async def test_not_where_something_else_is_said_first(station: Station, ann: Person) -> None:
    talk, question = await open_question(station, ann)
    press(station, ann, question, "Back", "back")
    await settle(station)
    await station.tell(talk, Reply(key="said", text="One thing first."))
    await station.tell(talk, ask(7, YES, text="And before that?"))
    await settle(station)
    assert [m.text for m in station.shown(ann)[-3:]] == [
        "Which?",
        "One thing first.",
        "And before that?",
    ]
    assert question.labels == []


async def test_not_where_they_wrote_something_below(station: Station, ann: Person) -> None:
    talk, question = await open_question(station, ann)
    message = ann.write(BOT, "hm")
    await station.hall.say(talk, "hm", external_id=f"tg:{message.id}")
    press(station, ann, question, "Back", "back")
    await settle(station)
    assert (question.text, question.labels) == ("Which?", [])
    await station.tell(talk, ask(7, YES, text="And before that?"))
    assert station.shown(ann)[-1].text == "And before that?"


async def test_a_colleague_below_keeps_what_was_asked(station: Station, ann: Person) -> None:
    talk, question = await open_question(station, ann)
    assert (await station.hall.core.desk.claim(ANNA, talk)).won
    press(station, ann, question, "Back", "back")
    await settle(station)
    assert not station.channel.questions.view(ann.id).makes_way


async def test_a_question_that_cannot_be_edited_is_sent_anew(station: Station, ann: Person) -> None:
    talk, question = await open_question(station, ann)
    press(station, ann, question, "Back", "back")
    await settle(station)
    ann.delete(question)
    await station.tell(talk, ask(7, YES, text="And before that?"))
    assert station.shown(ann)[-1].text == "And before that?"
    assert station.shown(ann)[-1] is not question
