"""When a paper answers: learnt from a company's own phrasings, the same each time."""

from __future__ import annotations

import random

import msgspec
import numpy as np
import pytest

from dialogs.calibration import Calibration
from dialogs.gate import FEW, Case, fit_gate
from dialogs.knowledge import Library
from dialogs.loading import load
from dialogs.pack import Pack
from dialogs.understanding.encoder import Encoder, LetterCounts
from dialogs.understanding.shorthand import spell_out_question
from tests.dialogs.pack_folders import DEMO


def made_cases(count: int = 200) -> list[Case]:
    """One sign tells right from wrong, the other tells nothing."""
    chance = random.Random(3)
    own = [Case("own", ((chance.gauss(2, 1), chance.random()),), 0) for _ in range(count)]
    gone = [Case("gone", ((chance.gauss(-2, 1), chance.random()),)) for _ in range(count)]
    idle = [Case("idle", ((chance.gauss(-3, 1), chance.random()),)) for _ in range(count)]
    return [*own, *gone, *idle]


def test_what_tells_right_from_wrong_is_found() -> None:
    gate = fit_gate(made_cases())
    assert gate is not None
    assert gate.weigh((3.0, 0.5)) > gate.limit > gate.weigh((-1.0, 0.5))
    assert abs(gate.weigh((3.0, 0.1)) - gate.weigh((3.0, 0.9))) < 0.1


def test_wrong_answers_stay_within_their_share() -> None:
    cases = made_cases(400)
    gate = fit_gate(cases)
    assert gate is not None
    given = [gate.weigh(c.signs[0]) >= gate.limit for c in cases if c.kind == "idle"]
    assert np.mean(given) <= 0.02
    own = [gate.weigh(c.signs[0]) >= gate.limit for c in cases if c.kind == "own"]
    assert np.mean(own) > 0.8


def test_few_cases_teach_nothing() -> None:
    assert fit_gate([]) is None
    assert fit_gate(made_cases(FEW - 1)) is None
    assert fit_gate([c for c in made_cases() if c.kind != "gone"]) is None


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load(str(DEMO))


@pytest.fixture(scope="module")
def encoder(pack: Pack) -> Encoder:
    """Likeness by letters: quick, and enough to be weighed."""
    return LetterCounts([text for article in pack.articles for text in article.questions], 256)


@pytest.fixture(scope="module")
def library(pack: Pack, encoder: Encoder) -> Library:
    return Library(pack, encoder)


def test_the_same_pack_teaches_the_same(pack: Pack, encoder: Encoder, library: Library) -> None:
    one, other = library._gate, Library(pack, encoder)._gate
    assert one is not None
    assert other is not None
    assert one.limit == other.limit
    assert np.array_equal(one.weights, other.weights)


def test_words_alone_are_left_to_the_rules(pack: Pack) -> None:
    assert Library(pack)._gate is None


def test_an_edited_article_leaves_what_was_learnt(
    pack: Pack, encoder: Encoder, library: Library
) -> None:
    first = msgspec.structs.replace(pack.articles[0], text="It is all different now.")
    edited = msgspec.structs.replace(pack, articles=(first, *pack.articles[1:]))
    assert Library(edited, encoder, library)._gate is library._gate
    few = msgspec.structs.replace(pack, articles=pack.articles[: len(pack.articles) // 2])
    assert Library(few, encoder, library)._gate is not library._gate


def test_a_pack_with_few_articles_is_left_to_the_rules(pack: Pack, encoder: Encoder) -> None:
    few = msgspec.structs.replace(pack, articles=pack.articles[:3])
    assert Library(few, encoder)._gate is None


def test_cases_know_their_right_paper(pack: Pack) -> None:
    library = Library(pack)
    asked = [e.indexed() for e in library._entries if e.phrasings]
    cases = Calibration(asked, library._vocabulary, (), None).cases()
    own = [case for case in cases if case.kind == "own"]
    assert len(own) > 200
    assert np.mean([case.right >= 0 for case in own]) > 0.7
    assert all(case.right < 0 for case in cases if case.kind != "own")
    assert Calibration(asked[:3], library._vocabulary, (), None).cases() == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("how do u move ppl", "how do you move people"),
        ("b4 the sale", "before the sale"),
        ("R&D dept", "R&D department"),
        ("TLS and SSO", "TLS and SSO"),
        ("скок стоит", "сколько стоит"),
        ("開發票", "开发票"),
    ],
)
def test_shortened_words_are_spelled_out(typed: str, meant: str) -> None:
    assert spell_out_question(typed) == meant
