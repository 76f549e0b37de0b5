"""Values that replace earlier ones, with and without words of correction."""

from __future__ import annotations

import pytest

from dialogs.types import Value
from tests.dialogs.understanding.readers import read, reader


def answer(question: str, text: str) -> tuple[set[str], dict[str, Value]]:
    asked = reader().find_asked(question)
    found = reader().read(text, asked=asked, known={}, language="en")
    return set(found.intents), {
        slot: value for slot, value in found.slots.items() if slot not in found.inferred
    }


@pytest.mark.parametrize(
    ("question", "text", "intents", "slots"),
    [
        ("You said Dover, is that right?", "no, Hastings", "deny correct", {"city": "Hastings"}),
        ("So you are 90 people, right?", "no, 35", "deny correct", {"headcount": "35"}),
        ("刚才您说在苏州，是这样吗？", "不是，无锡", "deny correct", {"city": "无锡"}),
        ("Значит, вы в Туле, верно?", "нет, в Калуге", "deny correct", {"city": "Калуга"}),
        ("¿Le preparo la oferta de Enterprise?", "mejor la Cluster", "correct",
         {"edition": "cluster"}),
        ("Shall I quote the Cluster edition?", "rather Professional", "correct",
         {"edition": "professional"}),
        ("按企业版给您报价可以吗？", "还是集群版吧", "correct", {"edition": "cluster"}),
        ("Подготовить расчёт по редакции Cluster?", "лучше professional", "correct",
         {"edition": "professional"}),
    ],
)  # fmt: skip
def test_another_value_than_the_question_assumed(
    question: str, text: str, intents: str, slots: dict[str, Value]
) -> None:
    said, stated = answer(question, text)
    assert said == set(intents.split())
    if "city" in slots:
        assert "city" in stated
    else:
        assert stated == slots


@pytest.mark.parametrize(
    ("question", "text", "slot", "value"),
    [
        ("When shall it start?", "I was wrong about the servers, we do have some", "own_servers",
         True),
        ("您贵姓？", "服务器我说错了，其实没有", "own_servers", False),
        ("Ваша должность?", "насчёт серверов ошибся, есть один", "own_servers", True),
        ("¿Para cuándo?", "me equivoqué con el pliego, no tenemos", "written_requirement", False),
    ],
)  # fmt: skip
def test_a_fact_is_taken_back_by_its_subject(
    question: str, text: str, slot: str, value: bool
) -> None:
    said, stated = answer(question, text)
    assert said == {"correct"}
    assert stated == {slot: value}


@pytest.mark.parametrize(
    ("question", "text", "slot", "value"),
    [
        ("Which city?", "make the budget 7000 euros instead of 4000", "budget", "EUR 7000"),
        ("В каком вы городе?", "поставьте 80 сотрудников вместо 60", "headcount", "80"),
        ("¿En qué ciudad?", "ponga 25 empleados en vez de 15", "headcount", "25"),
    ],
)
def test_one_instead_of_another(question: str, text: str, slot: str, value: str) -> None:
    said, stated = answer(question, text)
    assert said == {"correct"}
    assert stated == {slot: value}


def test_an_answer_before_the_correction_is_told_as_well() -> None:
    said, stated = answer("Which department?", "finance. and I mistyped, we are 30 not 300")
    assert said == {"correct", "provide_info"}
    assert stated == {"department": "finance", "headcount": "30"}


def test_a_plain_answer_corrects_nothing() -> None:
    assert answer("Which edition do you want?", "rather Professional")[0] == {"provide_info"}
    assert answer("Are you state-owned?", "private")[0] == {"provide_info"}
    assert answer("You are in Dover, right?", "yes, Dover")[0] == {"affirm", "provide_info"}


def test_a_denied_kind_is_a_no_and_a_value() -> None:
    said, stated = answer("Are you state-owned?", "not state-owned, my aunt owns it all")
    assert said == {"deny", "provide_info"}
    assert stated["ownership"] == "private"


def test_a_yes_to_an_offer_states_no_edition() -> None:
    said, stated = answer("Shall I prepare the estimate for Cluster?", "yes")
    assert (said, stated) == ({"affirm"}, {})


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("Пропустить", ()),
        ("Как можно скорее", ("provide_info",)),
        ("Hablar con una persona", ("talk_to_human",)),
        ("As soon as possible", ("provide_info",)),
    ],
)
def test_words_of_a_button_are_read_as_the_button(text: str, intents: tuple[str, ...]) -> None:
    found = read(text)
    assert found.intents == intents or (not intents and "ask_trial" not in found.intents)
    if "provide_info" in intents:
        assert found.slots["timeline"] == "now"


def test_skip_typed_under_a_question_refuses_it() -> None:
    assert read("Пропустить", "headcount").intents == ("refuse",)
