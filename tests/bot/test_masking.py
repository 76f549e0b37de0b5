"""E-mail addresses and phone numbers are hidden, however written; what looks like one stays."""

from __future__ import annotations

import pytest

from bot.masking import conceal, hide
from storage.snippets import Piece


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("write to ana@shop.example today", "write to •••@••• today"),
        ("call +43 660 1234567 or 0660/1234567", "call ••• or •••"),
        ("80 people, 12 servers, 2026-11-22", "80 people, 12 servers, 2026-11-22"),
        ("电话13812345678谢谢", "电话•••谢谢"),
        ("at 089 555 99 or (089) 555-99", "at ••• or •••"),
        ("carl at berg-shop dot example, please", "•••@•••, please"),
        ("carl.x (at) shop (dot) co (dot) uk", "•••@•••"),
        ("邮箱carl艾特shop点com谢谢", "邮箱•••@•••谢谢"),
        ("we sell at amazon.de and meet at 3点30", "we sell at amazon.de and meet at 3点30"),
        ("01/02/2026, 16 000 000 EUR, 12,089 555", "01/02/2026, 16 000 000 EUR, 12,089 555"),
        ("mail wilma＠zorrowerke。example now", "mail •••@••• now"),
        ("邮箱wilma＠zorrowerke．example谢谢", "邮箱•••@•••谢谢"),
        ("写信到me@例子.公司吧，或me@例子。公司", "写信到•••@•••吧，或•••@•••"),
        ("写给张三@例子.公司 谢谢", "•••@••• 谢谢"),
        ("email:me@例子.com吧", "email:•••@•••吧"),
        ("邮箱是wilma@zorro.example。谢谢", "邮箱是•••@•••。谢谢"),
        ("（０６６０）１２３４５６７, 612.345.678", "•••, •••"),
        ("22.11.2026 0660 1234567", "22.11.2026 •••"),
        ("13812345678元, 500 EUR 660 123 456", "•••元, 500 EUR •••"),
        ("660 123 456 Europe", "••• Europe"),
        ("", ""),
    ],
)
def test_e_mail_and_phone_are_hidden(said: str, shown: str) -> None:
    assert hide(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "22.11.2026 14:30 or 2026-11-22 14:30:15",
        "22.11.2026-24.11.2026, 11/22/2026 2:30 pm",
        "from 2026-11-22T14:30 on",
        "1.234.567.890 RUB, EUR 1.234.567.890",
        "预算1.234.567.890元",
        "100.000.000-200.000.000 EUR, 100000-200000 EUR",
        "2 500 000 000,50 ₽",
        "你@我。他们, A@张三。请回复",
    ],
)
def test_days_and_sums_stay(said: str) -> None:
    assert hide(said) == said


def test_a_number_that_is_known_is_hidden_however_it_is_written() -> None:
    known = (("phone", "555 0199"),)
    assert hide("or 555-0199, (555) 0199, 5550199.", known) == "or •••, •••, •••."
    assert hide("line 15550199, 555 01991", known) == "line 15550199, 555 01991"


def test_a_number_that_was_searched_for_is_hidden_in_its_pieces() -> None:
    pieces = (Piece("call 0660 ", False), Piece("1234567", True), Piece(" now", False))
    assert conceal(pieces) == (Piece("call ••• now", False),)
    plain = (Piece("we sit in ", False), Piece("Graz", True))
    assert conceal(plain) == plain
