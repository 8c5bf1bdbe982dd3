"""A long list in columns, one row of which is chosen; only the rows in view are drawn."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.scroll_view import ScrollView
from textual.strip import Strip

from wordnet_tui.charts.cell_text import left

HEADINGS = 1
"""Rows above the first one of the list."""
SIGNS = 2
"""Cells before the first column: for the chosen row, and for a marked one."""

ColumnT = TypeVar("ColumnT", bound=StrEnum)


class RowTable(ScrollView, Generic[ColumnT], can_focus=True):
    """Rows in an order that somebody else decides. Styled by the parts of `STYLES`.

    Attributes:
        cursor: The chosen row.
    """

    STYLES: ClassVar[str] = "row-table"
    """Beginning of the names of its component classes."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Row above", show=False),
        Binding("down", "move(1)", "Row below", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "move_to(0)", "First row", show=False),
        Binding("end", "move_to(-1)", "Last row", show=False),
    ]

    def __init__(self, *, plain: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.plain = plain
        self.cursor = 0

    # ---- what the list is

    @property
    @abstractmethod
    def row_count(self) -> int:
        """How many rows there are."""

    @abstractmethod
    def columns(self) -> Mapping[ColumnT, int]:
        """The columns that there is room for, and their cells."""

    @abstractmethod
    def headings(self) -> str:
        """The text over the columns."""

    @abstractmethod
    def row_line(self, row: int) -> Strip:
        """A row of the list."""

    @property
    @abstractmethod
    def instead(self) -> str:
        """What to say where there is no row."""

    @abstractmethod
    def tell_chosen(self) -> None:
        """Another row was chosen by the user."""

    @abstractmethod
    def tell_sort_wanted(self, column: ColumnT) -> None:
        """The heading of a column was clicked."""

    # ---- moving

    def action_move(self, rows: int) -> None:
        """Choose a row above or below."""
        self.go(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        """Choose a row a page away."""
        self.go(self.cursor + pages * max(1, self.size.height - HEADINGS))

    def action_move_to(self, row: int) -> None:
        """Choose a row by its number, counted from the end if negative."""
        self.go(row if row >= 0 else self.row_count + row)

    def go(self, row: int) -> None:
        """Choose a row, or the nearest there is."""
        before = self.cursor
        self.cursor = min(max(row, 0), max(0, self.row_count - 1))
        for each in (before, self.cursor):
            self.refresh_line(each + HEADINGS)
        self.scroll_into_view()
        if self.cursor != before:
            self.tell_chosen()

    def scroll_into_view(self) -> None:
        """Scroll as far as it takes to see the chosen row."""
        rows_in_view = max(1, self.size.height - HEADINGS)
        top = round(self.scroll_target_y)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + rows_in_view:
            self.scroll_to(y=self.cursor - rows_in_view + 1, animate=False)

    def on_resize(self) -> None:
        """Keep the chosen row in view."""
        self.scroll_into_view()

    def on_click(self, event: events.Click) -> None:
        """Choose a row, or sort by the column of a heading."""
        if event.y >= HEADINGS:
            row = self.scroll_offset.y + event.y - HEADINGS
            if row < self.row_count:
                self.go(row)
            return
        edge = SIGNS
        for column, width in self.columns().items():
            edge += width
            if event.x < edge:
                self.tell_sort_wanted(column)
                return

    # ---- drawing

    @property
    def width(self) -> int:
        """Cells of a row."""
        return self.scrollable_content_region.width

    def render_line(self, y: int) -> Strip:
        """The headings, or a row."""
        if y < HEADINGS:
            style = self.style_of("heading")
            return Strip([Segment(left(self.headings(), self.width), style)], self.width)
        row = self.scroll_offset.y + y - HEADINGS
        if row < self.row_count:
            return self.row_line(row)
        text = self.instead if not self.row_count and y == HEADINGS else ""
        return Strip([Segment(left(f"  {text}", self.width), self.rich_style)], self.width)

    def sorted_sign(self, *, descending: bool) -> str:
        """What stands behind the name of the column that the rows are sorted by."""
        up, down = ("^", "v") if self.plain else ("▲", "▼")
        return down if descending else up

    def style_of(self, part: str) -> Style:
        """How a part looks: heading, cursor, marked, figures; anything, if empty."""
        if not part:
            return self.rich_style
        return self.get_component_rich_style(f"{self.STYLES}--{part}")
