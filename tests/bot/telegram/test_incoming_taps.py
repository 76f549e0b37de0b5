"""Taps on buttons in Telegram: each is one choice, and the client's clock always stops."""

from __future__ import annotations

import pytest

from dialogs.types import State
from tests.bot.hall import ANNA, MINUTE, SECOND
from tests.bot.telegram.lobby import BOT, Lobby, lobby
from tests.bot_api.faults import Fault

__all__ = ["lobby"]


def stale(lobby: Lobby) -> str:
    return lobby.text("telegram.in.tap.stale")


async def test_a_tap_is_the_choice_of_its_button(lobby: Lobby) -> None:
    await lobby.start()
    greeting = lobby.keyboard
    assert await lobby.tap("Prices") == ""
    assert lobby.words() == ["Prices"]
    assert lobby.state.price_asks == 1
    assert greeting.rows == []
    assert "Prices" in greeting.text  # it shows what was chosen


async def test_one_tap_that_comes_three_times_is_one_choice(lobby: Lobby) -> None:
    await lobby.start()
    taps = lobby.ann.taps
    lobby.ann.tap(lobby.keyboard, "Prices", times=3)
    await lobby.settle()
    assert lobby.words() == ["Prices"]
    assert [tap.answer for tap in taps] == ["", "", ""]  # no client waits


async def test_the_same_button_pressed_again_later_is_a_repeat(lobby: Lobby) -> None:
    await lobby.start()
    greeting = lobby.keyboard
    data = greeting.find_button("Prices")["callback_data"]
    await lobby.tap("Prices")
    said = len(lobby.said)
    lobby.hall.clock.turn(MINUTE)
    assert await lobby.tap_raw(data, greeting) == ""
    assert lobby.words() == ["Prices"]
    assert len(lobby.said) == said


async def test_a_button_of_an_older_question_shows_the_open_one(lobby: Lobby) -> None:
    await lobby.start()
    old = lobby.keyboard
    other = old.find_button("Documents")["callback_data"]
    await lobby.tap("Which edition fits?")
    asked = lobby.state.question
    assert asked is not None
    assert asked.slot != "start"
    assert old.rows == []  # its keys are gone; an old client may still send them
    before = lobby.state.profile
    await lobby.tap_raw(other, old)
    assert lobby.state.profile == before
    assert lobby.state.question is not None


@pytest.mark.parametrize(
    "data",
    [
        "b:99:0", "b:1:99", "b:0:0", "b:-1:0", "b:1", "b::", "b:1:0:0", "b:9999999999:0", "x",
        "m:nothing", "m:language:xx", "m:language:", "d:take", "b:1:0\u202e", "ä" * 32, "b:١:٠",
    ],
)  # fmt: skip
async def test_made_up_data_is_answered_and_changes_nothing(lobby: Lobby, data: str) -> None:
    await lobby.start()
    before = lobby.state
    assert await lobby.tap_raw(data) == stale(lobby)
    assert lobby.state == before
    assert lobby.words() == []
    assert lobby.set_aside() == []


async def test_a_tap_on_words_of_ones_own_is_stale(lobby: Lobby) -> None:
    """Data that names a message of the prospect, or of staff."""
    await lobby.write("We need a shop")
    seq = next(each.seq for each in lobby.messages if each.author == "prospect")
    assert await lobby.tap_raw(f"b:{seq}:0") == stale(lobby)


async def test_a_tap_where_no_talk_is_any_more(lobby: Lobby) -> None:
    await lobby.start()
    old = lobby.keyboard
    data = old.find_button("Prices")["callback_data"]
    await lobby.write("/forget")
    await lobby.tap(lobby.keyboard.labels[0])
    assert lobby.talk_of(lobby.ann) == ""
    assert await lobby.tap_raw(data, old) == stale(lobby)
    assert lobby.talk_of(lobby.ann) == ""


async def test_a_tap_from_before_this_talk_shows_the_open_question(lobby: Lobby) -> None:
    await lobby.start()
    old = lobby.keyboard
    data = old.find_button("Prices")["callback_data"]
    await lobby.write("/forget")
    await lobby.tap(lobby.keyboard.labels[0])
    await lobby.start()
    said = len(lobby.said)
    assert await lobby.tap_raw(data, old) == stale(lobby)
    assert lobby.words() == []
    assert lobby.state.price_asks == 0
    assert lobby.said[said - 1 :]  # the open question is what stands last
    assert lobby.keyboard is lobby.bot_messages[-1]


async def test_the_clock_stops_while_a_person_has_the_talk(lobby: Lobby) -> None:
    await lobby.start()
    assert (await lobby.hall.core.desk.claim(ANNA, lobby.talk)).won
    assert await lobby.tap("Prices", lobby.bot_messages[0]) == ""
    assert lobby.words() == ["Prices"]


async def test_too_fast_is_tried_again_and_not_lost(lobby: Lobby) -> None:
    await lobby.start()
    intake = lobby.hall.core.intake
    while not intake._pace.take(lobby.talk):
        pass  # nothing is left of what this conversation may say now
    lobby.ann.tap(lobby.keyboard, "Prices")
    await lobby.settle()
    assert lobby.words() == []
    assert [row[1:] for row in lobby.set_aside()] == [("new", "Busy")]
    await lobby.wait(2 * SECOND)
    assert lobby.words() == ["Prices"]
    assert lobby.set_aside() == []


async def test_a_tap_that_cannot_be_answered_any_more_is_taken_all_the_same(
    lobby: Lobby,
) -> None:
    await lobby.start()
    lobby.api.script(BOT, "answerCallbackQuery", Fault.status(400), Fault.cut_before())
    lobby.ann.tap(lobby.keyboard, "Prices")
    await lobby.settle()
    assert lobby.words() == ["Prices"]
    lobby.ann.tap(lobby.keyboard, lobby.keyboard.labels[-1])
    await lobby.settle()
    assert lobby.set_aside() == []


async def test_a_whole_talk_by_taps_alone(lobby: Lobby) -> None:
    """Whatever stands first is pressed, as long as something is asked."""

    def asked(state: State) -> int:
        return state.question.number if state.question else 0

    await lobby.start()
    await lobby.tap("Which edition fits?")
    pressed = 0
    for _ in range(20):
        if not lobby.bot_messages[-1].rows or lobby.state.owner != "bot":
            break
        before = asked(lobby.state)
        assert await lobby.tap(lobby.bot_messages[-1].labels[0]) == ""
        pressed += 1
        assert asked(lobby.state) != before or lobby.state.question is None
    assert pressed >= 3
    assert lobby.set_aside() == []
