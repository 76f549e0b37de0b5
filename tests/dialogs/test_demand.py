"""What a turn asks for: topics that were answered, papers, and what would have to be built."""

from __future__ import annotations

import pytest

from dialogs.demand import WORDS_MAX, Demand, find_demand, name_subject, subject_of
from dialogs.effects import Turn
from dialogs.types import Incoming, Reading, State, Value
from tests.dialogs.consulting import Prospect, demo


def told(prospect: Prospect, before: State, reading: Reading) -> tuple[Demand, ...]:
    incoming = Incoming(
        conversation="c", external_id="x", kind="text", text=reading.text, seq=9
    )  # fmt: skip
    return find_demand(demo(), before, incoming, reading, prospect.turn)


def ask(text: str, *intents: str, **slots: Value) -> tuple[Demand, ...]:
    prospect = Prospect()
    before = prospect.state
    reading = Reading(text=text, language="en", intents=intents, slots=slots)
    prospect.hears(reading)
    return told(prospect, before, reading)


def test_an_answered_question_is_a_topic_whatever_its_language() -> None:
    prospect = Prospect()
    before = prospect.state
    prospect.asks_about("how do you store it?", answered=True)
    found = told(prospect, before, Reading(text="how do you store it?", intents=("ask_feature",)))
    assert [(each.kind, each.value) for each in found] == [("topic", "storage")]
    assert subject_of(demo(), "erp-zh") == subject_of(demo(), "erp-en") == "erp"
    assert subject_of(demo(), "white-paper-en#How it runs") == "white-paper#How it runs"


def test_an_answer_is_counted_with_its_own_turn_alone() -> None:
    prospect = Prospect()
    prospect.asks_about("how do you store it?", answered=True)
    before = prospect.state
    prospect.says("small_talk", text="thanks")
    assert told(prospect, before, Reading(text="thanks", intents=("small_talk",))) == ()


def test_each_paper_that_was_asked_for_counts() -> None:
    found = ask("manual and comparison please", "ask_document", doc_type="manual+comparison")
    assert [(each.kind, each.value, each.seq) for each in found] == [
        ("paper", "manual", 9), ("paper", "comparison", 9),
    ]  # fmt: skip


def test_a_paper_that_is_only_spoken_of_does_not_count() -> None:
    assert ask("I have read the manual", "provide_info", doc_type="manual") == ()


def test_a_wish_to_build_is_kept_in_their_words_on_one_line() -> None:
    (found,) = ask("we need\n a till  for " + "x" * 400, "custom_requirement")
    assert found.kind == "custom"
    assert found.value.startswith("we need a till for xxx")
    assert len(found.value) == WORDS_MAX


@pytest.mark.parametrize("change", [{"outcome": "quarantined"}, {"owner": "human"}])
def test_spam_and_what_is_said_to_a_human_ask_for_nothing(change: dict[str, str]) -> None:
    prospect = Prospect()
    reading = Reading(text="build us a rocket", intents=("custom_requirement",))
    incoming = Incoming(conversation="c", external_id="x", kind="text", text=reading.text, seq=3)
    state = State(**change)  # type: ignore[arg-type]
    turn = Turn(state=state)
    assert find_demand(demo(), state, incoming, reading, turn) == ()
    assert find_demand(demo(), prospect.state, incoming, reading, Turn(state=prospect.state))


def test_a_subject_has_its_title_in_the_readers_language() -> None:
    titles = {a.language: a.title for a in demo().articles if a.id.startswith("erp-")}
    for language in ("en", "zh", "ru", "es"):
        assert name_subject(demo(), "erp", language) == titles[language]
    assert name_subject(demo(), "gone-long-ago", "en") == "gone-long-ago"
