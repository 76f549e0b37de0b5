"""What the model may rule out, and strings that are no words."""

from __future__ import annotations

import pytest

from dialogs.types import Asked
from dialogs.understanding.opinions import weigh_signs
from dialogs.understanding.vocabulary import Vocabulary
from dialogs.understanding.words import read_words
from tests.dialogs.understanding.readers import pack, read, reader


@pytest.mark.parametrize(
    "text", ["gromp velistu narv", "фрынч лопту жрам", "zulk brimp ostrav venk", "wkjf 啊烫锟 qpzm"]
)
def test_strings_that_nobody_uses_are_unclear_and_uncertain(text: str) -> None:
    found = read(text)
    assert found.intents == ("unclear",)
    assert found.certainty < 0.5


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("how much for forty seats", True),
        ("сколько стоит", True),
        ("我们想了解价格", True),
        ("gromp velistu", False),
        ("gromp 40", True),
        ("of it", True),  # too short to be keys hit by chance
    ],
)
def test_vocabulary_knows_words_of_the_examples(text: str, known: bool) -> None:
    assert Vocabulary(pack()).knows(read_words(text)) is known


def test_one_known_word_is_enough_to_guess() -> None:
    assert read("gromp price velistu").intents == ("ask_price",)


def test_a_mistyped_example_is_no_string_of_letters() -> None:
    assert "unclear" not in read("how mcuh does it cost").intents


def test_signs_of_another_sense_are_ruled_out() -> None:
    model = reader()._model
    assert model is not None
    signs = [("ask_price", "price"), ("stop", "no")]
    kept = weigh_signs(signs, "what is the price of a licence", model)
    assert kept == [("ask_price", "price")]


def test_a_statement_of_facts_asks_for_nothing() -> None:
    model = reader()._model
    assert model is not None
    part = "we are sixty people and rent two machines"
    assert weigh_signs([("ask_trial", "rent")], part, model, tells=True) == []
    assert weigh_signs([("talk_to_human", "people")], part, model, tells=True) != []


def test_a_place_is_dropped_where_the_message_is_an_evasion() -> None:
    found = read("skip that one", Asked(slot="city", kind="place"))
    assert found.intents == ("refuse",)
    assert "city" not in found.slots


def test_why_takes_in_the_examples_it_gives() -> None:
    found = read("whom do you count as staff, drivers on contract too?", "headcount")
    assert found.intents == ("ask_why",)


def test_trouble_in_a_shop_is_not_a_wish_for_a_licence() -> None:
    found = read("мы клиенты, лицензия с 2020 года, после обновления не открывается каталог")
    assert found.intents == ("support_request",)
