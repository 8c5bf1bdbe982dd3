"""The validation curves of several runs in one chart; styled by `styles/runs.tcss`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from wordnet_tui.charts.canvas import FRAME, LABEL, Canvas
from wordnet_tui.charts.comparison_chart import (
    FIRST_CURVE,
    STROKES,
    Comparison,
    Curve,
    Unit,
    draw_comparison,
)
from wordnet_tui.charts.raster import Markers

_CLASSES = {
    FRAME: "curve-overlay--frame",
    LABEL: "curve-overlay--label",
    **{FIRST_CURVE + number: f"curve-overlay--{number}" for number in range(len(STROKES))},
}


class CurveOverlay(Widget):
    """Draws what it is given, once; it has no timer.

    Args:
        markers: What it is drawn with: "braille", "block" or "ascii".

    Attributes:
        unit: What the curves are drawn against.
        main_part: Whether the steep beginning is left out.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = set(_CLASSES.values())
    ALLOW_SELECT = False

    def __init__(self, markers: str) -> None:
        super().__init__()
        self.unit = Unit.BATCHES
        self.main_part = True
        self._markers = Markers.named(markers)
        self._curves: tuple[Curve, ...] = ()
        self._letters = ""
        self._canvas = Canvas(0, 0)

    def show(self, curves: Sequence[Curve], letters: str) -> None:
        """Draw these, each with its letter at its end; they may have no figure yet."""
        if (tuple(curves), letters) != (self._curves, self._letters):
            self._curves, self._letters = tuple(curves), letters
            self.draw()

    def draw(self) -> None:
        """Draw anew, after `unit` or `main_part` was changed."""
        width, height = self.size
        if not width or not height:
            return
        scene = Comparison(
            self._curves, self._letters, self.unit, self.main_part, self._markers
        )
        instead = "None of these runs has been validated yet."
        canvas = draw_comparison(scene, width, height, instead)
        if canvas.changes(self._canvas):
            self._canvas = canvas
            self.refresh()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.draw()

    def render_line(self, y: int) -> Strip:
        """A row of the picture."""
        if y >= self._canvas.height:
            return Strip.blank(self.size.width, self.rich_style)
        segments = [Segment(text, self._style(role)) for text, role in self._canvas.runs(y)]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _style(self, role: int) -> Style:
        if role not in _CLASSES:
            return self.rich_style
        return self.get_component_rich_style(_CLASSES[role])
