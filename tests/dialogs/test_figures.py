"""What became of a question, told from the state before and after a turn."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dialogs.figures import Change, Put, questions
from dialogs.types import Incoming, Known, OpenQuestion, Reading, State
from tests.dialogs.consulting import Prospect, demo


def asked(slot: str, number: int = 3, times: int = 1) -> OpenQuestion:
    return OpenQuestion(number=number, slot=slot, kind="text", times=times)


def words(**read: Any) -> dict[str, Any]:
    return {
        "incoming": Incoming(conversation="c", external_id="1", kind="text", text="words"),
        "reading": Reading(**read),
    }


@pytest.mark.parametrize(
    ("slot", "read", "ended"),
    [
        ("headcount", {"slots": {"headcount": "2"}}, "passed"),  # read, and not taken
        ("city", {"slots": {"city": "Graz"}}, "answered"),  # said as it was known
        ("headcount", {"intents": ("refuse",)}, "refused"),
        ("headcount", {"intents": ("dont_know",)}, "unknown"),
        ("headcount", {"intents": ("ask_price",)}, "passed"),
        ("draft_2", {"intents": ("ask_price",)}, "passed"),  # nothing was written down
        ("requirement_text", {"intents": ("talk_to_human",)}, "passed"),  # nothing was given
        ("headcount", {"intents": ("dont_know",), "unsure_of": "own_servers"}, "passed"),
        ("email", {"slots": {"phone": "1"}}, "answered"),
        ("email", {"intents": ("deny",)}, "refused"),
    ],
)
def test_how_words_end_a_question(slot: str, read: dict[str, Any], ended: str) -> None:
    known = {"city": Known(value="Graz", status="stated")}
    before = State(question=asked(slot), profile=known)
    after = msgspec.structs.replace(before, question=None)
    assert questions(Change(before=before, after=after, **words(**read))) == (ended, None)


def test_whatever_is_written_down_answers_a_question_of_the_requirement() -> None:
    before = State(question=asked("draft_2"), draft=("a shop",))
    after = msgspec.structs.replace(before, question=asked("draft_3", 4), draft=("a shop", "SAP?"))
    ended, _ = questions(Change(before=before, after=after, **words(intents=("ask_price",))))
    assert ended == "answered"
    left = msgspec.structs.replace(before, question=asked("city", 4), draft=())
    ended, _ = questions(Change(before=before, after=left, **words(intents=("stop",))))
    assert ended == "passed"


def test_a_question_that_is_put_again_has_not_ended() -> None:
    before = State(question=asked("city"), asked={"city": 1})
    again = State(question=asked("city", number=4, times=2), asked={"city": 2})
    put = Put(number=4, slot="city", again=True)
    assert questions(Change(before=before, after=again, **words())) == ("", put)
    shown = msgspec.structs.replace(asked("city"), language="es")
    moved = State(question=shown, asked={"city": 1})
    assert questions(Change(before=before, after=moved, **words())) == ("", None)


def test_the_first_word_answers_the_greeting_also_where_nothing_else_is_asked() -> None:
    state = State(question=asked("start", number=1))
    assert questions(Change(before=state, after=state, **words())) == ("answered", None)
    assert questions(Change(before=state, after=state)) == ("", None)


def test_who_takes_the_talk_ends_what_was_asked() -> None:
    before = State(question=asked("city"), owner="waiting")
    taken = msgspec.structs.replace(before, owner="human")
    assert questions(Change(before=before, after=taken)) == ("passed", None)


def test_nothing_is_asked_three_times_in_a_row() -> None:
    """The last question is not put off until all else is asked: there is nothing else."""
    prospect = Prospect()
    prospect.says(
        "provide_info", need="a shop", buyer_type="enterprise", ownership="private", city="Graz",
        headcount="20", own_servers=True, department="it", authority="decides",
        written_requirement=False, timeline="soon",
    )  # fmt: skip
    last = "budget"
    others = {q.slot for topic in demo().topics for q in topic.questions} - {last}
    settled = {slot: Known(value=None, status="skipped") for slot in others}
    profile = {**settled, **prospect.state.profile}
    prospect.state = msgspec.structs.replace(prospect.state, profile=profile, question=None)
    prospect.says("small_talk")
    assert prospect.asks == last
    prospect.says("affirm", text="fine")
    assert prospect.asks == last, "it is put once more, in other words"
    prospect.says("provide_info", headcount="30", text="30 people now")
    assert prospect.asks != last
    known = prospect.state.profile[last]
    assert (known.value, known.status) == (None, "unknown")
