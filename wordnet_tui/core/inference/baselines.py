"""What simpler models than a network reach: uniform, unigram, interpolated Kneser-Ney.

They are counted on the training windows alone and measured on held-out ones, in nats a word.
On the reference data Kneser-Ney of order 4 reaches 2.5325 on validation, 2.5402 on test.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.data.dataset import Windows
from wordnet_tui.core.errors import DataError
from wordnet_tui.core.inference.kneser_ney import each_order

ROWS_AT_ONCE = 1 << 16


class Baseline(NamedTuple):
    """A simple model and what it reaches."""

    name: str
    order: int
    """Words it reads, the predicted one included; 0 for the uniform distribution."""
    cross_entropy: float
    """Nats a word."""


def baselines(training: Windows, held_out: Windows, vocabulary_size: int) -> list[Baseline]:
    """Uniform, unigram, and Kneser-Ney of each order from 2 to D + 1, on the same rows.

    Args:
        training: (rows, D + 1) windows to count.
        held_out: (rows, D + 1) windows to measure on.
        vocabulary_size: V; all ids are below it.

    Raises:
        DataError: One of the two parts is empty.
    """
    for windows, part in ((training, "training"), (held_out, "held-out")):
        if not len(windows):
            raise DataError(f"the {part} part holds no windows; the baselines need some")
    return [
        Baseline("uniform", 0, float(np.log(vocabulary_size))),
        Baseline("unigram", 1, _unigram(training, held_out, vocabulary_size)),
        *(
            Baseline(
                f"Kneser-Ney, order {model.order}",
                model.order,
                -float(model.log_probabilities_of(held_out).mean()),
            )
            for model in each_order(training, vocabulary_size)
        ),
    ]


def _unigram(training: Windows, held_out: Windows, vocabulary_size: int) -> float:
    """Cross-entropy of the last words' own frequencies.

    One is added to each count (Laplace), so that an unseen word costs a finite number of nats.
    """
    counts = _target_counts(training, vocabulary_size) + 1
    surprises = np.log(counts.sum()) - np.log(counts)  # (V,) nats
    return float(_target_counts(held_out, vocabulary_size) @ surprises) / len(held_out)


def _target_counts(windows: Windows, vocabulary_size: int) -> npt.NDArray[np.int64]:
    """(V,) how often each word is the last of a window."""
    counts = np.zeros(vocabulary_size, dtype=np.int64)
    for start in range(0, len(windows), ROWS_AT_ONCE):
        targets = windows[start : start + ROWS_AT_ONCE, -1]
        counts += np.bincount(targets, minlength=vocabulary_size)
    return counts
