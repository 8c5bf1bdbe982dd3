from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wordnet_tui.charts.axes import Axis, axis, held_limits, stepped_end, tick_labels, ticks
from wordnet_tui.core.history.smoothing import LARGEST

any_float = st.floats(allow_nan=True, allow_infinity=True)


@given(low=any_float, high=any_float, log=st.booleans(), cells=st.integers(0, 300))
def test_any_limits_make_an_axis_that_can_be_drawn(
    low: float, high: float, log: bool, cells: int
) -> None:
    shown = axis(low, high, log=log)
    assert shown.low < shown.high
    assert shown.low > 0 or not shown.log
    places = shown.places([low, high, 0.0, -1.0, math.inf, math.nan], cells)
    assert not np.isinf(places).any()
    assert np.isnan(places[-2:]).all()
    edges = shown.edges(cells)
    assert (np.diff(edges) >= 0).all()
    marks = ticks(shown, 6)
    assert len(marks) <= 6
    assert len(tick_labels(marks)) == len(marks)


MOVES = st.lists(
    st.sampled_from([0.25, -0.25, 3.0])
    | st.tuples(st.sampled_from([0.5, 2.0, 1e-3, 1e3]), any_float),
    max_size=20,
)


@given(low=any_float, high=any_float, log=st.booleans(), moves=MOVES)
@example(low=1e-297, high=1.0, log=True, moves=[3.0])
def test_an_axis_can_be_drawn_wherever_one_goes(
    low: float, high: float, log: bool, moves: list[float | tuple[float, float]]
) -> None:
    shown = axis(low, high, log=log)
    for move in moves:
        shown = shown.zoomed(*move) if isinstance(move, tuple) else shown.panned(move)
        assert -math.inf < shown.low < shown.high < math.inf
        assert shown.low > 0 or not shown.log


losses = st.floats(-LARGEST, LARGEST)


@given(low=losses, high=losses, log=st.booleans())
def test_any_losses_lie_between_limits_that_hold(low: float, high: float, log: bool) -> None:
    low, high = min(low, high), max(low, high)
    limits = held_limits(None, low, high, log=log)
    assert limits[0] <= low <= high <= limits[1]
    assert limits[0] < limits[1]


def test_a_log_axis_is_refused_where_there_is_a_zero_or_less() -> None:
    assert axis(1, 100, log=True).log
    assert not axis(0, 100, log=True).log
    assert not axis(-1, 100, log=True).log


def test_a_log_axis_shows_no_zeros() -> None:
    places = Axis(1, 100, log=True).places([0.0, -3.0, 1.0, 10.0, 100.0], 21)
    np.testing.assert_array_equal(places, [np.nan, np.nan, 0.0, 10.0, 20.0])


@pytest.mark.parametrize("shown", [Axis(2.0, 3.0), Axis(2.0, 3000.0, log=True)])
def test_the_value_of_a_place_lies_at_that_place(shown: Axis) -> None:
    for place in (0.0, 3.5, 19.0):
        assert shown.places(shown.value(place, 20), 20) == pytest.approx(place)
    assert shown.places([shown.low, shown.high], 20).tolist() == pytest.approx([0, 19])


@pytest.mark.parametrize("shown", [Axis(2.0, 3.0), Axis(2.0, 3000.0, log=True)])
def test_zooming_keeps_its_centre_and_panning_its_length(shown: Axis) -> None:
    centre = shown.value(5, 20)
    closer = shown.zoomed(0.5, centre)
    assert closer.places(centre, 20) == pytest.approx(5)
    assert closer.zoomed(2.0, centre) == pytest.approx(shown)
    assert shown.panned(0.25).panned(-0.25) == pytest.approx(shown)
    assert shown.panned(0.25).low == pytest.approx(shown.value(19 / 4, 20))


@pytest.mark.parametrize(
    ("batches", "most", "end"),
    [
        (0, 0, 2),
        (1, 10, 10),
        (1, 9000, 1000),
        (1001, 9000, 3000),
        (3001, 9000, 9000),
        (7, 3, 7),
    ],
)
def test_the_axis_of_mini_batches_ends_at_a_round_number_or_with_the_run(
    batches: int, most: int, end: int
) -> None:
    assert stepped_end(batches, most) == end


def test_limits_hold_still_until_a_value_leaves_them() -> None:
    held = held_limits(None, 2.63, 3.41)
    assert held[0] <= 2.63
    assert held[1] >= 3.41
    assert held_limits(held, 2.7, 3.3) == held
    wider = held_limits(held, 2.7, 3.9)
    assert wider != held
    assert wider[1] >= 3.9


def test_limits_close_in_on_values_that_fill_little_of_them() -> None:
    low, high = held_limits((0.0, 10.0), 3.0, 4.0)
    assert 2.5 < low < 3.0
    assert 4.0 < high < 4.5


def test_limits_of_a_log_axis_stay_above_zero() -> None:
    assert held_limits(None, 0.001, 5.0, log=True)[0] > 0


@pytest.mark.parametrize(
    ("shown", "most", "labels"),
    [
        (Axis(2.5, 3.5), 6, ["2.6", "2.8", "3.0", "3.2", "3.4"]),
        (Axis(0, 5000), 6, ["0", "1,000", "2,000", "3,000", "4,000", "5,000"]),
        (Axis(0, 37250), 4, ["0", "10k", "20k", "30k"]),
        (Axis(0, 3e6), 4, ["0", "1M", "2M", "3M"]),
        (Axis(0, 3e7), 4, ["0", "10M", "20M", "30M"]),
        (Axis(1, 37250, log=True), 5, ["1", "10", "100", "1,000", "10,000"]),
        (Axis(2.901, 2.909), 4, ["2.902", "2.904", "2.906", "2.908"]),
    ],
)
def test_ticks_are_round_and_labels_short(shown: Axis, most: int, labels: list[str]) -> None:
    assert tick_labels(ticks(shown, most)) == labels


@pytest.mark.parametrize(
    ("value", "label"),
    [(3.5, "3.5"), (3.0, "3"), (0.25, "0.25"), (20_000.0, "20k"), (0.0, "0")],
)
def test_a_tick_alone_is_not_rounded(value: float, label: str) -> None:
    assert tick_labels([value]) == [label]
