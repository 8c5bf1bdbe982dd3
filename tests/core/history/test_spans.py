"""Values that come several times in a row, and what is left out between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordnet_tui.core.history.smoothing import WEIGHTS, ExponentialMean
from wordnet_tui.core.history.spans import Spans, smoothed_over


@settings(deadline=None)
@given(
    pieces=st.lists(
        st.tuples(
            st.integers(1, 5000), st.floats(-1e3, 1e3) | st.sampled_from([np.nan, np.inf])
        ),
        max_size=20,
        min_size=1,
    ),
    weight=st.sampled_from(WEIGHTS),
    steps=st.sampled_from([0, 1, 30]),
)
def test_a_mean_over_repeated_values_is_that_over_all_of_them(
    pieces: list[tuple[int, float]], weight: float, steps: int
) -> None:
    before, _ = ExponentialMean(weight).after(np.full(steps, 7.0))
    lengths = np.array([length for length, _ in pieces])
    values = np.array([value for _, value in pieces])
    state, means = smoothed_over(before, values, lengths)
    expected_state, expected = before.after(np.repeat(values, lengths))
    tolerance = {"rtol": 1e-8, "atol": 1e-8}
    np.testing.assert_allclose(means, expected[np.cumsum(lengths) - 1], **tolerance)
    assert state.steps == expected_state.steps
    assert state.total == pytest.approx(expected_state.total, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("weight", WEIGHTS)
def test_a_value_that_comes_a_billion_times_is_the_mean(weight: float) -> None:
    lengths, values = np.array([10**9, 1, 10**9]), np.array([3.0, 5.0, 2.0])
    state, means = smoothed_over(ExponentialMean(weight), values, lengths)
    np.testing.assert_allclose(means, [3.0, 3.0 * weight + 5.0 * (1 - weight), 2.0])
    assert state.steps == 2 * 10**9 + 1


@given(st.lists(st.integers(1, 9), max_size=9), st.integers(0, 90))
def test_both_sides_of_a_cut_are_the_whole(lengths: list[int], at: int) -> None:
    numbers = np.arange(len(lengths), dtype=np.float64)
    spans = Spans(np.array(lengths, np.int64), numbers, -numbers)
    at = min(at, spans.batches)
    sides = spans.cut(at)
    assert sides[0].batches == at
    assert all((side.lengths > 0).all() for side in sides)
    for field in ("losses", "running"):
        joined = [getattr(side.one_by_one(), field) for side in sides]
        np.testing.assert_array_equal(
            np.concatenate(joined), getattr(spans.one_by_one(), field)
        )
