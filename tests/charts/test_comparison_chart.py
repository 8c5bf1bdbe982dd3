"""Curves over one another: windows, strokes, ends."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.charts.comparison_chart import (
    NO_CURVE,
    STROKES,
    Curve,
    Unit,
    overlay,
    sample,
    window,
)
from wordnet_tui.charts.raster import Markers
from wordnet_tui.core.history.history import History
from wordnet_tui.core.training.progress import TrainingProgress

MARKERS = pytest.mark.parametrize("markers", list(Markers), ids=lambda each: each.label)
BRAILLE_BASE = 0x2800


def curve(figures: list[float], every: int = 10, per_epoch: int = 100) -> Curve:
    """A run that was validated after each `every` mini-batches."""
    history = History()
    for place, figure in enumerate(figures, start=1):
        for batch in range((place - 1) * every + 1, place * every + 1):
            at = batch if batch == place * every else None
            head = (batch, 1000, 1, 10, batch, per_epoch, 3.0, 3.0)
            history.add(
                TrainingProgress(
                    *head, figure if at else None, at, None, None, 0, 0.1, 1, 1, None
                )
            )
    return Curve(history.picture(), per_epoch)


def falling(start: float, end: float, count: int = 40) -> list[float]:
    return [end + (start - end) * math.exp(-place / 6) for place in range(count)]


def test_without_a_figure_there_is_no_window() -> None:
    assert window([], Unit.BATCHES, main_part=True) is None
    assert window([NO_CURVE, curve([math.nan])], Unit.BATCHES, main_part=True) is None


def test_the_window_holds_every_curve_in_either_unit() -> None:
    curves = [curve(falling(5, 3)), curve(falling(5, 2.5, 20), per_epoch=50)]
    for unit, end in ((Unit.BATCHES, 400), (Unit.EPOCHS, 4)):
        shown = window(curves, unit, main_part=False)
        assert shown is not None
        assert (shown.x.low, shown.x.high) == (0, end)
        assert shown.y.low <= 2.5
        assert shown.y.high >= 5


def test_the_main_part_leaves_out_a_run_that_diverged_but_no_lowest_value() -> None:
    curves = [curve(falling(5, 3)), curve(falling(5, 2.9)), curve([5.0, 40.0, 300.0] * 13)]
    shown = window(curves, Unit.BATCHES, main_part=True)
    assert shown is not None
    assert shown.y.high < 6
    assert shown.y.low <= min(min(falling(5, 2.9)), 3)


@MARKERS
def test_strokes_look_different(markers: Markers) -> None:
    flat = [curve([3.0] * 40)]
    shown = window([*flat, curve([2.0] * 40)], Unit.BATCHES, main_part=False)
    assert shown is not None
    pictures = set()
    for number in range(len(STROKES)):
        layers = overlay([NO_CURVE] * number + flat, Unit.BATCHES, shown, (60, 10), markers)
        pictures.add(layers[number].characters.tobytes())
    assert len(pictures) == len(STROKES)
    assert len({sample(stroke, markers, 6) for stroke in STROKES}) == len(STROKES)


def test_a_dashed_stroke_is_dashed_where_the_curve_is_steep() -> None:
    steep = [NO_CURVE, curve([9.0, 1.0])]
    shown = window([*steep, curve([5.0] * 40)], Unit.BATCHES, main_part=False)
    assert shown is not None
    cells = overlay(steep, Unit.BATCHES, shown, (8, 30), Markers.BRAILLE)[1].characters
    dots = [bin(code - BRAILLE_BASE).count("1") for code in cells[cells > 0].tolist()]
    solid = overlay([steep[1]], Unit.BATCHES, shown, (8, 30), Markers.BRAILLE)[0].characters
    all_dots = [bin(code - BRAILLE_BASE).count("1") for code in solid[solid > 0].tolist()]
    assert 0.4 < sum(dots) / sum(all_dots) < 0.8


def test_where_curves_cross_the_dots_of_both_are_seen() -> None:
    curves = [curve(falling(5, 3)), curve(falling(3, 5))]
    shown = window(curves, Unit.BATCHES, main_part=False)
    assert shown is not None
    together = overlay(curves, Unit.BATCHES, shown, (30, 8), Markers.BRAILLE)
    for number in range(2):
        alone = overlay(
            [curves[0], NO_CURVE] if number == 0 else [NO_CURVE, curves[1]],
            Unit.BATCHES,
            shown,
            (30, 8),
            Markers.BRAILLE,
        )[number].characters
        seen = together[number].characters
        assert (((seen & alone) == alone) | (alone == 0)).all()
        assert ((seen > 0) == (alone > 0)).all()


@MARKERS
def test_a_letter_belongs_to_the_last_cell_of_its_curve(markers: Markers) -> None:
    curves = [curve(falling(5, 3)), curve(falling(5, 4, 20)), NO_CURVE]
    shown = window(curves, Unit.BATCHES, main_part=False)
    assert shown is not None
    long, short, none = overlay(curves, Unit.BATCHES, shown, (50, 12), markers)
    assert none.end is None
    for cells, last in ((long, 49), (short, 24)):
        assert cells.end is not None
        column, row = cells.end
        assert abs(column - last) <= 1
        near = cells.characters[max(row - 1, 0) : row + 2, max(column - 2, 0) : column + 1]
        assert near.any()


figures = st.lists(
    st.floats(-1e3, 1e3)
    | st.sampled_from([math.nan, math.inf, -math.inf, 1.7e308, 1e-320, 0.0]),
    max_size=12,
)


@given(
    st.lists(figures, min_size=1, max_size=len(STROKES)),
    st.sampled_from(Markers),
    st.sampled_from(Unit),
    st.booleans(),
    st.tuples(st.integers(1, 40), st.integers(1, 12)),
)
def test_whatever_the_figures_a_picture_is_drawn_inside_its_cells(
    runs: list[list[float]],
    markers: Markers,
    unit: Unit,
    main_part: bool,
    size: tuple[int, int],
) -> None:
    curves = [curve(each, every=1) for each in runs]
    shown = window(curves, unit, main_part=main_part)
    if shown is None:
        assert not any(len(each.points(unit)[0]) for each in curves)
        return
    for each, cells in zip(curves, overlay(curves, unit, shown, size, markers), strict=True):
        assert cells.characters.shape == (size[1], size[0])
        known = np.isfinite(each.picture.validations[1]).any()
        assert (cells.end is not None) == known
        if cells.end is not None:
            assert 0 <= cells.end[0] < size[0]
            assert 0 <= cells.end[1] < size[1]
