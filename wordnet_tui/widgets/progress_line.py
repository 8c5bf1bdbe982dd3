"""How far something is: a line that fills from the left, and a percentage.

Textual's own bar is three widgets that are drawn at every step; this one is drawn when it
looks different, and costs a slow line half as much.
"""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

DONE, HALF, LEFT = "━", "╸", "━"
_FIGURES = 5
"""Cells of " 100%"."""


class ProgressLine(Widget):
    """One row; without a share it only says that something goes on."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"progress-line--done", "progress-line--left"}
    DEFAULT_CSS = """
    ProgressLine {
        height: 1;
        & > .progress-line--done { color: $primary; }
        & > .progress-line--left { color: $foreground 20%; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name for it
        super().__init__(id=id)
        self._share: float | None = None

    def show(self, share: float | None) -> None:
        """Show a share, 0 to 1, or None where it is not known."""
        before, self._share = self._looks, share
        if self._looks != before:
            self.refresh()

    @property
    def _looks(self) -> tuple[int, str]:
        """Half cells that are done, and the figure."""
        if self._share is None:
            return 0, ""
        share = min(max(self._share, 0.0), 1.0)
        return int(share * 2 * self._cells), f"{int(share * 100):>4}%"

    @property
    def _cells(self) -> int:
        return max(self.size.width - _FIGURES, 0)

    def render_line(self, y: int) -> Strip:
        """The line and its figure."""
        if y:
            return Strip.blank(self.size.width, self.rich_style)
        halves, figure = self._looks
        done = DONE * (halves // 2) + HALF * (halves % 2)
        segments = [
            Segment(done, self.get_component_rich_style("progress-line--done")),
            Segment(
                LEFT * (self._cells - len(done)),
                self.get_component_rich_style("progress-line--left"),
            ),
            Segment(figure, self.rich_style),
        ]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)
