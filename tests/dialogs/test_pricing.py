"""Edition and price: rows of the book, the right tier, currency and day."""

from __future__ import annotations

import msgspec
import pytest

from dialogs import pricing, profile
from dialogs.consultation import start
from dialogs.types import Known, State, Value
from tests.dialogs.consulting import MONDAY_NOON, Prospect, demo

AFTER_THE_LIST = 1_815_000_000_000  # July 2027, in ms: the price list has expired


def knowing(**slots: Value) -> State:
    filled = {s: Known(value=v, status="stated") for s, v in slots.items()}
    return msgspec.structs.replace(start(demo(), "widget"), profile=filled)


@pytest.mark.parametrize(("value", "span"), [
    ("200", (200, 200)), ("50-60", (50, 60)), ("<10", (0, 9)), (">3000", (3001, 10**9)),
    ("<=10", (0, 10)), (">=7", (7, 10**9)), ("many", None), (True, None), (None, None),
])  # fmt: skip
def test_headcounts_as_numbers(value: Value | None, span: tuple[int, int] | None) -> None:
    assert profile.number_range(value) == span


@pytest.mark.parametrize(("slots", "edition"), [
    ({"buyer_type": "individual"}, "professional"),
    ({"headcount": "12"}, "professional"),
    ({"headcount": "80"}, "enterprise"),
    ({"headcount": ">1000"}, "cluster"),
    ({"headcount": "12", "ownership": "state_owned"}, "enterprise"),
    ({"edition": "cluster", "headcount": "12"}, "cluster"),
])  # fmt: skip
def test_the_first_rule_that_holds_names_the_edition(slots: dict[str, Value], edition: str) -> None:
    found = pricing.estimate(demo(), knowing(**slots))
    assert found is not None
    assert found.edition == edition
    assert found.reason


@pytest.mark.parametrize(("headcount", "low", "high"), [
    ("80", 690_000, 690_000), ("200", 990_000, 990_000), ("150-250", 690_000, 990_000),
])  # fmt: skip
def test_a_range_lies_between_two_rows(headcount: str, low: int, high: int) -> None:
    offer = pricing.offer(demo(), knowing(headcount=headcount), "enterprise", MONDAY_NOON)
    assert offer is not None
    assert (offer.licence.low, offer.licence.high) == (low, high)
    assert offer.licence.currency == "EUR"


@pytest.mark.parametrize(("slots", "asked", "currency"), [
    ({}, "", "EUR"),
    ({"city": "上海"}, "", "CNY"),
    ({"city": "Shanghai"}, "", "CNY"),
    ({"city": "Austin"}, "", "USD"),
    ({"city": "Shanghai"}, "USD", "USD"),
    ({"budget": "USD 5000"}, "", "USD"),
    ({"city": "Tokyo"}, "", "EUR"),
    ({"city": "Valencia"}, "", "EUR"),  # one in Spain, a larger one in Venezuela
    ({"city": "Caracas"}, "", "USD"),
])  # fmt: skip
def test_currency_asked_for_else_by_country_else_the_first(
    slots: dict[str, Value], asked: str, currency: str
) -> None:
    state = msgspec.structs.replace(knowing(**slots), currency=asked)
    assert pricing.currency_for(demo(), state) == currency


def test_an_expired_list_gives_no_price() -> None:
    assert pricing.offer(demo(), knowing(), "professional", AFTER_THE_LIST) is None


def test_every_amount_of_an_offer_is_a_row() -> None:
    book = {row.id: row for row in demo().prices}
    for edition in demo().editions:
        offer = pricing.offer(demo(), knowing(), edition.id, MONDAY_NOON)
        assert offer is not None
        for amount in offer.amounts():
            assert [book[r].amount for r in amount.rows] == [amount.minor]


@pytest.mark.parametrize(("text", "currency"), [
    ("in dollars please", "USD"), ("多少人民币", "CNY"), ("price in €?", "EUR"), ("how much", ""),
])  # fmt: skip
def test_a_currency_named_in_words(text: str, currency: str) -> None:
    assert pricing.currency_named(text) == currency


@pytest.mark.parametrize(("text", "language", "items"), [
    ("what does a training day cost", "en", {"training"}),
    ("how much is hosting per month", "en",
     {"hosting_professional", "hosting_enterprise", "hosting_cluster"}),
    ("and moving our data, what's the migration fee?", "en", {"migration", "migration_cluster"}),
    ("培训多少钱", "zh", {"training"}),
    ("сколько стоит день обучения", "ru", {"training"}),
    ("¿cuánto cuesta la formación?", "es", {"training"}),
    ("how much is Enterprise per year", "en", set()),
    ("多少钱一天", "zh", set()),
])  # fmt: skip
def test_services_named_in_a_question(text: str, language: str, items: set[str]) -> None:
    assert pricing.services_named(demo(), text, language) == items


def test_a_service_is_priced_by_its_own_rows_and_is_no_second_time() -> None:
    prospect = Prospect()
    prospect.says("ask_price", text="What does Enterprise cost?", edition="enterprise")
    prospect.says("ask_price", text="And what does a training day cost?")
    (reply,) = [r for r in prospect.replies if r.key == "price.services"]
    book = {row.id: row for row in demo().prices}
    assert [book[a.rows[0]].item for a in reply.amounts] == ["training"]
    assert "980" in reply.text
    assert "price.all" not in prospect.keys
    before = prospect.state.outcome
    prospect.says("ask_price", text="And what is the price again?")
    assert (before, prospect.state.outcome) == ("open", "price_only")
