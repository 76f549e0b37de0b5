"""Does a paper answer a question? Learnt from the company's own phrasings, not from outside data.

`Gate` weighs what speaks for and against; `fit_gate` finds the weights and the limit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from dialogs.learning import Notes
from dialogs.passage_index import PassageIndex, Sought
from dialogs.word_index import Question

Numbers = npt.NDArray[np.float64]

# Share of what ought not to be answered that may be. Papers overlap: of the questions whose paper
# is gone, about half of what is answered is answered rightly by another paper.
WRONG = {"swapped": 0.015, "gone": 0.06, "idle": 0.01}
FEW = 40  # questions of each kind, with fewer nothing can be learnt
STEPS = 12
STIFF = 1.0  # how strongly weights are kept small
CANDIDATES = 3  # papers that are looked at for one question

Kind = Literal["own", "gone", "swapped", "idle"]


class Case(NamedTuple):
    """A question whose answer is known: the signs of the papers that come first for it, and which
    of these is right, -1 for none."""

    kind: Kind
    signs: tuple[tuple[float, ...], ...]
    right: int = -1


class Gate(NamedTuple):
    """`weigh` is the probability that a paper answers; from `limit` on it is given."""

    weights: Numbers  # the first stands alone
    middle: Numbers
    spread: Numbers
    limit: float

    def weigh(self, signs: Sequence[float]) -> float:
        """0 to 1."""
        return float(_sure(np.array([signs]), self)[0])


def signs_of(index: PassageIndex, sought: Sought, row: int) -> tuple[float, ...]:
    """What speaks for and against the passage as an answer."""
    others = index.is_other_paper(row)
    held = index.words.held(row)
    readable = bool(sought.readable[row])
    share = index.words.share(sought.question, held) if readable else 0.0
    lost = index.words.lost(sought.question, held) if readable else 0.5
    phrased, near = float(sought.phrased[row]), float(sought.cosine[row])
    best = max(float(sought.lexical.max(initial=0.0)), 1e-6)
    beside = float(sought.lexical[others].max(initial=0.0))
    return (
        phrased,
        near - phrased,
        float(sought.whole[row]),
        phrased - float(sought.phrased[others].max(initial=0.0)),
        float(sought.total[row]) - float(sought.total[others].max(initial=0.0)),
        share,
        lost,
        float(lost > 0.99),
        (float(sought.lexical[row]) - beside) / best,
        near - sought.idle,
        sought.idle,
        math.log1p(size_of(sought.question)),
        float(readable),
        float(sought.total[row]),
        float(sought.whole[row]) - float(sought.whole[others].max(initial=0.0)),
        near - float(sought.cosine[others].max(initial=0.0)),
        math.log1p(float(sought.lexical[row])),
    )


def size_of(question: Question) -> float:
    """About how many words carry the question's matter."""
    return len(question.words) + sum(len(run) for run in question.runs) / 2


def recall_gate(ask: Callable[[], Sequence[Case]], name: str, notes: Notes | None) -> Gate | None:
    """As `fit_gate`, but from the notes where it is known by this name; the cases cost seconds."""
    learnt = notes.recall(name) if notes else None
    if learnt is not None:
        limit = float(learnt["limit"])
        return Gate(learnt["weights"], learnt["middle"], learnt["spread"], limit)
    gate = fit_gate(ask())
    if gate is not None and notes:
        notes.keep(name, {**gate._asdict(), "limit": np.array(gate.limit)})
    return gate


def fit_gate(cases: Sequence[Case]) -> Gate | None:
    """The gate that lets most own questions pass within the shares of wrong answers that may be.

    None where there are too few cases of a kind.
    """
    counts = {kind: sum(c.kind == kind for c in cases) for kind in ("own", "gone")}
    if min(counts.values()) < FEW:
        return None
    signs = _widened(np.array([s for case in cases for s in case.signs], np.float64))
    right = np.array([n == c.right for c in cases for n in range(len(c.signs))], np.float64)
    middle, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-6
    weights = _fit((signs - middle) / spread, right)
    gate = Gate(weights, middle, spread, 1.0)
    return gate._replace(limit=_limit(gate, cases))


def _fit(signs: Numbers, right: Numbers) -> Numbers:
    """Logistic regression by Newton's steps; the constant comes first."""
    signs = np.hstack((np.ones((len(signs), 1)), signs))
    weights = np.zeros(signs.shape[1])
    stiff = np.full(len(weights), STIFF)
    stiff[0] = 1e-3
    for _ in range(STEPS):
        sure = 1 / (1 + np.exp(-signs @ weights))
        slope = signs.T @ (sure - right) + stiff * weights
        bend = (signs * (sure * (1 - sure))[:, None]).T @ signs + np.diag(stiff)
        weights = weights - np.linalg.solve(bend, slope)
    return weights


def _limit(gate: Gate, cases: Sequence[Case]) -> float:
    limits = [0.0]
    for kind, share in WRONG.items():
        best = [max(map(gate.weigh, c.signs)) if c.signs else 0.0 for c in cases if c.kind == kind]
        if best:
            limits.append(float(np.quantile(best, 1 - share)))
    return max(limits)


def _sure(signs: Numbers, gate: Gate) -> Numbers:
    level = gate.weights[0] + ((_widened(signs) - gate.middle) / gate.spread) @ gate.weights[1:]
    found: Numbers = 1 / (1 + np.exp(-level))
    return found


def _widened(signs: Numbers) -> Numbers:
    """With the squares: some signs only tell when they are strong."""
    return np.hstack((signs, signs * signs))
