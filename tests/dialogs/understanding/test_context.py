"""Which slot a question asks, in anyone's words."""

from __future__ import annotations

import re
from importlib import import_module
from pkgutil import iter_modules

import pytest

import dialogs.understanding
from dialogs.understanding.context import find_asked_slot
from tests.dialogs.understanding.readers import plain_reader, reader

_EDGES = ("_START", "_END", "ORGANISATION_BEFORE")  # these may match at the edge of a message


@pytest.mark.parametrize(
    ("question", "slot"),
    [
        ("Which city are you writing from?", "city"),
        ("How large is your staff?", "headcount"),
        ("Is the firm private or in state hands?", "ownership"),
        ("贵单位有多少人？", "headcount"),
        ("您打算几时上线？", "timeline"),
        ("Кто у вас принимает решение?", "authority"),
        ("На какой бюджет рассчитываете?", "budget"),
        ("¿Cuentan con servidores?", "own_servers"),
        ("¿Cuál es su correo electrónico?", "email"),
        ("Shall I show you the prices?", "confirm"),
        ("要不要给您转人工？", "confirm"),
    ],
)
def test_slot_of_a_question(question: str, slot: str) -> None:
    asked = reader().find_asked(question)
    assert asked is not None
    assert asked.slot == slot


@pytest.mark.parametrize(
    ("question", "assumes"),
    [
        ("So you have about 60 employees, right?", {"headcount": "60"}),
        ("Is your company state-owned?", {"ownership": "state_owned"}),
        ("您是采购部的，对吗？", {"department": "procurement"}),
        ("Is your company state-owned or private?", {}),
        ("Do you decide?", {"authority": "decides"}),
        ("Who decides?", {}),
    ],
)
def test_what_a_yes_would_confirm(question: str, assumes: dict[str, str]) -> None:
    asked = reader().find_asked(question)
    assert asked is not None
    assert asked.assumes == assumes


def test_words_alone_tell_most_questions() -> None:
    asked = find_asked_slot("How many people work for you?")
    assert asked is not None
    assert (asked.slot, asked.kind) == ("headcount", "number")
    assert plain_reader().find_asked("В каком городе вы?") == find_asked_slot("В каком городе вы?")


def test_empty_question() -> None:
    assert find_asked_slot("  ") is None


def test_no_pattern_matches_nothing() -> None:
    """A doubled bar in a long pattern would make it match every message."""
    patterns = [
        (module.name, name, value)
        for module in iter_modules(dialogs.understanding.__path__)
        for name, value in vars(import_module(f"dialogs.understanding.{module.name}")).items()
        if isinstance(value, re.Pattern | tuple)
    ]
    checked = 0
    for module, name, value in patterns:
        for pattern in [value] if isinstance(value, re.Pattern) else value:
            found = pattern[1] if isinstance(pattern, tuple) and len(pattern) > 1 else pattern
            if isinstance(found, re.Pattern) and not name.endswith(_EDGES):
                checked += 1
                assert found.fullmatch("") is None, f"{module}.{name}"
    assert checked > 80
