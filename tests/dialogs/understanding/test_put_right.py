"""Values put right without the usual words: by their subject, by contrast, by a change."""

from __future__ import annotations

import pytest

from dialogs.types import Asked, Value
from tests.dialogs.understanding.readers import read

DEPARTMENT = Asked(slot="department", kind="choice")


@pytest.mark.parametrize(
    ("text", "language", "slots"),
    [
        ("I gave you the wrong headcount, it's 64", "en", {"headcount": "64"}),
        ("人数有误，应为64", "zh", {"headcount": "64"}),
        ("имя неверное, меня зовут Глеб", "ru", {"name": "Глеб"}),
        ("mi nombre está mal, me llamo Saúl", "es", {"name": "Saúl"}),
        ("me lié con la fecha, es en junio", "es", {"timeline": "06"}),
        ("Lille, not Lyon", "en", {"city": "Lille"}),
        ("湖州，不是杭州", "zh", {"city": "湖州"}),
        ("Тула, не Тверь", "ru", {"city": "Тула"}),
        ("no es Vigo, es Lugo", "es", {"city": "Lugo"}),
        ("swap Enterprise for Cluster please", "en", {"edition": "cluster"}),
        ("把企业版换成集群版", "zh", {"edition": "cluster"}),
        ("not Q1 but Q2 for the go live", "en", {"timeline": "Q2"}),
        ("we've upped the budget to 20k usd", "en", {"budget": "USD 20000"}),
        ("срок сдвинулся на ноябрь", "ru", {"timeline": "11"}),
        ("se retrasa a noviembre", "es", {"timeline": "11"}),
    ],
)
def test_corrects_what_was_told_before(text: str, language: str, slots: dict[str, Value]) -> None:
    reading = read(text, asked=DEPARTMENT, language=language)
    told = {slot: value for slot, value in reading.slots.items() if slot not in reading.inferred}
    assert "correct" in reading.intents
    assert told == slots


@pytest.mark.parametrize(
    ("text", "language", "slot"),
    [
        ("not in Berlin", "en", "city"),
        ("мы не в Москве", "ru", "city"),
        ("公司是做家具的", "zh", "company"),
        ("电话最后两位反了，13712349865", "zh", "headcount"),
        ("we want to replace our old shop", "en", "edition"),
    ],
)
def test_reads_no_value_from_what_is_denied(text: str, language: str, slot: str) -> None:
    assert slot not in read(text, asked=None, language=language).slots


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("our checkout shows an error in the date field, order 4711", "en"),
        ("У нас не интернет-магазин, а опт, 30 человек", "ru"),
        ("private, the state has no share", "en"),
        ("the phone on your page is wrong", "en"),
    ],
)
def test_leaves_plain_statements_alone(text: str, language: str) -> None:
    assert "correct" not in read(text, asked=None, language=language).intents


def test_tells_what_another_sentence_adds() -> None:
    reading = read("刚才说错了，人数是85不是58。公司是民营", asked=None, language="zh")
    assert set(reading.intents) == {"correct", "provide_info"}
    assert reading.slots["headcount"] == "85"
    assert reading.slots["ownership"] == "private"
    assert "company" not in reading.slots


@pytest.mark.parametrize(
    ("text", "language", "slots"),
    [
        ("no, unos 20 no, 25 contando a los de media jornada", "es", {"headcount": "25"}),
        ("no, not 20, 25 counting the part timers", "en", {"headcount": "25"}),
        ("不是20，是25，算上兼职的", "zh", {"headcount": "25"}),
        ("нет, не 20, 25 вместе с совместителями", "ru", {"headcount": "25"}),
        ("20 no, 25", "es", {"headcount": "25"}),
        ("20? nope, 25", "en", {"headcount": "25"}),
        ("20不对，25", "zh", {"headcount": "25"}),
        ("20 нет, 25", "ru", {"headcount": "25"}),
        ("Vigo no, Lugo", "es", {"city": "Lugo"}),
        ("Тула нет, Тверь", "ru", {"city": "Тверь"}),
    ],
)
def test_a_no_takes_one_value_back_for_another(
    text: str, language: str, slots: dict[str, Value]
) -> None:
    reading = read(text, asked=DEPARTMENT, known={"headcount": "20"}, language=language)
    assert reading.intents == ("correct",)
    assert reading.slots == slots


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("somos 20, perdón, no 22", "es", "22"),
        ("6 people, haha no 8 now", "en", "8"),
        ("13, no 30", "es", "13"),
        ("20 people, no 3 servers", "en", "20"),
        ("25, no more", "en", "25"),
    ],
)
def test_a_no_between_two_numbers(text: str, language: str, told: str) -> None:
    asked = Asked(slot="headcount", kind="number")
    assert read(text, asked=asked, language=language).slots["headcount"] == told


@pytest.mark.parametrize(
    ("text", "language", "has"),
    [
        ("servidores no, tenemos 3 tiendas", "es", False),
        ("servers? nope", "en", False),
        ("our own servers, no cloud", "en", True),
        ("servidores propios no, alquilados", "es", True),
    ],
)
def test_a_no_behind_machines(text: str, language: str, has: bool) -> None:
    asked = Asked(slot="own_servers", kind="yes_no")
    assert read(text, asked=asked, language=language).slots["own_servers"] is has
