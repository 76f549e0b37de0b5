"""Cleaning and folding: nothing invisible gets through, and places stay the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dialogs.understanding.words import LIMIT, clean, fold, read_words


def test_invisible_and_control_characters_go() -> None:
    assert clean("pri\u200bvate\u202e \x00 company\ufeff") == "private company"


def test_full_width_becomes_plain_and_lines_stay() -> None:
    assert clean("５０人　左右\r\n\r\n好") == "50人 左右\n好"


def test_accents_and_yo_fold_one_for_one() -> None:
    assert fold("Años, ЁЖ, Straße, İstanbul") == "anos, еж, strase, istanbul"


def test_length_is_capped() -> None:
    assert len(read_words("x" * 100_000).text) == LIMIT


@given(st.text(max_size=200))
def test_folding_keeps_every_place(text: str) -> None:
    words = read_words(text)
    assert len(words.low) == len(words.text)
    assert words.text == clean(words.text)
