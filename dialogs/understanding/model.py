"""One linear model over sentence vectors: multinomial logistic regression in plain NumPy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dialogs.understanding.encoder import Encoder, Matrix

STEPS = 60
RATE = 0.3
# Unit vectors of a few hundred dimensions have small parts: scaled, the steps need not be huge.
SCALE = 4.0


class LinearModel:
    """Learns from example sentences; tells the share of each label for new ones."""

    def __init__(self, encoder: Encoder, examples: Sequence[tuple[str, str]]) -> None:
        """`examples` are (sentence, label), at least one of two labels. Trains in about 0.1 s."""
        self.labels = tuple(sorted({label for _, label in examples}))
        self._encoder = encoder
        self._sentences = [sentence for sentence, _ in examples]
        index = {label: place for place, label in enumerate(self.labels)}
        self._targets = np.array([index[label] for _, label in examples])
        self._vectors = encoder.encode(self._sentences)
        self._weights, self._bias = fit(self._vectors, self._targets, len(self.labels))

    def shares(self, sentences: list[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(shares of the labels (n, labels), closeness of the nearest example (n,))."""
        vectors = self._encoder.encode(sentences)
        near = vectors @ self._vectors.T
        return predict(vectors, self._weights, self._bias), np.asarray(near.max(axis=1), np.float64)

    def nearest(self, sentence: str) -> tuple[str, str, float]:
        """(example, its label, closeness) of the example nearest to a sentence."""
        near = self._vectors @ self._encoder.encode([sentence])[0]
        place = int(near.argmax())
        return self._sentences[place], self.labels[int(self._targets[place])], float(near[place])


def fit(
    vectors: Matrix, targets: NDArray[np.int64], labels: int, decay: float = 3e-4
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights (dimensions, labels) and bias (labels,): Adam over the whole set, balanced."""
    count, size = vectors.shape
    goal = np.zeros((count, labels), np.float32)
    goal[np.arange(count), targets] = 1
    per_label = np.bincount(targets, minlength=labels)
    balance = (count / (labels * np.maximum(per_label, 1)))[targets].astype(np.float32)
    weights = np.zeros((size + 1, labels), np.float32)
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    inputs = np.hstack([vectors * SCALE, np.ones((count, 1), np.float32)])
    for step in range(1, STEPS + 1):
        logits = inputs @ weights
        logits -= logits.max(axis=1, keepdims=True)
        shares = np.exp(logits)
        shares /= shares.sum(axis=1, keepdims=True)
        slope = inputs.T @ ((shares - goal) * balance[:, None]) / count + decay * weights
        first = 0.9 * first + 0.1 * slope
        second = 0.99 * second + 0.01 * slope * slope
        rate = RATE * (1 - step / (STEPS + 1))
        weights -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-6)
    return weights[:-1], weights[-1]


def predict(
    vectors: Matrix, weights: NDArray[np.float32], bias: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Shares of the labels, (n, labels); each row sums to 1."""
    logits = np.asarray(vectors * SCALE @ weights + bias, np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    shares = np.exp(logits)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))
