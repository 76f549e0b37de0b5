"""How sure a reading is of itself, what it says of its grounds, and when it asks the encoder."""

from __future__ import annotations

from functools import lru_cache

import pytest

from bot.benches.costs import CountingEncoder
from dialogs.types import Asked
from dialogs.understanding import Reader
from tests.dialogs.understanding.readers import encoder, pack, plain_reader, read

NONSENSE = ["blorp vasteen quimmel dratch", "asdf qwer zxcv uiop"]
CLEAR = "does it talk to our bookkeeping?"


@lru_cache(maxsize=1)
def counted() -> tuple[Reader, CountingEncoder]:
    counting = CountingEncoder(encoder())
    return Reader(pack(), counting), counting


@pytest.mark.parametrize(
    ("text", "asked"),
    [("hello", None), ("yes", "own_servers"), ("60", "headcount"), ("me@acme.example", "email"),
     ("go back", None), ("государственная", "ownership"), ("北京", "city")],
)  # fmt: skip
def test_what_patterns_tell_is_certain_and_skips_the_encoder(text: str, asked: str | None) -> None:
    reader, counting = counted()
    calls = counting.calls
    question = Asked(slot=asked, kind="text") if asked else None
    found = reader.read(text, asked=question, known={}, language="en")
    assert found.certainty == 1
    assert counting.calls == calls


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_uncertain(text: str) -> None:
    assert read(text).certainty < 0.6


def test_a_plain_wish_in_other_words_is_surer_than_nonsense() -> None:
    clear = read(CLEAR)
    assert clear.intents == ("ask_feature",)
    assert clear.certainty > max(read(text).certainty for text in NONSENSE)


def test_the_reasons_name_layer_nearest_example_and_score() -> None:
    found = read(CLEAR)
    told = [line for line in found.why if "nearest example" in line]
    assert told
    layer, _, example = told[0].partition("nearest example")
    assert "model 0." in layer or "model 1.0" in layer
    sentences = {s for each in pack().examples.values() for g in each.intents.values() for s in g}
    assert example.split('"')[1] in sentences


def test_a_message_in_parts_is_encoded_in_one_go() -> None:
    reader, counting = counted()
    calls, sentences = counting.calls, counting.sentences
    text = "our neighbour praised you a lot; the old tool keeps on annoying everybody"
    reader.read(text, asked=None, known={}, language="en")
    assert 0 < counting.calls - calls <= 2  # values told by meaning, and intents
    assert counting.sentences - sentences <= 8


def test_it_reads_without_an_encoder() -> None:
    found = plain_reader().read(
        "how much does it cost? we are 60 people in Graz", asked=None, known={}, language="en"
    )
    assert "ask_price" in found.intents
    assert (str(found.slots["headcount"]), found.slots["city"]) == ("60", "Graz")
    guessed = plain_reader().read(NONSENSE[0], asked=None, known={}, language="en")
    assert guessed.certainty < 0.6
