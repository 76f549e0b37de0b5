"""Words shortened in a chat."""

from __future__ import annotations

import pytest

from dialogs.understanding.shorthand import spell_out


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("can u send docs pls", "can you send documents please"),
        ("xq lo pides", "por que lo pides"),
        ("скок чел нужно", "сколько человек нужно"),
        ("木有机器", "没有机器"),
        ("咋卖", "怎么卖"),
    ],
)
def test_short_words_are_spelled_out(short: str, full: str) -> None:
    assert spell_out(short) == full


@pytest.mark.parametrize("text", ["the bureau", "purchase", "чемодан", "porque", "什么"])
def test_words_that_only_hold_a_short_one_stay(text: str) -> None:
    assert spell_out(text) == text
