"""The learning rate over a run: warm-up, then constant, or falling to 0 by a line or a cosine.

    warm-up     rate * (n + 1) / W                     mini-batch n, from 0, of the first W
    constant    rate
    linear      rate * (1 - t)                         t, from 0 to 1: how much of the rest of
    cosine      rate * (1 + cos(pi t)) / 2             the run is done

A person may halve or double the rate while the training runs: `Trainer.rate_factor` multiplies
what the schedule says.

References: Loshchilov and Hutter, "SGDR", 2017, equation 5, for the cosine; Goyal et al.,
"Accurate, large minibatch SGD", 2017, section 2.2, for the warm-up.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from wordnet_tui.core.model.hyperparameters import Hyperparameters, Schedule

_DECAYS: dict[Schedule, Callable[[float], float]] = {
    "constant": lambda _: 1.0,
    "linear": lambda done: 1.0 - done,
    "cosine": lambda done: 0.5 * (1.0 + math.cos(math.pi * done)),
}


def scheduled_rate(hyperparameters: Hyperparameters, batch: int, batches: int) -> float:
    """Learning rate of mini-batch `batch` (from 0) of `batches` in the whole run.

    It climbs linearly over the warm-up and then follows the schedule, which would reach 0 just
    after the last mini-batch.
    """
    warmup = min(hyperparameters.warmup_batches, batches)
    if batch < warmup:
        return hyperparameters.learning_rate * (batch + 1) / warmup
    done = (batch - warmup) / max(batches - warmup, 1)
    return hyperparameters.learning_rate * _DECAYS[hyperparameters.schedule](done)
