"""Questions that would bind the company are never answered from a paper."""

from __future__ import annotations

import pytest

from dialogs.binding import asks_amount, asks_promise
from dialogs.effects import RecordUnanswered
from dialogs.types import Passage, Reading
from tests.dialogs.consulting import Prospect, lead

PROMISES = (
    "When will you hand it over?", "Do you promise to deliver before June?",
    "What is the delivery date?", "By which day is it finished?",
    "Is there a penalty for late delivery?", "Could we agree on 90 days?",
    "你们什么时候能交货？", "能保证五月上线吗？", "违约怎么处理？", "账期90天行不行？",
    "Когда вы сдадите проект?", "Гарантируете, что будет готово к 5 мая?", "Какая неустойка?",
    "Нужна отсрочка", "¿Cuándo lo entregan?", "¿Cuál es la fecha de entrega?",
    "¿Garantizan que estará listo en mayo?", "¿Podemos pagar a 90 días?",
)  # fmt: skip
AMOUNTS = (
    "How much is a training day?", "What does hosting cost?", "What would it set us back?",
    "培训多少钱？", "托管要花多少？", "Сколько стоит обучение?", "Во сколько обойдётся перенос?",
    "¿Cuánto cuesta la formación?", "¿Qué precio tiene el alojamiento?",
)  # fmt: skip
NEITHER = (
    "How long does a project take?", "How much memory does it need?", "Are labels for DHL printed?",
    "When was the company founded?", "需要多少内存？", "多久更新一次？", "一次能培训多少人？",
    "Сколько памяти нужно?", "Когда основана компания?", "¿Cuánta memoria hace falta?",
    "¿Cuándo se fundó la empresa?", "Can stock be reserved per channel?",
)  # fmt: skip


@pytest.mark.parametrize("text", PROMISES)
def test_what_only_a_person_may_promise(text: str) -> None:
    assert asks_promise(text)


@pytest.mark.parametrize("text", AMOUNTS)
def test_what_the_price_book_answers(text: str) -> None:
    assert asks_amount(text)


@pytest.mark.parametrize("text", NEITHER)
def test_what_papers_may_answer(text: str) -> None:
    assert not asks_promise(text)
    assert not asks_amount(text)


@pytest.mark.parametrize("intent", ["ask_feature", "ask_commercial", "ask_trial", "ask_why"])
@pytest.mark.parametrize("text", [*PROMISES, *AMOUNTS])
def test_no_passage_is_quoted_for_them(intent: str, text: str) -> None:
    prospect = lead()
    prospect.asks_about(text, answered=True, intent=intent)
    assert "answer.quote" not in prospect.keys
    assert prospect.keys[0] != "answer.not_in_papers"


def test_an_answer_names_version_and_place_and_a_gap_what_came_nearest() -> None:
    passage = Passage(
        source="manual-cluster-en", kind="document", title="Manual", place="Two sites",
        language="en", text="A second site.", score=1.0, answers=True, version="8.4",
    )  # fmt: skip
    prospect = Prospect()
    prospect.hears(
        Reading(text="Two sites?", language="en", intents=("ask_feature",), passages=(passage,))
    )
    (source,) = prospect.replies[0].attachments
    assert (source.kind, source.id, source.version) == ("source", "manual-cluster-en", "8.4")
    assert source.place == "Two sites"
    prospect = Prospect()
    prospect.asks_about("Three sites?", answered=False)
    (kept,) = prospect.effects(RecordUnanswered)
    assert kept.nearest == ("storage-en",)
