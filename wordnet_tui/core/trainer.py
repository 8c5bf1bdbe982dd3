"""Training, one mini-batch at a time, and the reasons to stop.

`Trainer.run()` is an iterator: each step it takes is reported by one `TrainingProgress`, and
between two of them the caller has the word. To pause is not to ask for the next; to stop is
`request_stop()`, after which the iterator ends with a last record that says why. The arrays
being trained belong to whoever iterates; others read a `snapshot()`, taken between two steps.

What is computed depends on data, hyperparameters and seed alone, never on the clock or on who
watches. Three generators come from the seed: for the start, the order of rows, and dropout.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections import deque
from collections.abc import Iterator

import numpy as np
from scipy.linalg.blas import get_blas_funcs

from wordnet_tui.core.blas import one_blas_thread
from wordnet_tui.core.dataset import Dataset, Windows
from wordnet_tui.core.evaluation import batch_loss
from wordnet_tui.core.fit import refuse_misfit
from wordnet_tui.core.hyperparameters import Hyperparameters
from wordnet_tui.core.minibatches import minibatches
from wordnet_tui.core.network import (
    Deltas,
    Layers,
    Parameters,
    backward,
    forward,
    initial_parameters,
    target_log_probabilities,
)
from wordnet_tui.core.optimizers import OPTIMIZERS, scheduled_rate
from wordnet_tui.core.progress import StopReason, TrainingProgress
from wordnet_tui.core.validation import Validation

RECENT_BATCHES = 100
"""Mini-batches in the recent mean of the loss and in the measured speed."""


class Trainer:
    """One training run.

    Args:
        dataset: What to learn from.
        hyperparameters: How.
        start: Weights to go on from (copied); drawn by the seed if None.
        as_original: Measure as the original does: -ln(p + e^-30) an example, whole
            mini-batches of the validation data, no validation at the end unless one is due.

    Attributes:
        parameters: The weights, changed by each step.
        rate_factor: The scheduled learning rate is multiplied by this; may change at any time.
        validation: The latest and the best figure; its `patience` and `min_delta` may change
            at any time.

    Raises:
        HyperparameterError: The shape does not fit the data or the start.
        DataError: There are fewer training rows than one mini-batch.
    """

    def __init__(
        self,
        dataset: Dataset,
        hyperparameters: Hyperparameters,
        start: Parameters | None = None,
        *,
        as_original: bool = False,
    ) -> None:
        refuse_misfit(dataset, hyperparameters, start)
        self.dataset = dataset
        self.hyperparameters = hyperparameters
        self.rate_factor = 1.0
        self.progress: TrainingProgress | None = None

        seeds = np.random.SeedSequence(hyperparameters.seed).spawn(3)
        start_random, self._order_random, self._dropout_random = map(
            np.random.default_rng, seeds
        )
        if start is None:
            start = initial_parameters(hyperparameters, start_random)
        self.parameters, self._vector = start.packed(hyperparameters.dtype)
        # Only the shape of a copy is wanted here: each step overwrites it with gradients.
        self._gradients, self._gradient_vector = start.packed(hyperparameters.dtype)
        self._layers = Layers(self.parameters, hyperparameters.batch_size)
        self._deltas = Deltas(self.parameters, hyperparameters.batch_size)
        self._optimizer = OPTIMIZERS[hyperparameters.optimizer](
            self._vector, hyperparameters.momentum
        )
        self._add_scaled = get_blas_funcs("axpy", dtype=self._vector.dtype)
        biases = self.parameters.hidden_bias.size + self.parameters.output_bias.size
        self._weight_count = self._vector.size - biases

        self._as_original = as_original
        self.validation = Validation(
            dataset.validation, hyperparameters, self.parameters, as_original
        )
        self._batches_per_epoch = len(dataset.training) // hyperparameters.batch_size
        self._batches = self._batches_per_epoch * hyperparameters.epochs
        self._stop_requested = False
        self._validate_at_end = not as_original
        self._validation_requested = False

        self._batch = 0
        self._epoch_loss = 0.0
        self._recent_losses: deque[float] = deque(maxlen=RECENT_BATCHES)
        self._recent_seconds: deque[float] = deque(maxlen=RECENT_BATCHES)
        self._seconds = 0.0
        self._validation_seconds = 0.0

    def request_stop(self, *, validate: bool = True) -> None:
        """End after the mini-batch under way. Safe from any thread.

        Args:
            validate: Measure the validation loss once more; False where every moment counts.
        """
        self._validate_at_end = self._validate_at_end and validate
        self._stop_requested = True

    def request_validation(self) -> None:
        """Validate after the mini-batch under way. Safe from any thread."""
        self._validation_requested = True

    def validate_now(self) -> TrainingProgress | None:
        """Measure the validation loss between two steps; None before the first one."""
        if self.progress is None:
            return None
        self._validate()
        self.progress = dataclasses.replace(
            self.progress,
            validation_cross_entropy=self.validation.cross_entropy,
            validated_at=self.validation.measured_at,
            best_cross_entropy=self.validation.best_cross_entropy,
            best_at=self.validation.best_at,
            validations_without_gain=self.validation.without_gain,
        )
        return self.progress

    def snapshot(self) -> Parameters:
        """A read-only copy of the weights; call it between two steps."""
        copy, vector = self.parameters.packed()
        vector.flags.writeable = False
        for array in copy:
            array.flags.writeable = False
        return copy

    @property
    def outcome(self) -> Parameters:
        """The weights to keep: the last, or the best where training led away from them."""
        reason = self.progress.stop_reason if self.progress else None
        led_away = reason in (StopReason.PATIENCE, StopReason.DIVERGED)
        return self.validation.best_parameters if led_away else self.parameters

    def run(self) -> Iterator[TrainingProgress]:
        """Train to an end, reporting after each mini-batch; can be run once."""
        hp = self.hyperparameters
        with one_blas_thread():
            for epoch in range(1, hp.epochs + 1):
                order = self._order_random if hp.shuffle else None
                self._epoch_loss = 0.0
                rows_of_batches = minibatches(self.dataset.training, hp.batch_size, order)
                for index, rows in enumerate(rows_of_batches):
                    started = time.perf_counter()
                    reason = self._train_on(rows, epoch, index)
                    self._note_time(time.perf_counter() - started)
                    self.progress = self._report(epoch, index, reason)
                    yield self.progress
                    if reason is not None:
                        return

    def _train_on(self, rows: Windows, epoch: int, index: int) -> StopReason | None:
        """Take one step, validate if it is time to, and say whether to stop.

        In this order: the loss of the mini-batch; is it finite; the original's early stop; the
        update; is a validation due; is its figure finite; is the patience used up. `index`
        counts the mini-batches of the epoch from 0.
        """
        hp = self.hyperparameters
        loss = self._forward(rows)
        self._recent_losses.append(loss)
        self._epoch_loss += (loss - self._epoch_loss) / (index + 1)  # the running mean
        self._batch += 1
        if not math.isfinite(loss):
            return StopReason.DIVERGED
        if epoch == hp.epochs and index == hp.early_stop_iteration:
            # before the update, as the original does
            sound = not self._validate_at_end or self._validate()
            return StopReason.EARLY_STOP_ITERATION if sound else StopReason.DIVERGED

        self._step(rows)

        reason = self._reason_to_stop()
        due = index > 0 and hp.validate_every > 0 and index % hp.validate_every == 0
        ends = reason is not None and self._validate_at_end
        if due or ends or self._validation_requested:
            self._validation_requested = False
            if not self._validate():
                return StopReason.DIVERGED
        if reason is not None and not np.isfinite(self._vector).all():
            return StopReason.DIVERGED
        if reason is None and self.validation.out_of_patience:
            return StopReason.PATIENCE
        return reason

    def _reason_to_stop(self) -> StopReason | None:
        if self._stop_requested:
            return StopReason.REQUESTED
        return StopReason.EPOCHS_DONE if self._batch == self._batches else None

    def _forward(self, rows: Windows) -> float:
        """Loss of the mini-batch with the weights as they are."""
        hp = self.hyperparameters
        if hp.dropout or hp.embedding_dropout:
            self._layers.drop(hp.dropout, hp.embedding_dropout, self._dropout_random)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            forward(self.parameters, rows[:, :-1], hp.activation, self._layers)
            target_ids = rows[:, -1]
            return batch_loss(
                target_log_probabilities(self._layers, target_ids), self._as_original
            )

    def _step(self, rows: Windows) -> None:
        """Gradient of that loss, and one step against it."""
        hp = self.hyperparameters
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            backward(
                self.parameters,
                self._layers,
                rows[:, -1],
                hp.activation,
                self._deltas,
                self._gradients,
            )
            if hp.weight_decay:  # d/dw of (decay / 2) w^2, for weights and not for biases
                self._add_scaled(
                    self._vector[: self._weight_count],
                    self._gradient_vector[: self._weight_count],
                    a=hp.weight_decay,
                )
            self._optimizer.update(self._vector, self._gradient_vector, self._rate())

    def _rate(self) -> float:
        """Learning rate of the mini-batch under way."""
        scheduled = scheduled_rate(self.hyperparameters, self._batch - 1, self._batches)
        return scheduled * self.rate_factor

    def _validate(self) -> bool:
        """Measure the validation loss; False if it is not finite."""
        started = time.perf_counter()
        finite = self.validation.measure(self.parameters, self._batch)
        self._validation_seconds = time.perf_counter() - started
        return finite

    def _note_time(self, seconds: float) -> None:
        """Take note of how long a mini-batch took; what the caller does between two is not.

        The speed is that of training alone; the time left counts validations too.
        """
        self._seconds += seconds
        self._recent_seconds.append(seconds - self._validation_seconds)
        self._validation_seconds = 0.0

    def _report(self, epoch: int, index: int, reason: StopReason | None) -> TrainingProgress:
        hp = self.hyperparameters
        recent = sum(self._recent_seconds)
        return TrainingProgress(
            batch=self._batch,
            batches=self._batches,
            epoch=epoch,
            epochs=hp.epochs,
            batch_in_epoch=index + 1,
            batches_per_epoch=self._batches_per_epoch,
            epoch_cross_entropy=self._epoch_loss,
            recent_cross_entropy=sum(self._recent_losses) / len(self._recent_losses),
            validation_cross_entropy=self.validation.cross_entropy,
            validated_at=self.validation.measured_at,
            best_cross_entropy=self.validation.best_cross_entropy,
            best_at=self.validation.best_at,
            validations_without_gain=self.validation.without_gain,
            learning_rate=self._rate(),
            examples_per_second=len(self._recent_seconds) * hp.batch_size / recent,
            seconds_left=self._seconds / self._batch * (self._batches - self._batch),
            stop_reason=reason,
        )
