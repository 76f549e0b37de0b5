"""One linear model over sentence vectors and letters, which knows how far it may be believed."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dialogs.learning import Notes, name_of
from dialogs.understanding.calibration import (
    FOLDS,
    Calibration,
    Numbers,
    Opinion,
    assign_folds,
    calibrate,
)
from dialogs.understanding.encoder import Encoder, LetterCounts, Matrix
from dialogs.understanding.fitting import Lesson, fit

STRENGTH = 10.0  # of the fit; the larger, the freer
STEPS = 25
LETTERS = 512  # dimensions for words and groups of letters beside the encoder's
LETTERS_WEIGHT = 0.5  # their length beside that of the encoder's vector, which is 1
NAME_WEIGHT = 1.0  # of a label's own name as one more example of it
SAME = 0.95  # likeness from which a sentence means what its nearest example means
DIFFERING = 0.02  # part of the examples that may differ without a new trial
TRIAL_MAX = 2_500  # sentences that are tried out; more would tell the same, later


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model makes of a sentence: its best label, and on what ground."""

    label: str
    share: float  # about how often such a guess is right
    example: str  # the nearest one
    close: float  # its likeness, at most 1
    rank: float  # part of the examples that would look stranger, 0 to 1


class LinearModel:
    """Learns from example sentences; tells the share of each label for new ones."""

    def __init__(
        self,
        encoder: Encoder | None,
        examples: Sequence[tuple[str, str]],
        several: bool = False,
        former: LinearModel | None = None,
        notes: Notes | None = None,
    ) -> None:
        """`examples` are (sentence, label), of two labels or more; without an encoder it counts
        letters alone. A sentence may come with several labels; with `several` they are told
        independently of each other. Trains in about 0.3 s for 3,000 sentences.

        `former` is a model of nearly the same examples: learning goes on from there, and while few
        examples differ from those that were tried out, the calibration stays. Without it, what
        `notes` recall is not learned again.
        """
        self.labels = tuple(sorted({label for _, label in examples}))
        self._encoder = encoder
        self._sentences = list(dict.fromkeys(sentence for sentence, _ in examples))
        self._several = several
        self._goal = self._aim(examples)
        self._tried: frozenset[str] = frozenset(self._sentences)
        every = [*self._sentences, *(readable(label) for label in self.labels)]
        self._letters = LetterCounts(every, LETTERS)
        meant = self._compare(every)
        self._known = meant[: len(self._sentences)]
        said = "\0".join((*self.labels, *self._sentences, str(several)))
        known_by = name_of(said.encode(errors="replace"), meant, self._goal)
        learnt = notes.recall(known_by) if notes and former is None else None
        if learnt is not None:
            self._weights: Matrix = learnt["weights"]
            self.calibration = Calibration.recalled(learnt, several)
            return
        self._learn(self._beside(meant, every), former)
        if notes and former is None:
            notes.keep(known_by, {"weights": self._weights, **self.calibration.noted()})

    def _learn(self, inputs: Matrix, former: LinearModel | None) -> None:
        """The weights, and how far to believe them."""
        start = self._start(former, inputs.shape[1])
        self._weights = fit(self._lesson(inputs), STRENGTH, STEPS, start)
        if former is None or not self._takes_after(former):
            self.calibration = calibrate(self._try_out(inputs), self._several)
        else:
            self._tried, self.calibration = former._tried, former.calibration

    def shares(self, sentences: list[str]) -> tuple[Numbers, Numbers]:
        """(shares of the labels (n, labels), likeness of the nearest example (n,))."""
        opinion = self._opinion(sentences)
        near = opinion.near.max(axis=1).astype(np.float64)
        return self.calibration.weighing.shares(opinion), near

    def judge(self, sentences: list[str]) -> list[Verdict]:
        """The best label of each sentence, each encoded once."""
        opinion = self._opinion(sentences)
        shares = self.calibration.weighing.shares(opinion)
        nearest, best = opinion.near.argmax(axis=1), shares.argmax(axis=1)
        rows = np.arange(len(sentences))
        top, close = shares[rows, best], opinion.near[rows, nearest]
        same = close >= SAME
        best = np.where(same, self._goal[nearest].argmax(axis=1), best)
        top = np.where(same, np.maximum(shares[rows, best], close), top)
        ranks = self.calibration.rank(opinion)
        return [
            Verdict(
                label=self.labels[best[row]],
                share=float(top[row]),
                example=self._sentences[nearest[row]],
                close=float(close[row]),
                rank=float(ranks[row]),
            )
            for row in rows
        ]

    def labels_of(self, sentences: list[str]) -> list[tuple[str, ...]]:
        """All labels that are likely enough, for a model of several at once."""
        shares, _ = self.shares(sentences)
        return [
            tuple(self.labels[place] for place in np.flatnonzero(row > self.calibration.cut))
            for row in shares
        ]

    def nearest(self, sentence: str) -> tuple[str, str, float]:
        """(example, its label, likeness) of the example nearest to a sentence."""
        near = self._opinion([sentence]).near[0]
        place = int(near.argmax())
        return self._sentences[place], self.labels[self._goal[place].argmax()], float(near[place])

    def is_like(self, sentences: Collection[str]) -> bool:
        """Whether hardly a sentence differs from those by which it was calibrated."""
        differing = len(self._tried.symmetric_difference(sentences))
        return differing <= DIFFERING * len(self._tried)

    def _takes_after(self, former: LinearModel) -> bool:
        alike = (former._several, former._encoder is None) == (self._several, self._encoder is None)
        return alike and former.is_like(self._sentences)

    def _start(self, former: LinearModel | None, size: int) -> Matrix | None:
        """The weights of a former model, for the labels that it knew."""
        if former is None or former._several != self._several:
            return None
        if len(former._weights) != size + 1:
            return None
        known = {label: place for place, label in enumerate(former.labels)}
        start = np.zeros((size + 1, len(self.labels)), np.float32)
        for place, label in enumerate(self.labels):
            if label in known:
                start[:, place] = former._weights[:, known[label]]
        return start

    def _aim(self, examples: Sequence[tuple[str, str]]) -> Matrix:
        places = {sentence: place for place, sentence in enumerate(self._sentences)}
        index = {label: place for place, label in enumerate(self.labels)}
        goal = np.zeros((len(places), len(index)), np.float32)
        for sentence, label in examples:
            goal[places[sentence], index[label]] = 1
        return goal if self._several else goal / goal.sum(axis=1, keepdims=True)

    def _look_at(self, sentences: list[str]) -> Matrix:
        """(n, dimensions): the encoder's vectors and the letters side by side."""
        return self._beside(self._compare(sentences), sentences)

    def _compare(self, sentences: list[str]) -> Matrix:
        """(n, dimensions) by which sentences are held against each other: those of meaning."""
        return (self._encoder or self._letters).encode(sentences)

    def _beside(self, meant: Matrix, sentences: list[str]) -> Matrix:
        """The same with the letters beside them."""
        if self._encoder is None:
            return meant
        letters = self._letters.encode(sentences)
        return np.hstack([meant, letters * np.float32(LETTERS_WEIGHT)])

    def _compared(self, inputs: Matrix) -> Matrix:
        """What `_compare` gave, of what `_look_at` gives."""
        return inputs if self._encoder is None else inputs[:, :-LETTERS]

    def _lesson(self, inputs: Matrix, chosen: NDArray[np.int64] | None = None) -> Lesson:
        """The chosen examples, and the name of each label as one more; labels count alike."""
        count = len(self._sentences)
        rows = np.arange(count) if chosen is None else chosen
        goal = np.vstack([self._goal[rows], np.eye(len(self.labels), dtype=np.float32)])
        inputs = np.vstack([inputs[rows], inputs[count:]])
        per_label = goal.sum(axis=0)
        if self._several:
            weights = _weigh_cells(goal, len(rows))
        else:
            balance = np.float32(len(goal)) / (len(self.labels) * per_label)
            weights = (goal * balance).sum(axis=1, keepdims=True)
        return Lesson(inputs=inputs, goal=goal, weights=weights, several=self._several)

    def _try_out(self, inputs: Matrix) -> Opinion:
        """Each fold of the examples as seen by a model that learned from the others."""
        count = len(self._sentences)
        tried = np.arange(count)[:: max(1, -(-count // TRIAL_MAX))]
        goal = self._goal[tried]
        folds = assign_folds(goal)
        logits = np.zeros(goal.shape)
        near = self._known[tried] @ self._known[tried].T
        near[folds[:, None] == folds[None, :]] = -1
        for fold in range(FOLDS):
            weights = fit(self._lesson(inputs, tried[folds != fold]), STRENGTH, STEPS)
            logits[folds == fold] = inputs[tried[folds == fold]] @ weights[:-1] + weights[-1]
        return Opinion(logits, near, goal)

    def _opinion(self, sentences: list[str]) -> Opinion:
        inputs = self._look_at(sentences)
        logits = np.asarray(inputs @ self._weights[:-1] + self._weights[-1], np.float64)
        return Opinion(logits, self._compared(inputs) @ self._known.T, self._goal)


def readable(label: str) -> str:
    """A label's name as words: `ask_price` and `alarm/setAlarm` say what they stand for."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", " ", label)
    return apart.lower().strip()


def _weigh_cells(goal: Matrix, named: int) -> Matrix:
    """(n, labels): what is there counts more than the many cells of what is not."""
    weights = np.where(goal > 0, np.float32(3), np.float32(1)).astype(np.float32)
    weights[named:][goal[named:] == 0] = 0.3  # a name says little of what else is meant
    return weights
