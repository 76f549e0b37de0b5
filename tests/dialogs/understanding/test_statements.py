"""Values told by meaning, trades, places and names: what no list of names foresees."""

from __future__ import annotations

import pytest

from dialogs.types import Asked, Value
from tests.dialogs.understanding.readers import read, said


def told(text: str, slot: str = "") -> dict[str, Value]:
    language = "zh" if any("\u3400" <= letter <= "\u9fff" for letter in text) else "en"
    asked = Asked(slot=slot, kind="text") if slot else None
    return said(read(text, asked, language=language))


@pytest.mark.parametrize(
    ("slot", "text", "value"),
    [
        ("own_servers", "the sister firm lets us use its machines", True),
        ("own_servers", "у родительской организации есть место на стойке", True),
        ("own_servers", "la página está en un plan barato y ya está", False),
        ("ownership", "three sisters hold all the shares", "private"),
        ("ownership", "область владеет нами целиком", "state_owned"),
        ("ownership", "我跟朋友合伙，股份一人一半", "private"),
        ("authority", "I put two offers on her desk and she picks one", "recommends"),
        ("authority", "меня послали узнать, сколько стоит", "none"),
        ("authority", "nadie tiene que dar permiso, lo compro y punto", "decides"),
        ("department", "I look after the payroll and hire people", "hr"),
        ("department", "管发货和仓库的", "operations"),
        ("department", "atiendo las quejas de los compradores", "customer_service"),
        ("written_requirement", "a colleague is typing it at the moment", False),
    ],
)
def test_values_are_told_by_meaning(slot: str, text: str, value: Value) -> None:
    assert told(text, slot)[slot] == value


@pytest.mark.parametrize(
    "text",
    [
        "do you work for hospitals?",
        "the shop should talk to our till",
        "customers want to pay by card",
        "a colleague told me about you",
        "что умеет ваша программа?",
        "你们支持多语言吗",
        "queremos vender quesos por internet",
    ],
)
def test_what_states_nothing_of_the_buyer(text: str) -> None:
    assert told(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        "we're a bakery",
        "I run a flower shop",
        "roastery, 5 people",
        "开了家面馆",
        "держим кофейню",
        "llevo una peluquería",
        "pyme de muebles",
    ],
)
def test_a_trade_buys_for_an_organisation(text: str) -> None:
    assert told(text)["buyer_type"] == "enterprise"


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("winery, Porto, 12 people", "Porto"),
        ("все в мск", "Москва"),
        ("我们昆明的", "昆明"),
        ("the VPS is in Frankfurt but the shop opens in Graz", "Graz"),
        ("it is for our Lyon plant", "Lyon"),
        ("private dive school in Split", "Split"),
    ],
)
def test_the_city_of_the_project(text: str, city: str) -> None:
    assert told(text)["city"] == city


@pytest.mark.parametrize("text", ["almost", "the second one", "随便", "qwrtpsd", "casi"])
def test_no_city_is_made_of_a_word(text: str) -> None:
    assert "city" not in told(text, "city")


def test_a_misspelt_city_is_known_again() -> None:
    assert told("Barcelna", "city")["city"] == "Barcelona"


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("Tomás here", {"name": "Tomás"}),
        ("pregunten por Julia", {"name": "Julia"}),
        ("Nora Lind, de Textiles Sur", {"name": "Nora Lind", "company": "Textiles Sur"}),
        ("фирма «Белый кит»", {"company": "Белый кит"}),
    ],
)
def test_names_in_passing(text: str, slots: dict[str, Value]) -> None:
    assert slots.items() <= told(text).items()


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("send the brochre please", "brochure"),
        ("wite paper and the manual pls", "manual+white_paper"),
    ],
)
def test_misspelt_papers(text: str, papers: str) -> None:
    assert told(text)["doc_type"] == papers


@pytest.mark.parametrize(
    ("text", "editions"),
    [
        ("prices of all three editions?", "professional+enterprise+cluster"),
        ("not Professional, the other two", "enterprise+cluster"),
        ("професионал сколько стоит", "professional"),
    ],
)
def test_editions_in_other_words(text: str, editions: str) -> None:
    assert told(text)["edition"] == editions


def test_about_something_is_no_edition() -> None:
    assert "edition" not in told("забудьте про серверы")
