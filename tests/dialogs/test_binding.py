"""Questions that would bind the company are never answered from a paper."""

from __future__ import annotations

import pytest

from dialogs import questions
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
    "Could you be done by the end of March?", "Is it possible to go live before Easter?",
    "How soon could you start?", "What is the lead time?", "Can we be online in 3 weeks?",
    "国庆前能验收吗？", "下周一能开工吗？", "最快几天交货？", "延期了怎么赔？", "能60天付款吗？",
    "Успеете к 1 марта?", "А до нового года успеете запустить?", "Запустимся до лета?",
    "Какие штрафы за срыв сроков?",
    "Можно оплатить через 60 дней?", "¿Llegan al 1 de marzo?", "¿Estará lista antes de Reyes?",
    "¿Pueden empezar el lunes?", "¿En cuánto tiempo nos lo entregan?",
)  # fmt: skip
AMOUNTS = (
    "How much is a training day?", "What does hosting cost?", "What would it set us back?",
    "培训多少钱？", "托管要花多少？", "Сколько стоит обучение?", "Во сколько обойдётся перенос?",
    "¿Cuánto cuesta la formación?", "¿Qué precio tiene el alojamiento?", "What's your day rate?",
)  # fmt: skip
NEITHER = (
    "How long does a project take?", "How much memory does it need?", "Are labels for DHL printed?",
    "When was the company founded?", "需要多少内存？", "多久更新一次？", "一次能培训多少人？",
    "Сколько памяти нужно?", "Когда основана компания?", "¿Cuánta memoria hace falta?",
    "¿Cuándo se fundó la empresa?", "Can stock be reserved per channel?",
    "Can it be installed on 2 servers?", "Are you open on Sunday?", "How fast can we be online?",
    "Can we start with Professional?", "能从专业版开始吗？", "一个月可以发多少封邮件？",
    "Можно начать с Professional?", "Как быстро запустимся?", "¿Puede funcionar en 2 servidores?",
)  # fmt: skip
DEBIAN = Passage(
    source="operating-systems-en", kind="article", title="Operating systems", place="",
    language="en", text="Debian 12 and 13.", score=1.0, answers=True,
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


@pytest.mark.parametrize("intent", ["out_of_scope", "ask_feature"])
def test_a_date_asked_for_is_left_to_a_colleague_however_it_is_read(intent: str) -> None:
    prospect = lead()
    prospect.asks_about("Can you be ready by 1 March?", answered=False, intent=intent)
    assert prospect.keys[0] == "answer.binding"


def test_a_parcel_is_no_project() -> None:
    prospect = lead()
    prospect.asks_about("When will my order be delivered?", answered=False, intent="out_of_scope")
    assert "answer.binding" not in prospect.keys


def test_a_price_does_not_swallow_the_question_beside_it() -> None:
    prospect = lead()
    prospect.hears(
        Reading(
            text="What does Enterprise cost? Does it run on Debian 12?",
            language="en",
            intents=("ask_price", "ask_feature"),
            passages=(DEBIAN,),
            each=True,
        )
    )
    assert [key for key in prospect.keys if key.startswith(("price.", "answer."))] == [
        "price.one",
        "answer.quote",
    ]


def test_what_binds_is_kept_apart_from_what_papers_answer() -> None:
    prospect = lead()
    prospect.hears(
        Reading(
            text="Does it run on Debian 12? When can you deliver?",
            language="en",
            intents=("ask_feature",),
            passages=(DEBIAN,),
            each=True,
        )
    )
    assert prospect.keys[:2] == ["answer.binding", "answer.quote"]


@pytest.mark.parametrize(
    ("text", "single"),
    [
        ("What does it cost? And does it run on Debian?", ["And does it run on Debian?"]),
        ("how much is Cluster and can it run on kubernetes", ["can it run on kubernetes"]),
        ("Does it support SAP? When can you deliver?", ["Does it support SAP?"]),
        ("We want to be live by May. Does it support SAP?", ["Does it support SAP?"]),
        ("how much is Enterprise and Cluster?", []),
        ("企业版多少钱？能对接SAP吗？", ["能对接SAP吗？"]),
        ("集群版什么价，支持kubernetes不", ["支持kubernetes不"]),
        ("Сколько стоит Enterprise? Работает ли на Debian?", ["Работает ли на Debian?"]),
        ("¿Cuánto cuesta Enterprise? ¿Funciona en Debian?", ["¿Funciona en Debian?"]),
    ],
)
def test_questions_that_bind_nobody(text: str, single: list[str]) -> None:
    assert questions.answerable(text) == single
