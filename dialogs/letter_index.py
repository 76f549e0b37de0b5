"""Search by groups of letters: BM25 over four neighbours within a word, in one alphabet for all.

Names and many technical words look alike in several languages once they are written in the same
letters: "протокол", "protocolo" and "protocol" share most of their groups. Endings, compounds and
slips of the finger do little harm. Chinese has no letters and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dialogs.words import fold

Scores = npt.NDArray[np.float32]

SIZE = 4  # letters of a group
MAX_WORDS = 60  # of a question
_K1, _B = 1.2, 0.6
_WORD = re.compile(r"[a-zа-я]{2,}|\d+")
_ROMAN = str.maketrans(
    {
        **dict(zip("абвгдежзийклмнопрстуфхцыэ", "abvgdeiziiklmnoprstufhsie", strict=True)),
        "ч": "ch",
        "ш": "sh",
        "щ": "sh",
        "ъ": "",
        "ь": "",
        "ю": "iu",
        "я": "ia",
    }
)
# Spellings of one sound become one, since each language has its own.
_SOUNDS = (
    ("ph", "f"), ("kh", "h"), ("ck", "k"), ("c", "k"), ("q", "k"), ("w", "v"), ("x", "ks"),
    ("y", "i"), ("j", "i"), ("zh", "i"), ("th", "t"), ("ee", "i"), ("oo", "u"), ("ts", "s"),
    ("z", "s"),
)  # fmt: skip
_TWICE = re.compile(r"(.)\1")


class LetterIndex:
    """Scores passages by the groups of letters that they share with a question."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._size = len(texts)
        self._groups: dict[str, int] = {}  # group -> column
        self._cut: dict[str, tuple[int, ...]] = {}
        words = [words_of(text) for text in texts]
        rows, columns, times = self._count(words)
        self._cut.clear()
        lengths = np.bincount(rows, times, self._size)
        held_by = np.bincount(columns, minlength=len(self._groups))
        rarity = np.log(1 + (self._size - held_by + 0.5) / (held_by + 0.5))
        damp = _K1 * (1 - _B + _B * lengths / max(float(lengths.mean()), 1.0)) if texts else lengths
        order = np.argsort(columns, kind="stable")
        rows, columns, times = rows[order], columns[order], times[order]
        self._rows = rows.astype(np.int32)
        weights = rarity[columns] * times * (_K1 + 1) / (times + damp[rows])
        self._weights = weights.astype(np.float32)
        self._starts = np.searchsorted(columns, np.arange(len(self._groups) + 1))
        known: dict[str, int] = {}  # sound of a word -> its number
        sounds = [dict.fromkeys(map(_sound, each)) for each in words]
        numbers = [known.setdefault(sound, len(known)) for each in sounds for sound in each]
        self._sounds, self._held = list(known), np.array(numbers, np.int32)
        self._ends = np.cumsum([0, *map(len, sounds)])

    def scores(self, question: str) -> Scores:
        """BM25 of every passage, shape (passages,)."""
        total = np.zeros(self._size, np.float32)
        wanted = {group for word in words_of(question)[:MAX_WORDS] for group in cut(word)}
        for group in sorted(wanted & self._groups.keys()):
            column = self._groups[group]
            span = slice(self._starts[column], self._starts[column + 1])
            total[self._rows[span]] += self._weights[span]
        return total

    def holds(self, row: int, word: str) -> bool:
        """Does the passage hold a word that sounds like this one, but for its ending?"""
        parts = words_of(word)
        if not parts:
            return False
        numbers = self._held[self._ends[row] : self._ends[row + 1]]
        held = [self._sounds[number] for number in numbers.tolist()]
        return all(_sounds_like(held, _sound(part)) for part in parts)

    def _count(self, texts: Sequence[Sequence[str]]) -> tuple[npt.NDArray[np.int64], ...]:
        """(passage, group, times) wherever a group occurs."""
        held: list[int] = []
        ends: list[int] = []
        for words in texts:
            for word in words:
                held.extend(self._columns(word))
            ends.append(len(held))
        rows = np.repeat(np.arange(len(texts)), np.diff([0, *ends]))
        width = max(len(self._groups), 1)
        pairs, times = np.unique(rows * width + np.array(held, np.int64), return_counts=True)
        return pairs // width, pairs % width, times

    def _columns(self, word: str) -> tuple[int, ...]:
        """Columns of a word's groups; most words come again and again."""
        if word not in self._cut:
            known = self._groups
            self._cut[word] = tuple(known.setdefault(group, len(known)) for group in cut(word))
        return self._cut[word]


def _sounds_like(held: Sequence[str], sound: str) -> bool:
    if sound in held:
        return True
    return len(sound) > 4 and any(
        len(known) > 4 and (known.startswith(sound[:-2]) and sound.startswith(known[:-2]))
        for known in held
    )


def words_of(text: str) -> list[str]:
    """Words and numbers of a text, folded."""
    return _WORD.findall(fold(text))


def cut(word: str) -> list[str]:
    """Groups of a word's letters, its borders marked; of a number the whole."""
    if word.isdigit():
        return [f"<{word}>"]
    sound = _sound(word)
    if len(sound) < 3:
        return []
    marked = f"<{sound}>"
    return [marked[at : at + SIZE] for at in range(max(1, len(marked) - SIZE + 1))]


@lru_cache(maxsize=20_000)
def _sound(word: str) -> str:
    word = word.translate(_ROMAN)
    for spelling, sound in _SOUNDS:
        word = word.replace(spelling, sound)
    return _TWICE.sub(r"\1", word)
