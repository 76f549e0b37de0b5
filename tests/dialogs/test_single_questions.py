"""The questions that stand within one sentence, beside what asks nothing."""

from __future__ import annotations

import pytest

from dialogs.questions import pieces


@pytest.mark.parametrize(
    ("question", "inner"),
    [
        ("no forms, just the price and does it connect to SAP?", ["does it connect to SAP?"]),
        ("анкету не буду, скажите цену, есть ли обмен с 1С?", ["есть ли обмен с 1С?"]),
        ("别问了，直接报价，能对接用友吗？", ["能对接用友吗？"]),
        ("sin preguntas, el precio, ¿se puede exportar?", ["¿se puede exportar?"]),
        ("does it connect to SAP?", []),
    ],
)
def test_what_is_asked_within_a_sentence(question: str, inner: list[str]) -> None:
    assert pieces(question) == inner
