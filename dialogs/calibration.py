"""Questions with a known answer out of a pack's own phrasings, to learn when a paper answers.

In turns, a part of the papers is taken away: whoever asks in one of their phrasings ought to get no
answer. Of the other papers a part of the phrasings is taken away, each with what most resembles it
in the other languages: these ought to be answered. Where a phrasing stays, a word of it is swapped
for one of the papers that are gone: near misses. Everyday sentences ought never to be answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar
from zlib import crc32

import numpy as np

from dialogs.gate import CANDIDATES, Case, Kind, signs_of
from dialogs.passage_index import Encoder, Indexed, PassageIndex, Sought, Vectors, best_first
from dialogs.word_index import Vocabulary
from dialogs.words import content_runs, content_words, pairs_of, terms

FOLDS = 5
ASKED = 80  # questions of a kind in each fold

T = TypeVar("T")
_Phrasing = tuple[str, str, str]  # paper, language, text


class _Asked(NamedTuple):
    kind: Kind
    text: str
    language: str
    paper: str = ""  # that answers it


class _Known:
    """Vectors of sentences that are encoded already; the encoder for those that are not."""

    def __init__(self, vectors: Mapping[str, Vectors], encoder: Encoder) -> None:
        self._vectors, self._encoder = dict(vectors), encoder

    def encode(self, texts: list[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors.update(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._vectors[text] for text in texts])


class Calibration:
    """Takes passages away in turns and asks for them."""

    def __init__(
        self,
        passages: Sequence[Indexed],
        vocabulary: Vocabulary,
        idle: Sequence[tuple[str, str]],
        known: tuple[Mapping[str, Vectors], Encoder] | None,
    ) -> None:
        """`passages` are those with phrasings; `idle` are everyday sentences with their language.

        `known`: vectors of all these sentences, and what encodes others; None where words alone
        are searched.
        """
        self._passages, self._vocabulary, self._idle = passages, vocabulary, idle
        self._encoder = _Known(*known) if known else None

    def cases(self) -> list[Case]:
        """The same passages give the same cases; none with too few papers."""
        papers = list(dict.fromkeys(p.paper for p in self._passages))
        if len(papers) < FOLDS:
            return []
        found: list[Case] = []
        for fold in range(FOLDS):
            found.extend(self._fold(fold, frozenset(papers[fold::FOLDS])))
        return found

    def _fold(self, fold: int, gone: frozenset[str]) -> Iterable[Case]:
        left = [p for p in self._passages if p.paper not in gone]
        held = [(p, text) for p in left for text in p.phrasings[1 + fold :: FOLDS]]
        away = self._with_translations(held, left)
        kept = [_without(p, away) for p in left]
        quiet = [text for number, (text, _) in enumerate(self._idle) if number % FOLDS != fold]
        index = PassageIndex(kept, self._encoder, self._vocabulary, quiet)
        lost = [(p, t) for p in self._passages if p.paper in gone for t in p.phrasings[1:]]
        asked = [_Asked("own", text, p.language, p.paper) for p, text in _some(held)]
        asked += [_Asked("gone", text, p.language) for p, text in _some(lost)]
        asked += [_Asked("swapped", text, p.language) for p, text in _swap(index, kept, lost)]
        asked += [_Asked("idle", *each) for each in _some(self._idle[fold::FOLDS])]
        near = index.meaning.nearness([a.text for a in asked]) if index.meaning else None
        for number, each in enumerate(asked):
            sought = index.seek(each.text, each.language, None if near is None else near[number])
            rows = candidates(index, sought, map(int, best_first(sought.total)))
            right = [n for n, row in enumerate(rows) if left[row].paper == each.paper]
            signs = tuple(signs_of(index, sought, row) for row in rows)
            yield Case(each.kind, signs, right[0] if right else -1)

    def _with_translations(
        self, held: Sequence[tuple[Indexed, str]], passages: Sequence[Indexed]
    ) -> set[_Phrasing]:
        """All that is taken away: the phrasings, and what is nearest in the other languages."""
        away = {(p.paper, p.language, text) for p, text in held}
        if self._encoder is None:
            return away
        by_paper: dict[str, list[Indexed]] = {}
        for passage in passages:
            by_paper.setdefault(passage.paper, []).append(passage)
        for passage, text in held:
            for other in by_paper[passage.paper]:
                if other.language != passage.language:
                    theirs = self._encoder.encode(list(other.phrasings))
                    nearest = int((theirs @ self._encoder.encode([text])[0]).argmax())
                    away.add((other.paper, other.language, other.phrasings[nearest]))
        return away


def candidates(index: PassageIndex, sought: Sought, rows: Iterable[int]) -> list[int]:
    """Of each of the first papers the first passage, if it holds all names and numbers."""
    found: dict[int, int] = {}
    for row in rows:
        found.setdefault(int(index.papers[row]), row)
        if len(found) == CANDIDATES:
            break
    return [row for row in found.values() if index.holds_listed(sought, row)]


def _swap(
    index: PassageIndex, kept: Sequence[Indexed], lost: Sequence[tuple[Indexed, str]]
) -> list[tuple[Indexed, str]]:
    """Phrasings in which the rarest word is one that their paper does not hold."""
    foreign: dict[str, dict[str, None]] = {}
    for passage, text in lost:
        foreign.setdefault(passage.language, {}).update(dict.fromkeys(_units(text)))
    words = {language: list(each) for language, each in foreign.items()}
    found = []
    for row, text in _some([(row, t) for row, p in enumerate(kept) for t in p.phrasings[1:]]):
        language = kept[row].language
        other = _unheld(index, row, words.get(language, []), crc32(text.encode(errors="replace")))
        rare = max(_units(text), key=lambda u: index.words.rarity(u, language), default="")
        if rare and other:
            swapped = re.sub(re.escape(rare), other, text, count=1, flags=re.IGNORECASE)
            found.append((kept[row], swapped))
    return [(passage, text) for passage, text in found if text not in passage.phrasings]


def _unheld(index: PassageIndex, row: int, words: Sequence[str], start: int) -> str:
    """The first word from `start` on that the passage does not hold; "" if there is none."""
    held = index.words.held(row)
    language = index.language(row)
    for number in range(len(words)):
        word = words[(start + number) % len(words)]
        if held.isdisjoint(terms(word, language)):
            return word
    return ""


def _units(text: str) -> list[str]:
    """Words that carry the matter, and pairs of Chinese characters."""
    return [*content_words(text), *(pair for run in content_runs(text) for pair in pairs_of(run))]


def _without(passage: Indexed, away: set[_Phrasing]) -> Indexed:
    lost = [t for t in passage.phrasings[1:] if (passage.paper, passage.language, t) in away]
    text = passage.text
    for phrasing in lost:
        text = text.replace(f"{phrasing}\n", "", 1)
    return passage._replace(
        phrasings=tuple(t for t in passage.phrasings if t not in lost), text=text
    )


def _some(items: Sequence[T]) -> Sequence[T]:
    """Every so manieth, about ASKED of them."""
    return items[:: max(1, len(items) // ASKED)]
