"""The watch over the validation loss during a training: best weights and patience."""

from __future__ import annotations

import dataclasses
import math

from wordnet_tui.core.data.dataset import Windows
from wordnet_tui.core.inference.evaluation import cross_entropy
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.core.training.state import ValidationState, kept_copy

LARGEST_VALIDATION = 1 << 16
"""Rows that a validation looks at; of a larger part, as many, evenly spaced."""


class Validation:
    """The latest and the best validation figure, in nats per word, and the best weights.

    Args:
        windows: The validation part; may be empty, then nothing is ever measured.
        hyperparameters: For activation, patience and minimal gain.
        start: Taken for the best weights until something is measured.
        as_original: Count as the original does: -ln(p + e^-30), whole mini-batches only.
        state: What an earlier one knew, to go on from.
    """

    def __init__(
        self,
        windows: Windows,
        hyperparameters: Hyperparameters,
        start: Parameters,
        as_original: bool = False,
        state: ValidationState | None = None,
    ) -> None:
        if as_original:
            rows = len(windows) // hyperparameters.batch_size * hyperparameters.batch_size
            self._windows = windows[:rows]
        else:
            self._windows = windows[:: max(1, math.ceil(len(windows) / LARGEST_VALIDATION))]
        self._activation = hyperparameters.activation
        self._as_original = as_original
        self.patience = hyperparameters.patience
        self.min_delta = hyperparameters.min_delta

        self.cross_entropy: float | None = None
        self.measured_at: int | None = None
        self.best_cross_entropy: float | None = None
        self.best_at: int | None = None
        self.best_parameters, self._best_vector = start.packed()
        self.without_gain = 0
        self._to_beat = math.inf
        if state is not None:
            self._go_on_from(state)

    def measure(self, parameters: Parameters, batch: int) -> bool:
        """Measure the loss after mini-batch `batch`; if not finite, keep nothing: False."""
        if not len(self._windows):
            return True
        figure = cross_entropy(parameters, self._windows, self._activation, self._as_original)
        if not math.isfinite(figure):
            return False
        self.cross_entropy, self.measured_at = figure, batch
        if self.best_cross_entropy is None or figure < self.best_cross_entropy:
            self.best_cross_entropy, self.best_at = figure, batch
            for best, current in zip(self.best_parameters, parameters, strict=True):
                best[...] = current
        if figure < self._to_beat - self.min_delta:
            self._to_beat, self.without_gain = figure, 0
        else:
            self.without_gain += 1
        return True

    def noted_in(self, progress: TrainingProgress) -> TrainingProgress:
        """That record, with the figures as they are now."""
        return dataclasses.replace(
            progress,
            validation_cross_entropy=self.cross_entropy,
            validated_at=self.measured_at,
            best_cross_entropy=self.best_cross_entropy,
            best_at=self.best_at,
            validations_without_gain=self.without_gain,
        )

    def state(self) -> ValidationState:
        """All that is known, copied."""
        return ValidationState(
            cross_entropy=self.cross_entropy,
            measured_at=self.measured_at,
            best_cross_entropy=self.best_cross_entropy,
            best_at=self.best_at,
            best_parameters=kept_copy(self._best_vector),
            without_gain=self.without_gain,
            to_beat=self._to_beat,
            patience=self.patience,
            min_delta=self.min_delta,
        )

    def _go_on_from(self, state: ValidationState) -> None:
        self.cross_entropy, self.measured_at = state.cross_entropy, state.measured_at
        self.best_cross_entropy, self.best_at = state.best_cross_entropy, state.best_at
        self._best_vector[...] = state.best_parameters
        self.without_gain, self._to_beat = state.without_gain, state.to_beat
        self.patience, self.min_delta = state.patience, state.min_delta

    @property
    def out_of_patience(self) -> bool:
        """Whether as many validations as the patience allows brought no gain."""
        return 0 < self.patience <= self.without_gain
