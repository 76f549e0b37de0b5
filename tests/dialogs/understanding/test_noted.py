"""What is repeated before a question, or told as said before, and comes back as another value."""

from __future__ import annotations

import pytest

from dialogs.types import Value
from tests.dialogs.understanding.readers import read, reader, said


@pytest.mark.parametrize(
    ("context", "slot", "noted"),
    [
        ("Got it, Bristol. How big is your team?", "headcount", {"city": "Bristol"}),
        ("已记录：员工80人。预算大概多少？", "budget", {"headcount": "80"}),
        ("Отметил: 35 человек. Какой у вас бюджет?", "budget", {"headcount": "35"}),
        ("Entendido, para marzo. ¿Cuál es su presupuesto?", "budget", {"timeline": "03"}),
        ("Thanks. Our Cluster edition is the largest. Which city?", "city", {}),
        ("Great. Which edition do you want?", "edition", {}),
    ],
)
def test_notes_what_is_repeated(context: str, slot: str, noted: dict[str, Value]) -> None:
    asked = reader().find_asked(context)
    assert asked is not None
    assert (asked.slot, asked.noted) == (slot, noted)


@pytest.mark.parametrize(
    ("context", "text", "intents", "slots"),
    [
        ("Got it, Bristol. How big is your team?", "Exeter", {"correct"}, {"city": "Exeter"}),
        ("Got it, Bristol. How big is your team?", "30", {"provide_info"}, {"headcount": "30"}),
        (
            "Okay, Professional. When do you need it?",
            "make it Cluster, by March",
            {"correct", "provide_info"},
            {"edition": "cluster", "timeline": "03"},
        ),
        (None, "I told you May before, but it will be August", {"correct"}, {"timeline": "08"}),
        (None, "раньше писала что нас 25 человек, теперь 40", {"correct"}, {"headcount": "40"}),
        (None, "之前写的是三月上线，改成五月吧", {"correct"}, {"timeline": "05"}),
        (None, "antes les dije 30 empleados, ahora somos 38", {"correct"}, {"headcount": "38"}),
        ("How many people are you?", "as I said, 40", {"provide_info"}, {"headcount": "40"}),
    ],
)
def test_another_value_corrects(
    context: str | None, text: str, intents: set[str], slots: dict[str, Value]
) -> None:
    asked = reader().find_asked(context) if context else None
    reading = read(text, asked=context, known=asked.noted if asked else None)
    assert set(reading.intents) == intents
    assert said(reading) == slots


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("what have you got that Shopify hasn't", "ask_feature"),
        ("比有赞强在哪里", "ask_feature"),
        ("чем вы лучше инсейлса", "ask_feature"),
        ("en qué son mejores que shopify", "ask_feature"),
        ("ищу подработку, курьером возьмёте?", "out_of_scope"),
        ("продаю базы клиентов, интересует?", "out_of_scope"),
    ],
)
def test_rivals_and_strangers(text: str, intent: str) -> None:
    assert read(text).intents == (intent,)
