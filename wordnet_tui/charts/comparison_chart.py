"""The picture of several runs: their validation curves over one another.

    curves -> axes -> for each curve its dots -> dashed as its stroke is -> characters

Its rows are those of a `frame`, under a heading. Curves differ by their strokes and by
a letter at their end, never by colour alone. Where two cross, a character shows the dots of
both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wordnet_tui.charts.axes import Axis, axis, held_limits
from wordnet_tui.charts.canvas import LABEL, Canvas, message
from wordnet_tui.charts.decimate import validation_columns
from wordnet_tui.charts.frame import frame_of
from wordnet_tui.charts.raster import (
    Dots,
    DotSpans,
    Markers,
    dots,
    line,
    nearest,
    pack,
    stamp,
)
from wordnet_tui.core.history.history import History, HistoryPicture, Values

FIRST_CURVE = LABEL + 1
"""Each curve has a role of its own, from this one on."""
_GUTTER = 2
"""Columns right of the curves, for the letters of those that end there."""
_SKIPPED = 1 / 8
"""Share of the window, from its left end, that is left out of the main part."""
_SPREAD = 4.0
"""The main part ends so many times as far above the median as the lowest value lies below."""


class Unit(StrEnum):
    """What curves are drawn against."""

    BATCHES = "mini-batches"
    EPOCHS = "epochs"


@dataclass(frozen=True, eq=False)
class Curve:
    """The validation curve of a run."""

    picture: HistoryPicture
    batches_per_epoch: int

    def per(self, unit: Unit) -> float:
        """Mini-batches in a unit."""
        return float(max(self.batches_per_epoch, 1)) if unit is Unit.EPOCHS else 1.0

    def points(self, unit: Unit) -> tuple[Values, Values]:
        """Places, rising, and figures; those that are not finite are left out."""
        batches, figures = self.picture.validations
        known = np.isfinite(figures)
        return batches[known] / self.per(unit), figures[known]


NO_CURVE = Curve(History().picture(), 1)
"""That of a run which is not known yet."""


class Stroke(NamedTuple):
    """How a line is drawn."""

    pattern: str
    """Dots along the line, "#" for one and " " for none, over and over."""
    thick: bool
    ascii: str
    """What it is drawn with where there are no dots."""


STROKES = (
    Stroke("#", False, "*"),
    Stroke("#####   ", False, "-"),
    Stroke("#   ", False, "."),
    Stroke("#", True, "#"),
    Stroke("######  #   ", False, "~"),
    Stroke("#####   ", True, "="),
    Stroke("##########  ", False, "+"),
    Stroke("##  ", True, ":"),
)
"""One for each curve; there are no more curves than strokes."""


def sample(stroke: Stroke, markers: Markers, cells: int) -> str:
    """A piece of a line for a legend."""
    if markers is Markers.ASCII:
        return stroke.ascii * cells
    painted = np.zeros((markers.dots_high, cells * markers.dots_wide), bool)
    along = np.resize([dot == "#" for dot in stroke.pattern], painted.shape[1])
    middle = markers.dots_high // 2
    painted[middle - stroke.thick : middle + 1] = along
    return "".join(chr(code or ord(" ")) for code in pack(painted, markers)[0].tolist())


@dataclass(frozen=True)
class Comparison:
    """What to draw of several runs."""

    curves: tuple[Curve, ...]
    letters: str
    """One for each curve."""
    unit: Unit
    main_part: bool
    """Leave out the steep beginning and what lies far above the rest."""
    markers: Markers


def draw_comparison(scene: Comparison, width: int, height: int, instead: str) -> Canvas:
    """Draw everything into so many cells; what has no room is left out.

    Args:
        scene: What to draw.
        width: In cells.
        height: In cells.
        instead: What to say where no curve has a figure.
    """
    shown = window(scene.curves, scene.unit, main_part=scene.main_part)
    if shown is None:
        return message(instead, width, height)
    canvas = Canvas(width, height)
    frame = frame_of(*shown, width - _GUTTER, height, scene.unit.value)
    if frame is None:
        return canvas
    inside = frame.draw(canvas, plain=scene.markers is Markers.ASCII)
    part = "(main part; f: all)" if scene.main_part else "(all; f: main part)"
    headings = [f"validation, nats per word {part}", f"nats per word {part}", part]
    canvas.write(0, 0, next((h for h in headings if len(h) <= width), ""), LABEL)
    size = inside.width, inside.height
    layers = overlay(scene.curves, scene.unit, shown, size, scene.markers)
    for number, cells in enumerate(layers):
        inside.lay(cells.characters, FIRST_CURVE + number)
    with_gutter = canvas.part(frame.left, 1, frame.columns + _GUTTER, frame.rows)
    _write_letters(with_gutter, layers, scene.letters)
    return canvas


def _write_letters(inside: Canvas, layers: Sequence[CurveCells], letters: str) -> None:
    """A letter right of the end of each curve, or as near to it as no other letter is."""
    taken: set[tuple[int, int]] = set()
    for number, (cells, letter) in enumerate(zip(layers, letters, strict=True)):
        if cells.end is None:
            continue
        column, row = cells.end[0] + 1, cells.end[1]
        free = [place for place in range(inside.height) if (column, place) not in taken]
        if not free:
            continue
        nearest = min(free, key=lambda place: abs(place - row))
        taken.add((column, nearest))
        inside.write(column, nearest, letter, FIRST_CURVE + number)


class Window(NamedTuple):
    """What part of the plane is shown."""

    x: Axis
    y: Axis


def window(curves: Sequence[Curve], unit: Unit, *, main_part: bool) -> Window | None:
    """Axes that hold the curves; None where none of them has a figure.

    Args:
        curves: All that are drawn.
        unit: What they are drawn against.
        main_part: Leave out the steep beginning and what lies far above the rest, such as the
            losses of a run that diverged: beside them the others would look flat.
    """
    known = [points for curve in curves if len((points := curve.points(unit))[0])]
    if not known:
        return None
    places = np.concatenate([places for places, _ in known])
    figures = np.concatenate([figures for _, figures in known])
    x = axis(0.0, float(places.max()))
    if main_part:
        late = figures[places > x.low + _SKIPPED * (x.high - x.low)]
        lowest, median = float(figures.min()), float(np.median(late))
        figures = late[late <= median + _SPREAD * (median - lowest)]
        figures = np.append(figures, lowest)
    low, high = held_limits(None, float(figures.min()), float(figures.max()))
    return Window(x, axis(low, high))


class CurveCells(NamedTuple):
    """The characters of one curve; 0 where another is seen, or none."""

    characters: npt.NDArray[np.uint32]
    end: tuple[int, int] | None
    """Column and row of the cell of its last figure, in the picture; None if it has none."""


def overlay(
    curves: Sequence[Curve],
    unit: Unit,
    shown: Window,
    size: tuple[int, int],
    markers: Markers,
) -> list[CurveCells]:
    """The curves as cells that lie over one another without hiding a dot.

    Args:
        curves: At most as many as there are `STROKES`, each drawn with its own.
        unit: What they are drawn against.
        shown: The window.
        size: Columns and rows of characters.
        markers: What dots are packed into.
    """
    columns, rows = size
    across, up = columns * markers.dots_wide, rows * markers.dots_high
    painted = [
        _dots(curve, stroke, unit, shown, across, up)
        for curve, stroke in zip(curves, STROKES, strict=False)
    ]
    if markers is Markers.ASCII:
        layers = [
            stamp(each, markers, stroke.ascii)
            for each, stroke in zip(painted, STROKES, strict=False)
        ]
    else:
        together = pack(np.logical_or.reduce(painted), markers)
        layers = [np.where(stamp(each, markers, "x") > 0, together, 0) for each in painted]
    ends = [_end(curve, unit, shown, size, markers) for curve in curves]
    return [CurveCells(*cells) for cells in zip(layers, ends, strict=True)]


def _dots(
    curve: Curve, stroke: Stroke, unit: Unit, shown: Window, across: int, up: int
) -> Dots:
    edges = shown.x.edges(across) * curve.per(unit)
    found = validation_columns(curve.picture, edges)
    spans = line(shown.y.places(found.lowest, up), shown.y.places(found.highest, up))
    painted = dots(spans, up, thick=stroke.thick)
    dashed = painted & _pattern(spans, up, stroke)
    return dashed if dashed.any() else painted  # so short a line may fall into a gap


def _pattern(spans: DotSpans, up: int, stroke: Stroke) -> Dots:
    """Which dots of a line a stroke has, counted along the line, however steep it is."""
    lowest, highest = (np.clip(span, -1, up) for span in spans)
    lengths = np.maximum(highest - lowest + 1, 0)
    begun = np.cumsum(lengths) - lengths
    falls = np.diff(lowest + highest, prepend=0) < 0
    row = np.arange(up - 1, -1, -1)[:, None]
    along = np.clip(np.where(falls, highest - row, row - lowest), 0, None)
    dot_of = np.array([dot == "#" for dot in stroke.pattern])
    pattern: Dots = dot_of[(begun + along) % len(dot_of)]
    return pattern


def _end(
    curve: Curve, unit: Unit, shown: Window, size: tuple[int, int], markers: Markers
) -> tuple[int, int] | None:
    """Where a curve ends; in the outermost row where that lies outside of the window."""
    columns, rows = size
    places, figures = curve.points(unit)
    if not len(places):
        return None
    across, up = columns * markers.dots_wide, rows * markers.dots_high
    column = int(nearest(shown.x.places(places[-1:], across))[0]) // markers.dots_wide
    row = rows - 1 - int(nearest(shown.y.places(figures[-1:], up))[0]) // markers.dots_high
    return min(max(column, 0), columns - 1), min(max(row, 0), rows - 1)
