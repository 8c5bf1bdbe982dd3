from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.history.smoothing import LARGEST, WEIGHTS, ExponentialMean, drawable


def one_by_one(weight: float, values: np.ndarray) -> np.ndarray:
    """TensorBoard's recursion, as it is in its source."""
    last, count, means = 0.0, 0, []
    for value in values:
        if np.isfinite(value):
            last = last * weight + (1 - weight) * value
            count += 1
        means.append(last / (1 - weight**count) if count else np.nan)
    return np.array(means)


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("count", [0, 1, 511, 512, 513, 3000])
def test_means_are_those_of_the_recursion(weight: float, count: int) -> None:
    values = np.random.default_rng(count).normal(3.0, 1.0, count)
    _, means = ExponentialMean(weight).after(values)
    np.testing.assert_allclose(means, one_by_one(weight, values), rtol=1e-10)


@given(
    values=st.lists(st.floats(-1e3, 1e3) | st.sampled_from([np.nan, np.inf, -np.inf])),
    cut=st.integers(0, 50),
    weight=st.sampled_from(WEIGHTS),
)
def test_it_goes_on_where_it_stopped(values: list[float], cut: int, weight: float) -> None:
    array = np.array(values, np.float64)
    state, first = ExponentialMean(weight).after(array[:cut])
    _, second = state.after(array[cut:])
    expected = one_by_one(weight, array)
    np.testing.assert_allclose(np.concatenate([first, second]), expected, rtol=1e-8, atol=1e-8)


def test_a_constant_is_its_own_mean_from_the_first_value_on() -> None:
    _, means = ExponentialMean(0.999).after(np.full(2000, 2.5))
    np.testing.assert_allclose(means, 2.5)


def test_what_no_axis_can_show_is_dropped() -> None:
    values = drawable([1.0, np.inf, -np.inf, np.nan, 10 * LARGEST, 0.0])
    np.testing.assert_array_equal(values, [1.0, np.nan, np.nan, np.nan, np.nan, 0.0])
