"""Questions in the same or nearly the same words, as one."""

from __future__ import annotations

from collections.abc import Sequence

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
    found: list[tuple[str, frozenset[str], list[Unanswered]]] = []
    for row in rows:
        words = _words(row.question)
        for language, theirs, group in found:
            if language == row.language and _are_alike(words, theirs):
                group.append(row)
                break
        else:
            found.append((row.language, words, [row]))
    groups = [Group(rows=tuple(group)) for _, _, group in found]
    return tuple(sorted(groups, key=lambda group: -len(group.rows)))


def are_alike(one: str, other: str) -> bool:
    """Whether two questions are in the same or nearly the same words."""
    return _are_alike(_words(one), _words(other))


def _words(question: str) -> frozenset[str]:
    return frozenset(each.text for each in terms(question))


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    if one == other:
        return True
    return len(one & other) >= ALIKE * len(one | other) > 0
