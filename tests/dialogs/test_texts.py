"""Texts come in the prospect's language, and nothing that a prospect wrote becomes part of one."""

from __future__ import annotations

import ast
from datetime import date, datetime
from pathlib import Path

import jinja2
import msgspec
import pytest

import dialogs
from dialogs.folder.reader import DEFAULTS, read_folder
from dialogs.loading import load
from dialogs.pack import Pack
from dialogs.texts import Texts, show_full_day, show_moment, show_when
from dialogs.types import Amount
from tests.dialogs.pack_folders import MINIMAL


def with_texts(**texts: str) -> Texts:
    pack: Pack = load(MINIMAL)
    keys = {key.replace("_", "."): source for key, source in texts.items()}
    english = {**pack.texts["en"], **keys}
    return Texts(msgspec.structs.replace(pack, texts={**pack.texts, "en": english}))


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts(load(MINIMAL))


def test_a_text_in_each_language(texts: Texts) -> None:
    assert texts.say("en", "ask.need") == "Who is going to drink the coffee?"
    assert texts.say("zh", "ask.need") == "咖啡主要给谁喝？"


def test_a_language_that_is_not_spoken_gets_the_default_one(texts: Texts) -> None:
    assert texts.say("ru", "ask.need") == "咖啡主要给谁喝？"
    assert texts.has("ru", "ask.need")


def test_an_unknown_key(texts: Texts) -> None:
    assert not texts.has("en", "ask.nothing")
    with pytest.raises(KeyError):
        texts.say("en", "ask.nothing")


def test_company_and_assistant_stand_ready() -> None:
    texts = with_texts(x="{{ assistant }} of {{ company }} ({{ language }})")
    assert texts.say("en", "x") == "Bean, the assistant of Crema Yard of Crema Yard (en)"


def test_a_value_that_is_not_given_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        with_texts(x="Hello {{ who }}").say("en", "x")


@pytest.mark.parametrize(
    "words",
    [
        "{{ 7 * 7 }}",
        "{% for a in b %}",
        "{{ company.__class__ }}",
        "<b>bold</b> & 'quoted'",
        "{# gone #}",
    ],
)
def test_words_of_a_prospect_stay_words(words: str) -> None:
    assert with_texts(x="You said: {{ said }}").say("en", "x", said=words) == f"You said: {words}"


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ said.__class__ }}",
        "{{ said.__init__.__globals__ }}",
        "{% set _ = things.append(1) %}{{ things }}",
    ],
)
def test_a_source_cannot_reach_out_of_the_sandbox(source: str) -> None:
    things: list[int] = []
    with pytest.raises(jinja2.exceptions.SecurityError):
        with_texts(x=source).say("en", "x", said="x", things=things)
    assert things == []


def test_a_source_has_no_functions_to_call() -> None:
    for source in ("{{ range(9) }}", "{{ lipsum() }}", "{{ cycler(1) }}"):
        with pytest.raises(jinja2.UndefinedError):
            with_texts(x=source).say("en", "x")


def test_a_static_text_is_not_compiled_and_a_compiled_one_is_kept() -> None:
    texts = with_texts(a="Plain } words {", b="Hello {{ who }}")
    assert texts.say("en", "a") == "Plain } words {"
    assert texts.say("en", "b", who="you") == texts.say("en", "b", who="you") == "Hello you"
    assert isinstance(texts._compiled["en", "a"], str)
    assert isinstance(texts._compiled["en", "b"], jinja2.Template)


def test_languages_from_outside_do_not_fill_the_memory(texts: Texts) -> None:
    before = len(texts._compiled)
    for number in range(50):
        texts.say(f"x{number}", "greeting")
    assert len(texts._compiled) == before


@pytest.mark.parametrize(
    ("language", "minor", "currency", "shown"),
    [
        ("en", 490_000, "EUR", "€4,900"),
        ("en", 490_050, "EUR", "€4,900.50"),
        ("en", 210_000, "USD", "US$2,100"),
        ("en", 1_480_000, "CNY", "CN¥14,800"),
        ("zh", 1_480_000, "CNY", "¥14,800"),
        ("zh", 210_005, "USD", "US$2,100.05"),
        ("en", 5_000, "JPY", "JP¥5,000"),
        ("de", 490_000, "EUR", "4.900\xa0€"),
        ("en", 0, "EUR", "€0"),
        ("en", 99_999_999_999, "EUR", "€999,999,999.99"),
    ],
)
def test_money(texts: Texts, language: str, minor: int, currency: str, shown: str) -> None:
    assert texts.money(language, minor, currency) == shown


def test_filters_know_their_language() -> None:
    source = (
        "{{ price | money }}; {{ 5 | money('EUR') }}; {{ 12000 | number }}; {{ end | day }}; "
        "{{ at | moment }}; {{ words | listed }}; {{ words | alternatives }}"
    )
    texts = with_texts(x=source)
    said = texts.say(
        "en",
        "x",
        price=Amount(currency="CNY", minor=68_000, rows=("counter/month/CNY/0",)),
        end="2027-12-31",
        at=datetime(2026, 12, 1, 9, 0),
        words=["beans", "milk", "cups"],
    )
    assert said == (
        "CN¥680; €0.05; 12,000; 31 December 2027; Tuesday 1 December 09:00; "
        "beans, milk and cups; beans, milk or cups"
    )


def test_a_time_is_told_as_short_as_it_stays_clear() -> None:
    today, at = date(2026, 11, 22), datetime(2026, 11, 2, 9, 5)
    assert show_when("en", datetime(2026, 11, 22, 9, 5), today) == "09:05"
    assert show_when("en", at, today) == "2 Nov, 09:05"
    assert show_when("zh", at, today) == "11月2日 09:05"
    assert show_when("ru", at, today) == "2 нояб., 09:05"
    assert show_when("es", at, today) == "2 nov, 09:05"
    assert show_when("en", at.replace(year=2025), today) == "2 Nov 2025, 09:05"
    assert show_full_day("en", at.date(), today) == "Monday 2 November"
    assert show_full_day("ru", at.date(), today) == "понедельник, 2 ноября"
    assert show_full_day("es", at.date(), today) == "lunes 2 de noviembre"
    assert show_full_day("zh", date(2025, 11, 2), today) == "2025年11月2日"


def test_days_moments_and_lists(texts: Texts) -> None:
    assert texts.day("zh", "2027-12-31") == "2027年12月31日"
    assert texts.moment("zh", datetime(2026, 12, 1, 9, 0)) == "12月1日周二 09:00"
    assert show_moment("es", datetime(2026, 12, 1, 9, 0)) == "martes 1 de diciembre a las 09:00"
    assert show_moment("ru", datetime(2026, 12, 1, 9, 0)) == "вторник, 1 декабря, 09:00"
    assert texts.listed("zh", ["豆子", "牛奶"]) == "豆子和牛奶"
    assert texts.listed("en", ["beans", "milk"], "or") == "beans or milk"
    assert texts.listed("en", []) == ""
    assert texts.day("xx", "2027-12-31") == "31 December 2027"


def said_keys(path: Path) -> set[str]:
    """Keys that a module of `dialogs` says literally: talk.say("x"), talk.text("x")."""
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    return {
        argument.value
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("say", "text")
        for argument in call.args[:2]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def test_every_text_that_the_talk_says_is_inherited() -> None:
    folder = Path(dialogs.__file__).parent
    modules = [path for path in folder.glob("*.py") if path.name not in ("texts.py", "graph.py")]
    keys = set().union(*(said_keys(path) for path in modules))
    inherited = read_folder(MINIMAL).inherited_texts
    assert len(keys) > 20
    for language in ("en", "zh"):
        assert keys - set(inherited[language]) == set()


def test_inherited_texts_have_the_same_keys_in_each_language() -> None:
    inherited = read_folder(MINIMAL).inherited_texts
    assert set(inherited) >= {"en", "zh"}
    assert set(inherited["en"]) == set(inherited["zh"])
    assert (DEFAULTS / "texts").is_dir()
