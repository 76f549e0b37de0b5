"""Intents of public benchmark sets, by the product's own encoder and classifier.

Nothing is tuned to a set: all of them meet the model as a company's pack does, with the same
constants, and thresholds come from the few examples it learns from.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from dialogs.understanding.encoder import Encoder, Matrix
from dialogs.understanding.model import LinearModel

SHOTS = 10
SEEDS = (0, 1, 2)  # of the draws from xSID
STRANGE = 1 / 7  # the part of its own examples that a model may take for strange
DOMAIN = "banking"  # of NLU++
FOLDS = tuple(range(0, 20, 2))  # of NLU++, each in turn what is learned from


class Row(msgspec.Struct, frozen=True):
    """One labelled message; which members it has depends on the set."""

    text: str
    split: str = ""
    intent: str | None = None
    intents: tuple[str, ...] = ()
    lang: str = ""
    domain: str = ""
    fold: int = 0

    @property
    def pair(self) -> tuple[str, str]:
        return self.text, self.intent or ""


Measured = tuple[str, float, str]  # name, value, unit


def measure_intents(folder: Path, encoder: Encoder | None) -> Iterable[Measured]:
    """Each figure as it is ready; sets whose file is absent are left out.

    Without an encoder the model looks at letters alone, as the product then does.
    """
    if encoder is not None:
        encoder = Remembering(encoder)
    banking = load_rows(folder / "intents-banking77.jsonl.gz")
    for shots in (5, 10):
        if banking:
            yield _accuracy(f"BANKING77 {shots}-shot", banking, f"train_{shots}", encoder)
    yield from _measure_clinc(load_rows(folder / "intents-clinc150.jsonl.gz"), encoder)
    house = load_rows(folder / "intents-hwu64.jsonl.gz")
    if house:
        yield _accuracy("HWU64 10-shot", house, "train_10", encoder)
    yield from _measure_xsid(load_rows(folder / "intents-xsid.jsonl.gz"), encoder)
    yield from _measure_several(load_rows(folder / "multi-intent-nlupp.jsonl.gz"), encoder)


def load_rows(path: Path) -> list[Row]:
    """The lines of a set; empty where it is not there."""
    if not path.exists():
        return []
    decode = msgspec.json.Decoder(Row).decode
    with gzip.open(path) as lines:
        return [decode(line) for line in lines if line.strip()]


class Remembering:
    """Encodes each sentence once, however many models are made of it."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Matrix] = {}

    def encode(self, texts: list[str]) -> Matrix:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._known[text] for text in texts])


def _accuracy(name: str, rows: list[Row], learned: str, encoder: Encoder | None) -> Measured:
    model = LinearModel(encoder, [row.pair for row in rows if row.split == learned])
    return name, _percent_right(model, [row for row in rows if row.split == "test"]), "%"


def _percent_right(model: LinearModel, rows: Sequence[Row]) -> float:
    verdicts = model.judge([row.text for row in rows])
    pairs = zip(verdicts, rows, strict=True)
    return 100 * sum(v.label == row.intent for v, row in pairs) / len(rows)


def _measure_clinc(rows: list[Row], encoder: Encoder | None) -> Iterable[Measured]:
    if not rows:
        return
    model = LinearModel(encoder, [row.pair for row in rows if row.split == "train_10"])
    inside = [row for row in rows if row.split == "test"]
    outside = [row.text for row in rows if row.split == "oos_test"]
    yield "CLINC150 10-shot", _percent_right(model, inside), "%"
    told = model.judge([row.text for row in inside])
    kept = [verdict.rank >= STRANGE for verdict in told]
    right = [verdict.label == row.intent for verdict, row in zip(told, inside, strict=True)]
    both = [a and b for a, b in zip(kept, right, strict=True)]
    refused = [verdict.rank < STRANGE for verdict in model.judge(outside)]
    yield "CLINC150 in scope, taken", 100 * float(np.mean(kept)), "%"
    yield "CLINC150 in scope, taken and right", 100 * float(np.mean(both)), "%"
    yield "CLINC150 out of scope, refused", 100 * float(np.mean(refused)), "%"


def _measure_xsid(rows: list[Row], encoder: Encoder | None) -> Iterable[Measured]:
    """Learned from ten English sentences an intent, asked in Chinese.

    The set has English in one split alone, line by line the same as the Chinese one: what is
    learned from is left out of the Chinese lines too. The mean of three draws.
    """
    english = [row for row in rows if row.lang == "en"]
    chinese = [row for row in rows if row.lang == "zh" and row.split == "test"]
    others = [row for row in rows if row.lang == "zh" and row.split == "valid"]
    if not english or len(english) != len(chinese):
        return
    told, apart = [], []
    known = {row.intent for row in english}
    for seed in SEEDS:
        drawn = _draw(english, seed)
        model = LinearModel(encoder, [english[place].pair for place in drawn])
        left = [row for place, row in enumerate(chinese) if place not in drawn]
        told.append(_percent_right(model, left))
        apart.append(_percent_right(model, [row for row in others if row.intent in known]))
    yield "xSID 10 English shots, Chinese test", float(np.mean(told)), "%"
    yield "xSID 10 English shots, Chinese valid", float(np.mean(apart)), "%"


def _draw(rows: Sequence[Row], seed: int) -> set[int]:
    """Places of up to ten rows of each intent."""
    drawn: dict[str | None, list[int]] = {}
    for place in np.random.default_rng(seed).permutation(len(rows)).tolist():
        chosen = drawn.setdefault(rows[place].intent, [])
        if len(chosen) < SHOTS:
            chosen.append(place)
    return {place for chosen in drawn.values() for place in chosen}


def _measure_several(rows: list[Row], encoder: Encoder | None) -> Iterable[Measured]:
    rows = [row for row in rows if row.domain == DOMAIN]
    found = []
    for fold in FOLDS:
        learned = [row for row in rows if row.fold == fold]
        pairs = [(row.text, intent) for row in learned for intent in row.intents]
        if pairs:
            model = LinearModel(encoder, pairs, several=True)
            found.append(_micro_f1(model, [row for row in rows if row.fold != fold]))
    if found:
        yield "NLU++ banking, 1 fold of 20, micro-F1", 100 * float(np.mean(found)), "%"


def _micro_f1(model: LinearModel, rows: Sequence[Row]) -> float:
    said = model.labels_of([row.text for row in rows])
    hits = sum(len(set(a) & set(row.intents)) for a, row in zip(said, rows, strict=True))
    total = sum(len(a) for a in said) + sum(len(row.intents) for row in rows)
    return 2 * hits / max(total, 1)
