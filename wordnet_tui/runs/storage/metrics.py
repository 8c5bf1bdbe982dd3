"""Rows of the metrics: a few mini-batches each, gathered while the training goes on.

At most about ten rows a second are made, however fast the mini-batches are, and as many more
for validations and for ends of epochs. A row is for all mini-batches since the one before.
The mean of their losses needs no loss of each: the epoch's running mean m after i mini-batches
tells the sum of the losses, m * i, and a row's sum is the difference of two such.
"""

from __future__ import annotations

from typing import NamedTuple

from wordnet_tui.core.training.progress import TrainingProgress

ROW_SECONDS = 0.1
"""Least time between two rows, between two for validations, and two for ends of epochs."""


class MetricsRow(NamedTuple):
    """Some mini-batches in a row. Losses are in nats per word."""

    batch: int
    """The last of them, counted from 1 at the start of the run."""
    batches_in_row: int
    """How many; 0 in a row that only has a validation asked for in a pause."""
    epoch: int
    """Of the last of them, from 1."""
    batch_in_epoch: int
    """The same mini-batch, counted in its epoch."""
    training_cross_entropy: float | None
    """Mean over the mini-batches of this row; None if there are none."""
    epoch_cross_entropy: float
    """Running mean over the epoch, after the last of them."""
    validation_cross_entropy: float | None
    """If measured after exactly the last of them, else None."""
    learning_rate: float
    examples_per_second: float
    elapsed_seconds: float
    """Of training, since the start of the run, pauses left out."""


class RowGatherer:
    """Makes rows of what a training reports; used by its thread.

    Budget: `note` costs 1.5 us at most on average.

    Args:
        progress: The latest record of a run that is continued; None for a new one.
    """

    __slots__ = (
        "_base",
        "_batch",
        "_earlier",
        "_epoch_due",
        "_row_due",
        "_summed_epoch",
        "_validation_due",
    )

    def __init__(self, progress: TrainingProgress | None = None) -> None:
        self._row_due = self._epoch_due = self._validation_due = -float("inf")
        self._batch = 0  # the last one of the latest row
        self._base = 0.0  # sum of the losses of this epoch that are in earlier rows
        self._earlier = 0.0  # sum of the losses of epochs gone by that are in no row yet
        self._summed_epoch = 0  # the latest epoch that is in `_earlier` as a whole
        if progress is not None:
            self._sum_epoch(progress)
            self._begin_row(progress)

    def note(
        self, progress: TrainingProgress, elapsed: float, now: float
    ) -> MetricsRow | None:
        """Take note of a mini-batch, or of a validation in a pause.

        Args:
            progress: To be given for each mini-batch, in order.
            elapsed: Seconds of training so far.
            now: Of any clock that never goes back, in seconds.

        Returns:
            A row if it is time for one: 0.1 s after the one before, at a validation, at the
            end of an epoch, and always at the end of the run.
        """
        validated = progress.validated_at == progress.batch
        ends_epoch = progress.batch_in_epoch == progress.batches_per_epoch
        due = now >= self._row_due or progress.stop_reason is not None
        if not (due or validated or ends_epoch):
            return None
        if ends_epoch:
            self._sum_epoch(progress)
            if now >= self._epoch_due:
                self._epoch_due, due = now + ROW_SECONDS, True
        if validated and now >= self._validation_due:
            self._validation_due, due = now + ROW_SECONDS, True
        return self._row(progress, elapsed, now) if due else None

    def flush(
        self, progress: TrainingProgress, elapsed: float, now: float
    ) -> MetricsRow | None:
        """A row of what is in none yet, so that it ends with a checkpoint; None if all is.

        Args:
            progress: The record given to `note` last.
            elapsed: As for `note`.
            now: As for `note`.
        """
        if progress.batch == self._batch:
            return None
        return self._row(progress, elapsed, now)

    def _row(self, progress: TrainingProgress, elapsed: float, now: float) -> MetricsRow:
        batches = progress.batch - self._batch
        losses = self._earlier
        if progress.epoch != self._summed_epoch:
            losses += _sum_of_losses(progress) - self._base
        self._begin_row(progress)
        self._row_due = now + ROW_SECONDS
        validated = progress.validated_at == progress.batch
        return MetricsRow(
            progress.batch,
            batches,
            progress.epoch,
            progress.batch_in_epoch,
            losses / batches if batches else None,
            progress.epoch_cross_entropy,
            progress.validation_cross_entropy if validated else None,
            progress.learning_rate,
            round(progress.examples_per_second, 1),  # what is measured is not finer
            round(elapsed, 3),
        )

    def _begin_row(self, progress: TrainingProgress) -> None:
        """From here on, `progress` is in a row."""
        self._batch = progress.batch
        self._earlier = 0.0
        in_new_epoch = progress.epoch == self._summed_epoch
        self._base = 0.0 if in_new_epoch else _sum_of_losses(progress)

    def _sum_epoch(self, progress: TrainingProgress) -> None:
        """Put the epoch aside as a whole if this is its end, once."""
        at_end = progress.batch_in_epoch == progress.batches_per_epoch
        if at_end and progress.epoch != self._summed_epoch:
            self._summed_epoch = progress.epoch
            self._earlier += _sum_of_losses(progress) - self._base
            self._base = 0.0


def _sum_of_losses(progress: TrainingProgress) -> float:
    """Of the epoch's mini-batches so far."""
    return progress.epoch_cross_entropy * progress.batch_in_epoch
