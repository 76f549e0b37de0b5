"""Passages by words and by meaning: the two standardised and summed, whatever the passages are.

Where question and passage differ in language, meaning decides, with the names and numbers that
look the same in every language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from dialogs.letter_index import LetterIndex
from dialogs.word_index import Question, Vocabulary, WordIndex
from dialogs.words import script_of

Vectors = npt.NDArray[np.float32]

# What meaning and groups of letters count beside words, and from how many deviations on groups of
# letters tell more than chance.
MEANING, LETTERS, OUTSTANDING = 1.5, 0.5, 2.0
WHOLE = 0.5  # what a passage's whole counts beside its nearest sentence
SAME_LANGUAGE = 0.5  # added to the score, in standard deviations
MEANING_CHARS = 600  # of a sentence, for its meaning
SCRIPTS = {"zh": "han", "ru": "cyrillic"}  # the others are written in Latin letters
SENTENCE = re.compile(r"(?<=[.!?;:])\s+|(?<=[。！？；])|\n")


class Encoder(Protocol):
    """Sentences to unit vectors, one row each, float32."""

    def encode(self, texts: list[str]) -> Vectors: ...


class Indexed(NamedTuple):
    """A passage as it is searched: all its words, the sentences that tell its meaning, and what
    tells the meaning of the whole."""

    text: str
    meanings: tuple[str, ...]
    whole: str
    language: str


class Sought(NamedTuple):
    """A question and how near each passage is to it, shape (passages,)."""

    text: str
    language: str
    question: Question
    readable: npt.NDArray[np.bool_]  # those in the language that the question is written in
    lexical: Vectors
    cosine: Vectors  # of the nearest sentence
    total: Vectors
    best: float  # cosine of the nearest passage in the question's language


class PassageIndex:
    """Ranks passages for a question."""

    def __init__(
        self,
        passages: Sequence[Indexed],
        encoder: Encoder | None = None,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        """With an encoder, all meanings are encoded in one batch."""
        self.words = WordIndex([(p.text, p.language) for p in passages], vocabulary)
        self._letters = LetterIndex([p.text for p in passages])
        self.meaning = (
            _MeaningIndex(passages, encoder) if encoder is not None and passages else None
        )
        self._languages = np.array([p.language for p in passages])
        self._scripts = np.array([SCRIPTS.get(p.language, "latin") for p in passages])

    def seek(self, text: str, language: str) -> Sought:
        """Scores of all passages for a question in the language."""
        question = self.words.parse(text, language)
        lexical = self.words.scores(question)
        cosine = whole = np.zeros_like(lexical)
        if self.meaning:
            cosine, whole = self.meaning.scores(text)
        letters = np.maximum(standardise(self._letters.scores(text)) - OUTSTANDING, 0)
        readable = self._readable(text, language)
        # "no", "son" and "red" mean something else in the next language.
        lexical = np.where(readable, lexical, np.float32(0))
        total = standardise(lexical) + LETTERS * letters
        total += MEANING * standardise(cosine + WHOLE * whole)
        total += SAME_LANGUAGE * self.is_in(language).astype(np.float32)
        best = float(cosine[readable].max(initial=0.0))
        return Sought(text, language, question, readable, lexical, cosine, total, best)

    def evidence(self, sought: Sought, row: int) -> float:
        """How far a passage speaks of the question, 0 to 2, whatever else is in the collection:
        the share of the question's weight that its words hold, and the cosine."""
        share = self.words.share(sought.question, self.words.held(row))
        return share + max(0.0, float(sought.cosine[row]))

    def holds_names(self, sought: Sought, row: int) -> bool:
        """Are all names and numbers of the question in the passage?

        In a passage in another language a name may be written in its letters.
        """
        held = self.words.held(row)
        missing = [w for w in sought.question.words if w.named and not w.is_in(held)]
        if sought.readable[row]:
            return not missing and not self.words.asks_elsewhere(sought.question, held)
        return all(self._letters.holds(row, word.text) for word in missing)

    def is_in(self, language: str) -> npt.NDArray[np.bool_]:
        """Which passages are in the language, shape (passages,)."""
        found: npt.NDArray[np.bool_] = self._languages == language
        return found

    def _readable(self, text: str, language: str) -> npt.NDArray[np.bool_]:
        """Which passages are in the question's language. A question may be in another one than
        its talk: then its letters tell."""
        script = script_of(text)
        own = self.is_in(language)
        if not script or script == SCRIPTS.get(language, "latin"):
            return own
        found: npt.NDArray[np.bool_] = own | (self._scripts == script)
        return found

    def rank(self, text: str, language: str) -> list[int]:
        """Rows of all passages, best first."""
        return [int(row) for row in best_first(self.seek(text, language).total)]


class _MeaningIndex:
    """Sentence vectors; a passage is as near as its nearest sentence."""

    def __init__(self, passages: Sequence[Indexed], encoder: Encoder) -> None:
        self._encoder = encoder
        # Papers of several editions share paragraphs: each sentence is encoded once.
        place: dict[str, int] = {}
        rows = [[place.setdefault(t, len(place)) for t in p.meanings] for p in passages]
        self._whole = np.array([place.setdefault(p.whole, len(place)) for p in passages], np.int32)
        self._rows = np.array([row for each in rows for row in each], np.int32)
        self._starts = np.cumsum([0, *(len(each) for each in rows[:-1])])
        self._vectors = np.ascontiguousarray(encoder.encode(list(place)), np.float32)

    def scores(self, question: str) -> tuple[Vectors, Vectors]:
        """Cosines of the question with each passage's nearest sentence and with its whole,
        of shape (passages,) both."""
        near = self._vectors @ self._encoder.encode([question])[0]
        best: Vectors = np.maximum.reduceat(near[self._rows], self._starts)
        return best, near[self._whole]

    def likeness(self, one: str, other: str) -> float:
        """Cosine of two sentences."""
        first, second = self._encoder.encode([one, other])
        return float(first @ second)


def windows(text: str, sizes: Sequence[int] = (1, 2)) -> tuple[str, ...]:
    """What tells a passage's meaning: so many neighbouring sentences together."""
    sentences = [part.strip() for part in SENTENCE.split(text) if part.strip()]
    spans: Iterable[str] = (
        " ".join(sentences[at : at + size])[:MEANING_CHARS]
        for size in sizes
        for at in range(len(sentences) - size + 1)
    )
    return tuple(dict.fromkeys(spans)) or (text[:MEANING_CHARS],)


def best_first(scores: Vectors) -> npt.NDArray[np.intp]:
    """Rows by falling score, equal ones in their order."""
    return np.argsort(-scores, kind="stable")


def standardise(scores: Vectors) -> Vectors:
    """Mean 0 and deviation 1; all zero where nothing differs."""
    spread = float(scores.std())
    if spread <= 1e-6:
        return np.zeros_like(scores)
    level: Vectors = (scores - scores.mean()) / np.float32(spread)
    return level
