"""What is supposed, past or of others tells nothing of the buyer; what takes its place does."""

from __future__ import annotations

import pytest

from dialogs.types import Asked, Value
from dialogs.understanding.asides import find_repair, view
from dialogs.understanding.words import read_words
from tests.dialogs.understanding.readers import read, said


def listen(text: str, slot: str = "", language: str = "en") -> dict[str, Value]:
    asked = Asked(slot=slot, kind="text") if slot else None
    return said(read(text, asked, language=language))


@pytest.mark.parametrize(
    ("slot", "text", "told"),
    [
        ("city", "our agency sits in Hamburg, we are in Bremen", {"city": "Bremen"}),
        ("city", "la agencia está en Cádiz, nosotros en Huelva", {"city": "Huelva"}),
        ("city", "подрядчик из Омска, а мы из Томска", {"city": "Томск"}),
        ("city", "代理商在上海，我们在南通", {"city": "南通"}),
        ("department", "asking for my colleague from sales, I'm in finance", {
            "department": "finance",
        }),
        ("", "suppose we'd be a city council, what changes?", {}),
        ("", "假如我们有300人，价格会变吗", {}),
        ("", "our competitor has its own servers, do you help him too?", {}),
        ("budget", "last year we had 20k, this year max 9000", {"budget": "<=9000"}),
        ("headcount", "in 2019 we were 12 people, now it is 40", {"headcount": "40"}),
        ("headcount", "we were 40 last year", {"headcount": "40"}),
        ("city", "Ghent. no, Bruges", {"city": "Bruges"}),
        ("timeline", "I put March, let's say May", {"timeline": "05"}),
        ("timeline", "писал март, пусть будет май", {"timeline": "05"}),
        ("timeline", "之前说六月，改八月吧", {"timeline": "08"}),
        ("timeline", "dije junio, pon agosto", {"timeline": "08"}),
    ],
)  # fmt: skip
def test_only_what_is_so_now_is_told(slot: str, text: str, told: dict[str, Value]) -> None:
    assert listen(text, slot) == told


@pytest.mark.parametrize(
    ("slot", "text", "told"),
    [
        ("authority", "my wife and I decide", {"authority": "decides"}),
        ("city", "perdón, quise decir Sevilla, no Valencia", {"city": "Sevilla"}),
        ("city", "no, Bruges", {"city": "Bruges"}),
        ("headcount", "we are 40, sorry for the late answer", {"headcount": "40"}),
        ("", "we're a private firm in Leeds, 60 people", {
            "ownership": "private", "city": "Leeds", "headcount": "60",
        }),
        ("timeline", "in May or June", {"timeline": "05/06"}),
    ],
)  # fmt: skip
def test_neighbours_stay(slot: str, text: str, told: dict[str, Value]) -> None:
    assert listen(text, slot) == told


def test_a_plain_message_is_looked_at_once() -> None:
    words = read_words("we are 40 people in Leeds")
    views = view(words)
    assert views.real is words
    assert views.now is words
    assert views.own is words


def test_a_view_keeps_places() -> None:
    words = read_words("our agency is in Berlin, we are in Leipzig")
    own = view(words).own
    assert len(own.low) == len(words.low)
    assert "berlin" not in own.low
    assert own.low.index("leipzig") == words.low.index("leipzig")


def test_a_repair_needs_something_before_it() -> None:
    assert find_repair("no, bruges") is None
    assert find_repair("ghent. no, bruges") == len("ghent. no, ")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("what servers?", "en"),
        ("server? no clue what that is", "en"),
        ("server? ni se q es eso", "es"),
        ("какие сервера))", "ru"),
        ("什么服务器", "zh"),
    ],
)
def test_who_does_not_know_the_word_has_told_nothing(text: str, language: str) -> None:
    assert "own_servers" not in listen(text, "own_servers", language)


def test_wondering_whence_says_that_there_are_none() -> None:
    assert listen("откуда у нас сервера", "own_servers", "ru") == {"own_servers": False}


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("our private label sells well", {}),
        ("is your private cloud in Europe", {}),
        ("we are a private company", {"ownership": "private"}),
    ],
)
def test_private_things_have_no_owner(text: str, slots: dict[str, Value]) -> None:
    assert listen(text) == slots


def test_facts_beside_an_insult_are_kept() -> None:
    reading = read("this bot is stupid. we are 60 people in Porto")
    assert "abuse" in reading.intents
    assert said(reading) == {"headcount": "60", "city": "Porto"}


def test_an_answer_stands_beside_small_questions_about_other_things() -> None:
    reading = read("Aarhus. also who won the match yesterday?", "Which city are you in?")
    assert said(reading) == {"city": "Aarhus"}
    assert "out_of_scope" in reading.intents


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("what happens when one node dies?", "en"),
        ("集群挂了一台会自动切换吗", "zh"),
        ("что будет если узел упадёт", "ru"),
        ("si se cae un nodo sigue funcionando?", "es"),
    ],
)
def test_a_failure_that_is_supposed_is_no_trouble(text: str, language: str) -> None:
    intents = read(text, language=language).intents
    assert "ask_feature" in intents
    assert "support_request" not in intents


def test_a_failure_that_is_reported_is_trouble() -> None:
    assert read("our shop is down since the update").intents == ("support_request",)


@pytest.mark.parametrize(
    ("question", "text", "slots"),
    [
        ("So you have 25 employees?", "so 27 now", {"headcount": "27"}),
        ("When should it start?", "make that October rather than September", {"timeline": "10"}),
        ("¿Para cuándo lo quieren?", "puse marzo pero mejor mayo", {"timeline": "05"}),
        (None, "no es en septiembre sino en octubre", {"timeline": "10"}),
        (None, "не в сентябре, а в октябре", {"timeline": "10"}),
        (None, "cambia la ciudad a Gijón", {"city": "Gijón"}),
        (None, "поменяйте город на Тулу", {"city": "Тула"}),
        (None, "me equivoqué, somos públicos", {"ownership": "state_owned"}),
        (None, "we do have servers, I was wrong", {"own_servers": True}),
        (None, "нас не 80, с цехом 130", {"headcount": "130"}),
    ],
)
def test_corrections_in_other_words(
    question: str | None, text: str, slots: dict[str, Value]
) -> None:
    reading = read(text, question)
    assert "correct" in reading.intents
    assert said(reading) == slots


def test_who_only_compares_does_not_decide() -> None:
    assert listen("yo no, solo comparo", "authority", "es")["authority"] == "none"
    assert listen("我老婆说了算", "authority", "zh") == {"authority": "recommends"}
    assert listen("я", "authority", "ru") == {"authority": "decides"}
