"""A message made fit for reading: cleaned, cut to a sane length, and folded for comparison."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from dialogs.understanding.traditional import TO_SIMPLIFIED

LIMIT = 2000  # characters that are read; the message itself is stored in full elsewhere

_SPACE = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r"\s*\n\s*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[a-z]")
_LETTER_OR_DIGIT = re.compile(r"\w")


def _fold_table() -> dict[int, str]:
    """Accented Latin letters, Russian yo and traditional Chinese to the plain, one for one."""
    table = {ord("ё"): "е", ord("Ё"): "е", ord("İ"): "i", ord("’"): "'", ord("‘"): "'"}
    for code in range(0xC0, 0x250):
        plain = unicodedata.normalize("NFD", chr(code))[0].lower()
        if plain.isascii() and len(plain) == 1:
            table[code] = plain
    table |= TO_SIMPLIFIED
    table[ord("ß")] = "s"
    table[ord("ø")] = table[ord("Ø")] = "o"
    table[ord("ł")] = table[ord("Ł")] = "l"
    return table


_FOLD = _fold_table()


def clean(text: str) -> str:
    """NFKC, no invisible or control characters, single spaces; line breaks stay as one newline."""
    head = unicodedata.normalize("NFKC", text[: LIMIT * 2])
    if not head.isascii() or not head.isprintable():
        head = "".join(_keep(ch) for ch in head)
    return _BREAKS.sub("\n", _SPACE.sub(" ", head)).strip()[:LIMIT]


def _keep(ch: str) -> str:
    if ch == "\n" or ch.isalnum():
        return ch
    kind = unicodedata.category(ch)
    if kind == "Cf" or ch in "\ufe0e\ufe0f":
        return ""
    return " " if kind[0] in "CZ" else ch


def fold(text: str) -> str:
    """Lower case without accents. Keeps the length, so that places in it hold in the original."""
    if text.isascii():
        return text.lower()
    low = text.translate(_FOLD).lower()
    return low if len(low) == len(text) else text.translate(_FOLD)


@dataclass(frozen=True, slots=True)
class Words:
    """A cleaned message, its folded form of the same length, and what scripts it is made of."""

    text: str
    low: str
    han: bool
    cyrillic: bool
    latin: bool
    digits: bool

    @property
    def empty(self) -> bool:
        return _LETTER_OR_DIGIT.search(self.low) is None

    def part(self, start: int, end: int) -> Words:
        """The words of a stretch of this message, by character offsets."""
        return make_words(self.text[start:end])


def make_words(cleaned: str) -> Words:
    low = fold(cleaned)
    ascii_only = low.isascii()
    return Words(
        text=cleaned,
        low=low,
        han=not ascii_only and _HAN.search(low) is not None,
        cyrillic=not ascii_only and _CYRILLIC.search(low) is not None,
        latin=_LATIN.search(low) is not None,
        digits=any(ch.isdigit() for ch in low),
    )


def read_words(text: str) -> Words:
    return make_words(clean(text))
