"""Validation during a training: the best weights so far, and when the patience runs out."""

from __future__ import annotations

import math
from dataclasses import fields

from wordnet_tui.core.data.dataset import Windows
from wordnet_tui.core.inference.evaluation import cross_entropy
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.training.state import ValidationState, read_only_copy

LARGEST_VALIDATION = 1 << 16
"""Rows that a validation reads at most; of a larger part, as many, evenly spaced."""


class Validation:
    """The latest and the best validation figure, in nats per word, and the best weights.

    Args:
        windows: The validation part; may be empty, then nothing is ever measured.
        hyperparameters: For activation, patience and minimal gain.
        start: Taken for the best weights until something is measured.
        as_original: Count as the original does: -ln(p + e^-30), whole mini-batches only.
        state: Of an earlier one, to continue from.

    Attributes:
        cross_entropy: The latest figure; None before the first.
        measured_at: The mini-batch, from 1, after which it was measured.
        best_cross_entropy: The lowest figure.
        best_at: Its mini-batch.
        best_parameters: Its weights.
        without_gain: Validations since the latest gain of at least `min_delta`.
        to_beat: The figure of that gain; infinite before the first.
        patience: As the hyperparameter; may change at any time, as may `min_delta`.
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
        self.to_beat = math.inf
        if state is not None:
            self._restore(state)

    def measure(self, parameters: Parameters, batch: int) -> bool:
        """Measure the loss after mini-batch `batch`; if not finite, note nothing: False."""
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
        if figure < self.to_beat - self.min_delta:
            self.to_beat, self.without_gain = figure, 0
        else:
            self.without_gain += 1
        return True

    def state(self) -> ValidationState:
        """The fields, the weights copied."""
        known = {field.name: getattr(self, field.name) for field in fields(ValidationState)}
        known["best_parameters"] = read_only_copy(self._best_vector)
        return ValidationState(**known)

    def _restore(self, state: ValidationState) -> None:
        self._best_vector[...] = state.best_parameters
        for field in fields(state):
            if field.name != "best_parameters":
                setattr(self, field.name, getattr(state, field.name))

    @property
    def out_of_patience(self) -> bool:
        """Whether as many validations as the patience allows brought no gain."""
        return 0 < self.patience <= self.without_gain
