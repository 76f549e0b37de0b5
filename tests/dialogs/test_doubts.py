"""Which turns leave a doubt, and which do not."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
import pytest

from dialogs import texts
from dialogs.consultation import advance, start
from dialogs.doubts import UNSURE_BELOW, Doubt, find_doubts
from dialogs.loading import load
from dialogs.texts import Texts
from dialogs.types import Incoming, Reading, State
from tests.bot.server import ROOT

NOW = 1_795_424_400_000


@cache
def words() -> Texts:
    return texts.of(load(ROOT / "dialogs" / "demo"))


class Chat:
    """A talk in which each message is understood as it is told."""

    def __init__(self) -> None:
        self.seq = 1
        opened = Incoming(conversation="c", external_id="0", kind="open", seq=1)
        begun = start(words().pack, "widget")
        self.state: State = advance(words().pack, begun, opened, None, NOW).state

    def say(self, text: str, *intents: str, **more: Any) -> tuple[Doubt, ...]:
        self.seq += 2
        origin = more.pop("origin", "")
        reading = Reading(text=text, language="en", intents=intents, **more)
        incoming = Incoming(
            conversation="c", external_id=text, kind="text", text=text, seq=self.seq, origin=origin
        )
        before = self.state
        turn = advance(words().pack, before, incoming, reading, NOW + self.seq)
        self.state = turn.state
        return find_doubts(words(), before, incoming, reading, turn)

    def kinds(self, text: str, *intents: str, **more: Any) -> list[str]:
        return [each.kind for each in self.say(text, *intents, **more)]


@pytest.fixture
def chat() -> Chat:
    return Chat()


def test_what_was_understood_leaves_none(chat: Chat) -> None:
    assert chat.kinds("we sell chairs", "provide_info", slots={"need": "sell chairs"}) == []
    assert chat.kinds("what does it cost?", "ask_price") == []
    assert chat.kinds("never mind that", "refuse") == []


def test_nothing_understood(chat: Chat) -> None:
    assert chat.kinds("mumble", "unclear") == ["unclear"]
    assert chat.kinds("") == ["unclear"]


def test_a_guess_below_the_threshold(chat: Chat) -> None:
    assert chat.kinds("hm", "ask_feature", certainty=UNSURE_BELOW - 0.01) == ["unsure"]
    assert chat.kinds("hm?", "ask_feature", certainty=UNSURE_BELOW) == []


def test_it_names_what_was_asked_for(chat: Chat) -> None:
    chat.say("we sell chairs", "provide_info", slots={"need": "chairs"})
    question = chat.state.question
    assert question is not None
    (found,) = chat.say("mumble", "unclear")
    assert (found.kind, found.asked, found.seq) == ("unclear", question.slot, chat.seq)


def test_two_answers_to_one_question_that_could_not_be_read(chat: Chat) -> None:
    chat.say("we sell chairs", "provide_info", slots={"need": "chairs"})
    asked = chat.state.question
    assert asked is not None
    assert asked.kind == "choice"
    assert chat.kinds("mumble", "unclear") == ["unclear"]
    assert chat.state.question is not None
    assert (chat.state.question.slot, chat.state.question.times) == (asked.slot, 2)
    assert chat.kinds("jumble", "unclear") == ["unread"]


def test_two_non_answers_in_a_row(chat: Chat) -> None:
    chat.say("we sell chairs", "provide_info", slots={"need": "chairs"})
    assert chat.kinds("rather not", "refuse") == []
    assert chat.kinds("nor that", "refuse") == ["unread"]


def test_a_correction_doubts_the_message_that_is_put_right(chat: Chat) -> None:
    chat.say("two racks hum", "provide_info", slots={"own_servers": False})
    read = chat.seq
    (found,) = chat.say("no, we own them", "correct", slots={"own_servers": True})
    assert (found.kind, found.seq) == ("corrected", read)


def test_the_same_value_again_corrects_nothing(chat: Chat) -> None:
    chat.say("own servers", "provide_info", slots={"own_servers": True})
    assert chat.kinds("yes, own servers", "provide_info", slots={"own_servers": True}) == []


def test_who_types_a_button_has_pressed_it(chat: Chat) -> None:
    chat.say("we sell chairs", "provide_info", slots={"need": "chairs"})
    question = chat.state.question
    assert question is not None
    label = words().say("en", f"option.{question.slot}.{question.options[0]}")
    assert chat.kinds(label.upper() + "!", "unclear") == []


def test_others_words_and_a_colleague_s_talk_leave_none(chat: Chat) -> None:
    assert chat.kinds("mumble", "provide_info", origin="forwarded", certainty=0.1) == []
    chat.state = msgspec.structs.replace(chat.state, owner="human", staff="Anna")
    assert chat.kinds("mumble", "unclear") == []


def test_spam_fills_no_list(chat: Chat) -> None:
    found = [chat.kinds(f"you idiot {n}", "abuse", certainty=0.2) for n in range(3)]
    assert chat.state.outcome == "quarantined"
    assert found[-1] == []


def test_a_pasted_paper_is_no_answer_that_was_not_understood(chat: Chat) -> None:
    paper = "\n".join(f"{n}. The shop must print label {n} for every shelf." for n in range(1, 40))
    assert chat.kinds(paper, "unclear") == []
    assert chat.state.requirement is not None


def test_what_was_not_read_leaves_none() -> None:
    chat = Chat()
    opened = Incoming(conversation="c", external_id="1", kind="choice", question=1, value="prices")
    turn = advance(words().pack, chat.state, opened, None, NOW)
    assert find_doubts(words(), chat.state, opened, None, turn) == ()
