"""What only announces a question is no part of it, and calls nobody."""

from __future__ import annotations

import pytest

from dialogs.understanding.leads import lead_of
from tests.dialogs.understanding.readers import read


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("想问下能不能接用友", "zh"),
        ("请问一下能接用友吗", "zh"),
        ("我想问一下你们和用友能打通吗", "zh"),
        ("I'd like to ask you something: is there an api", "en"),
        ("I wanted to ask whether it works with Xero", "en"),
        ("хотел спросить, интегрируется ли с 1С", "ru"),
        ("quería preguntar si se conecta con Holded", "es"),
        ("me gustaría consultar si funciona con odoo", "es"),
    ],
)
def test_the_question_itself_is_read(text: str, language: str) -> None:
    assert read(text, language=language).intents == ("ask_feature",)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我想找人问一下", "zh"),
        ("想问下你们的销售电话", "zh"),
        ("I want to ask a colleague of yours", "en"),
        ("хотел бы спросить у менеджера", "ru"),
        ("quiero preguntar a un comercial", "es"),
    ],
)
def test_who_is_asked_for_is_called(text: str, language: str) -> None:
    assert read(text, language=language).intents == ("talk_to_human",)


@pytest.mark.parametrize(
    "low",
    [
        "can i ask your sales team",
        "想了解下你们的软件",
        "хочу уточнить цену",
        "tengo una duda",
        "i want",
    ],
)
def test_nothing_is_announced(low: str) -> None:
    assert lead_of(low) == 0


def test_to_learn_of_something_is_no_errand() -> None:
    assert "authority" not in read("想了解一下支持多仓库吗", language="zh").slots
