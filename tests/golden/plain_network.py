"""The network and its training in plain Python, line by line as the slides have it.

    y1  = [W1 x1; W1 x2; W1 x3]        where x1, x2, x3 are one-hot columns
    y2- = W2 y1 + b2                   y2+ = 1 / (1 + e^-y2-)
    y3- = W3 y2+ + b3                  y3+ = e^y3- / (sum of e^y3-)
    L   = -ln(y3+ of the word that came + e^-30)

Nothing of the program is used here, and no arrays: it is what the program is held against.
Matrices are lists of rows and have the shapes of the slides; a bias is a matrix of one column.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log
from typing import NamedTuple

Column = list[float]
Matrix = list[Column]
Rows = list[list[int]]
"""Examples: the words read and the word that came, ids from 1."""


class Settings(NamedTuple):
    """The header of a model file, in its order."""

    N: int
    h1: int
    h2: int
    epochs: int
    early_stop: int
    momentum: float
    rate: float
    validate_every: int
    training_rows: int
    validation_rows: int
    test_rows: int
    columns: int
    D: int
    V: int


class PlainNetwork:
    """Weights W1, W2, b2, W3 and b3, in this order, and the velocity of each."""

    def __init__(self, settings: Settings, weights: list[Matrix]) -> None:
        self.settings = settings
        self.weights = weights
        self.velocities = [_zeros_like(matrix) for matrix in weights]

    def forward(self, words: list[int]) -> tuple[Column, Column, Column]:
        """y1, y2+ and y3+ of one example."""
        W1, W2, b2, W3, b3 = self.weights
        y1 = [row[word - 1] for word in words for row in W1]
        y2_minus = [_product(row, y1) + b for row, [b] in zip(W2, b2, strict=True)]
        y2_plus = [1 / (1 + exp(-y)) for y in y2_minus]
        y3_minus = [_product(row, y2_plus) + b for row, [b] in zip(W3, b3, strict=True)]
        total = sum(exp(y) for y in y3_minus)
        return y1, y2_plus, [exp(y) / total for y in y3_minus]

    def loss(self, rows: Rows, floor: float = exp(-30)) -> float:
        """Mean of -ln(y3+ of the word that came + floor)."""
        probabilities = [self.forward(words)[-1][word - 1] for *words, word in rows]
        return sum(-log(p + floor) for p in probabilities) / len(rows)

    def gradients(self, rows: Rows) -> list[Matrix]:
        """dL/dW1, dL/dW2, dL/db2, dL/dW3 and dL/db3, summed over the examples."""
        _, W2, _, W3, _ = self.weights
        sums = [_zeros_like(matrix) for matrix in self.weights]
        dW1, dW2, db2, dW3, db3 = sums
        for *words, target in rows:
            y1, y2, y3 = self.forward(words)
            t = [1.0 if word == target else 0.0 for word in range(1, len(y3) + 1)]
            d_y3_minus = [y - t_i for y, t_i in zip(y3, t, strict=True)]
            d_y2_plus = [_product(column, d_y3_minus) for column in zip(*W3, strict=True)]
            d_y2_minus = [d * y * (1 - y) for d, y in zip(d_y2_plus, y2, strict=True)]
            d_y1 = [_product(column, d_y2_minus) for column in zip(*W2, strict=True)]

            _add_product(dW3, d_y3_minus, y2)
            _add_product(db3, d_y3_minus, [1.0])
            _add_product(dW2, d_y2_minus, y1)
            _add_product(db2, d_y2_minus, [1.0])
            for place, word in enumerate(words):
                for feature, row in enumerate(dW1):
                    row[word - 1] += d_y1[place * len(dW1) + feature]
        return sums

    def update(self, rows: Rows) -> None:
        """One step: v = momentum v + dL / N, and w = w - rate v."""
        momentum, rate = self.settings.momentum, self.settings.rate
        gradients = self.gradients(rows)
        for W, V, dW in zip(self.weights, self.velocities, gradients, strict=True):
            for w, v, dw in zip(W, V, dW, strict=True):
                for i in range(len(w)):
                    v[i] = momentum * v[i] + dw[i] / len(rows)
                    w[i] = w[i] - rate * v[i]


def train(
    network: PlainNetwork, training: Rows, validation: Rows, test: Rows, out: str
) -> Iterator[str]:
    """Train with the habits of the original's `train START OUT`; gives the lines it prints."""
    settings = network.settings
    training, validation, test = (
        visited(rows, settings.N) for rows in (training, validation, test)
    )
    batches = [training[i : i + settings.N] for i in range(0, len(training), settings.N)]
    yield "# Start training ..."
    count = 0
    for epoch in range(settings.epochs):
        yield f"# Begin iteration Epoch = {epoch}"
        mean = 0.0
        for index, batch in enumerate(batches):
            count += 1
            mean += (network.loss(batch) - mean) / (index + 1)
            place = f"@{count}, minibatch {index + 1} of {len(batches)}, epoch {epoch + 1}"
            yield f"  Training CE ({place}) = {mean:.8f}"
            if epoch == settings.epochs - 1 and index == settings.early_stop:
                break
            network.update(batch)
            if index > 0 and index % settings.validate_every == 0:
                yield "##Start validation ..."
                yield f"##Validation CE (@{count}) = {network.loss(validation):.8f}"
    yield "# Finish training ..."
    yield "##Start testing ..."
    yield f"##Test CE = {network.loss(test):.8f}"
    yield f"# Saving model to {out}"


def visited(rows: Rows, N: int) -> Rows:
    """The rows it looks at: whole mini-batches, counted as if they held 100."""
    return rows[: len(rows) // 100 * N]


def _product(row: tuple[float, ...] | Column, column: Column) -> float:
    return sum(w * x for w, x in zip(row, column, strict=True))


def _add_product(matrix: Matrix, column: Column, row: Column) -> None:
    """Add a column times a row to a matrix."""
    for line, x in zip(matrix, column, strict=True):
        for i, y in enumerate(row):
            line[i] += x * y


def _zeros_like(matrix: Matrix) -> Matrix:
    return [[0.0] * len(row) for row in matrix]
