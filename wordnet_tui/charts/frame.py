"""The frame of a chart: axes, ticks and their labels, in a third of a millisecond.

row 0          left to the chart: a legend or a heading
rows 1 to -3   the curves, right of the upright axis and its labels
the last two   the level axis and its labels
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from wordnet_tui.charts.axes import Axis, tick_labels, ticks
from wordnet_tui.charts.canvas import FRAME, Canvas

_TICK_CELLS = 12
"""Least room of a tick on the level axis."""
_IN_ASCII = str.maketrans("│┤└─┬┴┊", "|++-++:")

Ticks = dict[int, str]
"""The label at a cell, counted along the axis from its beginning."""


class Frame(NamedTuple):
    """Where things are in a chart."""

    left: int
    """Column of the first cell of the curves; their first row is 1."""
    columns: int
    """Cells of the curves."""
    rows: int
    x_ticks: Ticks
    y_ticks: Ticks

    def draw(
        self, canvas: Canvas, *, uprights: Collection[int] = (), plain: bool = False
    ) -> Canvas:
        """Draw the axes, and upright lines behind the curves.

        The lines are left out in every second row: they draw the eye less, and where the axes
        move, each piece costs some 80 bytes on the way to the terminal.

        Args:
            canvas: Of the whole chart.
            uprights: Columns of upright lines.
            plain: ASCII characters only.

        Returns:
            The part of the canvas for the curves.
        """
        starts = self._label_starts()
        cells, label_row = ["─"] * self.columns, " " * (self.left + self.columns)
        for place, start in starts.items():
            label = self.x_ticks[place]
            label_row = label_row[:start] + label + label_row[start + len(label) :]
            cells[place] = "┬"
        for place in uprights:
            cells[place] = "┴"
        pieces = "".join("┊" if cell == "┴" else " " for cell in cells)
        lines = []
        for row in range(self.rows):
            place = self.rows - 1 - row
            head = f"{self.y_ticks[place]}┤" if place in self.y_ticks else "│"
            lines.append(head.rjust(self.left) + pieces * (row % 2))
        lines += ["└".rjust(self.left) + "".join(cells), label_row]
        for row, line in enumerate(lines, start=1):
            canvas.write(0, row, line.translate(_IN_ASCII) if plain else line, FRAME)
        return canvas.part(self.left, 1, self.columns, self.rows)

    def _label_starts(self) -> dict[int, int]:
        """For each tick that has room the first column of its label.

        The middle of a label is at its tick, or as near as the label before and the edge of
        the chart allow.
        """
        starts, free = {}, 0
        last = self.left + self.columns - 1  # stays free, as between two labels
        for place, label in self.x_ticks.items():
            tick, cells = self.left + place, len(label)
            start = min(max(tick - cells // 2, free), last - cells)
            if free <= start <= tick:
                starts[place], free = start, start + cells + 1
        return starts


def frame_of(x: Axis, y: Axis, width: int, height: int, unit: str) -> Frame | None:
    """The frame of a chart of so many cells; None where there is no room for curves.

    Args:
        x: The level axis.
        y: The upright axis.
        width: Cells of the whole chart.
        height: The same.
        unit: What `x` counts.
    """
    rows = height - 3
    y_ticks = _placed(y, ticks(y, min(max(rows // 2, 2), 8)), rows)
    left = max(map(len, y_ticks.values()), default=0) + 1
    columns = width - left
    if rows < 1 or columns < 4:
        return None
    x_ticks = _placed(x, ticks(x, max(columns // _TICK_CELLS, 2)), columns)
    return Frame(left, columns, rows, _with_unit(x_ticks, columns, unit), y_ticks)


def _placed(axis: Axis, values: list[float], cells: int) -> Ticks:
    """Ticks on cells of their own."""
    placed: Ticks = {}
    for value, label in zip(values, tick_labels(values), strict=True):
        place = round(float(axis.places(value, cells)))
        if 0 <= place < cells:
            placed.setdefault(place, label)
    return placed


def _with_unit(x_ticks: Ticks, columns: int, unit: str) -> Ticks:
    """Name the unit at the last tick; the one before it gives way, if there are enough."""
    if len(x_ticks) < 2:
        return x_ticks
    *others, (place, label) = x_ticks.items()
    label += f" {unit}"
    first_cell = min(place - len(label) // 2, columns - len(label))
    free = {other: text for other, text in others if other + len(text) < first_cell}
    if len(free) < min(len(others), max(len(others) - 1, 2)):
        return x_ticks
    return {**free, place: label}
