"""Activations against their definitions, computed a number at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from wordnet_tui.core.model.activations import ACTIVATIONS
from wordnet_tui.core.model.hyperparameters import Activation

DEFINITIONS: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda x: 1.0 / (1.0 + math.exp(-x)),
    "tanh": lambda x: (math.exp(x) - math.exp(-x)) / (math.exp(x) + math.exp(-x)),
    "relu": lambda x: x if x > 0.0 else 0.0,
    "identity": lambda x: x,
}
SLOPES: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda x: math.exp(-x) / (1.0 + math.exp(-x)) ** 2,
    "tanh": lambda x: 4.0 / (math.exp(x) + math.exp(-x)) ** 2,
    "relu": lambda x: 1.0 if x > 0.0 else 0.0,
    "identity": lambda _: 1.0,
}
inputs = arrays.arrays(
    np.float64,
    arrays.array_shapes(max_dims=3, max_side=4),
    elements=st.floats(-30.0, 30.0, allow_subnormal=False),
)
each_activation = pytest.mark.parametrize("activation", get_args(Activation))


def test_there_is_a_function_for_every_name_that_a_setting_can_have() -> None:
    assert set(ACTIVATIONS) == set(get_args(Activation)) == set(DEFINITIONS)


@each_activation
@given(x=inputs)
def test_each_replaces_its_input_by_the_value_of_its_definition(
    activation: Activation, x: np.ndarray
) -> None:
    expected = np.vectorize(DEFINITIONS[activation], otypes=[float])(x)
    ACTIVATIONS[activation].apply(x)
    np.testing.assert_allclose(x, expected, rtol=1e-12, atol=1e-15)


@each_activation
@given(x=inputs)
def test_the_slope_taken_from_the_output_is_that_of_the_definition(
    activation: Activation, x: np.ndarray
) -> None:
    expected = np.vectorize(SLOPES[activation], otypes=[float])(x)
    y, gradient = x.copy(), np.full_like(x, -3.0)
    ACTIVATIONS[activation].apply(y)
    ACTIVATIONS[activation].multiply_by_slope(gradient, y, np.empty_like(x))
    np.testing.assert_allclose(gradient, -3.0 * expected, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@each_activation
def test_the_precision_stays_and_the_output_of_a_slope_is_not_touched(
    activation: Activation, dtype: type
) -> None:
    x = np.linspace(-3.0, 3.0, 7, dtype=dtype)
    expected = np.vectorize(DEFINITIONS[activation], otypes=[float])(x)
    ACTIVATIONS[activation].apply(x)
    assert x.dtype == dtype
    np.testing.assert_allclose(x, expected, rtol=8 * np.finfo(dtype).eps)
    kept, gradient = x.copy(), np.ones_like(x)
    ACTIVATIONS[activation].multiply_by_slope(gradient, x, np.empty_like(x))
    assert gradient.dtype == dtype
    np.testing.assert_array_equal(x, kept)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_sigmoid_of_the_largest_numbers_is_0_or_1_without_overflow(dtype: type) -> None:
    largest = np.finfo(dtype).max
    x = np.array([-np.inf, -largest, -1e4, -0.0, 0.0, 1e4, largest, np.inf], dtype)
    ACTIVATIONS["sigmoid"].apply(x)
    assert x.tolist() == [0.0, 0.0, 0.0, 0.5, 0.5, 1.0, 1.0, 1.0]


@each_activation
def test_what_is_not_a_number_stays_so_that_a_divergence_is_noticed(
    activation: Activation,
) -> None:
    x = np.array([np.nan])
    ACTIVATIONS[activation].apply(x)
    assert np.isnan(x[0])
