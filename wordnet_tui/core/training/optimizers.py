"""The rules that turn gradients into steps; how long the steps are is for `schedules`.

A rule works on vectors: all parameters, and all gradients, as `Parameters.packed` lays them
out. It owns its memory (velocities, running squares) in `memory`, by name, so that a run can
be saved and continued. `update` changes the parameters in place; it may use the gradient as
scratch.

    g  gradient      w  parameters      rate  learning rate of this step      m  momentum
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np

from wordnet_tui.core.errors import HyperparameterError
from wordnet_tui.core.model.hyperparameters import OptimizerName
from wordnet_tui.core.model.network import Floats
from wordnet_tui.core.training.blas import add_scaled
from wordnet_tui.core.training.state import read_only_copy


class Optimizer(ABC):
    """An update rule and what it remembers from step to step.

    Args:
        parameters: The vector to be trained; its length and dtype shape the memory.
        momentum: m; used by momentum, Nesterov and, as beta 1, by Adam.
    """

    remembers: tuple[str, ...] = ()

    def __init__(self, parameters: Floats, momentum: float = 0.9) -> None:
        self.momentum = parameters.dtype.type(momentum)
        self.memory = {name: np.zeros_like(parameters) for name in self.remembers}
        self._scratch = np.empty_like(parameters)
        self._add_scaled = add_scaled(parameters.dtype)

    @abstractmethod
    def update(self, parameters: Floats, gradient: Floats, rate: float) -> None:
        """Move `parameters` one step against `gradient`."""

    def state(self) -> dict[str, Floats]:
        """A copy of the memory."""
        return {name: read_only_copy(array) for name, array in self.memory.items()}

    def restore(self, memory: Mapping[str, Floats]) -> None:
        """Copy the memory of another optimizer into this one; nothing, if that is empty.

        Raises:
            HyperparameterError: It was of another rule, or of a network of another shape.
        """
        shapes = {name: array.shape for name, array in self.memory.items()}
        if memory and shapes != {name: array.shape for name, array in memory.items()}:
            raise HyperparameterError(
                [f"the state to go on from is of another optimizer than {type(self).__name__}"]
            )
        for name, array in memory.items():
            self.memory[name][...] = array

    def _divide_by_root(self, step: Floats, squares: Floats, epsilon: float) -> None:
        """`step` /= sqrt(`squares`) + epsilon, in place."""
        np.sqrt(squares, out=self._scratch)
        self._scratch += epsilon
        step /= self._scratch


class SGD(Optimizer):
    """w -= rate * g."""

    def update(self, parameters: Floats, gradient: Floats, rate: float) -> None:  # noqa: D102
        self._add_scaled(gradient, parameters, a=-rate)


class Momentum(Optimizer):
    """v = m v + g; w -= rate * v.

    The original's rule (Polyak 1964); a change of rate acts on the whole velocity at once.
    """

    remembers = ("velocity",)

    def update(self, parameters: Floats, gradient: Floats, rate: float) -> None:  # noqa: D102
        velocity = self.memory["velocity"]
        velocity *= self.momentum
        velocity += gradient
        self._add_scaled(velocity, parameters, a=-rate)


class Nesterov(Optimizer):
    """v = m v + g; w -= rate * (g + m v).

    Nesterov's gradient as Sutskever et al., "On the importance of initialization and momentum
    in deep learning", 2013, rewrote it: w is the point that looks ahead.
    """

    remembers = ("velocity",)

    def update(self, parameters: Floats, gradient: Floats, rate: float) -> None:  # noqa: D102
        velocity = self.memory["velocity"]
        velocity *= self.momentum
        velocity += gradient
        self._add_scaled(gradient, parameters, a=-rate)
        self._add_scaled(velocity, parameters, a=-rate * float(self.momentum))


class AdaGrad(Optimizer):
    """s += g^2; w -= rate * g / (sqrt(s) + epsilon).

    Duchi, Hazan and Singer, "Adaptive subgradient methods", 2011; epsilon 1e-10.
    """

    remembers = ("squares",)

    def update(self, parameters: Floats, gradient: Floats, rate: float) -> None:  # noqa: D102
        squares = self.memory["squares"]
        np.multiply(gradient, gradient, out=self._scratch)
        squares += self._scratch
        self._divide_by_root(gradient, squares, epsilon=1e-10)
        self._add_scaled(gradient, parameters, a=-rate)


class RMSProp(Optimizer):
    """s = 0.9 s + 0.1 g^2; w -= rate * g / (sqrt(s) + epsilon).

    Hinton's Coursera lecture 6e, 2012; epsilon 1e-8.
    """

    remembers = ("squares",)
    decay = 0.9

    def update(self, parameters: Floats, gradient: Floats, rate: float) -> None:  # noqa: D102
        squares = self.memory["squares"]
        np.multiply(gradient, gradient, out=self._scratch)
        squares *= self.decay
        self._add_scaled(self._scratch, squares, a=1.0 - self.decay)
        self._divide_by_root(gradient, squares, epsilon=1e-8)
        self._add_scaled(gradient, parameters, a=-rate)


class Adam(Optimizer):
    """v = m v + (1 - m) g; s = b s + (1 - b) g^2; w -= rate * v' / (sqrt(s') + epsilon).

    v' and s' are corrected for their start at 0. Kingma and Ba, "Adam", 2015, algorithm 1;
    b = 0.999, epsilon 1e-8.
    """

    remembers = ("velocity", "squares")
    decay = 0.999

    def __init__(self, parameters: Floats, momentum: float = 0.9) -> None:
        super().__init__(parameters, momentum)
        self.memory["steps"] = np.zeros(1)

    def update(self, parameters: Floats, gradient: Floats, rate: float) -> None:  # noqa: D102
        velocity, squares, m = self.memory["velocity"], self.memory["squares"], self.momentum
        self.memory["steps"] += 1
        steps = float(self.memory["steps"][0])

        velocity *= m
        self._add_scaled(gradient, velocity, a=1.0 - float(m))
        gradient *= gradient
        squares *= self.decay
        self._add_scaled(gradient, squares, a=1.0 - self.decay)

        # s' = s / correction: dividing the step by sqrt(s') is multiplying it by this root.
        root_of_correction = math.sqrt(1.0 - self.decay**steps)
        gradient[...] = velocity
        self._divide_by_root(gradient, squares, epsilon=1e-8 * root_of_correction)
        rate *= root_of_correction / (1.0 - float(m) ** steps)
        self._add_scaled(gradient, parameters, a=-rate)


OPTIMIZERS: dict[OptimizerName, type[Optimizer]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adam": Adam,
}
"""By the name that a hyperparameter gives it."""
