"""What of a run's curves is seen in a window: at most two points a column.

Cost depends on the number of columns, not on the length of the run: for each column the level
of `bins` is taken that has two to four bins in it (see `points` in the result).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wordnet_tui.charts.axes import Axis
from wordnet_tui.core.history.bins import Field, LevelsView, Rows
from wordnet_tui.core.history.history import HistoryPicture
from wordnet_tui.core.history.smoothing import WEIGHTS

Values = npt.NDArray[np.float64]

_EXTENT_COLUMNS = 64


class Columns(NamedTuple):
    """A curve in columns; NaN where a column has none of it."""

    lowest: Values
    highest: Values
    last: Values
    """What to draw as one line: the newest value in the column."""
    points: int
    """How many bins were read."""


class Readout(NamedTuple):
    """The curves at one place; None where there is nothing."""

    batch: int
    loss: float | None
    """Of the mini-batch itself, or the mean of its bin."""
    smoothed: float | None
    validation: float | None
    """The latest validation figure before."""


def curve_row(smoothing: float) -> int:
    """The row of `bins` with the line for a weight: the mean of the bin for 0."""
    return Field.SMOOTHED + WEIGHTS.index(smoothing) if smoothing else Field.MEAN


def columns(picture: HistoryPicture, edges: Values, row: int = Field.MEAN) -> Columns:
    """The training curve in columns.

    Args:
        picture: All of it.
        edges: (columns + 1) rising; column c shows the mini-batches b, counted from 1, with
            edges[c] <= b < edges[c + 1], the last one up to its edge.
        row: Which row of the bins `last` is taken from.
    """
    pieces = list(_pieces(picture, edges))
    centres = np.concatenate([centres for centres, _ in pieces] or [np.empty(0)])
    rows = np.concatenate([rows for _, rows in pieces] or [picture.tail[:, :0]], axis=1)
    lowest, highest, last = rows[[Field.LOWEST, Field.HIGHEST, row]].astype(np.float64)
    return _in_columns(centres, lowest, highest, last, edges)


def validation_columns(picture: HistoryPicture, edges: Values) -> Columns:
    """The validation figures in columns."""
    batches, figures = picture.validations
    return _in_columns(batches, figures, figures, figures, edges)


def filled(values: Values) -> list[int]:
    """The columns that have a value."""
    found: list[int] = np.flatnonzero(np.isfinite(values)).tolist()
    return found


def extent(
    picture: HistoryPicture, shown: Axis, *, smoothing: float, main_part: bool, positive: bool
) -> tuple[float, float] | None:
    """The lowest and the highest value in a window; None if there is none.

    Args:
        picture: All of it.
        shown: The window of mini-batches.
        smoothing: Of the line in front.
        main_part: Leave out the first eighth of what is there, on a linear axis, and half of
            the peaks of single mini-batches: beside them the rest would look flat.
        positive: Leave out what a log axis cannot show.
    """
    edges = shown.edges(_EXTENT_COLUMNS)
    losses = columns(picture, edges, curve_row(smoothing))
    validations = validation_columns(picture, edges)
    known = filled(losses.lowest)
    skipped = len(known) // 8 if main_part and not shown.log else 0
    part = slice(known[skipped] if skipped else 0, None)
    curves = [losses.last, validations.lowest, validations.highest]
    values = np.concatenate([curve[part] for curve in curves])
    peaks = [losses.lowest[part], losses.highest[part]]
    if main_part and known:
        values = np.append(values, [np.nanmedian(peak) for peak in peaks])
    else:
        values = np.concatenate([values, *peaks])
    values = values[values > 0] if positive else values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if len(values) else None


def readout(picture: HistoryPicture, batch: int, smoothing: float) -> Readout:
    """The curves at a mini-batch, counted from 1; None where it has not been yet."""
    batches, figures = picture.validations
    before = int(np.searchsorted(batches, batch, side="right"))
    validation = float(figures[before - 1]) if before else None
    if not 1 <= batch <= picture.batches:
        return Readout(batch, None, None, validation)
    if batch >= picture.first_of_tail:
        values = picture.tail[:, batch - picture.first_of_tail]
    else:
        values = picture.levels.levels[0][:, (batch - 1) // picture.levels.width]

    loss, smoothed = (float(values[row]) for row in (Field.MEAN, curve_row(smoothing)))
    return Readout(
        batch,
        None if math.isnan(loss) else loss,
        None if math.isnan(smoothed) else smoothed,
        validation,
    )


def line_value(picture: HistoryPicture, batch: int, smoothing: float) -> float | None:
    """Where the line in front is at a mini-batch: the smoothed one, if there is one."""
    found = readout(picture, batch, smoothing)
    return found.smoothed if smoothing else found.loss


def _in_columns(
    places: Values, lowest: Values, highest: Values, last: Values, edges: Values
) -> Columns:
    """Reduce values at rising places to columns."""
    count = max(len(edges) - 1, 0)
    empty = np.full((3, count), np.nan)
    result = Columns(empty[0], empty[1], empty[2], len(places))
    if not count or not len(places):
        return result
    first = np.searchsorted(places, edges, side="left")
    first[-1] = np.searchsorted(places, edges[-1], side="right")
    some = np.flatnonzero(first[1:] > first[:-1])
    if not len(some):
        return result
    starts, end = first[some], first[some[-1] + 1]
    result.lowest[some] = np.fmin.reduceat(lowest[:end], starts)
    result.highest[some] = np.fmax.reduceat(highest[:end], starts)
    result.last[some] = last[first[some + 1] - 1]
    return result


def _pieces(picture: HistoryPicture, edges: Values) -> Iterator[tuple[Values, Rows]]:
    """Bins with their centres, in order, fine enough for each column."""
    if len(edges) < 2:
        return
    width, levels = picture.levels
    batches = np.clip(edges, 1.0, picture.batches + 1.0)
    limits = np.ceil(batches).astype(np.int64) - 1  # places from 0
    limits[-1] = min(math.floor(batches[-1]), picture.batches)
    columns_wide = np.maximum(np.diff(edges), 1e-9)
    wanted = np.floor(np.log2(columns_wide / (2 * width)))
    level = np.clip(wanted, 0, len(levels) - 1).astype(np.int64)
    changes = np.flatnonzero(np.diff(level)) + 1
    starts = [0, *changes.tolist()]
    place = int(limits[0])
    for start, end in zip(starts, [*starts[1:], len(level)], strict=True):
        pieces, place = _bins(picture.levels, place, int(limits[end]), int(level[start]))
        yield from pieces
    first = picture.first_of_tail - 1
    begin, end = max(int(limits[0]), first), int(limits[-1])
    if end > begin:
        yield (
            np.arange(begin + 1, end + 1, dtype=np.float64),
            picture.tail[:, begin - first : end - first],
        )


def _bins(
    view: LevelsView, place: int, end: int, most_level: int
) -> tuple[list[tuple[Values, Rows]], int]:
    """Bins from `place` to `end`, both from 0: the finest at the edges, coarse between.

    Returns:
        Centres, counted from 1, and bins, piece by piece; the place behind the last.
    """
    width, levels = view
    index, end_index = -(-place // width), -(-end // width)  # bins of level 0
    pieces = []
    climb = [(level, True) for level in range(most_level)]
    for level, climbing in climb + [(level, False) for level in range(most_level, -1, -1)]:
        if index % (1 << level):
            continue
        here = index >> level
        limit = min(end_index >> level, levels[level].shape[1])
        if climbing:
            limit = min(limit, here + here % 2)  # one, if it is the later of a pair
        if limit > here:
            span = width << level
            centres = np.arange(here, limit) * span + (span + 1) / 2
            pieces.append((centres, levels[level][:, here:limit]))
            index = limit << level
    return pieces, max(place, index * width)
