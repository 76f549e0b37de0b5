"""Answers from the company's own papers: the passage, its source, or an honest "not in them".

Only public content ever enters the index: what is internal is left out when it is built, so no
question can reach it. Prices are never quoted from here; the caller sees to that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from msgspec.json import encode
from msgspec.structs import replace

from dialogs.calibration import Calibration, candidates
from dialogs.gate import Gate, recall_gate, signs_of
from dialogs.learning import Notes, name_of
from dialogs.pack import Article, Document, Examples, Pack
from dialogs.passage_index import (
    MEANING_CHARS,
    SENTENCE,
    Encoder,
    Indexed,
    PassageIndex,
    Sought,
    best_first,
    windows,
)
from dialogs.synonyms import synonyms_of
from dialogs.types import Passage
from dialogs.understanding.shorthand import spell_out_question
from dialogs.word_index import SHORT, Question, Vocabulary, leave_out, names_in
from dialogs.words import content_words, fold, terms

QUOTE_CHARS = 600  # a quoted answer ends at the paragraph border nearest below
MAX_QUESTION = 1_000  # characters of a question that count
COVERAGE = 0.6  # share of the question's weight that a passage must hold to answer it
LIKE_PHRASING = 0.8  # cosine from which a question counts as one of an article's phrasings ...
COVERAGE_LIKE = 0.35  # ... and the share that is then enough
FAR = 0.3  # an answer's meaning is at most so much further off than the nearest passage's ...
NEAR = 0.35  # ... and at least so near, in cosine
EVIDENCE = 0.95  # share of the words plus cosine from which a passage answers anyway ...
EVIDENCE_NEAR = 0.4  # ... with at least this cosine
ABROAD = 0.58  # cosine from which a passage in another language answers ...
ABROAD_BESIDE = 0.7  # ... where there are papers in the question's language too ...
CLOSE = 0.08  # ... if none is so much nearer
ALIKE = 0.55  # cosine from which a passage may answer without every word ...
SAME_MEANING = 0.895  # ... if the question stays so much the same without them
PAIRS = (2,)  # neighbouring sentences that a passage's meaning is told by: half the vectors
RESEMBLING = 0.97  # share of phrasings that must be the same for what was learnt to hold
LOOKED_AT = 8  # nearest passages that are tested for an answer
# Intents whose sample sentences speak of no product matter.
EVERYDAY = (
    "affirm", "deny", "dont_know", "refuse", "go_back", "restart", "ask_why", "talk_to_human",
    "small_talk", "unclear",
)  # fmt: skip

# Intents whose messages may be looked up although no paper answers them.
IDLE = ("out_of_scope", "small_talk", "ask_why", "unclear")


class _Entry(NamedTuple):
    """A passage as it is indexed: what it is about, what it says, what its meaning is told by."""

    passage: Passage  # its text is the whole, of which a part is quoted
    about: str
    meanings: tuple[str, ...]
    phrasings: tuple[str, ...] = ()
    valid_from: str = ""
    valid_to: str = ""
    more: str = ""  # words by which it is found too

    def indexed(self) -> Indexed:
        whole = self.passage.text[:MEANING_CHARS]
        text = "\n".join((self.about, *self.phrasings, self.passage.text, self.more))
        return Indexed(
            text, self.meanings, whole, self.passage.language, self.paper, self.phrasings
        )

    @property
    def paper(self) -> str:
        """What articles of several languages that say the same have in common; "" of others."""
        source = self.passage.source
        return source.removesuffix(f"-{self.passage.language}") if self.phrasings else ""


class Library:
    """Every public passage of a pack, searchable by words and by meaning."""

    def __init__(
        self,
        pack: Pack,
        encoder: Encoder | None = None,
        former: Library | None = None,
        notes: Notes | None = None,
    ) -> None:
        """Builds the index; with an encoder, all passages are encoded in one batch.

        What was learnt for `former` holds if nearly all phrasings are the same; `notes` keep it.
        """
        self._entries = tuple(_public_entries(pack))
        told = [each.passage.text for each in self._entries]
        wordings = (each for entry in self._entries for each in entry.phrasings[1:])
        vocabulary = Vocabulary(
            _edition_names(pack) | names_in(told, wordings),
            _small_talk(pack),
            _own_names(pack),
            synonyms_of(pack),
        )
        self._vocabulary, idle = vocabulary, _idle(pack)
        self._index = PassageIndex(
            [e.indexed() for e in self._entries], encoder, vocabulary, list(idle)
        )
        self._words, self._meaning = self._index.words, self._index.meaning
        asked = [e.indexed() for e in self._entries if e.phrasings]
        self._gate: Gate | None = None
        self._phrasings = frozenset((p.paper, p.language, t) for p in asked for t in p.phrasings)
        if former is not None and former._resembles(self):
            self._gate = former._gate
        elif self._meaning and encoder:  # by words alone there is little to weigh: the rules decide
            known = (self._meaning.vectors, encoder)
            trial = Calibration(asked, vocabulary, list(idle.items()), known)
            name = name_of(encode(pack, order="deterministic"), *known[0].values())
            self._gate = recall_gate(trial.cases, name, notes)

    def _resembles(self, other: Library) -> bool:
        """Both with an encoder or both without, and nearly all phrasings the same?"""
        mine, theirs = self._phrasings, other._phrasings
        most = RESEMBLING * max(len(mine), len(theirs))
        return (self._meaning is None) == (other._meaning is None) and len(mine & theirs) >= most

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Everything that can be found."""
        return tuple(entry.passage for entry in self._entries)

    def leave_unheard(self, text: str, language: str) -> tuple[str, tuple[str, ...]]:
        """As `WordIndex.leave_unheard`, for a question of any length."""
        return self._words.leave_unheard(text[:MAX_QUESTION], language)

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
        sought = self._index.seek(spell_out_question(text[:MAX_QUESTION]), language)
        rows = list(self._nearest(sought, max(limit, LOOKED_AT), now_date))
        near = [self._rated(sought, row, sought.question) for row in rows]
        sure = self._weighed(sought, rows)
        if sure:
            best = max(sure, key=sure.__getitem__)
            others = (passage for place, passage in enumerate(near) if place != best)
            return (self._given(sought, rows[best], near[best]), *others)[:limit]
        if rows and not any(passage.answers for passage in near):
            place = max(range(len(rows)), key=lambda i: sought.cosine[rows[i]])
            near[place] = self._rated_loosely(sought, rows[place])
        # What answers comes first, and of that what is in the question's own language.
        foreign = [2 if not p.answers else int(not sought.readable[row])
                   for p, row in zip(near, rows, strict=True)]  # fmt: skip
        near = [near[place] for place in sorted(range(len(near)), key=foreign.__getitem__)]
        return tuple(near[:limit])

    def _weighed(self, sought: Sought, rows: list[int]) -> dict[int, float]:
        """Places of the rows that the gate lets pass, with how sure it is."""
        if self._gate is None:
            return {}
        asked = [row for row in rows if self._entries[row].phrasings]
        sure = {
            rows.index(row): self._gate.weigh(signs_of(self._index, sought, row))
            for row in candidates(self._index, sought, asked)
        }
        return {place: value for place, value in sure.items() if value >= self._gate.limit}

    def _given(self, sought: Sought, row: int, passage: Passage) -> Passage:
        """The passage as an answer, with the part to quote."""
        entry = self._entries[row]
        focus = max(0, self._answering_paragraph(entry, sought.question, 0.0))
        return replace(passage, text=quote(entry.passage.text, focus), answers=True)

    def _nearest(self, sought: Sought, most: int, now_date: str | None) -> Iterable[int]:
        """Rows of the best valid passages, best first, none of the same text twice."""
        seen: set[str] = set()
        for row in map(int, best_first(sought.total)):
            if len(seen) == most or (sought.lexical[row] <= 0 and sought.cosine[row] <= 0):
                return
            entry = self._entries[row]
            if _valid(entry, now_date) and entry.passage.text not in seen:
                seen.add(entry.passage.text)
                yield row

    def _rated(self, sought: Sought, row: int, question: Question) -> Passage:
        """The passage with the part to quote: the one that answers, if any."""
        entry = self._entries[row]
        enough = COVERAGE_LIKE if sought.cosine[row] >= LIKE_PHRASING else COVERAGE
        focus = -1
        if self._may_answer(sought, row):
            if self._words.coverage(question, self._words.held(row)) >= enough:
                focus = self._answering_paragraph(entry, question, enough)
            if focus < 0 and self._speaks_of(sought, row):
                focus = max(0, self._answering_paragraph(entry, question, 0.0))
        elif self._is_sure_abroad(sought, row):
            focus = 0
        return replace(
            entry.passage,
            text=quote(entry.passage.text, max(focus, 0)),
            score=round(float(sought.total[row]), 4),
            answers=focus >= 0,
        )

    def _may_answer(self, sought: Sought, row: int) -> bool:
        """Is the passage in the question's language, and its meaning not far off the nearest?"""
        if not sought.readable[row]:
            return False
        near = max(NEAR, sought.best - FAR)
        return self._meaning is None or float(sought.cosine[row]) >= near

    def _speaks_of(self, sought: Sought, row: int) -> bool:
        """Words and meaning together leave little doubt, and no name or number is missing."""
        if self._meaning is None or self._index.evidence(sought, row) < EVIDENCE:
            return False
        # In a few words each one matters.
        few = not sought.question.runs and len(sought.question.words) <= SHORT
        near = ALIKE if few else EVIDENCE_NEAR
        return bool(sought.cosine[row] >= near) and self._index.holds_names(sought, row)

    def _is_sure_abroad(self, sought: Sought, row: int) -> bool:
        """The passage is in another language, and its meaning alone leaves little doubt."""
        if self._meaning is None or sought.readable[row]:
            return False
        least = ABROAD_BESIDE if sought.readable.any() else ABROAD
        near = max(least, float(sought.cosine.max()) - CLOSE)
        return bool(sought.cosine[row] >= near) and self._index.holds_names(sought, row)

    def _rated_loosely(self, sought: Sought, row: int) -> Passage:
        """As `_rated`, but words that hardly change the question's meaning may be missing."""
        question = sought.question
        alike = self._meaning is not None and sought.cosine[row] >= max(ALIKE, sought.best - 0.05)
        missing = self._words.missing(question, self._words.held(row)) if alike else ()
        if self._meaning is None or not missing:
            return self._rated(sought, row, question)
        kept = leave_out(sought.text, missing)
        if self._meaning.likeness(sought.text, kept) >= SAME_MEANING:
            question = question.without(missing)
        return self._rated(sought, row, question)

    def _answering_paragraph(self, entry: _Entry, question: Question, enough: float) -> int:
        """Number of the paragraph with the sentence that, with the title, covers most; -1: none.

        Words that lie scattered over a paper say nothing about each other.
        """
        language = entry.passage.language
        # Where there are enough phrasings to learn from, each stands for itself.
        told = entry.phrasings[:1] if self._gate is not None else entry.phrasings
        about = set(terms("\n".join((entry.about, *told)), language))
        best, where = enough, -1
        for number, paragraph in enumerate(paragraphs_of(entry.passage.text)):
            for sentence in SENTENCE.split(paragraph):
                covered = self._words.coverage(question, about.union(terms(sentence, language)))
                if covered > best or (where < 0 and covered >= best):
                    best, where = covered, number
        if where < 0 and any(
            self._words.coverage(question, about.union(terms(phrasing, language))) >= enough
            for phrasing in entry.phrasings[len(told) :]
        ):
            return 0
        return where


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
    spans = windows(article.text, PAIRS)
    phrasings = dict.fromkeys((article.title, *map(spell_out_question, article.questions)))
    return _Entry(passage, "\n".join(names), spans, tuple(phrasings), more=article.summary)


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
            version=document.version,
        )
        about = f"{document.title}\n{heading}\n{names}"
        spans = (f"{heading}. {span}" if heading else span for span in windows(paragraph, PAIRS))
        yield _Entry(passage, about, tuple(spans), (), document.valid_from, document.valid_to)


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
        # What comes first in a paper says what the rest is about.
        if first and _length(paragraphs[first - 1 : last + 1]) <= limit:
            first -= 1
        elif last + 1 < len(paragraphs) and _length(paragraphs[first : last + 2]) <= limit:
            last += 1
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


def _names_of(pack: Pack, edition: str) -> tuple[str, ...]:
    found = pack.edition(edition) if edition else None
    return (found.id, *found.name.values()) if found else ()


def _edition_names(pack: Pack) -> frozenset[str]:
    names = (fold(name) for e in pack.editions for name in _names_of(pack, e.id))
    return frozenset(word for name in names for word in name.split())


def _own_names(pack: Pack) -> frozenset[str]:
    """Words of the company's and the assistant's names: every paper is about them."""
    names = (*pack.company.name.values(), *pack.company.assistant.values())
    return frozenset(word for name in names for word in content_words(name))


def _small_talk(pack: Pack) -> frozenset[str]:
    """Terms that several everyday sentences share: how people talk, not what they ask about."""
    counts: Counter[str] = Counter()
    for examples in pack.examples.values():
        for sentence in _everyday(examples):
            counts.update(set(terms(sentence)))
    return frozenset(term for term, times in counts.items() if times >= 3)


def _idle(pack: Pack) -> dict[str, str]:
    """Sentences that ask the papers nothing, with their language."""
    return {
        sentence: language
        for language, examples in pack.examples.items()
        for intent in IDLE
        for sentence in examples.intents.get(intent, ())
    }


def _everyday(examples: Examples) -> Iterable[str]:
    return (s for intent in EVERYDAY for s in examples.intents.get(intent, ()))
