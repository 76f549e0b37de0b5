"""The brief, the hours and the conditions."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from dialogs import hours, texts
from dialogs.brief import brief
from dialogs.brief_text import write_brief
from dialogs.conditions import Facts, holds
from dialogs.pack import Condition
from dialogs.types import State
from tests.dialogs.consulting import MINUTE, Prospect, demo, lead


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def test_the_brief_shows_each_fact_with_status_and_message() -> None:
    prospect = lead()
    prospect.says("correct", headcount="120")
    prospect.presses("skip")
    prospect.presses("procurement")
    found = brief(demo(), prospect.state, prospect.now + 4 * MINUTE)
    lines = {line.label: line for line in found.lines}
    assert "waiting 4 min" in found.headline
    assert "Qualified" in found.headline
    assert lines["People"].text == "120 (was 80)"
    assert lines["People"].status == "corrected"
    assert lines["People"].message == 2
    assert lines["City"].text == "Munich"
    assert "€6,900" in lines["Price shown"].text
    assert "What for: skipped" in lines["Not learned"].text


def test_the_brief_stays_short() -> None:
    prospect = lead()
    prospect.says("provide_info", text="x" * 500, need="y" * 500)
    prospect.says("talk_to_human")
    found = brief(demo(), prospect.state, prospect.now)
    assert len(found.headline) < 120
    assert sum(len(line.text) for line in found.lines) < 1_500


def test_the_brief_speaks_the_language_of_the_desk() -> None:
    prospect = Prospect("zh")
    prospect.says("talk_to_human")
    assert "Asked for a person" in brief(demo(), prospect.state, prospect.now, "en").headline
    assert "要求人工" in brief(demo(), prospect.state, prospect.now).headline


@pytest.mark.parametrize("language", ["en", "zh", "ru", "es"])
def test_the_brief_says_why_an_edition_fits_in_the_words_of_the_pack(language: str) -> None:
    prospect = lead()
    estimate = prospect.state.estimate
    assert estimate is not None
    (rule,) = [each for each in demo().edition_rules if each.id == estimate.rule]
    found = brief(demo(), prospect.state, prospect.now, language)
    text = write_brief(texts.of(demo()), found, language)
    assert rule.reason[language] in text
    assert rule.id not in text
    assert any(rule.reason[language] in line.text for line in found.lines)
    gone = msgspec.structs.replace(estimate, rule="gone-since")
    state = msgspec.structs.replace(prospect.state, estimate=gone)
    lines = brief(demo(), state, prospect.now, language).lines
    assert any(estimate.reason in line.text for line in lines)


@pytest.mark.parametrize(("at", "is_open", "change"), [
    ("2026-11-23T11:00", True, "2026-11-23T17:00"),
    ("2026-11-23T18:30", False, "2026-11-24T08:00"),
    ("2026-11-27T16:30", False, "2026-11-30T08:00"),
    ("2026-11-22T12:00", False, "2026-11-23T08:00"),
])  # fmt: skip
def test_hours_in_the_companys_own_zone(at: str, is_open: bool, change: str) -> None:
    company = demo().company
    assert hours.is_open(company, instant(at)) is is_open
    assert hours.next_change(company, instant(at)) == instant(change)


def test_a_follow_up_is_due_at_the_close_of_the_next_working_day() -> None:
    friday = instant("2026-11-27T10:00")
    assert hours.end_of_next_working_day(demo().company, friday) == instant("2026-11-30T17:00")


def seen(**changes: object) -> Facts:
    state = msgspec.structs.replace(State(), **changes)
    return Facts(state=state, intents=("buy_now",), cues=("legal",))


@pytest.mark.parametrize(("condition", "expected"), [
    (Condition(intent="buy_now"), True),
    (Condition(cue="discount"), False),
    (Condition(slot="headcount", op="at_least", value=50), True),
    (Condition(slot="headcount", op="below", value=60), False),
    (Condition(slot="city", op="unknown"), True),
    (Condition(slot="language", value="zh"), True),
    (Condition(slot="city", op="is_not", value="Graz"), True),
    (Condition(count="turns", op="at_least", value=3), False),
    (Condition(any_of=(Condition(cue="discount"), Condition(cue="legal"))), True),
    (Condition(all_of=(Condition(cue="discount"), Condition(cue="legal"))), False),
    (Condition(none_of=(Condition(cue="discount"),)), True),
])  # fmt: skip
def test_conditions(condition: Condition, expected: bool) -> None:
    known = lead().state.profile | {}
    known["headcount"] = msgspec.structs.replace(known["headcount"], value="50-60")
    known.pop("city")
    assert holds(condition, seen(profile=known, language="zh", turns=2)) is expected
