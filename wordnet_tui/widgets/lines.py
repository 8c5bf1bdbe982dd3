"""Rows of text that draw themselves again only where they are different.

Textual's own texts are laid out anew, which goes through all widgets of a screen, and its
progress bar is three widgets that are drawn at every step.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import ClassVar

from rich.segment import Segment
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from wordnet_tui.charts.cell_text import Line

_DONE, _HALF, _LEFT = "━", "╸", "━"
_FIGURES = 5
"""Cells of " 100%"."""
LINE_ROLES = (
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
"""What a piece of text is."""
LINE_STYLES = {f"line--{role}" for role in LINE_ROLES}
"""How it looks, in `styles/shared.tcss`."""


def strip_of(widget: Widget, line: Line) -> Strip:
    """A line in the styles of a widget that has `LINE_STYLES`, as wide as its region."""
    strip = Strip(
        Segment(text, widget.get_component_rich_style(f"line--{role}", partial=True))
        for text, role in line
    )
    width = widget.scrollable_content_region.width
    return strip.adjust_cell_length(width).apply_style(widget.rich_style)


class LineView(ScrollView, can_focus=False, inherit_bindings=False):
    """Shows lines; the mouse wheel scrolls where they are more than fit."""

    COMPONENT_CLASSES: ClassVar[set[str]] = LINE_STYLES
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
        return strip_of(self, self._lines[y] if y < len(self._lines) else ())


class ChangingText(Static):
    """Tells of something that goes on; is laid out anew only for another number of rows."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  as Textual calls it
        super().__init__(id=id, markup=False)
        self._shown = ""

    def show(self, text: str) -> None:
        """Show a text as it is, markup and all."""
        if text == self._shown:
            return
        self._shown, content = text, Content(text)
        width, rows = self.size
        fits = bool(width) and content.get_height(self.styles.get_rules(), width) == rows
        self.update(content, layout=not fits)


class ProgressLine(Widget):
    """How far something is: a line that fills from the left, and a percentage."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"progress-line--done", "progress-line--left"}
    DEFAULT_CSS = """
    ProgressLine {
        height: 1;
        & > .progress-line--done { color: $primary; }
        & > .progress-line--left { color: $foreground 20%; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  as Textual calls it
        super().__init__(id=id)
        self._share: float | None = None

    def show(self, share: float | None) -> None:
        """Show a share, 0 to 1, or None where it is not known."""
        before, self._share = self._appearance, share
        if self._appearance != before:
            self.refresh()

    @property
    def _appearance(self) -> tuple[int, str]:
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
        halves, figure = self._appearance
        done = _DONE * (halves // 2) + _HALF * (halves % 2)
        segments = [
            Segment(done, self.get_component_rich_style("progress-line--done")),
            Segment(
                _LEFT * (self._cells - len(done)),
                self.get_component_rich_style("progress-line--left"),
            ),
            Segment(figure, self.rich_style),
        ]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)
