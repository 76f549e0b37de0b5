"""How values that are counted are called: by texts, by the pack, or as prospects spelt them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dialogs.texts import Texts
from storage.insights import Pair

_LETTERS = {"zh": re.compile(r"[\u3400-\u9fff]"), "ru": re.compile(r"[\u0400-\u04ff]")}


def name_value(texts: Texts, language: str, slot: str, value: str) -> str:
    """A folded value of a slot as a person reads it."""
    if slot == "edition":
        edition = texts.pack.edition(value)
        return edition.name.get(language, value) if edition is not None else value
    if slot == "segment":
        found = [each for each in texts.pack.segments if each.id == value]
        return found[0].name.get(language, value) if found else value
    key = f"value.{slot}.{value}"
    if texts.has(language, key):
        return texts.say(language, key)
    # Folded names begin small; nobody writes a city or a company so.
    return value.title() if value.islower() and slot in ("city", "alternatives") else value


def spell_cities(told: Iterable[Pair], language: str) -> dict[str, str]:
    """Each city as most prospects spelt it in the reader's letters, where anybody did.

    `told`: (the city as a fact, as it was told), the most frequent first.
    """
    found: dict[str, str] = {}
    for pair in told:
        if _is_written_in(pair.second, language):
            found.setdefault(pair.first, pair.second)
    return found


def _is_written_in(name: str, language: str) -> bool:
    letters = _LETTERS.get(language)
    if letters is not None:
        return letters.search(name) is not None
    return not any(each.search(name) for each in _LETTERS.values())
