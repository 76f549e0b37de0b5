"""Trades under one id, whatever the language they were told in: мебель, 家具 and muebles."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from dialogs.understanding.words import fold

_FILE = Path(__file__).parent / "data" / "industries.txt"


def main_industry(name: str) -> str:
    """The id of a trade; what is not listed is only folded, with one space between words."""
    folded = " ".join(fold(name).split())
    whole, stems = _tables()
    if folded in whole:
        return whole[folded]
    return next((found for stem, found in stems if folded.startswith(stem)), folded)


@lru_cache(maxsize=1)
def industry_ids() -> tuple[str, ...]:
    """All that are listed; each has a text value.industry.<id>."""
    return tuple(trade for trade, _ in _lines())


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Whole names, and the beginnings of names with the longest first."""
    whole: dict[str, str] = {}
    stems: dict[str, str] = {}
    for trade, names in _lines():
        whole[trade] = trade
        for name in names:
            table = stems if name.endswith("*") else whole
            table.setdefault(fold(name.removesuffix("*")), trade)
    return whole, tuple(sorted(stems.items(), key=lambda each: -len(each[0])))


def _lines() -> list[tuple[str, list[str]]]:
    found = []
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        trade, is_line, names = line.partition(" = ")
        if is_line and not line.startswith("#"):
            found.append((trade, [name.strip() for name in names.split(",")]))
    return found
