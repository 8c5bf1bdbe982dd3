"""A part of a picture that is sent on its own.

When a part of a row is refreshed, Textual 8.2 sends the row from the left edge of the widget
to the end of the part (`ChopsUpdate.render_segments` crops on the right only). A curve grows
at its right end, so a wide widget would be sent nearly whole at each refresh. Of tiles side by
side, only those that changed are sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Tile(Widget):
    """Shows the columns of a picture that lie where it lies in its parent.

    Args:
        row: Gives the whole row of the picture.
    """

    def __init__(self, row: Callable[[int], Strip]) -> None:
        super().__init__()
        self._row = row

    def render_line(self, y: int) -> Strip:
        """The part of a row."""
        left, width = self.virtual_region.x, self.size.width
        return self._row(y).crop(left, left + width).adjust_cell_length(width)

    def refresh_cells(self, changes: Iterable[tuple[int, int, int]]) -> None:
        """Refresh what lies in the tile; changes are row, first column and width."""
        left, width = self.virtual_region.x, self.size.width
        ends: dict[int, int] = {}  # one part a row: each is sent from the left edge on
        for row, column, cells in changes:
            end = min(column + cells - left, width)
            if end > max(column - left, 0):
                ends[row] = max(end, ends.get(row, 0))
        if ends:
            self.refresh(*(Region(0, row, end, 1) for row, end in ends.items()))
