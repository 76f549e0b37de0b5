"""Who takes leave is told from who only says thanks."""

from __future__ import annotations

import pytest

from dialogs.understanding.courtesy import takes_leave


@pytest.mark.parametrize("text", [
    "bye", "thanks, that's all for now", "ok see you", "have a great day!", "先这样，谢谢", "拜拜",
    "Спасибо, пока", "всего доброго!", "gracias, hasta luego", "eso es todo",
])  # fmt: skip
def test_a_goodbye(text: str) -> None:
    assert takes_leave(text)


@pytest.mark.parametrize("text", [
    "thank you", "hello", "great!", "谢谢", "你好", "спасибо", "пока не знаю", "gracias", "hola",
])  # fmt: skip
def test_no_goodbye(text: str) -> None:
    assert not takes_leave(text)
