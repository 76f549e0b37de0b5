"""A contact that was shared comes as a name and a number, whatever was asked just then."""

from __future__ import annotations

import pytest

from dialogs.types import Asked
from tests.dialogs.understanding.readers import read, said

QUESTIONS = (
    None,
    Asked(slot="email", kind="contact"),
    Asked(slot="need", kind="text"),
    Asked(slot="city", kind="place"),
    Asked(slot="headcount", kind="number"),
    Asked(slot="start", kind="choice"),
)


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.slot if asked else "nothing")
@pytest.mark.parametrize(
    ("text", "name", "phone"),
    [
        ("Maria Weber, +49 151 23456789", "Maria Weber", "+4915123456789"),
        ("Anna, +4915123456789", "Anna", "+4915123456789"),  # a town as well
        ("max, +49 30 901820", "max", "+4930901820"),
        ("J. P. Müller-Lüdenscheidt, +493012345678", "J. P. Müller-Lüdenscheidt", "+493012345678"),
        ("王伟, +8613800138000", "王伟", "+8613800138000"),
        ("欧阳晓梅, +86 139 1234 5678", "欧阳晓梅", "+8613912345678"),
        ("Анна Петрова, +79161234567", "Анна Петрова", "+79161234567"),
        ("Bob 🚀, +14155552671", "Bob", "+14155552671"),
    ],
)
def test_name_and_number_are_read(text: str, name: str, phone: str, asked: Asked | None) -> None:
    assert said(read(text, asked)) == {"name": name, "phone": phone}


@pytest.mark.parametrize(
    "text",
    [
        "Berlin, +49 30 901820",
        "call me, +49 151 23456789",
        "My number, +49 151 23456789",
        "mobile, +4915123456789",
        "电话, 13800138000",
        "我的手机, 13800138000",
        "Nordwind GmbH, +49 30 901820",
        "no, +49 151 23456789",
        "retail, 4915123456",
    ],
)
def test_what_stands_before_a_number_is_not_always_a_name(text: str) -> None:
    assert "name" not in said(read(text, None))
