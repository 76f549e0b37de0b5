"""Logistic regression in plain NumPy: one label of many or several at once, by L-BFGS."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Loss = Callable[[Matrix], tuple[float, Matrix]]  # weights -> (loss, its slope)

REMEMBERED = 8  # earlier steps from which the shape of the loss is told
ENOUGH = 2e-4  # of the loss; a step that gains less counts as standing still
STILL = 2  # steps in a row without gain that end the search
HALVINGS = 12  # tries to shorten one step


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learned from: one row a sentence."""

    inputs: Matrix  # (n, size)
    goal: Matrix  # (n, labels); rows sum to 1 where one label is meant, else 0 and 1
    weights: Matrix  # (n, 1) or (n, labels): how much each cell counts
    several: bool  # labels are independent of each other


def fit(lesson: Lesson, strength: float, steps: int, start: Matrix | None = None) -> Matrix:
    """Weights (size + 1, labels), the last row being the bias, with the larger `strength` freer.

    `start`: weights that are nearly right, from which it takes fewer steps.
    """
    size = lesson.inputs.shape[1]
    inputs = np.hstack([lesson.inputs, np.ones((len(lesson.inputs), 1), np.float32)])
    measure = _measure_several if lesson.several else _measure_one

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        value, slope = measure(inputs @ weights, lesson)
        kept = weights.copy()
        kept[-1] = 0
        value += 0.5 / strength * float(np.vdot(kept, kept))
        return value, np.asarray(inputs.T @ slope + kept / strength, np.float32)

    if start is not None:
        return descend(loss, start, steps)
    start = np.zeros((size + 1, lesson.goal.shape[1]), np.float32)
    if lesson.several:
        share = (lesson.goal.sum(axis=0) + 0.5) / (len(lesson.goal) + 1)
        start[-1] = np.log(share / (1 - share))
    return descend(loss, start, steps)


def _measure_one(logits: Matrix, lesson: Lesson) -> tuple[float, Matrix]:
    top = logits.max(axis=1, keepdims=True)
    shares = np.exp(logits - top)
    total = shares.sum(axis=1, keepdims=True)
    missed = top + np.log(total) - (lesson.goal * logits).sum(axis=1, keepdims=True)
    slope = (shares / total - lesson.goal) * lesson.weights
    return float((missed * lesson.weights).sum()), slope


def _measure_several(logits: Matrix, lesson: Lesson) -> tuple[float, Matrix]:
    missed = np.logaddexp(0, logits) - lesson.goal * logits
    shares = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    slope = np.asarray((shares - lesson.goal) * lesson.weights, np.float32)
    return float((missed * lesson.weights).sum()), slope


def descend(loss: Loss, start: Matrix, steps: int) -> Matrix:
    """Where a smooth convex loss is least, by L-BFGS with shortened steps; same in every run."""
    place = start
    value, slope = loss(place)
    moves: deque[tuple[Matrix, Matrix]] = deque(maxlen=REMEMBERED)
    still = 0
    for _ in range(steps):
        way = _downhill(slope, moves)
        fall = float(np.vdot(slope, way))
        for halving in range(HALVINGS):
            reach = np.float32(0.5**halving)
            there = place - reach * way
            new_value, new_slope = loss(there)
            if new_value <= value - 1e-4 * float(reach) * fall:
                break
        else:
            break
        move, turn = there - place, new_slope - slope
        if float(np.vdot(move, turn)) > 0:
            moves.append((move, turn))
        still = still + 1 if value - new_value < ENOUGH * abs(value) else 0
        place, value, slope = there, new_value, new_slope
        if still == STILL:
            break
    return place


def _downhill(slope: Matrix, moves: deque[tuple[Matrix, Matrix]]) -> Matrix:
    """The slope bent by what earlier moves told of the curvature."""
    way = slope.copy()
    parts = []
    for move, turn in reversed(moves):
        part = float(np.vdot(move, way)) / float(np.vdot(move, turn))
        parts.append(part)
        way -= np.float32(part) * turn
    if moves:
        move, turn = moves[-1]
        way *= np.float32(np.vdot(move, turn) / np.vdot(turn, turn))
    else:
        way /= np.float32(max(1.0, float(np.linalg.norm(slope))))
    for (move, turn), part in zip(moves, reversed(parts), strict=True):
        back = float(np.vdot(turn, way)) / float(np.vdot(move, turn))
        way += np.float32(part - back) * move
    return way
