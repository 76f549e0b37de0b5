"""A call back: number, time and consent, in both clocks."""

from __future__ import annotations

import msgspec
import pytest

from dialogs import call_times, hours, zones
from dialogs.effects import CancelTimers, OpenTask
from dialogs.hours import Week
from dialogs.types import Known, State
from tests.dialogs.consulting import HOUR, MINUTE, MONDAY_NOON, Prospect, demo

EVENING = MONDAY_NOON + 8 * HOUR  # 21:00 in Berlin
TUESDAY_NINE = MONDAY_NOON + 20 * HOUR


def waiting(now: int = EVENING) -> Prospect:
    prospect = Prospect(now=now)
    prospect.says("talk_to_human")
    return prospect


def test_the_button_stands_where_nobody_can_come_now() -> None:
    closed = waiting()
    assert any(b.value == "call_back" for reply in closed.replies for b in reply.buttons)
    opened = waiting(MONDAY_NOON)
    assert not any(b.value == "call_back" for reply in opened.replies for b in reply.buttons)
    opened.timer("apology", 3 * MINUTE)
    assert any(b.value == "call_back" for reply in opened.replies for b in reply.buttons)


def test_who_asks_again_is_offered_the_call_again_until_one_is_planned() -> None:
    prospect = waiting()
    prospect.says("talk_to_human")
    assert prospect.keys[0] == "escalation.on_the_way"
    assert [b.value for b in prospect.replies[0].buttons] == ["call_back"]
    prospect.presses("call_back", number=0)
    prospect.says("provide_info", phone="+4989123456")
    question = prospect.state.question
    assert question is not None
    prospect.presses(question.options[0])
    prospect.says("talk_to_human")
    assert prospect.keys[0] == "escalation.on_the_way"
    assert prospect.replies[0].buttons == ()


def test_who_cannot_tell_a_number_is_called_in_the_chat() -> None:
    prospect = waiting()
    prospect.presses("call_back", number=0)
    prospect.says("dont_know")
    assert prospect.keys[0] == "call.fine"
    assert prospect.asks != "call_phone"
    assert prospect.state.owner == "waiting"


@pytest.mark.parametrize("besides", ["dont_know", "deny"])
def test_a_number_that_is_given_is_taken_whatever_else_is_said(besides: str) -> None:
    prospect = waiting()
    prospect.presses("call_back", number=0)
    prospect.says("provide_info", besides, phone="+4989123456")
    assert "call.noted" in prospect.keys
    assert prospect.asks == "call_time"


def test_number_then_time_then_a_task_with_both() -> None:
    prospect = waiting()
    prospect.presses("call_back", number=0)
    assert prospect.asks == "call_phone"
    assert "this call only" in prospect.said
    prospect.says("provide_info", phone="+4989123456")
    assert prospect.asks == "call_time"
    question = prospect.state.question
    assert question is not None
    assert call_times.read_value(question.options[0]) == TUESDAY_NINE
    prospect.presses(question.options[1])
    (task,) = prospect.effects(OpenTask)
    assert (task.kind, task.note) == ("call_back", "+4989123456")
    assert task.due == call_times.read_value(question.options[1])
    assert prospect.effects(CancelTimers)[0].names == ("ring", "apology")
    assert prospect.state.call_at == task.due
    assert "+4989123456" in prospect.said


@pytest.mark.parametrize("now", [EVENING, MONDAY_NOON])
@pytest.mark.parametrize(
    "text",
    [
        "Call me back tomorrow", "please phone me", "明天给我回个电话", "请回电",
        "Перезвоните мне завтра", "Llámeme mañana", "¿me llaman el martes?",
    ],
)  # fmt: skip
def test_who_asks_to_be_called_picks_a_time_at_once(text: str, now: int) -> None:
    prospect = Prospect(now=now)
    prospect.says("talk_to_human", text=text)
    assert prospect.state.owner == "waiting"
    assert prospect.asks == "call_phone"
    prospect.says("provide_info", phone="+4989123456")
    assert prospect.asks == "call_time"
    again = Prospect(now=now)
    again.says("talk_to_human", text=text, phone="+4989123456")
    assert again.asks == "call_time"
    question = again.state.question
    assert question is not None
    again.presses(question.options[0])
    assert again.state.call_at > now
    again.says("talk_to_human", text=text)
    assert again.asks not in ("call_phone", "call_time"), "it is planned"


def test_who_wants_a_person_is_asked_for_no_call() -> None:
    prospect = Prospect(now=EVENING)
    prospect.says("talk_to_human", text="I want to talk to a person")
    assert prospect.asks not in ("call_phone", "call_time")


def test_a_known_number_is_not_asked_again_and_another_time_replaces_the_first() -> None:
    prospect = waiting()
    prospect.says("provide_info", phone="+4989123456")
    prospect.presses("call_back", number=0)
    assert prospect.asks == "call_time"


def test_a_wish_in_words_is_noted_and_never_promised() -> None:
    prospect = waiting()
    prospect.says("provide_info", phone="+4989123456")
    prospect.presses("call_back", number=0)
    prospect.says("unclear", text="rather after my lunch")
    (task,) = prospect.effects(OpenTask)
    assert task.note == "+4989123456 · rather after my lunch"
    assert task.due == TUESDAY_NINE


def test_whoever_says_no_is_not_called() -> None:
    prospect = waiting()
    prospect.presses("call_back", number=0)
    prospect.says("refuse")
    assert prospect.effects(OpenTask) == []
    assert prospect.state.call_at == 0
    assert "call.fine" in prospect.keys


def test_a_time_that_has_passed_is_offered_no_more() -> None:
    prospect = waiting()
    prospect.says("provide_info", phone="+4989123456")
    prospect.presses("call_back", number=0)
    question = prospect.state.question
    assert question is not None
    prospect.now = TUESDAY_NINE + MINUTE
    prospect.presses(question.options[0])
    assert prospect.effects(OpenTask) == []
    again = prospect.state.question
    assert again is not None
    assert min(call_times.read_value(v) or 0 for v in again.options) > prospect.now


def test_times_lie_within_the_hours_with_notice_two_a_day() -> None:
    week = Week(hours={"mon": "09:00-18:00", "wed": "13:00-14:00"}, time_zone="Europe/Berlin")
    found = call_times.offer(week, MONDAY_NOON)  # 13:00 in Berlin
    assert found[0] == MONDAY_NOON + HOUR, "half an hour of notice, on the full hour"
    assert found[1] == MONDAY_NOON + 4 * HOUR
    assert found[2] == MONDAY_NOON + 48 * HOUR
    assert len(found) == call_times.OFFERED
    assert call_times.offer(Week(hours={}, time_zone="UTC"), MONDAY_NOON) == ()


def test_offices_of_half_hour_zones_and_changes_of_clocks_are_met() -> None:
    kolkata = Week(hours={"mon": "09:00-18:00"}, time_zone="Asia/Kolkata")
    begins = [hours.local(kolkata, at) for at in call_times.offer(kolkata, MONDAY_NOON)]
    assert [(at.hour, at.minute) for at in begins[:2]] == [(9, 0), (12, 0)]
    berlin = Week(hours={"sun": "09:00-18:00"}, time_zone="Europe/Berlin")
    before = 1_774_767_600_000 - 7 * 24 * HOUR  # a week before the clocks go forward
    later = [hours.local(berlin, at) for at in call_times.offer(berlin, before + 9 * HOUR)]
    assert [at.hour for at in later[:4]] == [9, 12, 9, 12]


def test_both_clocks_are_told_where_they_differ() -> None:
    prospect = waiting()
    prospect.state = msgspec.structs.replace(prospect.state, time_zone="America/New_York")
    prospect.says("provide_info", phone="+12125550100")
    prospect.presses("call_back", number=0)
    (reply,) = [r for r in prospect.replies if r.question]
    assert "04:00" not in reply.text
    assert "03:00" in reply.buttons[0].label
    # On the same day the other clock is told alone.
    assert reply.buttons[0].label.endswith("(our time: 09:00)")
    question = prospect.state.question
    assert question is not None
    prospect.presses(question.options[0])
    assert "03:00" in prospect.said
    assert "09:00" in prospect.said


@pytest.mark.parametrize(
    ("city", "zone"),
    [("Madrid", "Europe/Madrid"), ("上海", "Asia/Shanghai"), ("Austin", ""), ("", "")],
)
def test_a_citys_country_tells_the_zone_where_it_has_few(city: str, zone: str) -> None:
    profile = {"city": Known(value=city, status="stated")} if city else {}
    assert zones.of_prospect(State(profile=profile)) == zone
    told = State(profile=profile, time_zone="Asia/Tokyo")
    assert zones.of_prospect(told) == "Asia/Tokyo"


@pytest.mark.parametrize("name", ["", "Mars/Base", "../etc/passwd", "Europe/Berlin" * 9])
def test_a_browser_cannot_make_up_a_zone(name: str) -> None:
    assert not zones.is_zone(name)


@pytest.mark.parametrize("language", ["en", "zh", "ru", "es"])
def test_every_language_tells_the_time_and_the_number(language: str) -> None:
    prospect = Prospect(language=language, now=EVENING)
    prospect.says("talk_to_human")
    prospect.says("provide_info", phone="+4989123456")
    prospect.presses("call_back", number=0)
    question = prospect.state.question
    assert question is not None
    assert question.slot == "call_time"
    prospect.presses(question.options[0])
    assert "+4989123456" in prospect.said
    assert "09:00" in prospect.said
    assert demo().company.time_zone == "Europe/Berlin"
