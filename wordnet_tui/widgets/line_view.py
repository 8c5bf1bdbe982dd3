"""Rows of text, of which only those that changed are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from wordnet_tui.charts.cell_text import Line

ROLES = (
    "plain",
    "muted",
    "strong",
    "bar",
    "sign",
    "up",
    "down",
    "warning",
    "chosen",
    "ghost",
    "cursor",
)
"""What a piece of text is; `line--<role>` is its style, in `styles/prediction.tcss`."""


class LineView(ScrollView, can_focus=False, inherit_bindings=False):
    """Shows lines; the mouse wheel scrolls where they are more than fit."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--{role}" for role in ROLES}
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  as Textual calls it
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    @property
    def text(self) -> str:
        """What is shown, without styles and the blanks at the ends of lines."""
        return "\n".join("".join(text for text, _ in line).rstrip() for line in self._lines)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these, drawing those that are not there yet."""
        before, self._lines = self._lines, tuple(lines)
        # Never less than there is room for, so that few lines give or take change no layout.
        height = max(len(self._lines), self.size.height)
        if self.virtual_size.height != height:
            self.virtual_size = Size(self.size.width, height)
        for y, (old, new) in enumerate(zip_longest(before, self._lines)):
            if old != new:
                self.refresh_line(y)

    def render_line(self, y: int) -> Strip:
        """A row of the screen; Textual's line API."""
        y += self.scroll_offset.y
        line = self._lines[y] if y < len(self._lines) else ()
        segments = [
            Segment(text, self.get_component_rich_style(f"line--{role}", partial=True))
            for text, role in line
        ]
        strip = Strip(segments).adjust_cell_length(self.size.width)
        return strip.apply_style(self.rich_style)
