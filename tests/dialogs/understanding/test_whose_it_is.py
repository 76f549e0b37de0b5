"""Who signs, whose the firm is, and numbers that stand in for earlier ones, in hasty words."""

from __future__ import annotations

import pytest

from dialogs.understanding.deciders import find_our_say, find_their_say
from dialogs.understanding.machines import says_no_in_the_end, told_by_deed
from dialogs.understanding.owners import find_owner, is_of_customers
from dialogs.understanding.swaps import find_swap
from dialogs.understanding.terse import bare_place


@pytest.mark.parametrize(
    "low",
    ["auntie signs", "el presi firma", "решает тесть", "拍板是总监", "the trustees decide"],
)
def test_somebody_else_decides(low: str) -> None:
    assert find_their_say(low)
    assert not find_our_say(low)


@pytest.mark.parametrize(
    "low", ["the customer signs for the parcel", "who decides?", "решает ли система сама какой"]
)
def test_other_deciding_is_nobodys_say(low: str) -> None:
    assert not find_their_say(low)


@pytest.mark.parametrize("low", ["we decide", "la que manda soy yo", "решаем вместе", "我俩一起定"])
def test_the_writers_decide(low: str) -> None:
    assert find_our_say(low)


def test_owners_are_told_by_verbs_and_customers_are_none() -> None:
    assert find_owner("the county runs us", asked=False)[0].value == "state_owned"
    assert find_owner("it's my aunt's", asked=True)[0].value == "private"
    assert find_owner("it's my aunt's", asked=False) == []
    assert is_of_customers("we sell mostly to the ")
    assert not is_of_customers("we are a ")


def test_machines_are_told_by_what_was_done_only_as_an_answer() -> None:
    assert told_by_deed("had two, sold them", asked=True)[0].value is False
    assert told_by_deed("we can use theirs", asked=True)[0].value is True
    assert told_by_deed("had two, sold them", asked=False) == []
    assert says_no_in_the_end("it was a friend's, so no")


@pytest.mark.parametrize(
    ("low", "new", "old"),
    [
        ("61 soz not 16", 61, 16),
        ("we aren't 40, more like 25", 25, 40),
        ("70 people. no, 90", 90, 70),
        ("不是30 刚走俩 28个", 28, 30),
    ],
)
def test_a_number_in_the_place_of_another(low: str, new: int, old: int) -> None:
    swap = find_swap(low)
    assert swap is not None
    assert (swap[0].low, swap[1].low) == (new, old)


def test_other_numbers_replace_nothing() -> None:
    assert find_swap("we have 70 people, no 3 servers") is None
    assert find_swap("we are not 2 shops, 5 people") is None


def test_a_count_of_people_beside_a_place_is_left_out() -> None:
    assert bare_place("тамбов 20 сотр") == "тамбов"
    assert bare_place("40 ppl lyon") == "lyon"
    assert bare_place("austin area") == "austin"
