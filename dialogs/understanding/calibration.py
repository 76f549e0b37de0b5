"""How far a model may be believed, told by cross-validation on its own examples alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dialogs.learning import Learnt

Numbers = NDArray[np.float64]
Matrix = NDArray[np.float32]

FOLDS = 3
HEATS = tuple(float(heat) for heat in np.geomspace(0.4, 4.0, 13))
SHARPNESS = (15.0, 25.0, 40.0)  # how much more the nearest examples count than the next ones
MIXES = (0.25, 0.5, 0.75)
CUTS = np.linspace(0.05, 0.95, 91)
_ROWS = ("best", "right", "familiar", "means", "spreads")  # of a calibration


@dataclass(frozen=True, slots=True)
class Opinion:
    """What is held of sentences before it is weighed: one row a sentence."""

    logits: Numbers  # (n, labels) of the linear model
    near: Matrix  # (n, examples) likeness to each example, at most 1; -1 for what is not compared
    goal: Matrix  # (examples, labels) what the examples are labelled


@dataclass(frozen=True, slots=True)
class Weighing:
    """How the linear model and the nearest examples are put together."""

    heat: float  # divides the logits
    sharpness: float
    mix: float  # the part of the nearest examples, 0 to 1
    several: bool
    last: float = 1.0  # divides the logarithms of what was mixed

    def shares(self, opinion: Opinion, votes: Numbers | None = None) -> Numbers:
        """(n, labels): rows that sum to 1, or each label by itself where there may be several.

        `votes` of the nearest examples are counted unless given.
        """
        logits = opinion.logits / self.heat
        linear = _sigmoid(logits) if self.several else _softmax(logits)
        if self.mix:
            votes = _count_votes(opinion, self.sharpness) if votes is None else votes
            linear = (1 - self.mix) * linear + self.mix * votes
        if self.several:
            return np.asarray(linear)
        return _softmax(np.log(np.maximum(linear, 1e-9)) / self.last)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was told by the examples, each as seen by a model that did not learn from it."""

    weighing: Weighing  # after it, of shares of 0.7 about 70 % are right
    best: Numbers  # (n,) best shares in rising order
    right: Numbers  # (n,) how often a guess with such a share was right, never falling
    familiar: Numbers  # (n,) familiarity in rising order
    means: Numbers  # (3,) of the signs of familiarity
    spreads: Numbers  # (3,)
    cut: float  # share from which one of several labels is believed

    @classmethod
    def recalled(cls, learnt: Learnt, several: bool) -> Calibration:
        """From what `noted` gave."""
        heat, sharpness, mix, last, cut = map(float, learnt["numbers"])
        weighing = Weighing(heat, sharpness, mix, several, last)
        return cls(weighing=weighing, cut=cut, **{name: learnt[name] for name in _ROWS})

    def noted(self) -> Learnt:
        """Its numbers, to be kept."""
        one = self.weighing
        numbers = np.array([one.heat, one.sharpness, one.mix, one.last, self.cut], np.float64)
        return {"numbers": numbers, **{name: getattr(self, name) for name in _ROWS}}

    def needed(self, odds: float) -> float:
        """The least share with which guesses were right at least `odds` of the time."""
        place = int(np.searchsorted(self.right, odds))
        return float(self.best[place]) if place < len(self.best) else 1.0

    def rank(self, opinion: Opinion) -> Numbers:
        """(n,) of the pack's own examples the part that looked stranger, unseen, than these."""
        likeness = ((_signs(opinion) - self.means) / self.spreads).sum(axis=1)
        return np.asarray(np.searchsorted(self.familiar, likeness) / len(self.familiar))


def calibrate(trial: Opinion, several: bool) -> Calibration:
    """From what was held of the examples themselves, one row each."""
    weighing = _weigh(trial, several)
    shares = weighing.shares(trial)
    best = shares.argmax(axis=1)
    rows = np.arange(len(best))
    top, right = shares[rows, best], trial.goal[rows, best] > 0
    signs = _signs(trial)
    means, spreads = signs.mean(axis=0), np.maximum(signs.std(axis=0), 1e-6)
    order = np.argsort(top, kind="stable")
    return Calibration(
        weighing=weighing,
        best=top[order],
        right=_never_falling(right[order].astype(np.float64)),
        familiar=np.sort(((signs - means) / spreads).sum(axis=1)),
        means=means,
        spreads=spreads,
        cut=_best_cut(shares, trial.goal) if several else 0.5,
    )


def _weigh(trial: Opinion, several: bool) -> Weighing:
    """The weighing by which the right labels of the trial are most likely."""

    def loss(weighing: Weighing) -> float:
        shares = np.clip(weighing.shares(trial, votes.get(weighing.sharpness)), 1e-9, 1 - 1e-9)
        told = trial.goal * np.log(shares)
        if several:
            told += (1 - trial.goal) * np.log(1 - shares)
        return -float(told.sum())

    votes = {sharp: _count_votes(trial, sharp) for sharp in SHARPNESS}
    plain = min((Weighing(heat, SHARPNESS[0], 0.0, several) for heat in HEATS), key=loss)
    mixed = [replace(plain, sharpness=sharp, mix=mix) for sharp in SHARPNESS for mix in MIXES]
    found = min([plain, *mixed], key=loss)
    if several:
        return found
    return min((replace(found, last=heat) for heat in HEATS), key=loss)


def _count_votes(opinion: Opinion, sharpness: float) -> Numbers:
    """(n, labels): what the examples say, the nearer the louder."""
    near = opinion.near
    pull = np.exp(np.float32(sharpness) * (near - near.max(axis=1, keepdims=True)))
    return np.asarray(pull @ opinion.goal / pull.sum(axis=1, keepdims=True), np.float64)


def assign_folds(goal: Matrix) -> NDArray[np.int64]:
    """(n,) the fold of each row; every label is spread over all folds."""
    folds = np.zeros(len(goal), np.int64)
    main = goal.argmax(axis=1)
    for label in range(goal.shape[1]):
        rows = np.flatnonzero(main == label)
        folds[rows] = (np.arange(len(rows)) + label) % FOLDS
    return folds


def _sigmoid(logits: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))))


def _softmax(logits: Numbers) -> Numbers:
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _best_cut(shares: Numbers, goal: Matrix) -> float:
    """The share above which labels are believed, for the best harmonic mean over all cells."""
    told = []
    for cut in CUTS:
        said = shares > cut
        told.append(2 * float(goal[said].sum()) / max(float(said.sum() + goal.sum()), 1.0))
    return float(CUTS[int(np.argmax(told))])


def _signs(opinion: Opinion) -> Numbers:
    """(n, 3): all that speaks for any label, what speaks for the best alone, the likeness."""
    top = opinion.logits.max(axis=1)
    evidence = top + np.log(np.exp(opinion.logits - top[:, None]).sum(axis=1))
    return np.stack([evidence, top - evidence, opinion.near.max(axis=1)], axis=1)


def _never_falling(values: Numbers) -> Numbers:
    """The nearest rising steps to a row of values (pool adjacent violators)."""
    sums: list[float] = []
    counts: list[int] = []
    for value in values:
        sums.append(float(value))
        counts.append(1)
        while len(sums) > 1 and sums[-2] * counts[-1] >= sums[-1] * counts[-2]:
            total, count = sums.pop(), counts.pop()
            sums[-1] += total
            counts[-1] += count
    means = [total / count for total, count in zip(sums, counts, strict=True)]
    return np.repeat(np.array(means, np.float64), counts)
