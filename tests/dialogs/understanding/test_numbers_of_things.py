"""Numbers that are no staff, numbers that replace others, and names that are no statements."""

from __future__ import annotations

import pytest

from dialogs.types import Asked, Value
from tests.dialogs.understanding.readers import read, said

STAFF = Asked(slot="headcount", kind="choice")


@pytest.mark.parametrize(
    "text",
    [
        "two machines in our own rack",
        "about 400 users",
        "4 shops and a depot",
        "60k products",
        "35 staff accounts",
        "800 people visit us every day",
        "we run 6 servers",
        "三台服务器",
        "两个仓库",
        "пять магазинов",
        "tres tiendas",
    ],
)
def test_a_number_of_things_is_never_staff(text: str) -> None:
    assert "headcount" not in said(read(text, STAFF))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("two shops, 31 employees", "31"),
        ("4 languages, 2 brands, 17 people", "17"),
        ("we began with 6 in 2012, now it's 52", "52"),
        ("35 in total", "35"),
        ("44 or so", "44"),
        ("12 engineers", "12"),
        ("大概90", "90"),
        ("18 not 81", "18"),
    ],
)
def test_staff_beside_other_numbers(text: str, value: str) -> None:
    assert said(read(text, STAFF))["headcount"] == value


@pytest.mark.parametrize(
    ("text", "known", "slots"),
    [
        ("that's 24 not 42", {"headcount": "42"}, {"headcount": "24"}),
        ("not 42 but 24", {"headcount": "42"}, {"headcount": "24"}),
        ("不是42，是24", {"headcount": "42"}, {"headcount": "24"}),
        ("не 42, а 24", {"headcount": "42"}, {"headcount": "24"}),
        ("8000, not 9000", {"budget": "EUR 9000"}, {"budget": "EUR 8000"}),
        ("that's 24 not 42", {"headcount": "17"}, {}),
        ("that's 24 not 42", {}, {}),
    ],
)
def test_one_number_for_another(
    text: str, known: dict[str, Value], slots: dict[str, Value]
) -> None:
    reading = read(text, Asked(slot="city", kind="place"), known)
    assert said(reading) == slots
    assert reading.intents == ("correct",)


def test_24_products_replace_no_staff() -> None:
    known: dict[str, Value] = {"headcount": "42"}
    assert said(read("24 not 42 products", Asked(slot="city", kind="place"), known)) == {}


def test_owning_the_place_is_a_role_and_no_need() -> None:
    reading = read("I own the shop", Asked(slot="need", kind="text"))
    assert said(reading) == {"role": "owner"}
    assert "need" not in reading.slots
    assert (reading.slots["authority"], reading.slots["department"]) == ("decides", "management")


@pytest.mark.parametrize(
    "text",
    [
        "how do you compare to Shopify, any document?",
        "do you have a pdf on how you differ from WooCommerce",
        "有没有和有赞对比的资料",
    ],
)
def test_a_paper_that_compares(text: str) -> None:
    assert said(read(text))["doc_type"] == "comparison"


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("does Azure count?", "own_servers"),
        ("is Windows Server 2016 ok", "own_servers"),
        ("we repair servers", "own_servers"),
        ("is the hosting run by a state-owned firm?", "ownership"),
        ("our last shop took 7 months", "timeline"),
        ("running since april 2017", "timeline"),
        ("the previous agency charged us 15k", "budget"),
        ("you tell me", "authority"),
        ("same as before", "city"),
        ("a shared host at mittwald.de", "own_servers"),
    ],
)
def test_what_is_no_statement_stores_nothing(text: str, question: str) -> None:
    slots = said(read(text, Asked(slot=question, kind="choice")))
    assert not {"city", "email", "budget", "timeline", "authority", "ownership"} & slots.keys()
    assert slots.get("own_servers") is not True


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("we moved from Linz to Graz", {"city": "Graz"}),
        ("I grew up in Porto, our shop is in Lisbon", {"city": "Lisbon"}),
        ("are your servers in Frankfurt?", {}),
        ("Is there a case study of a shop in Turin", {"doc_type": "case_study"}),
        ("Anna Holm here, we are private", {"name": "Anna Holm", "ownership": "private"}),
        ("can a team of 6 log in at once?", {}),
        ("what does it cost for a team of 6?", {"headcount": "6"}),
    ],
)
def test_unasked(text: str, slots: dict[str, Value]) -> None:
    assert said(read(text)) == slots


@pytest.mark.parametrize(
    ("text", "question", "value"),
    [
        ("sales told me to ask, I'm in finance", "department", "finance"),
        ("my husband and I do", "authority", "decides"),
        ("may be in october", "timeline", "10"),
    ],
)
def test_the_writers_own(text: str, question: str, value: str) -> None:
    assert said(read(text, Asked(slot=question, kind="choice")))[question] == value
