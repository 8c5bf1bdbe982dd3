"""Words with a figure and a bar each; one can be taken by Enter or a click.

Styled by `styles/vocabulary.tcss`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from wordnet_tui.charts.cell_text import bar, left, right
from wordnet_tui.core.errors import printable
from wordnet_tui.widgets.scrolling import set_length

GAPS = 4
"""Cells that are neither word, figure nor bar."""


class Bar(NamedTuple):
    """A line of the list."""

    word: str
    figure: str
    share: float
    """Of the room for bars, 0 to 1."""


class BarList(ScrollView, can_focus=True):
    """A short list to look at and to take a word from."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "bar-list--cursor",
        "bar-list--bar",
        "bar-list--title",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Line above", show=False),
        Binding("down", "move(1)", "Line below", show=False),
        Binding("enter", "take", "Go to this word", show=False),
    ]

    @dataclass
    class Taken(Message):
        """Somebody wants to go to a word of the list."""

        word: str

    def __init__(
        self,
        title: str,
        *,
        plain: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._title = title
        self._plain = plain
        self._bars: tuple[Bar, ...] = ()
        self._instead = ""
        self.cursor = 0

    @property
    def bars(self) -> tuple[Bar, ...]:
        """What is shown."""
        return self._bars

    @property
    def title(self) -> str:
        """The line above the bars."""
        return self._title

    def show(self, bars: Sequence[Bar], title: str | None = None, instead: str = "") -> None:
        """Show other lines; `instead` is a sentence for where there are none."""
        if (tuple(bars), title or self._title, instead) == (
            self._bars,
            self._title,
            self._instead,
        ):
            return
        self._bars, self._instead = tuple(bars), instead
        self._title = title or self._title
        self.cursor = min(self.cursor, max(0, len(bars) - 1))
        set_length(self, len(bars) + 1)
        self.refresh()

    def action_move(self, lines: int) -> None:
        """Move the cursor."""
        if not self._bars:
            return
        self.cursor = min(max(self.cursor + lines, 0), len(self._bars) - 1)
        rows = max(1, self.size.height - 1)
        if not self.scroll_offset.y <= self.cursor < self.scroll_offset.y + rows:
            self.scroll_to(
                y=self.cursor if lines < 0 else self.cursor - rows + 1, animate=False
            )
        self.refresh()

    def action_take(self) -> None:
        """Go to the word under the cursor."""
        if self._bars:
            self.post_message(self.Taken(self._bars[self.cursor].word))

    def on_click(self, event: events.Click) -> None:
        """Go to the word clicked."""
        line = self.scroll_offset.y + event.y - 1
        if event.y > 0 and line < len(self._bars):
            self.cursor = line
            self.action_take()

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The title, which stays, and the bars below it."""
        width = self.scrollable_content_region.width
        if y == 0:
            style = self.get_component_rich_style("bar-list--title")
            return Strip([Segment(left(self._title, width), style)], width)
        line = self.scroll_offset.y + y - 1
        if line < len(self._bars):
            return self._bar_line(self._bars[line], line == self.cursor and self.has_focus)
        text = self._instead if line == 0 else ""
        return Strip([Segment(left(text, width), self.rich_style)], width)

    def _bar_line(self, entry: Bar, is_cursor: bool) -> Strip:
        width = self.scrollable_content_region.width
        figures = max(cell_len(other.figure) for other in self._bars)
        longest = max(cell_len(printable(other.word)) for other in self._bars)
        word = min(longest, max(4, (width - figures - GAPS) * 2 // 3))
        room = max(0, width - word - figures - GAPS)
        style = (
            self.get_component_rich_style("bar-list--cursor") if is_cursor else self.rich_style
        )
        bar_style = style if is_cursor else self.get_component_rich_style("bar-list--bar")
        text = f"{'>' if is_cursor else ' '} {left(entry.word, word)} "
        text += right(entry.figure, figures) + " "
        drawn = left(bar(entry.share, room, self._plain), room)
        return Strip(
            [Segment(text, style), Segment(drawn, bar_style)], cell_len(text) + room
        ).adjust_cell_length(width, style)
