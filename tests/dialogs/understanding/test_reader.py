"""What a message means under the open question: yes, no, evasions, corrections, several things."""

from __future__ import annotations

import time

import pytest

from bot.benches.understanding import load_lines, score, sum_up
from dialogs.types import INTENTS, Asked, Value
from dialogs.understanding.reader import Reader
from tests.dialogs.understanding.readers import encoder, pack, plain_reader, read, reader, said

SERVERS = Asked(slot="own_servers", kind="yes_no")


@pytest.mark.parametrize(
    ("context", "text", "intents", "slots"),
    [
        ("Do you run servers?", "yeah", {"affirm"}, {"own_servers": True}),
        ("Есть ли у вас серверы?", "нет", {"deny"}, {"own_servers": False}),
        ("您能拍板吗？", "能", {"affirm"}, {"authority": "decides"}),
        ("¿Tienen un pliego?", "todavía no", {"deny"}, {"written_requirement": False}),
        ("Is your company state-owned?", "no", {"deny"}, {"ownership": "private"}),
        ("Is there a budget?", "no", {"deny"}, {"budget": "none"}),
        ("Shall I send you the manual?", "sure", {"affirm"}, {}),
        ("How many people work there?", "no idea", {"dont_know"}, {}),
        ("您的预算是多少？", "不方便说", {"refuse"}, {}),
        ("Which edition?", "anything but Enterprise", {"dont_know"}, {}),
        ("Какой у вас бюджет?", "сначала цену", {"refuse", "ask_price"}, {}),
        ("What is your city?", "why do you ask", {"ask_why"}, {}),
    ],
)
def test_answers_to_a_question_in_anyones_words(
    context: str, text: str, intents: set[str], slots: dict[str, Value]
) -> None:
    reading = read(text, context)
    assert (set(reading.intents), said(reading)) == (intents, slots)


@pytest.mark.parametrize(
    ("context", "text", "slots"),
    [
        (None, "sorry, I meant Enterprise, not Professional", {"edition": "enterprise"}),
        ("How many are you?", "wait, I said Bonn but it is Essen", {"city": "Essen"}),
        (None, "刚才说错了，不是杭州是宁波", {"city": "宁波"}),
        (None, "ошибся, не Москва, а Самара", {"city": "Самара"}),
        ("You have 50 employees, right?", "70", {"headcount": "70"}),
    ],
)
def test_corrections(context: str | None, text: str, slots: dict[str, Value]) -> None:
    reading = read(text, context)
    assert "correct" in reading.intents
    assert "provide_info" not in reading.intents
    assert said(reading) == slots


def test_other_value_without_a_cue_is_unsettled() -> None:
    reading = read("we are in Hamburg", None, {"city": "Berlin"})
    assert reading.unsettled == ("city",)
    assert "correct" not in reading.intents


def test_other_value_with_a_cue_replaces() -> None:
    reading = read("actually it is Hamburg", None, {"city": "Berlin"})
    assert (reading.intents, reading.slots["city"]) == (("correct",), "Hamburg")


def test_several_intents_and_slots() -> None:
    reading = read(
        "we are 25 people in Porto, private. what does Cluster cost, and send the manual"
    )
    assert set(reading.intents) == {"provide_info", "ask_price", "ask_document"}
    assert said(reading) == {
        "headcount": "25", "city": "Porto", "ownership": "private", "edition": "cluster",
        "doc_type": "manual",
    }  # fmt: skip


def test_off_topic_message_states_nothing() -> None:
    reading = read("do you know a good dentist in Porto")
    assert (reading.intents, said(reading)) == (("out_of_scope",), {})


def test_cues_are_told_beside_intents() -> None:
    assert "discount" in read("any discount for schools?").cues
    assert "existing_customer" in read("мы уже ваш клиент, админка не открывается").cues


def test_need_is_kept_as_said() -> None:
    text = "we want to sell spare parts to dealers"
    reading = read(text, Asked(slot="need"))
    assert reading.slots["need"] == text
    assert reading.intents == ("provide_info",)


@pytest.mark.parametrize(
    ("text", "prior", "language"),
    [
        ("сколько стоит", "en", "ru"),
        ("多少钱", "en", "zh"),
        ("how much is it for a year", "zh", "en"),
        ("¿cuánto cuesta la edición?", "en", "es"),
        ("ok", "ru", "ru"),
        ("Graz", "zh", "zh"),
        ("123", "es", "es"),
    ],
)
def test_language_of_a_message(text: str, prior: str, language: str) -> None:
    assert read(text, language=prior).language == language


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "???", "🙂🙂", "\x00", "()"])
def test_nothing_to_read(text: str) -> None:
    assert read(text).intents == ("unclear",)


def test_a_thumb_is_a_yes() -> None:
    assert read("👍", Asked(slot="own_servers", kind="yes_no", assumes={"own_servers": True})).slots


class CountingEncoder:
    """Counts how often sentences are encoded."""

    def __init__(self) -> None:
        self.calls = 0

    def encode(self, texts: list[str]):  # type: ignore[no-untyped-def]
        self.calls += 1
        return encoder().encode(texts)


def test_explained_messages_skip_the_encoder() -> None:
    counting = CountingEncoder()
    own = Reader(pack(), counting)
    trained = counting.calls
    for text, asked in (
        ("yes", SERVERS), ("Graz", Asked(slot="city")), ("50-60", Asked(slot="headcount")),
        ("private", Asked(slot="ownership")), ("purchasing", Asked(slot="department")),
        ("你好", None), ("back", None), ("j.doe@shop.com", Asked(slot="email")),
    ):  # fmt: skip
        own.read(text, asked=asked, known={}, language="en")
    assert counting.calls == trained
    own.read("can it talk to our robots", asked=None, known={}, language="en")
    assert counting.calls > trained


@pytest.mark.parametrize(
    "text",
    ["a" * 100_000, "1" * 100_000, "x, " * 5_000, "no " * 5_000, "在" * 9_000, "в " * 5_000,
     "from Graz " * 900, "@" * 9_000, "a@" * 5_000, "тысяч " * 3_000, "一二" * 5_000, "(" * 9_000],
)  # fmt: skip
def test_hostile_length_costs_little(text: str) -> None:
    started = time.process_time()
    reading = read(text)
    assert set(reading.intents) <= set(INTENTS)
    assert time.process_time() - started < 5


def test_without_an_encoder_patterns_and_context_still_read() -> None:
    plain = plain_reader()
    asked = plain.find_asked("Do you have your own servers?")
    reading = plain.read("no, shared hosting", asked=asked, known={}, language="en")
    assert reading.slots["own_servers"] is False
    price = plain.read("how much is Enterprise", asked=None, known={}, language="en")
    assert price.intents == ("ask_price",)


def test_development_lines_are_read() -> None:
    """Far below what is reached, so that it fails only when something broke."""
    lines = load_lines()
    assert len(lines) >= 1200
    figures = sum_up(score(reader(), lines))
    assert figures.turn_right >= 80
    assert figures.slot_precision >= 90
