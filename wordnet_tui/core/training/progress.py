"""What a training reports after each mini-batch. Plain values, frozen: safe to hand around."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class StopReason(StrEnum):
    """Why a training ended."""

    EPOCHS_DONE = "all epochs done"
    REQUESTED = "stopped early, as asked"
    EARLY_STOP_ITERATION = "the early-stop iteration of the last epoch was reached"
    PATIENCE = "no better validation within the patience"
    DIVERGED = "the loss is no longer finite"

    @property
    def keeps_best(self) -> bool:
        """Whether the outcome is the weights of the best validation, and not the last ones.

        So it is where the training had led away from them.
        """
        return self in (StopReason.PATIENCE, StopReason.DIVERGED)


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """The figures of a training after a mini-batch. Losses are in nats per word."""

    batch: int
    """Mini-batches taken since the start, this one included."""
    batches: int
    """Mini-batches in the whole run."""
    epoch: int
    """From 1."""
    epochs: int
    batch_in_epoch: int
    """From 1."""
    batches_per_epoch: int
    epoch_cross_entropy: float
    """Running mean over the epoch, each mini-batch measured before its own update."""
    recent_cross_entropy: float
    """Mean of the latest 100 mini-batches."""
    validation_cross_entropy: float | None
    """The latest figure, if there is one."""
    validated_at: int | None
    """The mini-batch after which it was measured."""
    best_cross_entropy: float | None
    """The lowest validation figure so far."""
    best_at: int | None
    validations_without_gain: int
    """How much of the patience is used up."""
    learning_rate: float
    examples_per_second: float
    seconds_left: float
    stop_reason: StopReason | None
    """None while it runs; the record that has one is the last."""
    seconds_trained: float = 0.0
    """Time in mini-batches and validations since the start; pauses do not count."""

    @property
    def validated_now(self) -> bool:
        """Whether the validation figure is of this very mini-batch."""
        return self.validated_at == self.batch

    def figures(self, *, of_best: bool) -> dict[str, float]:
        """The cross-entropies of the network, in nats per word, for its model file.

        Args:
            of_best: Whether it is the network of the best validation, or of this mini-batch.
        """
        figures = {"training cross-entropy": self.epoch_cross_entropy}
        validation = self.best_cross_entropy if of_best else self.validation_cross_entropy
        if validation is not None:
            figures["validation cross-entropy"] = validation
        return {name: figure for name, figure in figures.items() if math.isfinite(figure)}


def clock(seconds: float) -> str:
    """A length of time as 0:05, 12:34 or 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
