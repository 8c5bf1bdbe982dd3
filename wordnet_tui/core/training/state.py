"""The state of a training between two steps, from which another `Trainer` continues.

A state is complete: together with the data and the hyperparameters it decides all that
follows, bit for bit. It consists of plain numbers and read-only NumPy arrays, which can be
written to a file field by field, and never changes. A request to stop or to validate that the
trainer has not answered yet is not part of it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.errors import HyperparameterError
from wordnet_tui.core.model.compatibility import parameter_shapes
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Floats, Parameters
from wordnet_tui.core.training.progress import TrainingProgress

Figures = npt.NDArray[np.float64]


@dataclass(frozen=True)
class GeneratorState:
    """The state of a random generator (NumPy's PCG64)."""

    state: int
    """128 bits."""
    increment: int
    """128 bits, odd."""
    has_uint32: int
    """1 if half of a 64-bit number is left for the next 32-bit one, else 0."""
    uinteger: int
    """That half, 32 bits."""

    @classmethod
    def of(cls, random: np.random.Generator) -> GeneratorState:
        """The state of `random`, whose bits must come from a PCG64."""
        state = random.bit_generator.state
        halves = state["state"]
        return cls(halves["state"], halves["inc"], state["has_uint32"], state["uinteger"])

    def restore(self, random: np.random.Generator) -> None:
        """Put `random` into this state."""
        random.bit_generator.state = {
            "bit_generator": "PCG64",
            "state": {"state": self.state, "inc": self.increment},
            "has_uint32": self.has_uint32,
            "uinteger": self.uinteger,
        }


@dataclass(frozen=True, eq=False)
class ValidationState:
    """The fields of a `Validation`. Losses in nats per word."""

    cross_entropy: float | None
    measured_at: int | None
    best_cross_entropy: float | None
    best_at: int | None
    best_parameters: Floats
    """(P,) the weights of the best figure, laid out as by `Parameters.packed`; those of the
    start until something is measured."""
    without_gain: int
    to_beat: float
    """The latest figure that counted as a gain; infinite until something is measured."""
    patience: int
    min_delta: float

    def noted_in(self, progress: TrainingProgress) -> TrainingProgress:
        """The record `progress` with these figures in place of its own."""
        return dataclasses.replace(
            progress,
            validation_cross_entropy=self.cross_entropy,
            validated_at=self.measured_at,
            best_cross_entropy=self.best_cross_entropy,
            best_at=self.best_at,
            validations_without_gain=self.without_gain,
        )


@dataclass(frozen=True, eq=False)
class TrainingState:
    """A training between two steps."""

    parameters: Floats
    """(P,) all weights, laid out as by `Parameters.packed`."""
    memory: Mapping[str, Floats]
    """What the optimizer remembers, by its own names; empty for one that begins anew."""
    batch: int
    """Mini-batches done in all."""
    epoch: int
    """The epoch of the latest mini-batch, from 1; 1 before the first."""
    batch_in_epoch: int
    """Mini-batches done in that epoch: all of them between two epochs, 0 before the first."""
    epoch_loss: float
    """Running mean of that epoch, in nats per word."""
    recent_losses: Figures
    """(up to 100,) of the latest mini-batches, oldest first."""
    recent_seconds: Figures
    """(up to 100,) what each of them took, validations apart."""
    seconds: float
    """What all mini-batches took, validations included."""
    rate_factor: float
    order: GeneratorState
    """Of the order of rows, at the start of that epoch."""
    dropout: GeneratorState
    """Of dropout, now."""
    validation: ValidationState
    progress: TrainingProgress | None
    """The latest record; None before the first mini-batch. If it has a `stop_reason`, the
    training ended: no further step follows from this state."""


def read_only_copy(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A copy that cannot be written."""
    copy = values.copy()
    copy.flags.writeable = False
    return copy


def unpacked(vector: Floats, hyperparameters: Hyperparameters) -> Parameters:
    """The five arrays as views of the (P,) vector that `Parameters.packed` made of them.

    Raises:
        HyperparameterError: The vector is not of the shape that the settings ask for.
    """
    shapes = parameter_shapes(hyperparameters).values()
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    if vector.shape != (ends[-1],) or vector.dtype != hyperparameters.dtype:
        problem = (
            f"the state to go on from has {vector.size} weights in {vector.dtype}, asked for "
            f"are {ends[-1]} in {hyperparameters.dtype}"
        )
        raise HyperparameterError([problem])
    pieces = np.split(vector, ends[:-1])
    return Parameters(
        *(piece.reshape(shape) for piece, shape in zip(pieces, shapes, strict=True))
    )


def refuse_wrong_position(state: TrainingState, epochs: int, batches_per_epoch: int) -> None:
    """Raise unless the position of the state exists in a training of that length.

    Raises:
        HyperparameterError: The state is of a longer training, or of other data.
    """
    done = (state.epoch - 1) * batches_per_epoch + state.batch_in_epoch
    in_epoch = 0 <= state.batch_in_epoch <= batches_per_epoch
    if not in_epoch or state.batch != done or not 1 <= state.epoch <= epochs:
        problem = (
            f"the state to go on from is after mini-batch {state.batch}, number "
            f"{state.batch_in_epoch} of epoch {state.epoch}, which is no place in {epochs} "
            f"epochs of {batches_per_epoch}"
        )
        raise HyperparameterError([problem])
