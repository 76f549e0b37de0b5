"""The points of a list: lines that are marked as such, and marks 1, 2, 3 within one line."""

from __future__ import annotations

import re

MAX_INPUT = 400_000  # characters that are looked at
MAX_LINES = 20_000

POINT = re.compile(
    r"""^\s*(?:
        [-*+•●○▪■◦‣–—·☐☑✓✔]\s+(?:\[[ xX]?\]\s*)?
      | \(?\d{1,3}(?:\.\d{1,3})*\s*[.)、．:](?:\s+|\s*(?!\d))
      | \d{1,3}(?:\.\d{1,3})+\s+
      | [(（][\da-zA-Z一二三四五六七八九十]{1,3}[)）]\s*
      | [一二三四五六七八九十]{1,3}[、．.]\s*
      | [a-zA-Z][.)]\s+
      | [①-⑳]\s*
      | (?:REQ|FR|NFR|UC|US|R)[-_ ]?\d+(?:\.\d+)*\s*[:.)-]?\s+
    )(?=\S)""",
    re.VERBOSE,
)
_INLINE = re.compile(
    r"(?<![0-9A-Za-z.,/-])(?:(?P<plain>[1-9]\d?)[.、．)）:：](?![\d])|"
    r"[(（](?P<closed>[1-9]\d?)[)）]|(?P<ring>[①-⑳]))(?=\s*\S)"
)
_RING_ONE = ord("①")
BARE_BULLET = re.compile(r"^\s*[•●○▪■◦‣☐☑✓✔·](?=\S)")
_RUNS_ON = re.compile(r"[0-9A-Za-z] *$")  # "version 2. Then" is no second point


def points_of(text: str) -> tuple[str, ...]:
    """What of a text are points of a list: numbered, lettered or with a bullet."""
    lines = lines_of(text)
    return tuple(line for line in lines if POINT.match(line) or BARE_BULLET.match(line))


def lines_of(text: str) -> list[str]:
    """The lines of a text; numbered points that stand in one line come apart."""
    lines = text[:MAX_INPUT].splitlines()[:MAX_LINES]
    return [part for line in lines for part in take_apart(line)]


def take_apart(line: str) -> list[str]:
    """A line at the marks 1, 2, 3 … that stand in it, if there are two or more."""
    cuts: list[int] = []
    for mark in _INLINE.finditer(line):
        number = mark["plain"] or mark["closed"]
        value = int(number) if number else ord(mark["ring"]) - _RING_ONE + 1
        begins = cuts or not _RUNS_ON.search(line[: mark.start()])
        if begins and value == len(cuts) + 1:
            cuts.append(mark.start())
    if len(cuts) < 2 or (len(cuts) == 2 and _RUNS_ON.search(line[: cuts[1]])):
        return [line]
    ends = [*cuts[1:], len(line)]
    points = [line[a:b].rstrip(" ;；,，、") for a, b in zip(cuts, ends, strict=True)]
    head = line[: cuts[0]].rstrip()
    return [head, *points] if head.strip() else points
