"""Who only gathers offers, and who wants one."""

from __future__ import annotations

import pytest

from dialogs.understanding.errands import find_errand
from tests.dialogs.understanding.readers import read, said


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("yo recojo presupuestos", "es"),
        ("me toca juntar precios, luego decide la dueña", "es"),
        ("I only collect quotes for my boss", "en"),
        ("I was told to gather three bids", "en"),
        ("我只是收集报价", "zh"),
        ("领导让我收集一下几家的报价", "zh"),
        ("я просто собираю КП", "ru"),
        ("мне поручили собрать предложения", "ru"),
    ],
)
def test_gathers_offers_and_asks_no_price(text: str, language: str) -> None:
    reading = read(text, language=language)
    assert reading.intents == ("provide_info",)
    assert said(reading) == {"authority": "none"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hola, pidiendo precios para mi jefa", "es"),
        ("just getting prices for my manager", "en"),
        ("запрашиваю цены для руководства", "ru"),
    ],
)
def test_asks_on_behalf_of_somebody(text: str, language: str) -> None:
    reading = read(text, language=language)
    assert set(reading.intents) == {"ask_price", "provide_info"}
    assert reading.slots["authority"] == "none"


@pytest.mark.parametrize(
    "low",
    [
        "i'd like to get a quote",
        "we collect quotes from our customers by phone",
        "necesito un presupuesto",
        "recogemos presupuestos de clientes por la web",
        "пришлите кп",
        "собираем цены конкурентов",
        "收集客户报价的系统",
        "我来询价",
    ],
)
def test_wants_an_offer_or_tells_of_a_trade(low: str) -> None:
    assert find_errand(low) is None


def test_who_gathers_and_decides_decides() -> None:
    assert read("собираю КП, решаю сам", language="ru").slots["authority"] == "decides"


def test_the_boss_is_not_the_writer() -> None:
    reading = read("我就是帮老板收集报价", "您在哪个部门？", language="zh")
    assert said(reading) == {"authority": "none"}
