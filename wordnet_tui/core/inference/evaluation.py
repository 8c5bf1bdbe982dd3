"""How well a network predicts a whole part of the data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from wordnet_tui.core.data.dataset import Windows
from wordnet_tui.core.model.hyperparameters import Activation
from wordnet_tui.core.model.network import (
    Floats,
    Layers,
    Parameters,
    forward,
    target_log_probabilities,
)

ROWS_AT_ONCE = 256
"""Rows a pass: enough to keep the matrix products busy, few enough to stay in the cache."""

ORIGINAL_FLOOR = -30.0
"""The original takes -ln(p + e^-30), so that no example costs more than 30 nats."""


@dataclass(frozen=True)
class Evaluation:
    """Figures over all rows of a part."""

    rows: int
    cross_entropy: float
    """Nats per predicted word."""
    top1: float
    """Share of the rows whose word was the likeliest, 0 to 1."""
    top5: float
    """Share of the rows whose word was among the five likeliest, 0 to 1."""

    @property
    def perplexity(self) -> float:
        """Of how many equally likely words the cross-entropy would be that."""
        return math.exp(self.cross_entropy) if self.cross_entropy < 700 else math.inf


def evaluate(
    parameters: Parameters,
    windows: Windows,
    activation: Activation,
    should_stop: Callable[[], bool] = lambda: False,
) -> Evaluation:
    """Cross-entropy and accuracies over `windows` (rows, D + 1).

    Args:
        parameters: The weights; read, never changed.
        windows: At least one row.
        activation: Of the hidden units.
        should_stop: Asked every few hundred rows; once true, the figures are of the rows so
            far.
    """
    rows, loss, first, among_five = 0, 0.0, 0, 0
    with np.errstate(over="ignore", invalid="ignore"):  # absurd weights give NaN, not warnings
        for layers, target_ids in _passes(parameters, windows, activation):
            target_logits = layers.logits.ravel()[layers.row_starts + target_ids]
            # The target itself is one of those; a tie counts against it, and NaN gives 0.
            not_worse = np.count_nonzero(layers.logits >= target_logits[:, np.newaxis], axis=1)
            loss -= float(target_log_probabilities(layers, target_ids).sum(dtype=np.float64))
            first += int(np.count_nonzero(not_worse == 1))
            among_five += int(np.count_nonzero((not_worse >= 1) & (not_worse <= 5)))
            rows += len(target_ids)
            if should_stop():
                break
    return Evaluation(rows, loss / rows, first / rows, among_five / rows)


def cross_entropy(
    parameters: Parameters, windows: Windows, activation: Activation, as_original: bool = False
) -> float:
    """Mean loss over `windows` (rows, D + 1), in nats per word; NaN if there are none.

    Args:
        parameters: The weights; read, never changed.
        windows: The rows.
        activation: Of the hidden units.
        as_original: Count as the original does: -ln(p + e^-30).
    """
    loss = 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for layers, target_ids in _passes(parameters, windows, activation):
            log_probabilities = target_log_probabilities(layers, target_ids)
            loss += batch_loss(log_probabilities, as_original) * len(target_ids)
    return loss / len(windows) if len(windows) else math.nan


def batch_loss(log_probabilities: Floats, as_original: bool = False) -> float:
    """Mean cross-entropy of a mini-batch from the (B,) log-probabilities of its targets."""
    if as_original:
        log_probabilities = np.logaddexp(log_probabilities, ORIGINAL_FLOOR)
    return -float(log_probabilities.sum(dtype=np.float64)) / len(log_probabilities)


def _passes(
    parameters: Parameters, windows: Windows, activation: Activation
) -> Iterator[tuple[Layers, np.ndarray[tuple[int], np.dtype[np.intp]]]]:
    """Forward passes over all rows, a few hundred at a time, the last ones maybe fewer."""
    layers = Layers(parameters, min(ROWS_AT_ONCE, max(len(windows), 1)))
    for start in range(0, len(windows), ROWS_AT_ONCE):
        rows = windows[start : start + ROWS_AT_ONCE]
        if len(rows) != len(layers.row_starts):
            layers = Layers(parameters, len(rows))
        forward(parameters, rows[:, :-1], activation, layers)
        yield layers, rows[:, -1].astype(np.intp)
