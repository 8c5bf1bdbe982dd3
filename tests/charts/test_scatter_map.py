"""The map of words: what is seen, where it is, which labels fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from wordnet_tui.charts.map_view import FARTHEST, MapView, aligned, bounded, fit, held
from wordnet_tui.charts.scatter_map import (
    candidates,
    cells,
    dots,
    place_labels,
    priorities,
)

UNIT = MapView(0.0, 1.0, 0.0, 1.0)
COORDINATES = (
    st.floats(-1e6, 1e6) | st.sampled_from([1.0, 1e20]) | st.floats(-FARTHEST, FARTHEST)
)
SOME_POINTS = arrays(
    np.float64, st.tuples(st.integers(1, 30), st.just(2)), elements=COORDINATES
)
DENORMAL_SPREAD = np.array([[2.2e-311, 1.0], [0.0, 1.0]])
ONE_FAR_PLACE = np.full((2, 2), 1e20)
ALL_THERE_IS = np.array([[FARTHEST, -FARTHEST], [-FARTHEST, FARTHEST]])
SIZES = st.tuples(st.integers(1, 40), st.integers(1, 12))


@given(SOME_POINTS, SIZES)
@example(DENORMAL_SPREAD, (1, 1))
@example(ONE_FAR_PLACE, (1, 1))
@example(ALL_THERE_IS, (9, 9))
def test_a_fitted_view_shows_every_point(points: np.ndarray, size: tuple[int, int]) -> None:
    seen = cells(points, fit(points), *size)
    assert seen.ids.tolist() == list(range(len(points)))


def test_the_corners_of_the_view_are_the_corners_of_the_map() -> None:
    corners = np.array([[0.0, 1.0], [1.0, 1.0], [0.0, 0.0], [1.0, 0.0], [1.01, 0.5]])
    seen = cells(corners, UNIT, width=10, height=4)
    places = list(
        zip(seen.ids.tolist(), seen.rows.tolist(), seen.columns.tolist(), strict=True)
    )
    assert places == [(0, 0, 0), (1, 0, 9), (2, 3, 0), (3, 3, 9)]


@pytest.mark.parametrize(
    ("markers", "expected"),
    [("braille", "⠁⢀"), ("block", "▘▗"), ("ascii", "..")],
)
def test_a_dot_is_where_its_point_is(markers: str, expected: str) -> None:
    points = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert dots(points, UNIT, 2, 1, markers) == [expected]


@pytest.mark.parametrize(
    ("words", "sign"), [(1, "."), (2, ":"), (4, ":"), (5, "#"), (90, "#")]
)
def test_plain_signs_tell_how_many_words_share_a_cell(words: int, sign: str) -> None:
    assert dots(np.full((words, 2), 0.5), UNIT, 1, 1, "ascii") == [sign]


@given(SOME_POINTS, SIZES, st.sampled_from(["braille", "block", "ascii"]))
def test_the_dots_fill_the_map_exactly(
    points: np.ndarray, size: tuple[int, int], markers: str
) -> None:
    rows = dots(points, fit(points), *size, markers)
    assert [len(row) for row in rows] == [size[0]] * size[1]
    assert any(row.strip() for row in rows)


@given(SOME_POINTS, SIZES, st.lists(st.integers(2, 9), min_size=30, max_size=30))
@example(DENORMAL_SPREAD, (1, 1), [2, 2])
def test_labels_lie_within_the_map_and_never_touch(
    points: np.ndarray, size: tuple[int, int], widths: list[int]
) -> None:
    width, height = size
    seen = cells(points, fit(points), width, height)
    others = candidates(seen, np.arange(len(points)), width, height)
    labels = place_labels(seen, [0], others, widths.__getitem__, width, height)
    taken: set[tuple[int, int]] = set()
    for label in labels:
        assert label.cells == widths[label.word_id]
        assert label.column >= 0
        assert label.column + label.cells <= width
        own = {(label.row, label.column + n) for n in range(label.cells)}
        around = own | {(label.row, label.column - 1), (label.row, label.column + label.cells)}
        assert not around & taken
        taken |= own
    assert len({label.word_id for label in labels}) == len(labels)


@given(SOME_POINTS)
def test_an_unimportant_label_has_its_sign_in_the_cell_of_its_word(points: np.ndarray) -> None:
    seen = cells(points, fit(points), 40, 10)
    for label in place_labels(seen, [], range(len(points)), lambda _: 4, 40, 10):
        sign = label.column + (0 if label.sign_first else label.cells - 1)
        assert seen.of(label.word_id) == (label.row, sign)


def test_important_words_are_labelled_beside_their_cell_where_it_is_taken() -> None:
    points = np.full((4, 2), 0.5)
    seen = cells(points, UNIT, 8, 9)
    labels = place_labels(seen, [2, 3, 1], [0], lambda _: 4, 8, 9)
    assert [label.word_id for label in labels] == [2, 3, 1]
    assert [label.row for label in labels] == [4, 5, 3]


def test_only_the_first_word_of_a_cell_is_a_candidate() -> None:
    points = np.array([[0.1, 0.1], [0.1, 0.1], [0.9, 0.9], [5.0, 5.0]])
    seen = cells(points, UNIT, 4, 4)
    assert candidates(seen, np.array([3, 1, 2, 0]), 4, 4) == [1, 2]


def test_what_was_found_comes_before_all_else_in_the_same_order() -> None:
    order = np.array([4, 2, 0, 1, 3])
    assert priorities(order, np.array([0, 3, 2])).tolist() == [2, 0, 3, 4, 1]
    assert priorities(order, None) is order


def test_zooming_in_and_out_comes_back() -> None:
    assert UNIT.zoomed(4.0).zoomed(0.25) == pytest.approx(UNIT)
    assert UNIT.panned(0.5, -1.0) == MapView(0.5, 1.5, -1.0, 0.0)


def test_a_view_cannot_leave_the_words_nor_grow_without_end() -> None:
    far = bounded(UNIT.panned(50.0, -50.0), UNIT)
    assert far == MapView(0.5, 1.5, -0.5, 0.5)
    assert bounded(UNIT.zoomed(1e-9), UNIT).width == pytest.approx(4.0)
    assert bounded(UNIT.zoomed(1e9), UNIT).width == pytest.approx(1e-4)


MOVES = st.lists(
    st.sampled_from([1.5, 1 / 1.5, 1e9, 1e-9])
    | st.tuples(st.sampled_from([-0.2, 0.2]), st.sampled_from([-0.2, 0.2])),
    max_size=12,
)


@given(SOME_POINTS, SOME_POINTS, MOVES)
@example(DENORMAL_SPREAD, ALL_THERE_IS, [1e9])
@example(ONE_FAR_PLACE, DENORMAL_SPREAD, [1e9, 1e9, (0.2, -0.2)])
def test_in_any_window_points_new_and_old_have_cells_in_their_order(
    points: np.ndarray, others: np.ndarray, moves: list[float | tuple[float, float]]
) -> None:
    view = fit(points)
    for move in moves:
        moved = view.panned(*move) if isinstance(move, tuple) else view.zoomed(move)
        view = bounded(moved, fit(points))
    for looked_at in (points, others):
        seen = cells(looked_at, view, 40, 10)
        across, up = looked_at[seen.ids].T
        assert (np.diff(seen.columns[across.argsort()]) >= 0).all()
        assert (np.diff(seen.rows[up.argsort()]) <= 0).all()
        assert cells(looked_at, held(view, looked_at), 40, 10).ids.size == len(looked_at)


def test_neither_side_of_a_view_leaves_its_bounds_alone() -> None:
    low = MapView(0.0, 1.0, 0.5, 0.5 + 1e-9)
    assert bounded(low, UNIT).height == pytest.approx(1e-4)
    assert bounded(low, UNIT).width == 1.0


def test_a_held_view_moves_only_when_points_leave_it_or_draw_together() -> None:
    points = np.array([[0.05, 0.05], [0.95, 0.95]])
    assert held(UNIT, points) is UNIT
    assert held(UNIT, points * 2.0).holds(fit(points * 2.0, margin=0.0))
    assert held(UNIT, points * 0.1).width < 0.2


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_turned_and_mirrored_points_are_laid_where_they_were(
    seed: int, mirrored: bool
) -> None:
    random = np.random.default_rng(seed)
    before = random.normal(size=(12, 2))
    before -= before.mean(axis=0)
    angle = random.uniform(0.0, 2 * np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = before @ (turn @ np.diag([1.0, -1.0 if mirrored else 1.0]))
    np.testing.assert_allclose(aligned(turned, before), before, atol=1e-9)


@pytest.mark.parametrize("size", [1e-310, 1e-200, 1e200, 1e300])
def test_points_of_any_size_are_laid_where_they_were(size: float) -> None:
    before = np.random.default_rng(3).normal(size=(12, 2)) * [3.0, 1.0]
    before -= before.mean(axis=0)
    turned = before[:, ::-1] * [1.0, -1.0]
    laid = aligned(turned * size, before * size)
    np.testing.assert_allclose(laid / size, before, rtol=1e-3, atol=1e-3)
