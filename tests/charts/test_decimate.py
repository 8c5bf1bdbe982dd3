from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.charts.axes import Axis, axis
from wordnet_tui.charts.decimate import (
    columns,
    curve_row,
    extent,
    line_value,
    readout,
    validation_columns,
)
from wordnet_tui.core.history.bins import Field, Levels
from wordnet_tui.core.history.history import CurveState, History, HistoryPicture
from wordnet_tui.core.history.smoothing import WEIGHTS, ExponentialMean


def picture_of(losses: np.ndarray, most_bins: int = 1 << 17) -> HistoryPicture:
    """A picture of a run of one epoch with these losses; whole bins, and a tail."""
    levels, state = Levels(most_bins), CurveState()
    running = np.cumsum(losses) / np.arange(1, losses.size + 1)
    places = np.arange(1.0, losses.size + 1)
    done = 0
    while losses.size - done >= (size := max(512, levels.width)):
        part = slice(done, done + size)
        state, rows = state.after(running[part], places[part])
        levels.extend(rows)
        done += size
    tail = levels.view().levels[0][:, :0]
    if done < losses.size:
        _, tail = state.after(running[done:], places[done:])
    return HistoryPicture(levels.view(), tail, done + 1, np.empty((2, 0)), None)


def test_a_column_has_the_smallest_and_the_largest_loss_in_it() -> None:
    losses = np.random.default_rng(1).normal(3.0, 0.2, 5000)
    edges = axis(0, 5000).edges(40)
    found = columns(picture_of(losses), edges)
    batches = np.arange(1, 5001)
    for column in range(40):
        last = column == 39
        inside = (batches >= edges[column]) & (
            (batches <= edges[column + 1]) if last else (batches < edges[column + 1])
        )
        # A bin belongs where its middle is: a neighbour's mini-batch may come with it.
        span = (edges[column + 1] - edges[column]) / 2
        near = (batches >= edges[column] - span) & (batches <= edges[column + 1] + span)
        assert losses[near].min() - 1e-6 <= found.lowest[column] <= np.median(losses[inside])
        assert np.median(losses[inside]) <= found.highest[column] <= losses[near].max() + 1e-6


@given(
    count=st.integers(1, 4000),
    most_bins=st.sampled_from([512, 1024, 1 << 17]),
    cells=st.integers(1, 300),
    low=st.floats(0, 1),
    high=st.floats(0, 1),
    log=st.booleans(),
    seed=st.integers(0, 99),
)
def test_no_extreme_of_a_window_is_lost(
    count: int, most_bins: int, cells: int, low: float, high: float, log: bool, seed: int
) -> None:
    losses = np.random.default_rng(seed).normal(3.0, 0.5, count)
    picture = picture_of(losses, most_bins)
    width = picture.levels.width
    first = 1 + int(min(low, high) * (count - 1)) // width * width  # a bin's beginning
    last = max(first, min(count, -(-int(max(low, high) * count) // width) * width))
    shown = axis(first, last, log=log)
    found = columns(picture, shown.edges(cells))
    if last - first > 1e-6 * last:
        assert np.nanmin(found.lowest) == np.float32(losses[first - 1 : last].min())
        assert np.nanmax(found.highest) == np.float32(losses[first - 1 : last].max())


@pytest.mark.parametrize("log", [False, True])
def test_a_million_points_cost_what_a_thousand_do(log: bool) -> None:
    for count in (1_000, 1_000_000):
        picture = picture_of(np.random.default_rng(1).normal(3.0, 0.2, count))
        found = columns(picture, axis(1, count, log=log).edges(220))
        assert found.points <= 4 * 220 + 512 + 40


def test_the_part_of_a_long_run_costs_no_more_than_the_whole() -> None:
    picture = picture_of(np.full(300_000, 3.0))
    for low, high in ((0, 300_000), (150_000, 151_000), (299_000, 300_000), (12, 40_000)):
        assert columns(picture, axis(low, high).edges(220)).points <= 4 * 220 + 512 + 40


def test_the_smoothed_line_is_the_same_at_every_zoom() -> None:
    losses = np.random.default_rng(2).normal(3.0, 0.2, 20_000)
    picture = picture_of(losses)
    row = curve_row(0.99)
    _, smoothed = ExponentialMean(0.99).after(losses)
    whole = columns(picture, axis(0, 20_000).edges(100), row)
    close = columns(picture, axis(9_980, 10_020).edges(200), row)
    shown = close.last[np.isfinite(close.last)]
    np.testing.assert_allclose(shown, smoothed[9_979:10_020], rtol=1e-6)
    assert whole.last[-1] == pytest.approx(smoothed[-1], rel=1e-6)


def test_the_smoothed_line_is_the_same_in_merged_bins() -> None:
    losses = np.random.default_rng(2).normal(3.0, 0.2, 20_480)
    fine, merged = picture_of(losses), picture_of(losses, 512)
    assert merged.levels.width > 1
    for weight in WEIGHTS:
        row, width = curve_row(weight), merged.levels.width
        np.testing.assert_array_equal(
            merged.levels.levels[0][row], fine.levels.levels[0][row, width - 1 :: width]
        )


def test_a_window_without_mini_batches_is_empty() -> None:
    picture = picture_of(np.full(100, 3.0))
    for shown in (axis(200, 300), axis(-50, -1)):
        found = columns(picture, shown.edges(10))
        assert np.isnan(found.lowest).all()
    nothing = columns(History().picture(), axis(0, 10).edges(10))
    assert np.isnan(nothing.lowest).all()
    assert columns(picture, np.empty(0)).lowest.size == 0


def test_fewer_mini_batches_than_columns_leave_columns_empty() -> None:
    found = columns(picture_of(np.array([3.0, 2.0, 1.0])), axis(1, 3).edges(9))
    known = np.flatnonzero(np.isfinite(found.lowest))
    assert found.lowest[known].tolist() == [3.0, 2.0, 1.0]
    assert known.tolist() == [0, 4, 8]


def test_validations_are_in_columns_too() -> None:
    validations = np.array([[10.0, 20.0, 90.0], [3.0, 2.5, 2.8]])
    picture = replace(picture_of(np.full(100, 3.0)), validations=validations)
    found = validation_columns(picture, axis(0, 100).edges(3))
    assert found.lowest[0] == 2.5
    assert found.highest[0] == 3.0
    assert np.isnan(found.lowest[1])
    assert found.lowest[2] == 2.8


def test_a_readout_gives_the_values_at_a_mini_batch() -> None:
    losses = np.random.default_rng(4).normal(3.0, 0.2, 700)
    validations = np.array([[100.0, 600.0], [3.1, 2.9]])
    picture = replace(picture_of(losses), validations=validations)
    for batch in (1, 99, 512, 513, 700):
        found = readout(picture, batch, 0.9)
        assert found.loss == pytest.approx(losses[batch - 1], rel=1e-6)
        _, smoothed = ExponentialMean(0.9).after(losses[:batch])
        assert found.smoothed == pytest.approx(smoothed[-1], rel=1e-6)
        assert line_value(picture, batch, 0.9) == found.smoothed
        assert line_value(picture, batch, 0.0) == found.loss
    assert readout(picture, 99, 0.9).validation is None
    assert readout(picture, 100, 0.9).validation == 3.1
    assert readout(picture, 599, 0.9).validation == 3.1
    assert readout(picture, 701, 0.9).loss is None
    assert readout(picture, 0, 0.9).loss is None


def test_every_bin_of_a_long_run_can_be_read() -> None:
    losses = np.random.default_rng(4).normal(3.0, 0.2, 8192)
    picture = picture_of(losses, 512)
    width = picture.levels.width
    for batch in (1, 5000, 8000):
        first = (batch - 1) // width * width
        found = readout(picture, batch, 0.0)
        assert found.loss == pytest.approx(losses[first : first + width].mean(), rel=1e-6)


def test_the_extent_of_everything_has_the_first_fall_and_that_of_the_main_part_not() -> None:
    losses = np.concatenate([np.linspace(6, 3.5, 50), np.full(950, 3.0)])
    picture, shown = picture_of(losses), axis(0, 1000)
    options = {"smoothing": 0.0, "positive": False}
    whole = extent(picture, shown, main_part=False, **options)
    assert whole == pytest.approx((3.0, 6.0))
    assert extent(picture, shown, main_part=True, **options) == pytest.approx((3.0, 3.0))


def test_the_extent_for_a_log_axis_leaves_out_zeros() -> None:
    picture = picture_of(np.array([0.0, 2.0, 1.0]))
    options = {"smoothing": 0.0, "main_part": False}
    assert extent(picture, Axis(1, 3), positive=True, **options) == (1.0, 2.0)
    assert extent(picture, Axis(1, 3), positive=False, **options) == (0.0, 2.0)
    zeros = picture_of(np.zeros(3))
    assert extent(zeros, Axis(1, 3), positive=True, **options) is None


def test_there_is_no_row_for_another_smoothing() -> None:
    assert curve_row(0.0) == Field.MEAN
    with pytest.raises(ValueError, match="not in"):
        curve_row(0.5)
