"""Answers from the company's own papers: the passage, its source, or an honest "not in them".

Only public content ever enters the index: what is internal is left out when it is built, so no
question can reach it. Prices are never quoted from here; the caller sees to that.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace
from rapidfuzz.distance import OSA

from dialogs.pack import Article, Document, Examples, Pack
from dialogs.types import Passage
from dialogs.words import content_runs, content_words, fold, stem, terms

Vectors = npt.NDArray[np.float32]

QUOTE_CHARS = 600  # a quoted answer ends at the paragraph border nearest below
MAX_QUESTION = 1_000  # characters of a question that count
COVERAGE = 0.6  # share of the question's weight that a passage must hold to answer it
LIKE_PHRASING = 0.8  # cosine from which a question counts as one of an article's phrasings ...
COVERAGE_LIKE = 0.35  # ... and the share that is then enough
LOOKED_AT = 8  # nearest passages that are tested for an answer
SAME_LANGUAGE = 0.5  # added to the score, in standard deviations
MAX_WORDS = 40  # of a question
MEANING_CHARS = 300  # of a paragraph, for its meaning
# Intents whose sample sentences speak of no product matter.
EVERYDAY = (
    "affirm", "deny", "dont_know", "refuse", "go_back", "restart", "ask_why", "talk_to_human",
    "small_talk", "unclear",
)  # fmt: skip
# Written with a capital inside a sentence, or all in capitals: taken for a name.
_PROPER = re.compile(r"(?<=[\w,;:] )[A-Z][\w.+-]*\w|(?<!\w)[A-Z][\w.+-]*[A-Z0-9](?!\w)")
_K1, _B = 1.2, 0.6  # BM25: how soon repeats stop counting, how much length counts


class Encoder(Protocol):
    """Sentences to unit vectors, one row each, float32."""

    def encode(self, texts: list[str]) -> Vectors: ...


class _Word(NamedTuple):
    """A word of a question, as the passages may spell it."""

    forms: tuple[str, ...]
    weight: float  # inverse document frequency; small talk weighs less
    telling: bool  # rare, a number or a name: an answer must hold it


class _Question(NamedTuple):
    words: tuple[_Word, ...]
    runs: tuple[str, ...]  # Chinese


class _Entry(NamedTuple):
    """A passage as it is indexed: what is quoted, what is searched, what is compared by meaning."""

    passage: Passage
    words: str
    meanings: tuple[str, ...]
    valid_from: str = ""
    valid_to: str = ""


class Library:
    """Every public passage of a pack, searchable by words and by meaning."""

    def __init__(self, pack: Pack, encoder: Encoder | None = None) -> None:
        """Builds the index; with an encoder, all passages are encoded in one batch."""
        self._entries = tuple(_public_entries(pack))
        self._words = _WordIndex(
            [e.words for e in self._entries], _edition_names(pack), _small_talk(pack)
        )
        self._meaning = (
            _MeaningIndex([e.meanings for e in self._entries], encoder)
            if encoder is not None and self._entries
            else None
        )

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Everything that can be found."""
        return tuple(entry.passage for entry in self._entries)

    def find(
        self, text: str, language: str, limit: int = 3, now_date: str | None = None
    ) -> tuple[Passage, ...]:
        """Best passages for a question, those that answer first, without two of the same text.

        `now_date` (ISO) leaves out documents that are not valid on that day. A passage `answers`
        only when it holds the question's words; one in another language is found by meaning
        alone, and so never does.
        """
        if limit <= 0 or not self._entries or not text.strip():
            return ()
        question = self._words.parse(text[:MAX_QUESTION])
        lexical = self._words.scores(question)
        meaning = self._meaning
        cosine = meaning.scores(text[:MAX_QUESTION]) if meaning else np.zeros_like(lexical)
        own = np.array([e.passage.language == language for e in self._entries], np.float32)
        total = _standardise(lexical) + _standardise(cosine) + SAME_LANGUAGE * own
        near: list[Passage] = []
        for row in map(int, np.argsort(-total, kind="stable")):
            if len(near) >= max(limit, LOOKED_AT) or (lexical[row] <= 0 and cosine[row] <= 0):
                break
            entry = self._entries[row]
            if _valid(entry, now_date) and all(p.text != entry.passage.text for p in near):
                answers = self._words.covers(row, question, float(cosine[row]))
                near.append(replace(entry.passage, score=float(total[row]), answers=answers))
        near.sort(key=lambda p: not p.answers)
        return tuple(near[:limit])


class _WordIndex:
    """BM25 over the passages' words, and the test whether a passage covers a question."""

    def __init__(
        self, texts: Sequence[str], names: frozenset[str], small_talk: frozenset[str]
    ) -> None:
        self._names = names
        self._small_talk = small_talk
        counts = [Counter(terms(text)) for text in texts]
        self._size = len(counts)
        self._held = [frozenset(c) for c in counts]
        lengths = np.array([sum(c.values()) for c in counts], np.float32)
        damp = _K1 * (1 - _B + _B * lengths / max(float(lengths.mean()), 1.0)) if texts else lengths
        spread: dict[str, list[tuple[int, int]]] = {}
        for row, counted in enumerate(counts):
            for term, times in counted.items():
                spread.setdefault(term, []).append((row, times))
        self._weights: dict[str, tuple[npt.NDArray[np.int32], Vectors]] = {}
        for term, places in spread.items():
            rows = np.array([row for row, _ in places], np.int32)
            times_in = np.array([times for _, times in places], np.float32)
            weight = self._idf(len(places)) * times_in * (_K1 + 1) / (times_in + damp[rows])
            self._weights[term] = (rows, weight.astype(np.float32))

    def parse(self, question: str) -> _Question:
        """The words of a question that count, at most `MAX_WORDS` of them."""
        proper = {fold(word) for word in _PROPER.findall(question)}
        words = content_words(question)[:MAX_WORDS]
        return _Question(
            tuple(self._word(word, proper) for word in words),
            tuple(content_runs(question)[:MAX_WORDS]),
        )

    def scores(self, question: _Question) -> Vectors:
        """BM25 of every passage, shape (passages,)."""
        total = np.zeros(self._size, np.float32)
        wanted = [(form, 1.0) for word in question.words for form in word.forms]
        for run in question.runs:
            wanted += [(pair, 1.0) for pair in _pairs(run)] + [(sign, 0.3) for sign in run]
        for term, share in wanted:
            if term in self._weights:
                rows, weights = self._weights[term]
                total[rows] += share * weights
        return total

    def covers(self, row: int, question: _Question, cosine: float) -> bool:
        """Does the passage hold enough of the question's matter, and every telling word of it?"""
        held = self._held[row]
        whole = covered = 0.0
        for word in question.words:
            there = not held.isdisjoint(word.forms)
            if word.telling and not there:
                return False
            whole += word.weight
            covered += word.weight * there
        for run in question.runs:
            signs = self._signs_held(run, held)
            if self._misses_a_word(run, signs):
                return False
            weights = [0.5 * self._idf(self._held_by(sign)) for sign in run]
            whole += sum(weights)
            covered += sum(w for w, there in zip(weights, signs, strict=True) if there)
        enough = COVERAGE_LIKE if cosine >= LIKE_PHRASING else COVERAGE
        return whole > 0 and covered / whole >= enough

    def _word(self, word: str, proper: set[str]) -> _Word:
        parts = [part for part in re.split(r"['’.+#-]+", word) if part]
        forms = [stem(word)] if len(parts) < 2 else [word, "".join(parts)]
        known = any(self._held_by(form) for form in forms)
        if not known and len(word) >= 5 and word.isalpha():
            forms += self._misspelt(forms[0])
        held_by = max(self._held_by(form) for form in forms)
        named = word in proper or word in self._names or any(c.isdigit() for c in word)
        chat = not named and forms[0] in self._small_talk
        rare = held_by <= max(2, self._size // 50)
        return _Word(
            tuple(forms), self._idf(held_by) * (0.3 if chat else 1.0), named or (rare and not chat)
        )

    def _misspelt(self, form: str) -> list[str]:
        """Words of the passages that are one slip of the finger away."""
        near = (
            known
            for known in self._weights
            if abs(len(known) - len(form)) < 2
            and known[0] == form[0]
            and OSA.distance(known, form, score_cutoff=1) <= 1
        )
        return list(near)

    def _signs_held(self, run: str, held: frozenset[str]) -> list[bool]:
        """For each character of a run: does a pair with it occur in the passage?"""
        if len(run) == 1:
            return [run in held]
        pairs = [pair in held for pair in _pairs(run)]
        return [any(pairs[max(i - 1, 0) : i + 1]) for i in range(len(run))]

    def _misses_a_word(self, run: str, signs: list[bool]) -> bool:
        """Two neighbours that are not covered are taken for a word, unless they are small talk."""
        return any(
            not signs[i] and not signs[i + 1] and pair not in self._small_talk
            for i, pair in enumerate(_pairs(run))
        )

    def _held_by(self, term: str) -> int:
        found = self._weights.get(term)
        return len(found[0]) if found else 0

    def _idf(self, held_by: int) -> float:
        return math.log(1 + (self._size - held_by + 0.5) / (held_by + 0.5))


class _MeaningIndex:
    """Sentence vectors; a passage is as near as its nearest phrasing."""

    def __init__(self, meanings: Sequence[tuple[str, ...]], encoder: Encoder) -> None:
        self._encoder = encoder
        # Papers of several editions share paragraphs: each sentence is encoded once.
        sentences = list(dict.fromkeys(text for texts in meanings for text in texts))
        place = {text: row for row, text in enumerate(sentences)}
        self._vectors = np.ascontiguousarray(encoder.encode(sentences), np.float32)
        self._rows = np.array([place[t] for texts in meanings for t in texts], np.int32)
        self._starts = np.cumsum([0, *(len(texts) for texts in meanings[:-1])])

    def scores(self, question: str) -> Vectors:
        """Cosine of the question with every passage, shape (passages,)."""
        near = self._vectors @ self._encoder.encode([question])[0]
        best: Vectors = np.maximum.reduceat(near[self._rows], self._starts)
        return best


def _public_entries(pack: Pack) -> Iterable[_Entry]:
    for article in pack.articles:
        if article.public and article.text.strip():
            yield _article_entry(article, pack)
    for document in pack.documents:
        if document.public:
            yield from _document_entries(document, pack)


def _article_entry(article: Article, pack: Pack) -> _Entry:
    names = _names_of(pack, article.slots.get("edition", ""))
    passage = Passage(
        source=article.id,
        kind="article",
        title=article.title,
        place="",
        language=article.language,
        text=shorten(article.text),
        score=0.0,
        answers=False,
    )
    words = "\n".join((article.title, *article.questions, *names, article.text))
    return _Entry(passage, words, tuple(dict.fromkeys((article.title, *article.questions))))


def _document_entries(document: Document, pack: Pack) -> Iterable[_Entry]:
    names = " ".join(_names_of(pack, document.edition))
    for heading, paragraph in document.text:
        if not any(c.isalnum() for c in paragraph):
            continue
        passage = Passage(
            source=document.id,
            kind="document",
            title=document.title,
            place=heading,
            language=document.language,
            text=shorten(paragraph),
            score=0.0,
            answers=False,
        )
        words = f"{document.title}\n{heading}\n{names}\n{paragraph}"
        meaning = f"{heading}. {paragraph}"[:MEANING_CHARS]
        yield _Entry(passage, words, (meaning,), document.valid_from, document.valid_to)


def shorten(text: str, limit: int = QUOTE_CHARS) -> str:
    """The text's first paragraphs within the limit; of one that is longer, its first sentences."""
    clean = text.strip()
    if len(clean) <= limit:
        return clean
    kept = ""
    for paragraph in re.split(r"\n\s*\n", clean):
        if len(kept) + len(paragraph) + 2 > limit:
            break
        kept = f"{kept}\n\n{paragraph}".strip()
    if kept:
        return kept
    ends = [m.end() for m in re.finditer(r"[.!?](?=\s)|[。！？]", clean[:limit])]
    return clean[: ends[-1]] if ends else clean[: limit - 1].rstrip() + "…"


def _valid(entry: _Entry, now_date: str | None) -> bool:
    if now_date is None:
        return True
    return entry.valid_from <= now_date and (not entry.valid_to or now_date <= entry.valid_to)


def _standardise(scores: Vectors) -> Vectors:
    spread = float(scores.std())
    return (scores - scores.mean()) / spread if spread > 1e-6 else np.zeros_like(scores)


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def _names_of(pack: Pack, edition: str) -> tuple[str, ...]:
    found = pack.edition(edition) if edition else None
    return (found.id, *found.name.values()) if found else ()


def _edition_names(pack: Pack) -> frozenset[str]:
    names = (fold(name) for e in pack.editions for name in _names_of(pack, e.id))
    return frozenset(word for name in names for word in name.split())


def _small_talk(pack: Pack) -> frozenset[str]:
    """Terms that several everyday sentences share: how people talk, not what they ask about."""
    counts: Counter[str] = Counter()
    for examples in pack.examples.values():
        for sentence in _everyday(examples):
            counts.update(set(terms(sentence)))
    return frozenset(term for term, times in counts.items() if times >= 3)


def _everyday(examples: Examples) -> Iterable[str]:
    return (s for intent in EVERYDAY for s in examples.intents.get(intent, ()))
