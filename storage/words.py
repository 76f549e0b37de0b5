"""Text as the search sees it: folded words, and pairs of characters where words have no spaces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from storage.rows import Row

# Scripts without spaces between words (Han, kana), and Hangul, which joins endings to its words.
_DENSE = (
    "\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003134f"
)
_PIECE = re.compile(rf"[{_DENSE}]+|[^\W_{_DENSE}]+")
_IS_DENSE = re.compile(rf"[{_DENSE}]")
_WORD_LENGTH = 40
# A longer text is searched in its beginning only.
INDEXED_CHARACTERS = 20_000


class Term(Row, frozen=True):
    """A term and the part of the text that it stands for."""

    text: str
    start: int
    end: int


class Group(Row, frozen=True):
    """One word of a query: terms that follow each other. `prefix`: a single dense character."""

    terms: tuple[str, ...]
    prefix: bool = False

    @property
    def pattern(self) -> str:
        """How the group stands in an indexed text."""
        return f" {self.terms[0]}" if self.prefix else _line(self.terms)


@lru_cache(maxsize=32_768)
def fold(word: str) -> str:
    """A word without case, accents and an English plural ending."""
    if not word.isascii():
        plain = unicodedata.normalize("NFKD", word.casefold())
        # Accents go, and what a sign such as a ligature of words brings in besides letters.
        word = "".join(mark for mark in plain if mark.isalnum())
    word = word.casefold()[:_WORD_LENGTH]
    return _singular(word) if word.isascii() else word


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1]


def terms(text: str) -> Iterator[Term]:
    """The terms of a text in order: words, and for dense runs each pair and the last character."""
    for piece in _PIECE.finditer(text, 0, INDEXED_CHARACTERS):
        run, start = piece.group(), piece.start()
        if not _IS_DENSE.match(run):
            folded = fold(run)
            if folded:
                yield Term(folded, start, piece.end())
            continue
        for index in range(len(run)):
            pair = run[index : index + 2]
            yield Term(pair, start + index, start + index + len(pair))


def indexed(text: str) -> str:
    """The terms of a text as one line; "" when there is none."""
    return _line(term.text for term in terms(text))


def groups(query: str, most: int) -> tuple[Group, ...]:
    """The words of a query, each once, at most so many. Nothing in a query is syntax."""
    found: dict[Group, None] = {}
    for piece in _PIECE.finditer(query):
        run = piece.group()
        if not _IS_DENSE.match(run):
            group = Group((fold(run),))
        elif len(run) == 1:
            group = Group((run,), prefix=True)
        else:
            group = Group(tuple(run[i : i + 2] for i in range(len(run) - 1)))
        if all(group.terms):
            found[group] = None
        if len(found) == most:
            break
    return tuple(found)


def spans(text: str, wanted: tuple[Group, ...]) -> list[tuple[int, int]]:
    """Where the groups stand in a text: (start, end) in order, overlaps joined."""
    found = list(terms(text))
    hits = [hit for group in wanted for hit in _occurrences(found, group)]
    return _joined(hits)


def _occurrences(found: list[Term], group: Group) -> Iterator[tuple[int, int]]:
    if group.prefix:
        yield from ((t.start, t.start + 1) for t in found if t.text.startswith(group.terms[0]))
        return
    size = len(group.terms)
    for index in range(len(found) - size + 1):
        window = found[index : index + size]
        if all(a.text == b for a, b in zip(window, group.terms, strict=True)):
            yield window[0].start, window[-1].end


def _line(found: Iterable[str]) -> str:
    """Each term between two spaces of its own, so that counting a pattern misses no repetition."""
    return "".join([f" {term} " for term in found])


def _joined(hits: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(hits):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
