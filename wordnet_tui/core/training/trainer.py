"""Training, one mini-batch at a time, and the reasons to stop.

`Trainer.run()` is an iterator that takes a step and yields a `TrainingProgress`. To pause is
not to ask for the next one; to stop is `request_stop()`, after which the iterator ends with a
last record that says why. The arrays being trained belong to the thread that iterates. Others
read a `snapshot()`, and another trainer continues from a `state()`; both are taken between two
steps.

What is computed depends on data, hyperparameters and seed alone, never on the clock or on who
watches. Three generators come from the seed: for the start, the order of rows, and dropout.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterator

import numpy as np

from wordnet_tui.core.data.dataset import Dataset, Windows, minibatches
from wordnet_tui.core.model.compatibility import refuse_misfit
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters, initial_parameters
from wordnet_tui.core.training.blas import one_blas_thread
from wordnet_tui.core.training.progress import StopReason, TrainingProgress
from wordnet_tui.core.training.schedules import scheduled_rate
from wordnet_tui.core.training.state import (
    GeneratorState,
    TrainingState,
    read_only_copy,
    refuse_wrong_position,
    unpacked,
)
from wordnet_tui.core.training.train_step import Stepper
from wordnet_tui.core.training.validation import Validation

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
        state: Of another with the same data and hyperparameters: this one continues there,
            to the same weights bit for bit; `start` is ignored.

    Attributes:
        parameters: The weights, changed by each step.
        rate_factor: The scheduled learning rate is multiplied by this; may change at any time.
        validation: The latest and the best figure; its `patience` and `min_delta` may change
            at any time.

    Raises:
        HyperparameterError: The shape does not fit the data or the start, or the state is of
            another training.
        DataError: There are fewer training rows than one mini-batch.
    """

    def __init__(
        self,
        dataset: Dataset,
        hyperparameters: Hyperparameters,
        start: Parameters | None = None,
        *,
        as_original: bool = False,
        state: TrainingState | None = None,
    ) -> None:
        if state is not None:
            start = unpacked(state.parameters, hyperparameters)
        refuse_misfit(dataset, hyperparameters, start)
        self.dataset = dataset
        self.hyperparameters = hyperparameters
        self.rate_factor = 1.0
        self.progress: TrainingProgress | None = None

        seeds = np.random.SeedSequence(hyperparameters.seed).spawn(3)
        start_random, self._order_random, self._dropout_random = (
            np.random.Generator(np.random.PCG64(seed)) for seed in seeds
        )
        self._order_of_epoch = GeneratorState.of(self._order_random)
        if start is None:
            start = initial_parameters(hyperparameters, start_random)
        self._stepper = Stepper(hyperparameters, start, self._dropout_random, as_original)
        self.parameters = self._stepper.parameters
        self.validation = Validation(
            dataset.validation,
            hyperparameters,
            self.parameters,
            as_original,
            state.validation if state is not None else None,
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
        if state is not None:
            self._restore(state)

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
        self._seconds += self._validation_seconds
        self._validation_seconds = 0.0  # not a part of the next mini-batch
        self.progress = self.validation.state().noted_in(self.progress)
        return self.progress

    def snapshot(self) -> Parameters:
        """A read-only copy of the weights; call it between two steps."""
        return unpacked(read_only_copy(self._stepper.vector), self.hyperparameters)

    def state(self) -> TrainingState:
        """All that decides the steps to come, copied; call it between two steps."""
        epoch, batch_in_epoch = self._place()
        return TrainingState(
            parameters=read_only_copy(self._stepper.vector),
            memory=self._stepper.optimizer.state(),
            batch=self._batch,
            epoch=epoch,
            batch_in_epoch=batch_in_epoch,
            epoch_loss=self._epoch_loss,
            recent_losses=read_only_copy(np.array(self._recent_losses)),
            recent_seconds=read_only_copy(np.array(self._recent_seconds)),
            seconds=self._seconds,
            rate_factor=self.rate_factor,
            order=self._order_of_epoch,
            dropout=GeneratorState.of(self._dropout_random),
            validation=self.validation.state(),
            progress=self.progress,
        )

    def _restore(self, state: TrainingState) -> None:
        refuse_wrong_position(state, self.hyperparameters.epochs, self._batches_per_epoch)
        self._stepper.optimizer.restore(state.memory)
        self._batch, self._epoch_loss = state.batch, state.epoch_loss
        self._recent_losses.extend(state.recent_losses.tolist())
        self._recent_seconds.extend(state.recent_seconds.tolist())
        self._seconds, self.rate_factor = state.seconds, state.rate_factor
        self._order_of_epoch = state.order
        state.order.restore(self._order_random)
        state.dropout.restore(self._dropout_random)
        self.progress = state.progress

    def _place(self) -> tuple[int, int]:
        """The epoch of the latest mini-batch, and how many are done in it."""
        if self.progress is None:
            return 1, 0
        return self.progress.epoch, self.progress.batch_in_epoch

    @property
    def outcome(self) -> Parameters:
        """The weights to keep; see `StopReason.keeps_best`."""
        reason = self.progress.stop_reason if self.progress else None
        keeps_best = reason is not None and reason.keeps_best
        return self.validation.best_parameters if keeps_best else self.parameters

    def run(self) -> Iterator[TrainingProgress]:
        """Train to an end, reporting after each mini-batch; can be run once."""
        hp = self.hyperparameters
        if self.progress is not None and self.progress.stop_reason is not None:
            return
        present, done = self._place()
        with one_blas_thread():
            for epoch in range(present, hp.epochs + 1):
                for index, rows in enumerate(self._rows_of_epoch(done), start=done):
                    started = time.perf_counter()
                    reason = self._train_on(rows, epoch, index)
                    self._note_time(time.perf_counter() - started)
                    self.progress = self._report(epoch, index, reason)
                    yield self.progress
                    if reason is not None:
                        return
                done, self._epoch_loss = 0, 0.0

    def _rows_of_epoch(self, done: int) -> Iterator[Windows]:
        """The mini-batches of an epoch, without those that are done."""
        self._order_of_epoch = GeneratorState.of(self._order_random)
        order = self._order_random if self.hyperparameters.shuffle else None
        batch_size = self.hyperparameters.batch_size
        return minibatches(self.dataset.training, batch_size, order, done)

    def _train_on(self, rows: Windows, epoch: int, index: int) -> StopReason | None:
        """Take one step, validate if it is time to, and say whether to stop.

        In this order: the loss of the mini-batch; is it finite; the original's early stop; the
        update; is a validation due; is its figure finite; is the patience used up. `index`
        counts the mini-batches of the epoch from 0.
        """
        hp = self.hyperparameters
        loss = self._stepper.loss(rows)
        self._recent_losses.append(loss)
        self._epoch_loss += (loss - self._epoch_loss) / (index + 1)  # the running mean
        self._batch += 1
        if not math.isfinite(loss):
            return StopReason.DIVERGED
        if epoch == hp.epochs and index == hp.early_stop_iteration:
            # before the update, as the original does
            sound = not self._validate_at_end or self._validate()
            return StopReason.EARLY_STOP_ITERATION if sound else StopReason.DIVERGED

        self._stepper.step(rows, self._rate())

        reason = self._reason_to_stop()
        due = index > 0 and hp.validate_every > 0 and index % hp.validate_every == 0
        ends = reason is not None and self._validate_at_end
        if due or ends or self._validation_requested:
            self._validation_requested = False
            if not self._validate():
                return StopReason.DIVERGED
        if reason is not None and not self._stepper.is_finite():
            return StopReason.DIVERGED
        if reason is None and self.validation.out_of_patience:
            return StopReason.PATIENCE
        return reason

    def _reason_to_stop(self) -> StopReason | None:
        if self._stop_requested:
            return StopReason.REQUESTED
        return StopReason.EPOCHS_DONE if self._batch == self._batches else None

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
        """Count the seconds that a mini-batch took, without what the caller does between two.

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
            seconds_trained=self._seconds,
        )
