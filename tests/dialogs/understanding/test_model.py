"""The linear model: what it learns from a few sentences, and how far it says it may be believed."""

from __future__ import annotations

import numpy as np
import pytest

from dialogs.understanding.encoder import LetterCounts
from dialogs.understanding.model import LinearModel, readable
from tests.dialogs.understanding.readers import encoder, pack

GARDEN = {
    "water_plants": [
        "give the tomatoes some water", "the ferns are dry, water them", "sprinkle the lawn",
        "please water the roses", "the herbs need watering", "turn the sprinkler on",
    ],
    "cut_grass": [
        "mow the lawn", "the grass is too long", "cut the grass by the fence",
        "trim the meadow", "the lawn needs a cut", "get the mower out",
    ],
    "feed_hens": [
        "feed the chickens", "the hens are hungry", "throw some grain to the birds",
        "give the hens their corn", "the chickens have not eaten", "fill up the hens' trough",
    ],
}  # fmt: skip
PAIRS = [(sentence, label) for label, group in GARDEN.items() for sentence in group]


def pack_pairs() -> list[tuple[str, str]]:
    return [
        (sentence, intent)
        for intent, sentences in pack().examples["en"].intents.items()
        for sentence in sentences
    ]


@pytest.fixture(scope="module")
def english() -> LinearModel:
    return LinearModel(encoder(), pack_pairs())


def test_a_label_is_learned_from_six_sentences() -> None:
    model = LinearModel(encoder(), [*pack_pairs(), *PAIRS])
    said = ["could you water the cucumbers", "the lawn should be mown", "the hens want their food"]
    assert [found.label for found in model.judge(said)] == list(GARDEN)
    assert model.judge(["what does it cost per year"])[0].label == "ask_price"


def test_letters_alone_tell_labels_apart() -> None:
    model = LinearModel(None, PAIRS)
    found = model.judge(["water the lettuce", "cut the long grass", "feed my chickens"])
    assert [each.label for each in found] == list(GARDEN)


def test_the_same_examples_give_the_same_model() -> None:
    one, other = LinearModel(encoder(), PAIRS), LinearModel(encoder(), PAIRS)
    said = ["mow it", "the geese are hungry", "what is the capital of Peru"]
    assert np.array_equal(one.shares(said)[0], other.shares(said)[0])
    assert one.calibration.weighing == other.calibration.weighing
    assert np.array_equal(one.calibration.best, other.calibration.best)


def test_more_odds_need_a_larger_share(english: LinearModel) -> None:
    needed = [english.calibration.needed(odds) for odds in (0.2, 0.3, 0.5, 0.7, 0.9)]
    assert needed == sorted(needed)
    assert 0 < needed[0] < 0.5 < needed[-1] <= 1


def test_odds_that_nothing_reaches_need_everything(english: LinearModel) -> None:
    assert english.calibration.needed(1.01) == 1


def test_a_share_is_about_how_often_it_is_right(english: LinearModel) -> None:
    """Learned from every other sentence, asked the ones between: no part of the trial."""
    pairs = pack_pairs()
    model = LinearModel(encoder(), pairs[::2])
    found = model.judge([sentence for sentence, _ in pairs[1::2]])
    right = [each.label == label for each, (_, label) in zip(found, pairs[1::2], strict=True)]
    assert abs(np.mean([each.share for each in found]) - np.mean(right)) < 0.1


def test_what_is_far_from_all_examples_ranks_low(english: LinearModel) -> None:
    near, far = english.judge(["how much is it per month", "penguins glide over frozen violins"])
    assert far.rank < 0.1 < near.rank


def test_the_nearest_example_is_one_that_was_learned() -> None:
    model = LinearModel(encoder(), PAIRS)
    found = model.judge(["please mow the lawn"])[0]
    assert (found.example, model.nearest("please mow the lawn")[0]) == ("mow the lawn",) * 2
    assert model.nearest("mow the lawn")[1:] == ("cut_grass", pytest.approx(1, abs=1e-3))


def test_several_labels_at_once() -> None:
    both = [("feed the hens and mow the lawn", label) for label in ("feed_hens", "cut_grass")]
    model = LinearModel(encoder(), [*PAIRS, *both], several=True)
    said = model.labels_of(["mow the lawn, then feed the chickens", "water the tomatoes"])
    assert set(said[0]) == {"cut_grass", "feed_hens"}
    assert said[1] == ("water_plants",)


def test_a_sentence_under_two_labels_is_shared_by_them() -> None:
    model = LinearModel(None, [*PAIRS, ("off you go", "cut_grass"), ("off you go", "feed_hens")])
    shares, close = model.shares(["off you go"])
    assert shares.sum() == pytest.approx(1)
    assert model.labels[int(shares[0].argmin())] == "water_plants"
    assert close[0] == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("label", "words"),
    [("ask_price", "ask price"), ("alarm/setAlarm", "alarm set alarm"), ("HELP", "help")],
)
def test_names_of_labels_are_words(label: str, words: str) -> None:
    assert readable(label) == words


def test_letters_never_seen_count_for_nothing() -> None:
    counts = LetterCounts(["mow the lawn"], 64)
    assert not counts.encode(["zzz qqq"]).any()
    assert np.linalg.norm(counts.encode(["lawn"])) == pytest.approx(1, abs=1e-5)
