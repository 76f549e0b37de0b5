"""The demo pack's routes through the real intake: who is rung for, and who is next."""

from __future__ import annotations

import pytest

from dialogs.types import Reading, Value
from storage.desk import get as get_case
from tests.bot.hall import ANNA, MINUTE, Hall, hall

__all__ = ["hall"]

MAREIKE, JONAS, LIN = "Mareike Tönnsen", "Jonas Okafor", "林雨晴"


async def call(hall: Hall, language: str = "en", **slots: Value) -> str:
    """A prospect who tells these slots and asks for a person."""
    talk = await hall.open(language=language)
    if slots:
        told = f"told {sorted(slots.items())}"
        hall.words.script[told] = Reading(
            text=told, language=language, intents=("provide_info",), slots=dict(slots)
        )
        await hall.say(talk, told)
    await hall.press(talk, "person")
    assert hall.state(talk).owner == "waiting"
    return talk


@pytest.mark.parametrize(
    ("language", "slots", "routed", "person"),
    [
        ("en", {"city": "Hamburg"}, MAREIKE, MAREIKE),  # territory
        ("en", {"city": "Shanghai"}, "Pre-sales China", LIN),
        ("zh", {}, "Pre-sales China", LIN),  # language
        ("ru", {}, "Pre-sales Europe", "Варвара Лучина"),
        ("es", {}, "Pre-sales Europe", "Inés Albarrán"),
        ("en", {"sales_model": "distribution"}, "Dealers and marketplaces", JONAS),  # who knows
        ("en", {"sales_model": "both", "city": "Shanghai"}, "Pre-sales China", LIN),
        ("en", {"sales_model": "direct"}, "Pre-sales Europe", MAREIKE),
        ("ru", {"sales_model": "both"}, "Pre-sales Europe", "Варвара Лучина"),
    ],
)
async def test_a_route_names_who_is_rung_for(
    hall: Hall, language: str, slots: dict[str, Value], routed: str, person: str
) -> None:
    talk = await call(hall, language, **slots)
    state = hall.state(talk)
    assert (state.routed, state.called) == (routed, (person,))
    assert hall.db.peek(lambda tx: get_case(tx, talk)).person == person
    await hall.core.outbox.drain()
    (alert,) = hall.deliveries(talk, "alert")
    assert person.encode() in alert.payload


async def test_nobody_comes_reminder_next_person_everybody_and_an_apology(hall: Hall) -> None:
    talk = await call(hall, "es")
    await hall.core.outbox.drain()
    await hall.wait(MINUTE)
    assert hall.state(talk).called == ("Inés Albarrán",), "the same person is reminded"
    await hall.wait(MINUTE)
    called = hall.state(talk).called
    assert (len(called), called[0]) == (2, "Inés Albarrán")
    last = hall.row(talk).last_seq
    await hall.wait(MINUTE)
    assert hall.state(talk).rings == 4
    said = [m.text for m in hall.messages(talk)[last:] if m.author == "bot"]
    assert "18:00" in said[0], "it tells until when somebody can come"


async def test_a_talk_can_be_passed_on_to_whoever_knows_about_it(hall: Hall) -> None:
    talk = await call(hall, "zh")
    acted = await hall.core.desk.pass_on(ANNA, talk, "Dealers and marketplaces", "p")
    assert not acted.refused
    assert hall.state(talk).called == (JONAS,), "who knows the field goes before the language"
