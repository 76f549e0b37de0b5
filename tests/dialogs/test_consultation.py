"""The policy of the consultation, rule by rule."""

from __future__ import annotations

import msgspec
import pytest

from dialogs.effects import (
    CancelTimers,
    EraseEverything,
    Escalate,
    GiveDocument,
    OpenTask,
    Rate,
    ReadFile,
    RecordRequirement,
    RecordUnanswered,
    StartTimer,
)
from dialogs.types import Reading
from tests.dialogs.consulting import HOUR, MINUTE, Prospect, demo, lead


def test_the_greeting_says_what_it_is_and_offers_six_choices() -> None:
    prospect = Prospect()
    assert "not a person" in prospect.said
    assert [b.value for b in prospect.replies[0].buttons] == [
        "prices", "edition", "documents", "requirement", "person", "customer",
    ]  # fmt: skip
    assert prospect.effects(StartTimer)[0].name == "silence"


def test_the_need_comes_first_then_each_topic_in_order() -> None:
    prospect = Prospect()
    prospect.says("small_talk", text="hello")
    order = []
    for value in ("", "enterprise", "private", "", "10-49", "true", "procurement"):
        order.append(prospect.asks)
        if value:
            prospect.presses(value)
        else:
            slot = prospect.asks or ""
            prospect.says("provide_info", text="Graz", **{slot: "Graz"})
    assert order == [
        "need", "buyer_type", "ownership", "city", "headcount", "own_servers", "department",
    ]  # fmt: skip


def test_what_was_said_is_not_asked() -> None:
    prospect = lead()
    assert prospect.asks == "need"
    prospect.says("provide_info", need="sell bicycles")
    assert prospect.asks == "department"


def test_every_question_has_skip_and_person_and_two_to_five_options() -> None:
    prospect = Prospect()
    prospect.says("small_talk")
    for _ in range(9):
        question = prospect.state.question
        if question is None or demo().question(question.slot) is None:
            break
        buttons = prospect.replies[-1].buttons
        kinds = [b.kind for b in buttons]
        assert "skip" in kinds
        assert "person" in kinds
        assert len([k for k in kinds if k == "option"]) in (0, 2, 3, 4, 5)
        prospect.presses("skip")
    assert prospect.state.outcome == "open"  # Skip is no non-answer


def test_the_estimate_comes_at_once_with_its_reason_and_price() -> None:
    prospect = lead()
    assert prospect.keys[0] == "estimate.first"
    assert "Enterprise" in prospect.said
    assert "€6,900" in prospect.said
    assert prospect.state.estimate is not None
    assert prospect.state.estimate.edition == "enterprise"


def test_a_correction_is_said_and_changes_the_estimate() -> None:
    prospect = lead()
    prospect.says("correct", headcount="12", own_servers=False)
    assert "12, not 80" in prospect.said
    assert "Professional" in prospect.said
    known = prospect.state.profile["headcount"]
    assert known.status == "corrected"
    assert known.history[-1].value == "80"


def test_an_unclear_difference_is_asked_back() -> None:
    prospect = lead()
    prospect.hears(
        Reading(
            text="the 200 people", language="en", intents=("provide_info",),
            slots={"headcount": "200"}, unsettled=("headcount",),
        )
    )  # fmt: skip
    assert prospect.asks == "confirm_value"
    assert prospect.value("headcount") == "80"
    prospect.presses("yes")
    assert prospect.value("headcount") == "200"


def test_asking_about_another_edition_is_no_correction() -> None:
    prospect = Prospect()
    prospect.says("ask_price", edition="professional")
    prospect.says("ask_price", edition="cluster")
    assert "corrected" not in prospect.keys
    assert prospect.state.outcome == "open"
    assert "Cluster" in prospect.said


def test_an_unread_answer_gets_one_rephrase_and_is_then_kept() -> None:
    prospect = Prospect()
    prospect.says("small_talk")
    prospect.says("unclear", text="hm tja")
    assert prospect.asks == "need"
    prospect.says("unclear", text="so Zeug halt")
    assert prospect.value("need") == "so Zeug halt"
    assert prospect.asks == "buyer_type"


def test_a_side_question_is_answered_and_the_talk_returns_once() -> None:
    prospect = Prospect()
    prospect.says("small_talk")
    prospect.presses("skip")
    first = prospect.state.question
    prospect.asks_about("Does it export CSV?", answered=True)
    assert prospect.keys == ["answer.quote", "ask.buyer_type"]
    assert prospect.replies[0].attachments[0].kind == "source"
    prospect.asks_about("And XML?", answered=True)
    assert prospect.keys == ["answer.quote"]
    assert first is not None
    assert prospect.asks == first.slot


def test_no_source_twice_brings_a_person_and_keeps_the_questions() -> None:
    prospect = Prospect()
    prospect.asks_about("Is it certified for hospitals?", answered=False)
    assert prospect.effects(RecordUnanswered)[0].question == "Is it certified for hospitals?"
    assert prospect.state.outcome == "open"
    prospect.asks_about("Does it run on a mainframe?", answered=False)
    assert prospect.state.reason == "no_source"
    assert prospect.state.open_points == (
        "Is it certified for hospitals?", "Does it run on a mainframe?",
    )  # fmt: skip


# --- price only ----------------------------------------------------------------------------------


def test_the_first_price_question_is_answered_at_once() -> None:
    prospect = Prospect()
    prospect.says("ask_price")
    assert prospect.keys[0] == "price.all"
    assert prospect.asks == "need"
    assert prospect.state.outcome == "open"


def test_the_second_price_question_with_nothing_stated_leads_to_price_only() -> None:
    prospect = Prospect()
    prospect.says("ask_price")
    prospect.says("ask_price")
    assert prospect.state.outcome == "price_only"
    assert prospect.asks is None
    assert "price.door" in prospect.keys


def test_a_fact_between_two_price_questions_keeps_it_open() -> None:
    prospect = Prospect()
    prospect.says("ask_price")
    prospect.says("provide_info", city="Graz")
    prospect.says("ask_price")
    assert prospect.state.outcome == "open"


@pytest.mark.parametrize(("answers", "outcome"), [
    (["refuse", "refuse"], "price_only"),
    (["refuse", "dont_know", "refuse"], "open"),
    (["refuse", "dont_know", "refuse", "dont_know", "refuse"], "price_only"),
    (["dont_know", "dont_know", "dont_know"], "open"),
    (["out_of_scope", "ask_why", "unclear"], "open"),
])  # fmt: skip
def test_non_answers(answers: list[str], outcome: str) -> None:
    prospect = Prospect()
    prospect.says("small_talk")
    for intent in answers:
        prospect.says(intent)
    assert prospect.state.outcome == outcome


def test_who_gives_no_contact_but_asks_for_the_price_gets_it() -> None:
    prospect = Prospect()
    prospect.says("talk_to_human")
    prospect.timer("apology", 3 * MINUTE)
    assert prospect.asks == "email"
    prospect.says("refuse", "ask_price", edition="cluster")
    assert "reach.fine" in prospect.keys
    assert any(key.startswith("price.") for key in prospect.keys)


def test_refusing_questions_as_such_leads_to_price_only() -> None:
    prospect = Prospect()
    prospect.hears(
        Reading(
            text="no questionnaire, just the price", language="en",
            intents=("refuse", "ask_price"), refuses_questions=True,
        )
    )  # fmt: skip
    assert prospect.state.outcome == "price_only"
    assert "price.all" in prospect.keys


def price_only() -> Prospect:
    prospect = Prospect()
    prospect.says("ask_price")
    prospect.says("ask_price")
    return prospect


def test_price_only_reopens_when_a_topic_is_volunteered() -> None:
    prospect = price_only()
    prospect.says("provide_info", headcount="300")
    assert prospect.state.outcome == "open"
    assert prospect.asks is not None


def test_price_only_gives_one_line_on_discounts_and_a_person_at_the_second() -> None:
    prospect = price_only()
    discount = Reading(text="discount?", language="en", intents=("ask_price",), cues=("discount",))
    prospect.hears(discount)
    assert prospect.keys == ["answer.discount"]
    prospect.hears(discount)
    assert "answer.person_offer" in prospect.keys
    assert prospect.state.outcome == "price_only"


@pytest.mark.parametrize(("intent", "reason"), [
    ("talk_to_human", "person_requested"),
    ("buy_now", "direct_purchase"),
    ("custom_requirement", None),
])  # fmt: skip
def test_only_the_first_four_rules_end_price_only(intent: str, reason: str | None) -> None:
    prospect = price_only()
    prospect.says(intent)
    assert prospect.state.reason == (reason or "")
    assert prospect.state.outcome == ("escalated" if reason else "price_only")


# --- bringing in a person ------------------------------------------------------------------------


@pytest.mark.parametrize(("intents", "slots", "reason", "outcome"), [
    (("support_request",), {}, "existing_customer", "support"),
    ((), {"existing_customer": True}, "existing_customer", "escalated"),
    (("talk_to_human",), {}, "person_requested", "escalated"),
    (("buy_now",), {}, "direct_purchase", "escalated"),
    ((), {"written_requirement": True}, "written_requirement", "escalated"),
    (("custom_requirement",), {}, "custom_work", "escalated"),
    (("talk_to_human", "buy_now", "custom_requirement"), {}, "person_requested", "escalated"),
])  # fmt: skip
def test_the_first_rule_that_holds_gives_the_reason(
    intents: tuple[str, ...], slots: dict[str, bool], reason: str, outcome: str
) -> None:
    prospect = Prospect()
    prospect.says(*intents, **slots)
    assert (prospect.state.reason, prospect.state.outcome) == (reason, outcome)
    assert prospect.state.owner == "waiting"
    firsts = [e.reason for e in prospect.effects(Escalate) if e.first]
    assert firsts == [reason]


def test_a_qualified_lead_is_handed_over_with_a_recap() -> None:
    prospect = lead()
    prospect.presses("skip")
    prospect.presses("it")
    assert prospect.state.reason == "qualified"
    handed_over = next(r for r in prospect.replies if r.key == "escalation.qualified")
    assert {b.value for b in handed_over.buttons} >= {"edit:city", "edit:department"}
    assert prospect.effects(GiveDocument)[0].kind == "white_paper"


def test_later_reasons_are_added_and_replace_nothing() -> None:
    prospect = Prospect()
    prospect.says("talk_to_human")
    prospect.says("provide_info", written_requirement=True)
    prospect.says("ask_price")
    assert prospect.state.reason == "person_requested"
    assert prospect.state.reasons == ("person_requested", "written_requirement")
    assert prospect.state.outcome == "escalated"


def test_job_seekers_and_sellers_reach_no_rule_but_a_plain_request() -> None:
    prospect = Prospect()
    prospect.says("out_of_scope", "buy_now", "custom_requirement")
    assert prospect.state.owner == "bot"
    prospect.says("out_of_scope", "talk_to_human")
    assert prospect.state.reason == "person_requested"


def test_a_written_requirement_opens_a_follow_up_with_a_due_time() -> None:
    prospect = Prospect()
    prospect.presses("requirement")
    task = prospect.effects(OpenTask)[0]
    assert task.kind == "follow_up"
    assert task.due > prospect.now


def test_an_edit_in_the_recap_asks_for_that_line_again() -> None:
    prospect = lead()
    prospect.presses("skip")
    prospect.presses("it")
    prospect.presses("edit:city")
    assert prospect.asks == "city"
    prospect.says("provide_info", text="Linz", city="Linz")
    assert prospect.value("city") == "Linz"
    assert "Munich" in prospect.said


def test_nobody_comes_rings_again_and_then_apologises() -> None:
    prospect = Prospect()
    prospect.says("talk_to_human")
    assert {t.name for t in prospect.effects(StartTimer)} == {"ring", "apology"}
    prospect.timer("ring", MINUTE)
    assert prospect.state.rings == 2
    prospect.timer("apology", 2 * MINUTE)
    assert "sorry" in prospect.said
    assert prospect.asks == "email"
    prospect.says("provide_info", email="ann@example.org")
    assert prospect.value("email") == "ann@example.org"


def test_the_bot_is_silent_while_a_human_has_the_talk() -> None:
    prospect = lead()
    prospect.state = msgspec.structs.replace(
        prospect.state, owner="human", last_staff=prospect.now + 1
    )
    prospect.says("ask_price", budget="EUR 9000")
    assert prospect.replies == ()
    assert prospect.value("budget") == "EUR 9000"
    assert prospect.effects(StartTimer)[0].name == "hand_back"


def test_half_an_hour_without_a_word_of_staff_gives_the_talk_back() -> None:
    prospect = lead()
    prospect.state = msgspec.structs.replace(prospect.state, owner="human", last_staff=prospect.now)
    prospect.says("ask_price")
    prospect.timer("hand_back", 31 * MINUTE)
    assert prospect.state.owner == "bot"
    assert prospect.keys[0] == "handback.unanswered"


# --- papers and requirements ---------------------------------------------------------------------


def test_a_paper_is_given_once_and_again_only_when_asked() -> None:
    prospect = Prospect()
    prospect.says("ask_document", doc_type="white_paper")
    assert prospect.keys[0] == "documents.given"
    prospect.says("ask_document", doc_type="white_paper")
    assert prospect.keys[0] == "documents.again"
    assert prospect.state.stage == "documents"


def test_a_paper_we_do_not_have_leads_to_the_nearest() -> None:
    prospect = Prospect()
    prospect.says("ask_document", doc_type="video")
    assert prospect.keys[0] == "documents.instead"


def test_a_price_list_is_a_price_question() -> None:
    prospect = Prospect()
    prospect.says("ask_document", doc_type="price_list")
    assert prospect.keys[0] == "price.all"


def test_a_file_is_acknowledged_read_and_shown_back() -> None:
    prospect = Prospect()
    prospect.sends()
    assert prospect.effects(ReadFile)
    assert prospect.state.reason == "written_requirement"
    prospect.file_is_read("- The shop must sync with SAP.\n- It should speak French.\n")
    assert prospect.asks == "confirm_requirement"
    prospect.presses("right")
    made = prospect.effects(RecordRequirement)[0].requirement
    assert made.confirmed
    assert [i.priority for i in made.items] == ["must", "should"]


def test_a_file_that_cannot_be_read_is_told_with_a_remedy() -> None:
    prospect = Prospect()
    prospect.sends()
    prospect.file_is_read(problem="encrypted")
    assert "password" in prospect.said


def test_five_short_questions_make_a_requirement() -> None:
    prospect = lead()
    prospect.presses("skip")
    prospect.says("provide_info", department="it", authority="decides")
    while prospect.asks != "written_requirement":
        prospect.presses("skip")
    prospect.presses("help")
    for answer in ("A shop for bikes", "300 bikes", "Search and repair dates", "SAP", "By June"):
        prospect.says("provide_info", text=answer)
    assert prospect.asks == "confirm_requirement"
    assert prospect.value("written_requirement") is True


def test_a_link_is_noted_and_not_opened() -> None:
    prospect = Prospect()
    prospect.presses("requirement")
    prospect.says("provide_info", text="it is at https://example.org/needs.pdf")
    assert prospect.state.requirement is not None
    assert prospect.state.requirement.title == "https://example.org/needs.pdf"


# --- coming back, starting again, stopping -------------------------------------------------------


def test_a_reload_says_nothing_and_two_days_later_one_line() -> None:
    prospect = lead()
    prospect.comes_back(5 * MINUTE)
    assert prospect.replies == ()
    prospect.comes_back(48 * HOUR)
    assert len(prospect.replies) == 1
    assert "Munich" in prospect.said
    prospect.presses("go_on")
    assert prospect.asks == "need"


def test_silence_of_a_day_is_an_outcome_and_a_word_reopens_it() -> None:
    prospect = Prospect()
    prospect.timer("silence", 23 * HOUR)
    assert prospect.state.outcome == "open"
    assert prospect.effects(StartTimer)
    prospect.timer("silence", 2 * HOUR)
    assert prospect.state.outcome == "silent"
    prospect.says("provide_info", city="Graz")
    assert prospect.state.outcome == "open"
    assert "silence" in [timer.name for timer in prospect.effects(StartTimer)]


def test_a_word_after_the_end_reopens_the_talk_with_its_timer() -> None:
    prospect = lead()
    prospect.says("stop")
    assert prospect.state.outcome == "closed"
    prospect.says("provide_info", city="Graz")
    assert (prospect.state.owner, prospect.state.outcome) == ("bot", "open")
    assert "silence" in [timer.name for timer in prospect.effects(StartTimer)]


def test_restart_asks_first_and_keeps_or_moves_to_the_history() -> None:
    prospect = lead()
    prospect.says("restart")
    assert prospect.value("city") == "Munich"
    prospect.presses("fresh")
    assert prospect.value("city") is None
    assert prospect.state.former["city"][-1].value == "Munich"


def test_stop_ends_and_erasing_needs_the_second_step() -> None:
    prospect = lead()
    prospect.says("stop")
    assert (prospect.state.owner, prospect.state.outcome) == ("closed", "closed")
    assert prospect.effects(CancelTimers)
    assert not prospect.effects(EraseEverything)
    prospect.presses("erase")
    assert prospect.effects(EraseEverything)


def test_one_tap_rates_and_opens_nothing() -> None:
    prospect = lead()
    prospect.says("provide_info", need="x")
    prospect.says("stop")
    prospect.presses("rate:5", 0)
    assert prospect.effects(Rate)[0].stars == 5
    assert prospect.state.owner == "closed"


def test_how_it_was_is_asked_once_and_not_of_who_hardly_spoke() -> None:
    def asks(prospect: Prospect) -> bool:
        return any(b.value == "rate:5" for reply in prospect.replies for b in reply.buttons)

    short = Prospect()
    short.says("stop")
    assert not asks(short)
    prospect = lead()
    prospect.says("provide_info", need="x")
    prospect.says("stop")
    assert asks(prospect)
    prospect.says("provide_info", city="Munich")
    prospect.says("stop")
    assert not asks(prospect)


def test_a_repeated_press_changes_nothing_and_an_old_one_gets_the_open_question() -> None:
    prospect = lead()
    prospect.presses("skip")
    number = prospect.state.question.number if prospect.state.question else 0
    prospect.presses("procurement")
    before = prospect.state
    prospect.presses("procurement", number)
    assert prospect.replies == ()
    assert prospect.state == before
    prospect.presses("it", number)
    assert prospect.keys[0] == "stale"
    assert prospect.value("department") == "procurement"


def test_abuse_with_nothing_known_is_set_aside() -> None:
    prospect = Prospect()
    prospect.says("abuse")
    assert prospect.state.outcome == "quarantined"
    prospect.says("provide_info", city="Graz")
    assert prospect.state.outcome == "open"


def test_a_change_of_language_shows_the_open_question_in_it() -> None:
    prospect = lead()
    prospect.says("language_switch", language="zh")
    assert prospect.state.language == "zh"
    assert prospect.asks == "need"
    assert any("一" <= c <= "鿿" for c in prospect.said)


def test_an_individual_is_not_asked_about_an_organisation() -> None:
    prospect = Prospect()
    prospect.says("provide_info", buyer_type="individual", need="sell soap")
    asked = set()
    while prospect.asks and prospect.state.owner == "bot":
        asked.add(prospect.asks)
        prospect.presses("skip")
    assert asked == {"city", "own_servers", "written_requirement"}
    assert prospect.value("authority") == "decides"
