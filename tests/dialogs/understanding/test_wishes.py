"""What the product is wanted for, told without being asked; and questions refused as such."""

from __future__ import annotations

import pytest

from dialogs.understanding.wishes import read_need, refuses_questions
from dialogs.understanding.words import read_words


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("We want to sell our coffee beans online.", "We want to sell our coffee beans online"),
        ("A shop for our company, we sell toys", "A shop for our company"),
        ("We sell tea and need a shop, privately owned", "We sell tea and need a shop"),
        ("想在网上卖茶叶", "想在网上卖茶叶"),
        ("想做一个批发商城，让经销商在网上下单", "想做一个批发商城,让经销商在网上下单"),
        ("хотим продавать чай онлайн", "хотим продавать чай онлайн"),
        ("queremos vender vino en linea", "queremos vender vino en linea"),
    ],
)
def test_need_is_found_in_their_words(text: str, need: str) -> None:
    hit = read_need(read_words(text))

    assert hit is not None
    assert hit.value == need


@pytest.mark.parametrize(
    "text",
    [
        "We are a private company in Vienna",
        "Can I sell in several countries with one shop?",
        "I want to buy Professional for my shop",
        "We need a special module built for our shop",
        "I want to talk to somebody about my online shop",
        "我想找工作",
        "想买专业版开店",
        "能开多家店吗",
        "",
    ],
)
def test_other_wishes_are_no_need(text: str) -> None:
    assert read_need(read_words(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "no questionnaire please, just tell me the price",
        "just the price",
        "stop asking and give me the price",
        "too many questions",
        "别问那么多，直接报价",
        "问题太多了",
        "без вопросов, просто цену",
        "sin preguntas, solo el precio",
    ],
)
def test_questions_are_refused_as_such(text: str) -> None:
    assert refuses_questions(read_words(text).low)


@pytest.mark.parametrize(
    "text",
    [
        "I'd rather not say",
        "price first please",
        "what is the price of Cluster?",
        "we have no questions",
        "I have no more questions",
        "先报价",
        "别问这个",
        "不想说",
    ],
)
def test_one_refused_question_is_not_all(text: str) -> None:
    assert not refuses_questions(read_words(text).low)
