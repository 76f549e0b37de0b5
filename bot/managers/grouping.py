"""Questions in the same or nearly the same words, as one."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

from dialogs.types import Struct
from storage.reading import Unanswered
from storage.words import terms

ALIKE = 0.6  # share of the words that two questions have in common, of all words in either


class Group(Struct):
    """Questions that ask the same, newest first; at least one."""

    rows: tuple[Unanswered, ...]

    @property
    def first(self) -> Unanswered:
        return self.rows[0]

    @property
    def wordings(self) -> tuple[str, ...]:
        """Each wording once, in the order of the rows; case and marks make no other one."""
        found: dict[tuple[str, ...], str] = {}
        for row in self.rows:
            found.setdefault(tuple(each.text for each in terms(row.question)), row.question)
        return tuple(found.values())

    @property
    def talks(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.conversation for row in self.rows))

    @property
    def nearest(self) -> tuple[str, ...]:
        """Ids of papers, as they were when the question was asked last."""
        return tuple(dict.fromkeys(filter(None, self.first.nearest.splitlines())))


def group_questions(rows: Sequence[Unanswered]) -> tuple[Group, ...]:
    """The rows in groups, the most asked first, then the newest. `rows` stand newest first."""
    found = _Groups()
    for row in rows:
        found.add(row)
    groups = [Group(rows=tuple(group)) for _, group in found.groups]
    return tuple(sorted(groups, key=lambda group: -len(group.rows)))


class _Groups:
    """Groups while rows are added. Which of them share a word is looked up, so that thousands of
    different questions take no longer than their number."""

    def __init__(self) -> None:
        self.groups: list[tuple[frozenset[str], list[Unanswered]]] = []
        self._same: dict[tuple[str, frozenset[str]], int] = {}
        self._with: defaultdict[tuple[str, str], list[int]] = defaultdict(list)

    def add(self, row: Unanswered) -> None:
        """Into the oldest group that asks alike, else into one of its own."""
        words = _words(row.question)
        for place in self._near(row.language, words):
            theirs, group = self.groups[place]
            if _are_alike(words, theirs):
                group.append(row)
                return
        place = len(self.groups)
        self.groups.append((words, [row]))
        self._same.setdefault((row.language, words), place)
        for word in words:
            self._with[row.language, word].append(place)

    def _near(self, language: str, words: frozenset[str]) -> Iterator[int]:
        """Groups that may be alike, oldest first: one shares the least number of words, so it has
        one of any that are more than the rest."""
        rare = sorted(words, key=lambda word: (len(self._with.get((language, word), ())), word))
        enough = len(words) - math.ceil(ALIKE * len(words)) + 1
        places = {at for word in rare[:enough] for at in self._with.get((language, word), ())}
        if (language, words) in self._same:
            places.add(self._same[language, words])
        return iter(sorted(places))


def are_alike(one: str, other: str) -> bool:
    """Whether two questions are in the same or nearly the same words."""
    return _are_alike(_words(one), _words(other))


def _words(question: str) -> frozenset[str]:
    return frozenset(each.text for each in terms(question))


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    if one == other:
        return True
    return len(one & other) >= ALIKE * len(one | other) > 0
