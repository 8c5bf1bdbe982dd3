"""One step of a training: the loss of a mini-batch, its gradient, and the update.

A `Stepper` owns the weights being trained and every array that a step writes into; when to
step, at which rate and when to stop is the `Trainer`'s business.
"""

from __future__ import annotations

import numpy as np

from wordnet_tui.core.data.dataset import Windows
from wordnet_tui.core.inference.evaluation import batch_loss
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import (
    Deltas,
    Layers,
    Parameters,
    backward,
    forward,
    target_log_probabilities,
)
from wordnet_tui.core.training.blas import add_scaled
from wordnet_tui.core.training.optimizers import OPTIMIZERS


class Stepper:
    """Weights that take steps.

    Args:
        hyperparameters: For the arithmetic of a step, its optimizer and regularization.
        start: Weights to begin from (copied).
        dropout_random: Where dropout masks come from.
        as_original: Measure as the original does: -ln(p + e^-30) an example.

    Attributes:
        parameters: The weights, changed by each step.
        vector: The same memory as one vector.
        optimizer: The rule and its memory.
    """

    def __init__(
        self,
        hyperparameters: Hyperparameters,
        start: Parameters,
        dropout_random: np.random.Generator,
        as_original: bool,
    ) -> None:
        hp = hyperparameters
        self._hyperparameters = hp
        self._dropout_random = dropout_random
        self._as_original = as_original
        self.parameters, self.vector = start.packed(hp.dtype)
        # Only the shape of a copy is wanted here: each step overwrites it with gradients.
        self._gradients, self._gradient_vector = start.packed(hp.dtype)
        self._layers = Layers(self.parameters, hp.batch_size)
        self._deltas = Deltas(self.parameters, hp.batch_size)
        self.optimizer = OPTIMIZERS[hp.optimizer](self.vector, hp.momentum)
        self._add_scaled = add_scaled(self.vector.dtype)
        biases = self.parameters.hidden_bias.size + self.parameters.output_bias.size
        self._weight_count = self.vector.size - biases

    def loss(self, rows: Windows) -> float:
        """Loss of a mini-batch, in nats per word, with the weights as they are."""
        hp = self._hyperparameters
        if hp.dropout or hp.embedding_dropout:
            self._layers.drop(hp.dropout, hp.embedding_dropout, self._dropout_random)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            forward(self.parameters, rows[:, :-1], hp.activation, self._layers)
            target_ids = rows[:, -1]
            return batch_loss(
                target_log_probabilities(self._layers, target_ids), self._as_original
            )

    def step(self, rows: Windows, rate: float) -> None:
        """Gradient of the loss just computed for these rows, and one step against it."""
        hp = self._hyperparameters
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
                    self.vector[: self._weight_count],
                    self._gradient_vector[: self._weight_count],
                    a=hp.weight_decay,
                )
            self.optimizer.update(self.vector, self._gradient_vector, rate)

    def is_finite(self) -> bool:
        """Whether every weight is a finite number."""
        return bool(np.isfinite(self.vector).all())
