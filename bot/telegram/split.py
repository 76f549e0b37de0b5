"""Long texts in pieces that Telegram takes, with their marks; and a way to make marks.

Lengths are UTF-16 code units. A piece ends where a reader would pause: a paragraph, a line, a
sentence, a word; never inside what is seen as one character.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal, NamedTuple, Self

import msgspec

from bot.telegram.border import TEXT_MAX, Mark

ELLIPSIS = "\u2026"
_NEVER_CUT = frozenset({"link", "mention"})
# Spaces that hold a number and its unit together are none to cut at.
_SPACE = r"[^\S\u00a0\u2007\u202f]"
_RUN = re.compile(f"{_SPACE}+")
_CLOSERS = "\"'\u00bb\u2019\u201d)\\]\u300d\u300f\uff09\u3011\u300b"
_ENDED = re.compile(f"[.!?\u2026][{_CLOSERS}]*$")  # before a space
# Chinese ends a sentence without a space after it.
_CHINESE_END = re.compile(f"[\u3002\uff01\uff1f]+[{_CLOSERS}]*(?=[^\\s{_CLOSERS}])")
_CHINESE_PAUSE = re.compile("[\uff0c\u3001\uff1b\uff1a](?=\\S)")
_ZWJ, _ZWNJ = "\u200d", "\u200c"

Piece = tuple[str, tuple[Mark, ...]]


def units(text: str) -> int:
    """The length of a text as Telegram counts it."""
    return len(text) if text.isascii() else len(text) + sum(char > "\uffff" for char in text)


def split(text: str, marks: Sequence[Mark] = (), most: int = TEXT_MAX) -> tuple[Piece, ...]:
    """The text in pieces of at most `most` units, each with the marks that lie in it.

    White space at both ends and at the cuts goes; nothing else is lost, and no piece is empty. A
    mark longer than a piece goes on in the next one.
    """
    if most < 2:
        raise ValueError("a piece must have room for two units")
    return tuple(_Cutter(text, marks, most).cut())


def shorten(text: str, most: int) -> str:
    """The beginning of a text, with an ellipsis where something was left out."""
    if units(text) <= most:
        return text
    if most < 1:
        return ""
    end = bisect_right(_count_units(text[:most]), most - 1) - 1
    while not is_border(text, end):
        end -= 1
    return text[:end].rstrip() + ELLIPSIS


def is_border(text: str, at: int) -> bool:
    """No character as people see it reaches over this index: no accent, joined emoji or flag."""
    if not 0 < at < len(text):
        return True
    before, after = text[at - 1], text[at]
    if after < "\u0300":
        return before != _ZWJ and not (before == "\r" and after == "\n")
    if before == _ZWJ or _extends(after):
        return False
    return not (_is_flag_half(after) and _flag_halves_before(text, at) % 2)


def _extends(char: str) -> bool:
    return (
        char in (_ZWJ, _ZWNJ)
        or unicodedata.category(char) in ("Mn", "Mc", "Me")
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= char <= "\U000e007f"  # flags of regions
        or "\u1160" <= char <= "\u11ff"  # second and third part of a Korean syllable
    )


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_halves_before(text: str, at: int) -> int:
    start = at
    while start and _is_flag_half(text[start - 1]):
        start -= 1
    return at - start


class _Cut(NamedTuple):
    """Where a piece may end, and where the next one then begins: indices into the text."""

    end: int
    begin: int


class _Cutter:
    """Cuts one text. Inside, indices count Python's characters; marks are turned into them."""

    def __init__(self, text: str, marks: Sequence[Mark], most: int) -> None:
        self._text = text
        self._most = most
        self._before = _count_units(text)  # units before each index
        self._marks = tuple(self._in_characters(mark) for mark in marks)
        self._levels = self._find_cuts()

    def cut(self) -> list[Piece]:
        start, end = self._strip()
        pieces = []
        while start < end:
            cut = self._next_cut(start, end)
            if not self._text[start : cut.end].isspace():
                pieces.append(self._take(start, cut.end))
            start = cut.begin
        return pieces

    def _strip(self) -> tuple[int, int]:
        text = self._text
        return len(text) - len(text.lstrip()), len(text.rstrip())

    def _in_characters(self, mark: Mark) -> Mark:
        start = self._index(mark.start)
        length = self._index(mark.start + mark.length) - start
        return msgspec.structs.replace(mark, start=start, length=length)

    def _index(self, unit: int) -> int:
        """The character that holds this unit, or begins there."""
        return max(0, bisect_right(self._before, unit) - 1)

    def _find_cuts(self) -> tuple[list[_Cut], ...]:
        """Possible cuts, the best kind first: paragraphs, lines, sentences, words."""
        levels: tuple[list[_Cut], ...] = ([], [], [], [])
        text = self._text
        for run in _RUN.finditer(text):
            end, begin = run.start(), run.end()
            if not is_border(text, end):
                continue
            if not is_border(text, begin):
                begin -= 1
            levels[self._rank(run)].append(_Cut(end, begin))
        for level, pattern in ((2, _CHINESE_END), (3, _CHINESE_PAUSE)):
            found = (match.end() for match in pattern.finditer(text))
            levels[level].extend(_Cut(at, at) for at in found if is_border(text, at))
            levels[level].sort(key=lambda cut: cut.end)
        return levels

    def _rank(self, run: re.Match[str]) -> int:
        lines = run.group().count("\n")
        if lines:
            return 0 if lines > 1 else 1
        text, begin = self._text, run.end()
        ended = _ENDED.search(text, max(0, run.start() - 4), run.start())
        # A small letter after the point: it ended an abbreviation.
        return 2 if ended and not text[begin : begin + 1].islower() else 3

    def _next_cut(self, start: int, end: int) -> _Cut:
        """The last cut of the best kind that leaves a piece of a fair length; else of any."""
        if self._before[end] - self._before[start] <= self._most:
            return _Cut(end, end)
        last = self._index(self._before[start] + self._most)
        fair = self._index(self._before[start] + self._most // 2)
        for first in (max(fair, start + 1), start + 1):
            for level in self._levels:
                if found := self._last_cut(level, first, last):
                    return found
        return self._cut_anywhere(start, last)

    def _last_cut(self, level: list[_Cut], first: int, last: int) -> _Cut | None:
        at = bisect_right(level, last, key=lambda cut: cut.end) - 1
        while at >= 0 and level[at].end >= first:
            if not self._cuts_mark(level[at].end, every=True):
                return level[at]
            at -= 1
        return None

    def _cut_anywhere(self, start: int, last: int) -> _Cut:
        """No pause in sight: between characters, before a mark, and in the end inside one."""
        for every in (True, False):
            for at in range(last, start, -1):
                if not self._cuts_mark(at, every=every) and is_border(self._text, at):
                    return _Cut(at, at)
        at = next((at for at in range(last, start, -1) if is_border(self._text, at)), last)
        return _Cut(at, at)

    def _cuts_mark(self, at: int, *, every: bool) -> bool:
        """A mark that would fit a piece reaches over this index. Not `every`: one never to cut."""
        return any(
            mark.start < at < mark.start + mark.length
            and (every or mark.kind in _NEVER_CUT)
            and self._width(mark.start, mark.start + mark.length) <= self._most
            for mark in self._marks
        )

    def _width(self, start: int, end: int) -> int:
        return self._before[end] - self._before[start]

    def _take(self, start: int, end: int) -> Piece:
        marks = []
        for mark in self._marks:
            first, last = max(mark.start, start), min(mark.start + mark.length, end)
            if first < last:
                place = {"start": self._width(start, first), "length": self._width(first, last)}
                marks.append(msgspec.structs.replace(mark, **place))
        return self._text[start:end], tuple(marks)


def _count_units(text: str) -> Sequence[int]:
    if text.isascii():
        return range(len(text) + 1)
    before = [0]
    for char in text:
        before.append(before[-1] + (2 if char > "\uffff" else 1))
    return before


class Lines:
    """A text that grows with its marks, so that nobody counts units.

    >>> Lines().add("Edition: ").add("Team", bold=True).end().add("Read on", href=link)
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._marks: list[Mark] = []
        self._length = 0  # units

    def __bool__(self) -> bool:
        return bool(self._parts)

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(self._marks)

    def add(
        self,
        text: str,
        *,
        bold: bool = False,
        italic: bool = False,
        code: bool = False,
        href: str = "",
    ) -> Self:
        """More text on the same line."""
        kinds: list[Literal["bold", "italic", "code"]] = []
        kinds += ["bold"] if bold else []
        kinds += ["italic"] if italic else []
        kinds += ["code"] if code else []
        for kind in kinds:
            self._mark(Mark(kind=kind, start=0, length=0), text)
        if href:
            self._mark(Mark(kind="link", start=0, length=0, href=href), text)
        return self._append(text)

    def mention(self, text: str, user: int) -> Self:
        """A name that rings at its owner, by numeric id."""
        self._mark(Mark(kind="mention", start=0, length=0, user=user), text)
        return self._append(text)

    def quote(self, text: str) -> Self:
        """Words of somebody else, set apart."""
        self._mark(Mark(kind="quote", start=0, length=0), text)
        return self._append(text)

    def end(self, lines: int = 1) -> Self:
        """End the line; 2: the paragraph."""
        return self._append("\n" * lines)

    def _mark(self, mark: Mark, text: str) -> None:
        """Mark the text that comes next, without the white space around it."""
        inner = text.strip()
        if inner:
            start = self._length + units(text) - units(text.lstrip())
            self._marks.append(msgspec.structs.replace(mark, start=start, length=units(inner)))

    def _append(self, text: str) -> Self:
        self._parts.append(text)
        self._length += units(text)
        return self
