"""Answers from the company's own papers: the passage, its source, or an honest "not in them".

Only public content ever enters the index: what is internal is left out when it is built, so no
question can reach it. Prices are never quoted from here; the caller sees to that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from dialogs.pack import Article, Document, Examples, Pack
from dialogs.types import Passage
from dialogs.word_index import Question, WordIndex
from dialogs.words import fold, terms

Vectors = npt.NDArray[np.float32]

QUOTE_CHARS = 600  # a quoted answer ends at the paragraph border nearest below
MAX_QUESTION = 1_000  # characters of a question that count
COVERAGE = 0.6  # share of the question's weight that a passage must hold to answer it
LIKE_PHRASING = 0.8  # cosine from which a question counts as one of an article's phrasings ...
COVERAGE_LIKE = 0.35  # ... and the share that is then enough
LOOKED_AT = 8  # nearest passages that are tested for an answer
SAME_LANGUAGE = 0.5  # added to the score, in standard deviations
MEANING_CHARS = 300  # of a paragraph, for its meaning
# Intents whose sample sentences speak of no product matter.
EVERYDAY = (
    "affirm", "deny", "dont_know", "refuse", "go_back", "restart", "ask_why", "talk_to_human",
    "small_talk", "unclear",
)  # fmt: skip
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|(?<=[。！？；])|\n")


class Encoder(Protocol):
    """Sentences to unit vectors, one row each, float32."""

    def encode(self, texts: list[str]) -> Vectors: ...


class _Entry(NamedTuple):
    """A passage as it is indexed: what it is about, what it says, what its meaning is told by."""

    passage: Passage  # its text is the whole, of which a part is quoted
    about: str
    meanings: tuple[str, ...]
    valid_from: str = ""
    valid_to: str = ""


class Library:
    """Every public passage of a pack, searchable by words and by meaning."""

    def __init__(self, pack: Pack, encoder: Encoder | None = None) -> None:
        """Builds the index; with an encoder, all passages are encoded in one batch."""
        self._entries = tuple(_public_entries(pack))
        texts = [f"{e.about}\n{e.passage.text}" for e in self._entries]
        self._words = WordIndex(texts, _edition_names(pack), _small_talk(pack))
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
        seen: set[str] = set()
        for row in map(int, np.argsort(-total, kind="stable")):
            if len(near) >= max(limit, LOOKED_AT) or (lexical[row] <= 0 and cosine[row] <= 0):
                break
            entry = self._entries[row]
            if _valid(entry, now_date) and entry.passage.text not in seen:
                seen.add(entry.passage.text)
                near.append(self._rated(row, question, float(total[row]), float(cosine[row])))
        near.sort(key=lambda p: not p.answers)
        return tuple(near[:limit])

    def _rated(self, row: int, question: Question, score: float, cosine: float) -> Passage:
        """The passage with the part to quote: the one that answers, if any."""
        entry = self._entries[row]
        enough = COVERAGE_LIKE if cosine >= LIKE_PHRASING else COVERAGE
        focus = -1
        if self._words.coverage(question, self._words.held(row)) >= enough:
            focus = self._answering_paragraph(entry, question, enough)
        quoted = quote(entry.passage.text, max(focus, 0))
        return replace(entry.passage, text=quoted, score=round(score, 4), answers=focus >= 0)

    def _answering_paragraph(self, entry: _Entry, question: Question, enough: float) -> int:
        """Number of the paragraph with the sentence that, with the title, covers most; -1: none.

        Words that lie scattered over a paper say nothing about each other.
        """
        about = set(terms(entry.about))
        best, where = enough, -1
        for number, paragraph in enumerate(paragraphs_of(entry.passage.text)):
            for sentence in _SENTENCE.split(paragraph):
                covered = self._words.coverage(question, about.union(terms(sentence)))
                if covered > best or (where < 0 and covered >= best):
                    best, where = covered, number
        return where


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
        text=article.text.strip(),
        score=0.0,
        answers=False,
    )
    about = "\n".join((article.title, *article.questions, *names))
    return _Entry(passage, about, tuple(dict.fromkeys((article.title, *article.questions))))


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
            text=paragraph.strip(),
            score=0.0,
            answers=False,
        )
        about = f"{document.title}\n{heading}\n{names}"
        meaning = f"{heading}. {paragraph}"[:MEANING_CHARS]
        yield _Entry(passage, about, (meaning,), document.valid_from, document.valid_to)


def quote(text: str, focus: int = 0, limit: int = QUOTE_CHARS) -> str:
    """The paragraph numbered `focus` and those around it within the limit of characters.

    Of a paragraph longer than the limit, its first sentences.
    """
    paragraphs = paragraphs_of(text)
    if not paragraphs:
        return ""
    first = last = min(focus, len(paragraphs) - 1)
    if len(paragraphs[first]) > limit:
        return _cut(paragraphs[first], limit)
    while True:
        if last + 1 < len(paragraphs) and _length(paragraphs[first : last + 2]) <= limit:
            last += 1
        elif first and _length(paragraphs[first - 1 : last + 1]) <= limit:
            first -= 1
        else:
            return "\n\n".join(paragraphs[first : last + 1])


def paragraphs_of(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def _length(paragraphs: list[str]) -> int:
    return sum(len(p) + 2 for p in paragraphs) - 2


def _cut(paragraph: str, limit: int) -> str:
    ends = [m.end() for m in re.finditer(r"[.!?](?=\s)|[。！？]", paragraph[:limit])]
    return paragraph[: ends[-1]] if ends else paragraph[: limit - 1].rstrip() + "…"


def _valid(entry: _Entry, now_date: str | None) -> bool:
    if now_date is None:
        return True
    return entry.valid_from <= now_date and (not entry.valid_to or now_date <= entry.valid_to)


def _standardise(scores: Vectors) -> Vectors:
    spread = float(scores.std())
    return (scores - scores.mean()) / spread if spread > 1e-6 else np.zeros_like(scores)


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
