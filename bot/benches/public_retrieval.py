"""Finding the passage that answers, measured on public question sets, as the product finds it.

One index class, one setting for every set, no training. What each figure is:

- *XQuAD*: 240 passages and 1,190 questions, the same in four languages. The collection is all
  passages of one language, the questions are in that language. *R@3*: the share of questions whose
  own passage is among the first three.
- *XQuAD across*: the questions in Chinese, Russian or Spanish, the collection all English passages.
- *SQuAD 2.0*: half of its documents. The collection is all their passages together, the questions
  are the answerable ones. *R@3* as above.
- *off-document*: each of these documents by itself is a collection. Its own answerable questions
  ought to be taken, those of the other documents refused (every eleventh of them is asked). A
  question counts as taken when the evidence of the best of its nearest passages reaches one limit,
  the same for all documents, set so that 90 % of the own questions are taken. The figure is the
  share of foreign questions that are refused.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np

from dialogs.passage_index import Encoder, Indexed, PassageIndex, best_first, windows

LANGUAGES = ("en", "zh", "ru", "es")
ACROSS = ("zh", "ru", "es")
KEPT = 90  # percent of a document's own questions
EVERY = 11  # foreign question
NEAREST = 5  # passages that are looked at for evidence
BATCH = 64


class Asked(msgspec.Struct, frozen=True):
    text: str
    answerable: bool = True


class Page(msgspec.Struct, frozen=True):
    """A passage with its questions; `lang` in the one set, `article` in the other."""

    passage: str
    questions: tuple[Asked, ...]
    lang: str = "en"
    article: str = ""


def measure_retrieval(folder: Path, encoder: Encoder) -> Iterable[tuple[str, float, str]]:
    """(name, value, unit) of each figure told above; a set whose file is absent is left out."""
    kept = _Batched(encoder)
    yield from _measure_xquad(_read(folder / "retrieval-xquad.jsonl.gz"), kept)
    yield from _measure_squad(_read(folder / "retrieval-squad2.jsonl.gz"), kept)


class _Batched:
    """Encodes each text once, like with like in length: long batches of mixed length are slow."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, np.ndarray[tuple[int], np.dtype[np.float32]]] = {}

    def encode(self, texts: list[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        new = sorted({t for t in texts if t not in self._known}, key=len)
        for at in range(0, len(new), BATCH):
            part = new[at : at + BATCH]
            self._known.update(zip(part, self._encoder.encode(part), strict=True))
        return np.stack([self._known[text] for text in texts])


def _measure_xquad(pages: Sequence[Page], encoder: Encoder) -> Iterator[tuple[str, float, str]]:
    if not pages:
        return
    by = {each: [p for p in pages if p.lang == each] for each in LANGUAGES}
    indexes = {each: _index(by[each], encoder) for each in LANGUAGES}
    for each in LANGUAGES:
        yield f"XQuAD {each}: R@3", _recall(indexes[each], by[each], encoder), "%"
    for each in ACROSS:
        value = _recall(indexes["en"], by[each], encoder)
        yield f"XQuAD across, {each} on English: R@3", value, "%"


def _measure_squad(pages: Sequence[Page], encoder: Encoder) -> Iterator[tuple[str, float, str]]:
    if not pages:
        return
    yield "SQuAD 2.0 half: R@3", _recall(_index(pages, encoder), pages, encoder), "%"
    own, foreign = [], []
    for document in dict.fromkeys(p.article for p in pages):
        index = _index([p for p in pages if p.article == document], encoder)
        own += [_evidence(index, t) for t in _questions(p for p in pages if p.article == document)]
        others = _questions(p for p in pages if p.article != document)
        foreign += [_evidence(index, text) for text in others[::EVERY]]
    limit = np.percentile(own, 100 - KEPT)
    refused = 100 * float(np.mean(np.array(foreign) < limit))
    yield f"SQuAD 2.0 half: off-document refused, {KEPT} % kept", refused, "%"


def _evidence(index: PassageIndex, text: str) -> float:
    sought = index.seek(text, "en")
    rows = best_first(sought.total)[:NEAREST]
    return max(index.evidence(sought, int(row)) for row in rows)


def _recall(index: PassageIndex, pages: Sequence[Page], encoder: Encoder) -> float:
    encoder.encode([text for text in _questions(pages)])  # at once is faster than one by one
    hits = [
        row in index.rank(asked.text, page.lang)[:3]
        for row, page in enumerate(pages)
        for asked in page.questions
        if asked.answerable
    ]
    return 100 * float(np.mean(hits))


def _questions(pages: Iterable[Page]) -> list[str]:
    return [asked.text for page in pages for asked in page.questions if asked.answerable]


def _index(pages: Sequence[Page], encoder: Encoder) -> PassageIndex:
    texts = (page.passage for page in pages)
    languages = (page.lang for page in pages)
    return PassageIndex(
        [
            Indexed(text, windows(text), text, lang)
            for text, lang in zip(texts, languages, strict=True)
        ],
        encoder,
    )


def _read(path: Path) -> tuple[Page, ...]:
    if not path.exists():
        return ()
    decode = msgspec.json.Decoder(Page).decode
    with gzip.open(path) as lines:
        return tuple(decode(line) for line in lines)
