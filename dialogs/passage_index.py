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
    tells the meaning of the whole.

    Passages of one `paper` say the same in several languages; `phrasings` are questions that they
    answer, and count for all of them.
    """

    text: str
    meanings: tuple[str, ...]
    whole: str
    language: str
    paper: str = ""
    phrasings: tuple[str, ...] = ()


class Sought(NamedTuple):
    """A question and how near each passage is to it, shape (passages,)."""

    text: str
    language: str
    question: Question
    readable: npt.NDArray[np.bool_]  # those in the language that the question is written in
    lexical: Vectors
    cosine: Vectors  # of the nearest sentence or phrasing
    whole: Vectors  # cosine of the passage as a whole
    phrased: Vectors  # cosine of the nearest phrasing in any language; 0 without phrasings
    total: Vectors
    best: float  # cosine of the nearest passage in the question's language
    idle: float  # cosine of the nearest sentence that asks the papers nothing


class PassageIndex:
    """Ranks passages for a question."""

    def __init__(
        self,
        passages: Sequence[Indexed],
        encoder: Encoder | None = None,
        vocabulary: Vocabulary | None = None,
        idle: Sequence[str] = (),
    ) -> None:
        """With an encoder, all meanings are encoded in one batch.

        `idle`: sentences of prospects that ask the papers nothing.
        """
        self.words = WordIndex([(p.text, p.language) for p in passages], vocabulary)
        self._letters = LetterIndex([p.text for p in passages])
        self.meaning = (
            _MeaningIndex(passages, encoder, idle) if encoder is not None and passages else None
        )
        self._languages = np.array([p.language for p in passages])
        # A passage without a paper is one of its own.
        names = [p.paper or f"\n{row}" for row, p in enumerate(passages)]
        known = {name: number for number, name in enumerate(dict.fromkeys(names))}
        self.papers = np.array([known[name] for name in names], np.int32)
        self._scripts = np.array([SCRIPTS.get(p.language, "latin") for p in passages])

    def seek(self, text: str, language: str, near: Vectors | None = None) -> Sought:
        """Scores of all passages for a question in the language; `near` as `nearness` has it, if
        it is known already."""
        question = self.words.parse(text, language)
        lexical = self.words.scores(question)
        none = np.zeros_like(lexical)
        cosine, whole, phrased, idle = (
            self.meaning.scores(self.meaning.nearness([text])[0] if near is None else near)
            if self.meaning
            else _Meant(none, none, none, 0.0)
        )
        letters = np.maximum(standardise(self._letters.scores(text)) - OUTSTANDING, 0)
        readable = self._readable(text, language)
        # "no", "son" and "red" mean something else in the next language.
        lexical = np.where(readable, lexical, np.float32(0))
        total = standardise(lexical) + LETTERS * letters
        total += MEANING * standardise(cosine + WHOLE * whole)
        total += SAME_LANGUAGE * self.is_in(language).astype(np.float32)
        best = float(cosine[readable].max(initial=0.0))
        return Sought(
            text, language, question, readable, lexical, cosine, whole, phrased, total, best, idle
        )

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

    def holds_listed(self, sought: Sought, row: int) -> bool:
        """As `holds_names`, but words that only look like a name for being rare do not count."""
        held = self.words.held(row)
        missing = [w for w in sought.question.words if w.named and not w.is_in(held)]
        return all(self._letters.holds(row, word.text) for word in missing)

    def language(self, row: int) -> str:
        """Of a passage."""
        return str(self._languages[row])

    def is_other_paper(self, row: int) -> npt.NDArray[np.bool_]:
        """Which passages are of another paper, shape (passages,)."""
        found: npt.NDArray[np.bool_] = self.papers != self.papers[row]
        return found

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


class _Meant(NamedTuple):
    """Cosines with a question: as `Sought` has them."""

    cosine: Vectors
    whole: Vectors
    phrased: Vectors
    idle: float


class _MeaningIndex:
    """Sentence vectors; a passage is as near as its nearest sentence or phrasing."""

    def __init__(
        self, passages: Sequence[Indexed], encoder: Encoder, idle: Sequence[str] = ()
    ) -> None:
        self._encoder = encoder
        # Papers of several editions share paragraphs: each sentence is encoded once.
        place: dict[str, int] = {}
        phrasings: dict[str, dict[int, None]] = {}  # paper -> places, each once
        for each in passages:
            known = phrasings.setdefault(each.paper, {}) if each.paper else {}
            known.update((place.setdefault(t, len(place)), None) for t in each.phrasings)
        asked = [list(phrasings.get(p.paper, ())) for p in passages]
        said = [[place.setdefault(t, len(place)) for t in p.meanings] for p in passages]
        self._said = _Groups([[*s, *a] for s, a in zip(said, asked, strict=True)])
        self._asked = _Groups(asked)
        self._whole = np.array([place.setdefault(p.whole, len(place)) for p in passages], np.int32)
        self._passages = len(place)
        for sentence in idle:
            place.setdefault(sentence, len(place))
        self._places = place
        self._vectors = np.ascontiguousarray(encoder.encode(list(place)), np.float32)

    @property
    def vectors(self) -> dict[str, Vectors]:
        """Of every sentence."""
        return {text: self._vectors[row] for text, row in self._places.items()}

    def nearness(self, questions: list[str]) -> Vectors:
        """Cosines of questions with all sentences, shape (questions, sentences)."""
        found: Vectors = self._encoder.encode(questions) @ self._vectors.T
        return found

    def scores(self, near: Vectors) -> _Meant:
        """How near a question is to each passage, by its cosines with all sentences."""
        idle = float(near[self._passages :].max(initial=0.0))
        return _Meant(self._said.best(near), near[self._whole], self._asked.best(near), idle)

    def likeness(self, one: str, other: str) -> float:
        """Cosine of two sentences."""
        first, second = self._encoder.encode([one, other])
        return float(first @ second)


class _Groups:
    """Lists of places, to find the best value of each list at once; 0 for an empty one."""

    def __init__(self, places: Sequence[Sequence[int]]) -> None:
        filled = [number for number, each in enumerate(places) if each]
        self._size, self._filled = len(places), np.array(filled, np.int32)
        self._flat = np.array([row for each in places for row in each], np.int32)
        self._starts = np.cumsum([0, *(len(places[n]) for n in filled[:-1])])

    def best(self, values: Vectors) -> Vectors:
        """Shape (lists,)."""
        found = np.zeros(self._size, np.float32)
        if len(self._filled):
            found[self._filled] = np.maximum.reduceat(values[self._flat], self._starts)
        return found


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
