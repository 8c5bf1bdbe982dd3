"""The forward pass and the loss, against the slides written out with Python numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.golden.arrays import parameters_of
from tests.golden.plain_program import read_model
from tests.support.known_answers import Original
from wordnet_tui.core.model.hyperparameters import Activation
from wordnet_tui.core.model.network import (
    Deltas,
    Floats,
    Layers,
    Parameters,
    backward,
    forward,
    log_probabilities,
    target_log_probabilities,
)

MakeParameters = Callable[..., Parameters]
SIGMA: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda x: 1.0 / (1.0 + math.exp(-x)),
    "tanh": math.tanh,
    "relu": lambda x: max(x, 0.0),
    "identity": lambda x: x,
}
each_activation = pytest.mark.parametrize("activation", get_args(Activation))
each_array = pytest.mark.parametrize("name", [field.name for field in fields(Parameters)])


def probabilities_by_the_slides(
    parameters: Parameters,
    context: list[int],
    activation: str,
    masks: tuple[list[float], list[float]] | None = None,
) -> list[float]:
    """y3+ of one example: one-hot columns, matrices as the slides have them, Python numbers.

    With dropout, `masks` are those of y1 and y2+.
    """
    W1, W2, W3 = (
        array.T.tolist()
        for array in (
            parameters.embedding,
            parameters.hidden_weights,
            parameters.output_weights,
        )
    )
    b2, b3 = parameters.hidden_bias.tolist(), parameters.output_bias.tolist()

    def times(matrix: list[list[float]], column: list[float]) -> list[float]:
        return [sum(w * x for w, x in zip(row, column, strict=True)) for row in matrix]

    y1 = []
    for word_id in context:
        one_hot = [1.0 if row == word_id else 0.0 for row in range(len(b3))]
        y1 += times(W1, one_hot)
    mask1, mask2 = masks or ([1.0] * len(y1), [1.0] * len(b2))
    y1 = [y * m for y, m in zip(y1, mask1, strict=True)]
    y2_plus = [SIGMA[activation](y + b) for y, b in zip(times(W2, y1), b2, strict=True)]
    y2_plus = [y * m for y, m in zip(y2_plus, mask2, strict=True)]
    y3_minus = [y + b for y, b in zip(times(W3, y2_plus), b3, strict=True)]
    denominator = sum(math.exp(y) for y in y3_minus)
    return [math.exp(y) / denominator for y in y3_minus]


def loss_by_the_slides(
    parameters: Parameters, windows: Floats, activation: str, layers: Layers | None = None
) -> float:
    """Mean of -sum_i t_i ln y3+_i over `windows`, with the dropout masks in `layers`."""
    losses = []
    for row, (*context, target) in enumerate(windows.tolist()):
        masks = None
        if layers and layers.hidden_mask is not None and layers.embedding_mask is not None:
            masks = layers.embedding_mask[row].tolist(), layers.hidden_mask[row].tolist()
        y3_plus = probabilities_by_the_slides(parameters, context, activation, masks)
        t = [1.0 if word_id == target else 0.0 for word_id in range(len(y3_plus))]
        losses.append(-sum(t_i * math.log(y) for t_i, y in zip(t, y3_plus, strict=True)))
    return sum(losses) / len(losses)


def gradients_of(
    parameters: Parameters, windows: Floats, activation: Activation, layers: Layers
) -> Parameters:
    gradients, vector = parameters.packed()
    vector[:] = np.nan  # so that what `backward` leaves out shows
    forward(parameters, windows[:, :-1], activation, layers)
    target_log_probabilities(layers, windows[:, -1])
    deltas = Deltas(parameters, len(windows))
    backward(parameters, layers, windows[:, -1], activation, deltas, gradients)
    return gradients


@each_activation
@given(
    sizes=st.tuples(*(st.integers(low, 5) for low in (2, 1, 1, 1))),  # V, D, E, H
    batch_size=st.integers(1, 4),
    seed=st.integers(0, 1000),
)
def test_the_probabilities_are_those_of_the_slides_for_any_sizes(
    activation: Activation, sizes: tuple[int, int, int, int], batch_size: int, seed: int
) -> None:
    V, D, E, H = sizes
    random = np.random.default_rng(seed)
    shapes = (V, E), (D * E, H), (H, V), (H,), (V,)
    parameters = Parameters(*(random.normal(size=shape) for shape in shapes))
    context_ids = random.integers(V, size=(batch_size, D))
    computed = log_probabilities(parameters, context_ids, activation)
    expected = [
        probabilities_by_the_slides(parameters, context, activation)
        for context in context_ids.tolist()
    ]
    np.testing.assert_allclose(np.exp(computed), expected, rtol=1e-10, atol=1e-300)


@each_activation
def test_the_loss_is_minus_the_logarithm_of_the_probability_of_the_word_that_came(
    activation: Activation, random_parameters: MakeParameters
) -> None:
    parameters = random_parameters(V=7, D=3, E=2, H=4)
    windows = np.random.default_rng(2).integers(7, size=(6, 4))
    layers = Layers(parameters, batch_size=6)
    forward(parameters, windows[:, :-1], activation, layers)
    loss = -target_log_probabilities(layers, windows[:, -1]).mean()
    assert loss == pytest.approx(
        loss_by_the_slides(parameters, windows, activation), rel=1e-12
    )


@pytest.mark.parametrize(("dtype", "huge"), [("float32", 1e30), ("float64", 1e300)])
def test_huge_logits_neither_overflow_nor_lose_the_logarithm(
    dtype: str, huge: float, random_parameters: MakeParameters
) -> None:
    parameters, _ = random_parameters(V=3, D=1, E=2, H=2).packed(dtype)
    parameters.output_weights[...] = 0.0
    parameters.output_bias[:] = [huge, 0.0, -huge]
    computed = log_probabilities(parameters, np.array([[0]]), "sigmoid")
    np.testing.assert_allclose(computed, [[0.0, -huge, -2 * huge]], rtol=1e-6)
    layers = Layers(parameters, batch_size=3)
    forward(parameters, np.array([[0], [1], [2]]), "sigmoid", layers)
    of_targets = target_log_probabilities(layers, np.array([2, 1, 0]))
    np.testing.assert_allclose(of_targets, [-2 * huge, -huge, 0.0], rtol=1e-6)


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@each_array
@each_activation
def test_every_gradient_is_the_slope_of_the_loss_of_the_slides(
    activation: Activation, name: str, dropout: float, random_parameters: MakeParameters
) -> None:
    """Repeated words included: one fills a context, another one is in several."""
    parameters = random_parameters(V=6, D=3, E=2, H=4, seed=5)
    windows = np.array([[2, 2, 2, 0], [1, 2, 4, 2], [4, 1, 4, 0], [0, 4, 1, 5]])
    layers = Layers(parameters, batch_size=4)
    layers.drop(dropout, dropout, np.random.default_rng(3))
    gradients = gradients_of(parameters, windows, activation, layers)

    weights, step = getattr(parameters, name), 1e-5
    slopes = np.empty_like(weights)
    for index in np.ndindex(weights.shape):
        kept = weights[index]
        weights[index] = kept + step
        above = loss_by_the_slides(parameters, windows, activation, layers)
        weights[index] = kept - step
        below = loss_by_the_slides(parameters, windows, activation, layers)
        weights[index] = kept
        slopes[index] = (above - below) / (2 * step)
    assert np.abs(slopes).max() > 1e-3
    np.testing.assert_allclose(getattr(gradients, name), slopes, rtol=1e-6, atol=1e-9)


def test_a_word_that_is_not_read_has_no_gradient_and_one_read_twice_has_the_sum(
    random_parameters: MakeParameters,
) -> None:
    parameters = random_parameters(V=5, D=1, E=3, H=4)
    once = gradients_of(parameters, np.array([[1, 0]]), "tanh", Layers(parameters, 1))
    other = gradients_of(parameters, np.array([[1, 3]]), "tanh", Layers(parameters, 1))
    both = gradients_of(parameters, np.array([[1, 0], [1, 3]]), "tanh", Layers(parameters, 2))
    assert not both.embedding[[0, 2, 3, 4]].any()
    for mean, first, second in zip(both, once, other, strict=True):
        np.testing.assert_allclose(mean, (first + second) / 2, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_a_step_owes_nothing_to_the_mini_batch_before_it(
    dropout: float, random_parameters: MakeParameters
) -> None:
    parameters = random_parameters(V=6, D=2, E=2, H=3)
    first, second = np.random.default_rng(1).integers(6, size=(2, 4, 3))
    used, fresh = Layers(parameters, 4), Layers(parameters, 4)
    random = np.random.default_rng(8)
    used.drop(dropout, dropout, random)
    gradients_of(parameters, first, "sigmoid", used)
    used.drop(dropout, dropout, random)
    fresh.drop(dropout, dropout, again := np.random.default_rng(8))
    fresh.drop(dropout, dropout, again)
    after_another = gradients_of(parameters, second, "sigmoid", used)
    alone = gradients_of(parameters, second, "sigmoid", fresh)
    for left, right in zip(after_another, alone, strict=True):
        np.testing.assert_array_equal(left, right)


@each_activation
def test_float32_gives_the_figures_of_float64_to_its_precision(
    activation: Activation, random_parameters: MakeParameters
) -> None:
    double = random_parameters(V=40, D=3, E=6, H=20, deviation=0.5)
    single, _ = double.packed("float32")
    windows = np.random.default_rng(4).integers(40, size=(16, 4))
    computed = log_probabilities(single, windows[:, :-1], activation)
    assert computed.dtype == np.float32
    exact = log_probabilities(double, windows[:, :-1], activation)
    np.testing.assert_allclose(computed, exact, rtol=1e-5, atol=1e-5)
    coarse = gradients_of(single, windows, activation, Layers(single, 16))
    fine = gradients_of(double, windows, activation, Layers(double, 16))
    for left, right in zip(coarse, fine, strict=True):
        assert left.dtype == np.float32
        np.testing.assert_allclose(left, right, atol=1e-5)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int64])
def test_word_ids_may_have_any_integer_type(
    dtype: type, random_parameters: MakeParameters
) -> None:
    """Ids of 8 bits must not wrap around where they index the logits laid end to end."""
    parameters = random_parameters(V=256, D=2, E=2, H=3)
    windows = np.array([[255, 0, 254], [3, 255, 255], [0, 1, 0]])
    expected = gradients_of(parameters, windows, "relu", Layers(parameters, 3))
    computed = gradients_of(parameters, windows.astype(dtype), "relu", Layers(parameters, 3))
    for left, right in zip(computed, expected, strict=True):
        np.testing.assert_array_equal(left, right)


def test_the_passes_read_the_weights_and_leave_them_as_they_are(
    random_parameters: MakeParameters,
) -> None:
    parameters = random_parameters(V=5, D=2, E=2, H=3)
    for array in parameters:
        array.flags.writeable = False  # writing would raise
    windows = np.random.default_rng(1).integers(5, size=(4, 3))
    gradients_of(parameters, windows, "sigmoid", Layers(parameters, 4))
    log_probabilities(parameters, windows[:, :-1], "sigmoid")


def test_the_original_s_network_answers_have_a_good_as_it_did(original: Original) -> None:
    """The five figures are known to 6 digits."""
    words = original.words
    context_ids = np.array([[words.index(word) for word in ("have", "a", "good")]])
    parameters = parameters_of(read_model(original.model))
    probabilities = np.exp(log_probabilities(parameters, context_ids, "sigmoid")[0])
    likeliest = np.argsort(-probabilities)[:5]
    known = original.after_have_a_good
    assert [words[word_id] for word_id in likeliest] == list(known)
    np.testing.assert_allclose(probabilities[likeliest], [*known.values()], rtol=0, atol=5e-7)
