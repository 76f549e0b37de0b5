"""The sentence of a message in which something was found, with what was searched for marked."""

from __future__ import annotations

import re

from storage.rows import Row
from storage.words import Group, spans

SNIPPET = 160  # characters
# What a cut leaves of a word or a number goes: a part of a telephone number is not known as one.
_CUT_HEAD = re.compile(r"[^\s\u3400-\u9fff]*[\d\s().\-/+]*")
_CUT_TAIL = re.compile(r"[\d\s().\-/+]*[^\s\u3400-\u9fff]*$")
_SENTENCE_END = re.compile(r"[.!?](?=\s)\s*|[。！？\n]+\s*")


class Piece(Row, frozen=True):
    """A part of a snippet; `marked` where it is what was searched for."""

    text: str
    marked: bool


def snippet(said: str, parts: tuple[Group, ...]) -> tuple[Piece, ...]:
    """The sentence of the first hit, cut to about SNIPPET characters, with every hit marked."""
    hits = spans(said, parts)
    if not hits:
        return (Piece(shorten(said, SNIPPET), False),)
    start, end = _sentence(said, hits[0])
    pieces = [Piece("…", False)] if said[:start].strip() else []
    at = start
    for begin, stop in hits:
        if begin < at or stop > end:
            continue
        if begin > at:
            pieces.append(Piece(said[at:begin], False))
        pieces.append(Piece(said[begin:stop], True))
        at = stop
    pieces.append(Piece(said[at:end] + ("…" if said[end:].strip() else ""), False))
    return tuple(piece for piece in pieces if piece.text)


def shorten(words: str, most: int) -> str:
    """The words up to a length, without what the cut leaves of a word or a number."""
    if len(words) <= most:
        return words
    tail = _CUT_TAIL.search(words[:most])
    return words[: (tail.start() if tail else 0) or most]


def _sentence(said: str, hit: tuple[int, int]) -> tuple[int, int]:
    """Where the sentence around a hit begins and ends; a long one is cut near the hit."""
    start, end = 0, len(said)
    for stop in _SENTENCE_END.finditer(said):
        if stop.end() <= hit[0]:
            start = stop.end()
        elif stop.start() >= hit[1]:
            end = stop.end()
            break
    if start < hit[0] - SNIPPET // 2:
        cut = _CUT_HEAD.match(said, hit[0] - SNIPPET // 2)
        start = min(hit[0], cut.end()) if cut else start
    if end > start + SNIPPET:
        end = start + len(shorten(said[start:end], SNIPPET))
    return start, max(hit[1], end)
