"""What the picture of a run is made of: characters and roles, and the area with its axes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

from wordnet_tui.charts.axes import Axis, Values
from wordnet_tui.charts.canvas import BLANK, FRAME, LABEL, Canvas
from wordnet_tui.charts.raster import Markers, nearest
from wordnet_tui.charts.viewport import Viewport
from wordnet_tui.core.history.history import HistoryPicture


class Role(IntEnum):
    """What a cell belongs to; its style is the component class `loss-chart--<name>`."""

    BLANK = BLANK
    FRAME = FRAME
    LABEL = LABEL
    BASELINE = 3
    TRAINING = 4
    SMOOTHED = 5
    VALIDATION = 6
    BEST = 7
    MARK = 8
    CROSS = 9

    @property
    def component_class(self) -> str:
        """The name of its style."""
        return f"loss-chart--{self.name.lower()}"


_BEHIND_CURVES = {Role.BLANK, Role.FRAME, Role.BASELINE}
"""What lines and labels may be drawn over."""


@dataclass(frozen=True)
class Glyphs:
    """One character each, but for those of the legend."""

    training_in_legend: str
    smoothed_in_legend: str
    levels: str
    """One dot of a character, from the lowest to the highest."""
    training: str = "░"
    smoothed: str = "#"
    validation: str = "○"
    best: str = "◆"
    epoch: str = "┊"
    rate: str = "▼"
    end: str = "┃"
    cross_upright: str = "│"
    cross_level: str = "─"
    cross: str = "┼"
    above: str = "↑"
    below: str = "↓"
    times: str = "\N{MULTIPLICATION SIGN}"


GLYPHS = {
    Markers.BRAILLE: Glyphs("⠡⢂", "⠶⠶", "⡀⠄⠂⠁"),
    Markers.BLOCK: Glyphs("░░", "▄▄", "▖▘"),
    Markers.ASCII: Glyphs(
        "..", "##", "-", ".", "#", "o", "X", ":", "v", "!", "|", "-", "+", "^", "_", "x"
    ),
}


@dataclass(frozen=True)
class Scene:
    """What to draw of a run."""

    picture: HistoryPicture
    view: Viewport
    baselines: tuple[tuple[str, float], ...] = ()
    """Name and cross-entropy."""
    rate_changes: tuple[tuple[int, float], ...] = ()
    """Mini-batch, and what the scheduled rate is multiplied by from there on."""
    batches_per_epoch: int = 0
    markers: Markers = Markers.BRAILLE


class PlotArea:
    """The cells inside the frame, and which of them are free.

    Args:
        scene: What is to be painted.
        canvas: The cells.
        x: The axis of mini-batches.
        y: The axis of losses.
    """

    def __init__(self, scene: Scene, canvas: Canvas, x: Axis, y: Axis) -> None:
        self.scene, self.canvas, self.x, self.y = scene, canvas, x, y
        self.markers, self.glyphs = scene.markers, GLYPHS[scene.markers]
        self.dots_across = canvas.width * scene.markers.dots_wide
        self.dots_up = canvas.height * scene.markers.dots_high

    def column(self, batch: int) -> int | None:
        """The column of the dots of a mini-batch; None outside of the window."""
        dot = _nearest(float(self.x.places(batch, self.dots_across)), self.dots_across)
        return None if dot is None else dot // self.markers.dots_wide

    def dot(self, value: float) -> int | None:
        """The row of dots of a value, from the bottom; None outside of the window."""
        return _nearest(float(self.y.places(value, self.dots_up)), self.dots_up)

    def row(self, value: float) -> int | None:
        """The row of cells of a value, from the top; None outside of the window."""
        dot = self.dot(value)
        return None if dot is None else self.canvas.height - 1 - dot // self.markers.dots_high

    def rows(self, values: Values) -> list[int]:
        """The rows of cells of many values; outside of the canvas for those of no row."""
        dots = nearest(self.y.places(values, self.dots_up))
        rows: list[int] = (self.canvas.height - 1 - dots // self.markers.dots_high).tolist()
        return rows

    def is_free(self, column: int, row: int, width: int = 1) -> bool:
        """Whether there is no curve and no label."""
        roles = self.canvas.roles(column, row, width)
        return bool(roles) and roles <= _BEHIND_CURVES

    def upright(self, column: int, character: str, role: Role) -> None:
        """An upright line behind the curves."""
        for row in range(self.canvas.height):
            if self.is_free(column, row):
                self.canvas.write(column, row, character, role)

    def level(self, row: int, character: str, role: Role) -> None:
        """A level line behind the curves."""
        for column in range(self.canvas.width):
            if self.is_free(column, row):
                self.canvas.write(column, row, character, role)

    def label(self, text: str, row: int, *, at_left: bool) -> None:
        """Write where no curve is: at an end of the row, or of one beside it.

        If there is no such place, over the raw training line.
        """
        left, right = 1, self.canvas.width - len(text) - 1
        if right < left:
            return
        columns = (left, right) if at_left else (right, left)
        for over in (_BEHIND_CURVES, _BEHIND_CURVES | {Role.TRAINING}):
            for near in (row, row - 1, row + 1):
                for column in columns:
                    roles = self.canvas.roles(column, near, len(text))
                    if roles and roles <= over:
                        self.canvas.write(column, near, text, Role.LABEL)
                        return


def _nearest(place: float, dots: int) -> int | None:
    """The dot that a place falls on, as `raster.line` rounds it."""
    dot = -1 if math.isnan(place) else math.floor(place + 0.5)
    return dot if 0 <= dot < dots else None
