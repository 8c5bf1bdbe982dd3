"""What a hidden unit does to the sum of its inputs, and the slope of that.

Both work in place on arrays of any shape, and the slope is taken from the output alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.model.hyperparameters import Activation

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class ActivationFunction:
    """What a hidden unit does to its input, and the slope of that."""

    apply: Callable[[Floats], object]
    """(y2-): replace it by y2+."""
    multiply_by_slope: Callable[[Floats, Floats, Floats], object]
    """(gradient, y2+, scratch): turn dL/dy2+ into dL/dy2-."""


def _sigmoid(x: Floats) -> None:
    # 1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2, which cannot overflow.
    x *= 0.5
    np.tanh(x, out=x)
    x *= 0.5
    x += 0.5


def _sigmoid_slope(gradient: Floats, y: Floats, scratch: Floats) -> None:
    np.subtract(1.0, y, out=scratch)
    scratch *= y
    gradient *= scratch  # y (1 - y)


def _tanh_slope(gradient: Floats, y: Floats, scratch: Floats) -> None:
    np.multiply(y, y, out=scratch)
    np.subtract(1.0, scratch, out=scratch)
    gradient *= scratch  # 1 - y^2


ACTIVATIONS: dict[Activation, ActivationFunction] = {
    "sigmoid": ActivationFunction(_sigmoid, _sigmoid_slope),
    "tanh": ActivationFunction(lambda x: np.tanh(x, out=x), _tanh_slope),
    "relu": ActivationFunction(
        lambda x: np.maximum(x, 0.0, out=x),
        lambda gradient, y, _: np.multiply(gradient, y > 0.0, out=gradient),
    ),
    "identity": ActivationFunction(lambda x: x, lambda gradient, _, __: gradient),
}
"""By the name that a hyperparameter gives it."""
