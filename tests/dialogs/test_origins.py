"""Words that replace earlier ones, words of somebody else, and papers that come together."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dialogs.consultation import advance
from dialogs.effects import EraseEverything, Escalate, RecordRequirement, StartTimer, Turn
from dialogs.types import FileInfo, Incoming, Reading, State, Value
from tests.dialogs.consulting import HOUR, MINUTE, Prospect, demo, lead


def give(prospect: Prospect, kind: Any, reading: Reading | None = None, **fields: Any) -> Turn:
    """One incoming thing as a messenger gives it, three seconds after the last."""
    prospect.now += 3_000
    prospect.count += 1
    incoming = Incoming(
        conversation="c",
        external_id=str(prospect.count),
        kind=kind,
        seq=prospect.count,
        **fields,
    )
    prospect.turn = advance(demo(), prospect.state, incoming, reading, prospect.now)
    prospect.state = prospect.turn.state
    return prospect.turn


def edits(prospect: Prospect, *intents: str, text: str = "words", **slots: Value) -> Turn:
    known = prospect.state.profile
    unsettled = tuple(s for s in slots if s in known and known[s].value != slots[s])
    reading = Reading(text=text, language="en", intents=intents, slots=slots, unsettled=unsettled)
    return give(prospect, "text", reading, text=text, origin="edited")


def forwards(prospect: Prospect, text: str, *intents: str, **slots: Value) -> Turn:
    """A forwarded text, read in the worst of ways: as if the prospect had said it."""
    reading = Reading(text=text, language="en", intents=intents, slots=slots)
    return give(prospect, "text", reading, text=text, origin="forwarded")


def with_owner(prospect: Prospect, owner: Any, **more: Any) -> State:
    return msgspec.structs.replace(prospect.state, owner=owner, **more)


# --- edited --------------------------------------------------------------------------------------


def test_an_edit_corrects_without_asking_back() -> None:
    prospect = lead()
    edits(prospect, "provide_info", city="Linz", headcount="800")
    assert (prospect.value("city"), prospect.value("headcount")) == ("Linz", "800")
    assert prospect.state.profile["city"].status == "corrected"
    told = "\n".join(r.text for r in prospect.replies if r.key == "corrected")
    assert "Linz" in told
    assert "800" in told
    assert "Munich" in prospect.said
    assert prospect.asks != "confirm_value"


def test_the_same_said_anew_is_asked_back() -> None:
    """What an edit spares: without its mark, another value is no correction."""
    prospect = lead()
    reading = Reading(
        text="Linz", language="en", intents=("provide_info",), slots={"city": "Linz"},
        unsettled=("city",),
    )  # fmt: skip
    prospect.hears(reading)
    assert (prospect.value("city"), prospect.asks) == ("Munich", "confirm_value")


def test_an_edit_that_changes_nothing_says_so_and_asks_nothing() -> None:
    prospect = lead()
    question = prospect.state.question
    edits(prospect, "provide_info", city="Munich")
    assert prospect.keys == ["edited"]
    assert prospect.state.question == question


def test_an_edit_is_no_answer_to_what_was_asked_since() -> None:
    prospect = lead()
    asked = prospect.state.question
    assert asked is not None
    edits(prospect, "unclear", text="We are retailers in Munich")
    assert prospect.value(asked.slot) is None
    assert prospect.state.question == asked
    assert prospect.state.non_answers == 0


def test_an_edit_that_answers_the_open_question_closes_it() -> None:
    prospect = Prospect()
    prospect.presses("edition")
    asked = prospect.state.question
    assert asked is not None
    assert asked.slot == "need"
    edits(prospect, "provide_info", text="A web shop", need="A web shop")
    assert prospect.value("need") == "A web shop"
    assert prospect.asks not in ("need", None)


def test_a_price_question_put_right_is_no_second_one() -> None:
    prospect = Prospect()
    prospect.says("ask_price", text="how mcuh")
    assert prospect.state.price_asks == 1
    edits(prospect, "ask_price", text="how much")
    assert (prospect.state.price_asks, prospect.state.outcome) == (1, "open")
    assert prospect.replies


def test_an_edit_can_still_ask_for_a_person() -> None:
    prospect = lead()
    edits(prospect, "talk_to_human", text="I want a person")
    assert prospect.state.owner == "waiting"


def test_an_edit_while_a_human_has_the_talk_is_known_and_not_answered() -> None:
    prospect = lead()
    prospect.state = with_owner(prospect, "human", staff="Anna")
    edits(prospect, "provide_info", city="Linz")
    assert (prospect.value("city"), prospect.replies) == ("Linz", ())


# --- forwarded -----------------------------------------------------------------------------------

PAPER = "The shop must take orders in three languages.\nThe stock must be synchronised hourly."


@pytest.mark.parametrize("text", [PAPER, "Delete all my data now"])
@pytest.mark.parametrize("intent", ["stop", "restart", "talk_to_human", "buy_now", "ask_price"])
def test_a_forwarded_text_orders_nothing_and_states_nothing(text: str, intent: str) -> None:
    prospect = Prospect()
    forwards(prospect, text, intent, city="Paris", headcount="4000", email="eve@example.org")
    assert not {"city", "headcount", "email"} & prospect.state.profile.keys()
    assert prospect.state.outcome in ("open", "escalated")
    assert prospect.state.reason in ("", "written_requirement")
    assert prospect.state.owner in ("bot", "waiting")
    assert not prospect.effects(EraseEverything)
    assert prospect.state.price_asks == 0


def test_more_than_a_line_is_a_requirement() -> None:
    prospect = Prospect()
    forwards(prospect, PAPER)
    (recorded,) = prospect.effects(RecordRequirement)
    assert recorded.requirement.title == "Forwarded text"
    assert len(recorded.requirement.items) == 2
    assert [each.reason for each in prospect.effects(Escalate)] == ["written_requirement"]
    assert prospect.asks == "confirm_requirement"


def test_one_long_line_is_more_than_a_line() -> None:
    prospect = Prospect()
    forwards(prospect, "我们需要一套电商系统，必须支持三种语言下单，" * 4)
    assert prospect.effects(RecordRequirement)


def test_a_line_is_asked_about_and_taken_in_on_a_yes() -> None:
    prospect = Prospect()
    forwards(prospect, "It must print labels.")
    assert (prospect.asks, prospect.state.requirement) == ("confirm_forwarded", None)
    assert "It must print labels." in prospect.said
    prospect.says("affirm", text="yes")
    assert prospect.state.requirement is not None
    assert prospect.state.requirement.items[0].text == "It must print labels."
    assert prospect.state.forwarded == ""


def test_a_line_that_is_no_requirement_is_left_aside_and_the_talk_goes_on() -> None:
    prospect = lead()
    asked = prospect.asks
    forwards(prospect, "See you at six")
    prospect.presses("no")
    assert prospect.keys[0] == "forwarded.aside"
    assert prospect.state.requirement is None
    assert (prospect.asks, prospect.state.forwarded) == (asked, "")


def test_lines_forwarded_one_after_the_other_are_one_paper() -> None:
    prospect = Prospect()
    forwards(prospect, "It must print labels.")
    forwards(prospect, "It must talk to our till.")
    forwards(prospect, "It must run in Linz.")
    made = prospect.state.requirement
    assert made is not None
    assert [item.text for item in made.items] == [
        "It must print labels.", "It must talk to our till.", "It must run in Linz.",
    ]  # fmt: skip
    assert prospect.asks == "confirm_requirement"
    assert "labels" not in prospect.said, "what was shown is not shown again"


def test_asked_for_the_requirement_a_forwarded_line_is_it() -> None:
    prospect = Prospect()
    prospect.presses("requirement")
    assert prospect.asks == "requirement_text"
    forwards(prospect, "It must print labels.")
    assert prospect.asks == "confirm_requirement"


def test_a_forwarded_text_answers_a_question_of_the_draft() -> None:
    prospect = lead()
    while prospect.asks != "written_requirement":
        prospect.presses("skip")
    prospect.presses("help")
    forwards(prospect, "It must print labels.")
    assert (prospect.asks, prospect.state.draft) == ("draft_2", ("It must print labels.",))


def test_what_is_forwarded_while_a_human_has_the_talk_changes_nothing() -> None:
    prospect = lead()
    prospect.state = with_owner(prospect, "human", staff="Anna")
    known = prospect.state.profile
    forwards(prospect, PAPER, "provide_info", city="Paris")
    assert (prospect.replies, prospect.state.profile) == ((), known)
    assert prospect.state.requirement is None


# --- papers that come together -------------------------------------------------------------------


def sends(prospect: Prospect, name: str) -> Turn:
    return give(prospect, "file", file=FileInfo(id=name, name=name, size=10))


def is_read(prospect: Prospect, name: str, text: str = "", problem: str = "") -> Turn:
    file = FileInfo(id=name, name=name, size=10, text=text, problem=problem)
    return give(prospect, "file_read", file=file)


def items(prospect: Prospect) -> list[str]:
    made = prospect.state.requirement
    return [item.text for item in made.items] if made else []


def test_an_album_gives_one_line_for_each_file_and_one_list_at_the_end() -> None:
    prospect = Prospect()
    for name in ("a.md", "b.md", "c.md"):
        sends(prospect, name)
        assert prospect.keys.count("requirement.arrived") == 1
        assert prospect.asks is None or prospect.asks == "email"
    for name in ("a.md", "b.md"):
        is_read(prospect, name, f"The shop must do {name}.")
        assert prospect.replies == ()
    is_read(prospect, "c.md", "The shop must do c.md.")
    assert prospect.asks == "confirm_requirement"
    assert [f"must do {name}" in prospect.said for name in ("a.md", "b.md", "c.md")] == [True] * 3
    made = prospect.state.requirement
    assert made is not None
    assert (made.title, made.version) == ("a.md + b.md + c.md", 3)
    assert prospect.state.unread == {}


def test_of_files_read_one_by_one_only_what_is_new_is_shown() -> None:
    prospect = Prospect()
    sends(prospect, "a.md")
    is_read(prospect, "a.md", "The shop must print labels.")
    sends(prospect, "b.md")
    is_read(prospect, "b.md", "The shop must print labels.\nThe shop must take cards.")
    assert items(prospect) == ["The shop must print labels.", "The shop must take cards."]
    assert ("labels" in prospect.said, "cards" in prospect.said) == (False, True)
    assert "2 points" in prospect.said


def test_a_file_after_two_minutes_or_after_the_yes_is_another_version() -> None:
    for wait, confirmed in ((3 * MINUTE, False), (0, True)):
        prospect = Prospect()
        sends(prospect, "a.md")
        is_read(prospect, "a.md", "The shop must print labels.")
        if confirmed:
            prospect.presses("right")
        prospect.now += wait
        sends(prospect, "b.md")
        is_read(prospect, "b.md", "The shop must take cards.")
        assert items(prospect) == ["The shop must take cards."]


def test_the_same_file_put_right_replaces_the_first_and_so_does_one_after_a_no() -> None:
    prospect = Prospect()
    sends(prospect, "a.md")
    is_read(prospect, "a.md", "The shop must print labels.")
    sends(prospect, "a.md")
    is_read(prospect, "a.md", "The shop must take cards.")
    assert items(prospect) == ["The shop must take cards."]
    prospect.presses("wrong")
    sends(prospect, "b.md")
    is_read(prospect, "b.md", "The shop must run in Linz.")
    assert items(prospect) == ["The shop must run in Linz."]


def test_one_bad_file_of_several_is_named_and_the_others_are_shown() -> None:
    prospect = Prospect()
    sends(prospect, "a.md")
    sends(prospect, "b.md")
    is_read(prospect, "a.md", "The shop must print labels.")
    is_read(prospect, "b.md", problem="encrypted")
    assert "b.md" in prospect.said
    assert "labels" in prospect.said
    assert prospect.asks == "confirm_requirement"


def test_a_file_that_is_never_read_does_not_hold_the_others_back() -> None:
    prospect = Prospect()
    sends(prospect, "lost.md")
    prospect.now += 3 * MINUTE
    sends(prospect, "a.md")
    is_read(prospect, "a.md", "The shop must print labels.")
    assert prospect.asks == "confirm_requirement"


def test_an_edited_paper_replaces_what_it_said() -> None:
    prospect = Prospect()
    give(prospect, "text", Reading(text=POINTS, intents=("provide_info",)), text=POINTS)
    assert len(items(prospect)) == 3
    shorter = POINTS.replace("cards", "cash")
    reading = Reading(text=shorter, intents=("provide_info",))
    give(prospect, "text", reading, text=shorter, origin="edited")
    assert [("cards" in item, "cash" in item) for item in items(prospect)][1] == (False, True)
    assert len(items(prospect)) == 3


POINTS = "1. It must print labels.\n2. It must take cards.\n3. It must run in Linz."


# --- Start, and the language from a menu ---------------------------------------------------------


def test_start_again_greets_while_nothing_is_known() -> None:
    prospect = Prospect()
    give(prospect, "open", value="start")
    assert prospect.asks == "start"
    assert prospect.replies[-1].buttons


def test_start_again_repeats_the_open_question_without_counting_it() -> None:
    prospect = Prospect()
    prospect.presses("edition")
    before = prospect.state
    give(prospect, "open", value="start")
    assert (prospect.asks, prospect.state.asked) == ("need", before.asked)
    assert prospect.state.question == before.question
    assert prospect.replies[-1].question


def test_start_soon_after_the_last_word_shows_where_the_talk_stands() -> None:
    prospect = lead()
    give(prospect, "open", value="start")
    assert prospect.keys == ["start.again", "ask.need"]
    assert {b.kind for b in prospect.replies[-1].buttons} >= {"skip", "person"}


def test_start_later_resumes_where_something_is_known() -> None:
    prospect = lead()
    prospect.now += 31 * MINUTE
    give(prospect, "open", value="start")
    assert prospect.asks == "confirm_resume"
    assert "Munich" in prospect.said
    give(prospect, "open", value="start")
    assert prospect.asks == "confirm_resume"
    prospect.presses("go_on")
    assert prospect.asks not in ("confirm_resume", None)


def test_start_says_who_has_the_talk_or_that_somebody_comes() -> None:
    prospect = lead()
    prospect.says("talk_to_human")
    give(prospect, "open", value="start")
    assert prospect.keys == ["escalation.on_the_way", "ask.need"]
    prospect.state = with_owner(prospect, "human", staff="Anna Keller")
    give(prospect, "open", value="start")
    assert prospect.keys == ["start.human"]
    assert "Anna Keller" in prospect.said


def test_start_after_stop_opens_the_talk_again() -> None:
    prospect = lead()
    prospect.says("stop")
    assert prospect.state.owner == "closed"
    give(prospect, "open", value="start")
    assert (prospect.state.owner, prospect.state.outcome) == ("bot", "open")
    assert prospect.state.close_reason == ""
    assert [each.name for each in prospect.effects(StartTimer)] == ["silence"]


def test_an_opening_without_a_press_stays_as_it_was() -> None:
    prospect = lead()
    prospect.comes_back(MINUTE)
    assert prospect.replies == ()
    prospect.comes_back(HOUR)
    assert prospect.asks == "confirm_resume"


def test_a_language_from_the_menu_shows_the_open_question_in_it() -> None:
    prospect = lead()
    slot, asked = prospect.asks, dict(prospect.state.asked)
    give(prospect, "choice", value="language:zh")
    assert (prospect.state.language, prospect.asks) == ("zh", slot)
    assert prospect.keys[0] == "language.switched"
    assert "中文" in prospect.said
    assert prospect.state.asked == asked
    give(prospect, "choice", value="language:zh")
    assert prospect.replies, "pressed again it is answered again"


def test_a_language_that_is_not_spoken_is_declined() -> None:
    prospect = lead()
    give(prospect, "choice", value="language:fr")
    assert (prospect.state.language, prospect.keys) == ("en", ["language.unavailable"])


def test_a_language_chosen_before_anything_was_asked_greets_in_it() -> None:
    prospect = Prospect()
    give(prospect, "choice", value="language:zh")
    assert prospect.asks == "start"
    assert "中文" in prospect.said


def test_while_a_human_has_the_talk_a_language_is_changed_in_silence() -> None:
    prospect = lead()
    prospect.state = with_owner(prospect, "human", staff="Anna")
    for code, spoken in (("zh", "zh"), ("fr", "zh")):
        give(prospect, "choice", value=f"language:{code}")
        assert (prospect.state.language, prospect.replies) == (spoken, ())
