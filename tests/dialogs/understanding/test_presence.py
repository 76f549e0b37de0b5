"""Calls into the talk, beginnings, bargains and mockery, beside what only looks like them."""

from __future__ import annotations

import pytest

from dialogs.types import Asked
from dialogs.understanding.endings import begins, tells
from dialogs.understanding.inquiries import asks_by_name, asks_if_enough
from dialogs.understanding.off_topic import OFF_TOPIC
from dialogs.understanding.presence import asks_who, calls_out
from dialogs.understanding.wishes import bargains, haggles
from tests.dialogs.understanding.readers import read


@pytest.mark.parametrize(
    "low",
    [
        "let's get started",
        "ok go",
        "i'm ready",
        "开始吧",
        "您问吧",
        "ну поехали",
        "vale, empecemos",
    ],
)
def test_a_beginning(low: str) -> None:
    assert begins(low)
    assert not tells("restart", low)


@pytest.mark.parametrize(
    "low",
    [
        "let's start over",
        "start with professional",
        "重新开始",
        "начнем заново",
        "podemos empezar?",
    ],
)
def test_no_beginning(low: str) -> None:
    assert not begins(low)


@pytest.mark.parametrize(
    "low",
    ["can anybody hear me", "are you still there?", "喂，在吗", "您在吗", "вы тут?",
     "кто-нибудь есть?", "me lees?"],
)  # fmt: skip
def test_a_call(low: str) -> None:
    assert calls_out(low)


@pytest.mark.parametrize(
    "low", ["can you see stock in it?", "客户在不在线能看到吗", "вы там с битриксом дружите?",
            "hay alguien que sepa de licencias?", "пусть мне кто-нибудь живой ответит",
            "let someone alive answer me"],
)  # fmt: skip
def test_no_call(low: str) -> None:
    assert not calls_out(low)


def test_a_person_or_a_machine() -> None:
    assert asks_who("is there a person behind this or a program?")
    assert asks_who("мне отвечает человек или робот")
    assert not asks_who("i want a person or at least no bot")
    assert not asks_who("quiero una persona o un bot mejor")


def test_will_it_do() -> None:
    assert all(map(asks_if_enough, ["is that a problem?", "这样行吗", "этого хватит?", "sirve?"]))
    assert not asks_if_enough("is it possible to pay by card?")


def test_and_that_one() -> None:
    assert asks_by_name("y enterprise?")
    assert not asks_by_name("enterprise")


def test_a_bargain_is_no_order() -> None:
    assert haggles("is it cheaper if we sign now")
    assert bargains("能便宜点吗，我们签两年")
    assert not bargains("we sign today for the whole group")


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("we can bring you more customers", True),
        ("сделаем вам поток клиентов", True),
        ("os podemos posicionar en google", True),
        ("我们公司做推广的，想搭个商城", False),
        ("our customers want to get your brochure", False),
        ("мы вам сделаем предоплату", False),
    ],
)
def test_an_offer_to_us(text: str, strange: bool) -> None:
    assert (OFF_TOPIC.search(text) is not None) is strange


@pytest.mark.parametrize(
    ("text", "asked", "intents"),
    [
        ("let's get started", None, {"affirm"}),
        ("hello, can anyone hear me", None, {"small_talk"}),
        ("да заткнись ты", "Есть ли у вас свои серверы?", {"abuse"}),
        ("да есть, придурки тупые", "Есть ли у вас свои серверы?", {"affirm", "abuse"}),
        (
            "si se rompe me devuelven el dinero?",
            "¿Con qué presupuesto cuentan?",
            {"ask_commercial"},
        ),
        ("sí, tenemos servidores", "¿Tienen servidores propios?", {"affirm"}),
        ("ага, разбежался", "Какой у вас бюджет?", {"refuse"}),
        ("does it speak german?", None, {"ask_feature"}),
        ("еще дешевле, если на два года берем?", None, {"ask_price"}),
    ],
)
def test_what_it_is_read_as(text: str, asked: str | None, intents: set[str]) -> None:
    assert set(read(text, asked).intents) == intents


def test_what_it_states() -> None:
    assert read("ferretería, Bilbao, privada, unos 30").slots["headcount"] == "30"
    assert "headcount" not in read("Bilbao, privada, unos 30 mil euros").slots
    assert read("а про сколько стоит?").slots["edition"] == "professional"
    assert "edition" not in read("а про доставку что?").slots
    assert read("we rent one, sadly", "Do you have servers of your own?").slots["own_servers"]
    assert read("no entiendo, english please").slots["language"] == "en"


@pytest.mark.parametrize("slot", ["own_servers", "written_requirement", "need"])
@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("есть кто?", "ru"),
        ("ау, есть тут кто?", "ru"),
        ("anyone there?", "en"),
        ("有人吗", "zh"),
        ("到底有没有人管", "zh"),
        ("¿hay alguien?", "es"),
    ],
)
def test_a_call_answers_no_question(text: str, language: str, slot: str) -> None:
    asked = Asked(slot=slot, kind="text" if slot == "need" else "yes_no")
    reading = read(text, asked=asked, language=language)
    assert reading.intents == ("small_talk",)
    assert not reading.slots


@pytest.mark.parametrize(("text", "language"), [("есть", "ru"), ("有", "zh"), ("hay", "es")])
def test_a_bare_there_is_says_yes(text: str, language: str) -> None:
    asked = Asked(slot="own_servers", kind="yes_no")
    assert read(text, asked=asked, language=language).slots["own_servers"] is True
