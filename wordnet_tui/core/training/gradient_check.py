"""Every gradient of `backward`, compared with the slope measured by moving the weight.

The slope of the loss L along one weight w is (L(w + h) - L(w - h)) / 2h, a central difference.
Its error is the curvature for a large h and rounding for a small one. In float64 with h = 1e-5
it is right to about 1e-10. It takes two forward passes a weight, so it can check a small
network, and not train one.

Reference: Bottou, "Stochastic gradient descent tricks", 2012, where it is called checking the
gradients by finite differences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from wordnet_tui.core.inference.evaluation import batch_loss
from wordnet_tui.core.model.hyperparameters import Activation, Hyperparameters
from wordnet_tui.core.model.network import (
    Deltas,
    Floats,
    Layers,
    Parameters,
    WordIds,
    backward,
    forward,
    initial_parameters,
    target_log_probabilities,
)

STEP = 1e-5
"""h, how far a weight is moved to either side."""

FARTHEST_MOVE = 100 * STEP
"""No single weight moved by a step moves the input of a hidden unit that far."""

SMALLEST_SLOPE = 1e-3
"""Smaller slopes count as this in a relative difference: the rest is error of measurement."""

TOLERANCE = 1e-6
"""The largest relative difference at which a gradient still agrees."""

CHECKED_NETWORK = Hyperparameters(
    context_size=3,
    vocabulary_size=12,
    embedding_size=5,
    hidden_size=7,
    batch_size=10,
    dtype="float64",
)
"""Large enough that no two sizes are equal and words repeat, small enough to take no time."""


@dataclass(frozen=True)
class GradientComparison:
    """How far one array of gradients is from the slopes measured, entry by entry."""

    activation: Activation
    array: str
    """The field of `Parameters`."""
    shape: tuple[int, ...]
    entries: int
    """How many were compared: all of them."""
    largest_difference: float
    """Between a gradient and its slope, in nats per unit of weight."""
    largest_relative_difference: float
    """The same, each divided by its slope, or by `SMALLEST_SLOPE` where that is larger."""

    @property
    def agrees(self) -> bool:
        """Whether every entry is within the tolerance; one that is not a number is not."""
        return self.largest_relative_difference <= TOLERANCE


def compare_gradients(
    hyperparameters: Hyperparameters = CHECKED_NETWORK,
) -> list[GradientComparison]:
    """Compare all gradients of a random network and mini-batch with central differences.

    One word fills a whole context of the mini-batch and is part of another one. With dropout,
    the same random masks serve for all passes.

    Args:
        hyperparameters: For sizes, mini-batch, activation, start, dropout and seed. The
            arithmetic is float64 whatever it says, since float32 is too coarse to measure a
            slope.

    Returns:
        One comparison for each array of `Parameters`, in its order.
    """
    hp = hyperparameters.changed(dtype="float64")
    random = np.random.default_rng(hp.seed)
    parameters, layers, context_ids = _network_and_contexts(hp, random)
    target_ids = random.integers(hp.vocabulary_size, size=hp.batch_size)

    def loss() -> float:
        forward(parameters, context_ids, hp.activation, layers)
        return batch_loss(target_log_probabilities(layers, target_ids))

    loss()  # fills the layers for `backward`
    gradients, _ = parameters.packed()
    deltas = Deltas(parameters, hp.batch_size)
    backward(parameters, layers, target_ids, hp.activation, deltas, gradients)
    names = [field.name for field in fields(Parameters)]
    return [
        _comparison(hp.activation, name, gradient, _slopes(loss, weights))
        for name, gradient, weights in zip(names, gradients, parameters, strict=True)
    ]


def _network_and_contexts(
    hp: Hyperparameters, random: np.random.Generator
) -> tuple[Parameters, Layers, WordIds]:
    """Weights, layers with their dropout masks, and contexts (B, D), where all slopes exist.

    Where the input of a ReLU is 0 its slope jumps, and a difference across the jump measures
    nothing. A hidden unit that comes near that for any example gets another bias.
    """
    parameters = initial_parameters(hp, random)
    for bias in (parameters.hidden_bias, parameters.output_bias):
        bias[...] = random.normal(size=bias.shape)
    context_ids = random.integers(hp.vocabulary_size, size=(hp.batch_size, hp.context_size))
    context_ids[0] = context_ids[-1, 0]
    layers = Layers(parameters, hp.batch_size)
    layers.drop(hp.dropout, hp.embedding_dropout, random)

    while True:
        forward(parameters, context_ids, "identity", layers)
        near = np.abs(layers.activated).min(axis=0) < FARTHEST_MOVE  # (H,)
        if not near.any():
            return parameters, layers, context_ids
        parameters.hidden_bias[near] = random.normal(size=np.count_nonzero(near))


def _slopes(loss: Callable[[], float], weights: Floats) -> Floats:
    """Central differences of `loss` along each of `weights`, which it reads; same shape."""
    slopes = np.empty_like(weights)
    for index in np.ndindex(weights.shape):
        weight = weights[index]
        weights[index] = weight + STEP
        above = loss()
        weights[index] = weight - STEP
        below = loss()
        weights[index] = weight
        slopes[index] = (above - below) / (2.0 * STEP)
    return slopes


def _comparison(
    activation: Activation, name: str, gradient: Floats, slopes: Floats
) -> GradientComparison:
    differences = np.abs(gradient - slopes)
    return GradientComparison(
        activation,
        name,
        gradient.shape,
        gradient.size,
        float(differences.max()),
        float((differences / np.maximum(np.abs(slopes), SMALLEST_SLOPE)).max()),
    )
