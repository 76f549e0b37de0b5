"""Questions in nearly the same words are one; who asked is taken out of a sentence."""

from __future__ import annotations

import time

import pytest

from bot.managers.grouping import group_questions
from bot.masking import mask
from storage.reading import Unanswered

SHOWN = {"name": "[name]", "company": "[company]", "email": "[e-mail]", "phone": "[phone]"}


def asked(number: int, question: str, language: str = "en", talk: str = "") -> Unanswered:
    return Unanswered(number, talk or f"talk{number}", question, language, "a\nb", number, 0, 0)


def test_the_same_words_are_one_question() -> None:
    rows = (
        asked(5, "Is there an app for the till?"),
        asked(4, "Does it speak to SAP Ariba?"),
        asked(3, "does it speak to sap ariba", talk="x"),
        asked(2, "Does it speak to our SAP Ariba?", talk="x"),
        asked(1, "DOES IT SPEAK TO SAP ARIBA??"),
    )
    first, second = group_questions(rows)
    assert [row.id for row in first.rows] == [4, 3, 2, 1]
    assert first.wordings == ("Does it speak to SAP Ariba?", "Does it speak to our SAP Ariba?")
    assert first.talks == ("talk4", "x", "talk1")
    assert first.nearest == ("a", "b")
    assert [row.id for row in second.rows] == [5]


def test_other_words_and_other_languages_stay_apart() -> None:
    rows = (
        asked(4, "Does it print labels?"),
        asked(3, "Does it print invoices for shops in Peru?"),
        asked(2, "能打印标签吗？", "zh"),
        asked(1, "能打印标签吗", "zh"),
    )
    assert [[r.id for r in g.rows] for g in group_questions(rows)] == [[2, 1], [4], [3]]
    assert group_questions(()) == ()


def test_thousands_of_questions_are_grouped_in_no_time() -> None:
    rows = [
        asked(n, f"Does it print labels of size {n} on printer {n % 97} with {n % 13} colours")
        for n in range(6_000, 0, -1)
    ]
    rows += [asked(0, "???"), asked(-1, "!!!")]
    began = time.process_time()
    found = group_questions(rows)
    assert time.process_time() - began < 10
    assert sum(len(group.rows) for group in found) == len(rows)
    assert [row.id for row in found[-1].rows] == [0, -1]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("I'm Anna Berger, call me", "I'm [name], call me"),
        ("anna BERGER here", "[name] here"),
        ("Annabelle is no name of ours", "Annabelle is no name of ours"),
        ("write to a.b-c@firm.co.uk please", "write to [e-mail] please"),
        ("my number is +43 (0)660 123-45-67.", "my number is [phone]."),
        ("电话13800138000谢谢", "电话[phone]谢谢"),
        ("我叫王芳，在北京", "我叫[name]，在北京"),
        (
            "we have 12 000 orders and 1.5 million items",
            "we have 12 000 orders and 1.5 million items",
        ),
        ("budget 250000 euro by 31.12.2026", "budget 250000 euro by 31.12.2026"),
        (r"at C\1 GmbH we trust", "at [company] we trust"),
    ],
)
def test_who_asked_is_taken_out(text: str, shown: str) -> None:
    known = [("name", "Anna Berger"), ("name", "Anna"), ("name", "王芳"), ("company", r"C\1 GmbH")]
    assert mask(text, known, SHOWN) == shown


def test_a_replacement_is_taken_as_it_stands() -> None:
    assert mask("Anna", [("name", "Anna")], {**SHOWN, "name": r"\g<0>[n]\1"}) == r"\g<0>[n]\1"
    assert mask("A b", [("name", "A"), ("need", "b")], SHOWN) == "A b"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write müller@firma.de please", "write [e-mail] please"),
        ("我的邮箱是anna@x.com谢谢", "我的邮箱是[e-mail]谢谢"),
        ("anna (at) shop.example.com", "[e-mail]"),
        ("call +43 5551234 now", "call [phone] now"),
        ("ping @olga_k1 there", "ping [name] there"),
        ("see https://acme.example/about now", "see [company] now"),
        ("120 seats @ 40 EUR", "120 seats @ 40 EUR"),
        ("100 000 to 200 000 orders", "100 000 to 200 000 orders"),
    ],
)
def test_what_tells_who_it_was_goes(text: str, masked: str) -> None:
    assert mask(text, (), SHOWN) == masked


def test_masking_takes_no_time_whatever_is_written() -> None:
    for text in ("a" * 20_000, "1" * 20_000, "." * 20_000, "+" * 20_000, "@a." * 7_000):
        began = time.process_time()
        mask(text, (), SHOWN)
        assert time.process_time() - began < 2
