"""The picture of several validation curves: a pure function from curves and size to cells.

row 0          what is drawn, and how much of it
rows 1 to -3   the curves, right of the labels of the upright axis, each with its letter
the last two   the axis of mini-batches or epochs, and its labels
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wordnet_tui.charts.axes import ticks
from wordnet_tui.charts.canvas import Canvas
from wordnet_tui.charts.frame import ChartFrame, FrameWish, label_width
from wordnet_tui.charts.loss_chart import message, placed, with_unit, x_tick_count
from wordnet_tui.charts.overlay import Cells, Curve, Unit, overlay, window
from wordnet_tui.charts.raster import Markers

FRAME, LABEL, FIRST_CURVE = 1, 2, 3
"""Roles of cells; each curve has one of its own, from the third on."""
_GUTTER = 2
"""Columns right of the curves, for the letters of those that end there."""


@dataclass(frozen=True)
class OverlayScene:
    """What to draw."""

    curves: tuple[Curve, ...]
    letters: str
    """One for each curve."""
    unit: Unit
    main_part: bool
    """Leave out the steep beginning and what lies far above the rest."""
    markers: Markers


def draw_overlay(
    scene: OverlayScene, width: int, height: int, frame: ChartFrame, instead: str
) -> Canvas:
    """Draw everything into so many cells; what has no room is left out.

    Args:
        scene: What to draw.
        width: In cells.
        height: In cells.
        frame: Draws the axes.
        instead: What to say where no curve has a figure.
    """
    canvas = Canvas(width, height)
    shown = window(scene.curves, scene.unit, main_part=scene.main_part)
    if shown is None:
        return message(instead, width, height)
    rows = height - 3
    y_ticks = placed(shown.y, ticks(shown.y, min(max(rows // 2, 2), 8)), rows)
    left = label_width(y_ticks) + 1
    across = width - _GUTTER - left
    if rows < 1 or across < 4:
        return canvas
    x_ticks = placed(shown.x, ticks(shown.x, x_tick_count(across)), across)
    wish = FrameWish(
        width - _GUTTER,
        height - 1,
        with_unit(x_ticks, across, scene.unit.value),
        y_ticks,
        (),
        scene.markers is Markers.ASCII,
    )
    for row, text in enumerate(frame.rows(wish), start=1):
        canvas.write(0, row, text, FRAME)
    part = "(main part; f: all)" if scene.main_part else "(all; f: main part)"
    headings = [f"validation, nats per word {part}", f"nats per word {part}", part]
    canvas.write(0, 0, next((h for h in headings if len(h) <= width), ""), LABEL)
    inside = canvas.part(left, 1, across, rows)
    layers = overlay(scene.curves, scene.unit, shown, (across, rows), scene.markers)
    for number, cells in enumerate(layers):
        inside.lay(cells.characters, FIRST_CURVE + number)
    _write_letters(canvas.part(left, 1, across + _GUTTER, rows), layers, scene.letters)
    return canvas


def _write_letters(inside: Canvas, layers: Sequence[Cells], letters: str) -> None:
    """A letter right of the end of each curve, or as near to it as no other letter stands."""
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
