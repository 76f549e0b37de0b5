"""Words that mean something else where they stand: an end, an order, a price."""

from __future__ import annotations

import pytest

from dialogs.understanding.look_alikes import wants_no_order
from tests.dialogs.understanding.readers import plain_reader, read, said


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("维护能退订吗", "zh"),
        ("can we unsubscribe from the maintenance?", "en"),
        ("можно отписаться от поддержки?", "ru"),
        ("¿puedo darme de baja del mantenimiento cuando quiera?", "es"),
    ],
)
def test_what_ends_is_the_contract(text: str, language: str) -> None:
    reading = plain_reader().read(text, asked=None, known={}, language=language)
    assert "ask_commercial" in reading.intents
    assert "stop" not in reading.intents


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("退订", "zh"),
        ("请帮我退订短信", "zh"),
        ("please unsubscribe me", "en"),
        ("quiero darme de baja", "es"),
        ("отпишите меня от рассылки", "ru"),
    ],
)
def test_what_ends_is_the_talk(text: str, language: str) -> None:
    reading = plain_reader().read(text, asked=None, known={}, language=language)
    assert reading.intents == ("stop",)


@pytest.mark.parametrize(
    "low",
    [
        "i dont want to buy anything",
        "no quiero comprar nada",
        "я не собираюсь покупать",
        "我不想买",
    ],
)
def test_who_wants_nothing_orders_nothing(low: str) -> None:
    assert wants_no_order(low)
    assert "buy_now" not in read(low).intents


@pytest.mark.parametrize("low", ["i want to buy it now", "why don't we sign today", "хочу купить"])
def test_who_orders_orders(low: str) -> None:
    assert not wants_no_order(low)


def test_an_edition_with_a_price_is_no_kind_of_buyer() -> None:
    question = "Are you buying for a company or for yourself?"
    assert said(read("the price of Enterprise?", question)) == {"edition": "enterprise"}
    assert said(read("an enterprise", question)) == {"buyer_type": "enterprise"}
