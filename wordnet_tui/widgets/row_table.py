"""Long lists, one row of which is under a cursor; only the rows in view are drawn."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from wordnet_tui.charts.cell_text import left, right
from wordnet_tui.view_models.lists import ListQuery, SortColumn

SIGNS = 2
"""Cells before the first column: for the row under the cursor, and for a marked one."""

ColumnT = TypeVar("ColumnT", bound=SortColumn)


class RowList(ScrollView, can_focus=True):
    """Rows under a heading that does not scroll away. Styled by `styles/shared.tcss`.

    Args:
        plain: With signs that every terminal has.

    Attributes:
        rows: What is shown, in order.
        instead: What to say where there is no row.
        cursor: The chosen row.
        heading_rows: 1, or 0 for a list without a heading.
    """

    rows: Sized

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--heading", "row-list--cursor"}
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
        self.rows = ()
        self.instead = ""
        self.cursor = 0
        self.heading_rows = 1

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    # ---- what the list is

    @abstractmethod
    def heading(self) -> str:
        """The text over the rows."""

    @abstractmethod
    def row_line(self, row: int) -> Strip:
        """A row of the list."""

    def cursor_moved(self) -> None:
        """Another row was chosen by the user."""

    def fit_rows(self) -> None:
        """After rows were replaced: the cursor is in one of them, and that is in view."""
        self.cursor = min(self.cursor, max(0, self.row_count - 1))
        self._set_length(self.row_count + self.heading_rows)
        self.scroll_into_view()

    def lines_in_view(self) -> list[Strip]:
        """What is seen, as it is drawn."""
        return [self.render_line(y) for y in range(self.size.height)]

    def _set_length(self, lines: int) -> None:
        """Tell how many lines can be scrolled through.

        To set `virtual_size` would lay out the whole screen anew, some 10 ms at each keystroke
        in a filter; but only the scroll bar depends on it.
        """
        size = Size(0, lines)
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self._scroll_update(size)  # as Textual's own lists do

    # ---- moving

    def action_move(self, rows: int) -> None:
        """Choose a row above or below."""
        self.go(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        """Choose a row a page away."""
        self.go(self.cursor + pages * self._rows_in_view)

    def action_move_to(self, row: int) -> None:
        """Choose a row by its number, counted from the end if negative."""
        self.go(row if row >= 0 else self.row_count + row)

    def go(self, row: int) -> None:
        """Choose a row, or the nearest there is."""
        before = self.cursor
        self.cursor = min(max(row, 0), max(0, self.row_count - 1))
        for each in (before, self.cursor):
            self.refresh_line(each + self.heading_rows)
        self.scroll_into_view()
        if self.cursor != before:
            self.cursor_moved()

    @property
    def _rows_in_view(self) -> int:
        return max(1, self.size.height - self.heading_rows)

    def scroll_into_view(self) -> None:
        """Scroll as far as it takes to see the chosen row."""
        top = round(self.scroll_target_y)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + self._rows_in_view:
            self.scroll_to(y=self.cursor - self._rows_in_view + 1, animate=False)

    def on_resize(self) -> None:
        """Keep the chosen row in view."""
        self.scroll_into_view()

    def row_at(self, event: events.Click) -> int | None:
        """The row that was clicked, if one was."""
        row = self.scroll_offset.y + event.y - self.heading_rows
        return row if event.y >= self.heading_rows and row < self.row_count else None

    # ---- drawing

    @property
    def width(self) -> int:
        """Cells of a row."""
        return self.scrollable_content_region.width

    @property
    def text(self) -> str:
        """The lines in view, without the blanks at their ends."""
        return "\n".join(line.text.rstrip() for line in self.lines_in_view()).rstrip()

    def render_line(self, y: int) -> Strip:
        """The heading, or a row."""
        if y < self.heading_rows:
            style = self.style_of("heading")
            return Strip([Segment(left(self.heading(), self.width), style)], self.width)
        row = self.scroll_offset.y + y - self.heading_rows
        if row < self.row_count:
            return self.row_line(row)
        text = self.instead if not self.row_count and y == self.heading_rows else ""
        return Strip([Segment(left(text, self.width), self.rich_style)], self.width)

    def style_of(self, part: str) -> Style:
        """How a part looks: heading, cursor, marked, figures; anything, if empty."""
        if not part:
            return self.rich_style
        return self.get_component_rich_style(f"row-list--{part}")


class RowTable(RowList, Generic[ColumnT]):
    """Rows in columns, in an order that somebody else decides; some rows may be marked."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--marked", "row-list--figures"}

    WIDTHS: ClassVar[Mapping[Any, int]]
    """Cells of each column, the gap before it included."""
    WIDE_COLUMN: ClassVar[Any]
    """It is not among the widths: it has the rest."""
    LEAST_WIDE: ClassVar[int]
    """Cells; where it would have less, columns are left out."""
    LEFT_OUT: ClassVar[Sequence[Any]]
    """What goes where there is no room, first to last."""
    FIGURES: ClassVar[Collection[Any]]
    """Columns that are aligned right."""
    GAP: ClassVar[str] = " "
    """Before a figure, whatever its length."""

    query_shown: ListQuery
    """How the rows were found."""

    @dataclass
    class SortWanted(Message):
        """The heading of a column was clicked."""

        column: SortColumn

    @abstractmethod
    def row_texts(self, row: int) -> Mapping[ColumnT, str]:
        """The texts of the columns."""

    @abstractmethod
    def mark_of(self, row: int) -> str:
        """One character; a blank for a row that is not marked."""

    def column_name(self, column: ColumnT) -> str:
        """The heading of a column; where the rows are sorted by it, with the direction."""
        if column is not self.query_shown.column:
            return column.value
        up, down = ("^", "v") if self.plain else ("▲", "▼")
        return column.value + (down if self.query_shown.descending else up)

    def columns(self) -> dict[ColumnT, int]:
        """The columns that there is room for, and their cells."""
        room, widths = self.width - SIGNS, dict(self.WIDTHS)
        for column in self.LEFT_OUT:
            if room - sum(widths.values()) < self.LEAST_WIDE:
                del widths[column]
        widths[self.WIDE_COLUMN] = max(0, room - sum(widths.values()))
        return {each: widths[each] for each in type(self.WIDE_COLUMN) if each in widths}

    def cell(self, column: ColumnT, text: str, width: int) -> str:
        """Text in a column, cut or filled to its width."""
        if column in self.FIGURES:
            return right(self.GAP + text, width)
        return left(f" {text}", width)

    def heading(self) -> str:
        """The names of the columns."""
        cells = (
            self.cell(column, self.column_name(column), width)
            for column, width in self.columns().items()
        )
        return " " * SIGNS + "".join(cells)

    def row_line(self, row: int) -> Strip:
        """The signs of a row, and its columns."""
        is_cursor, mark, texts = row == self.cursor, self.mark_of(row), self.row_texts(row)
        base = self.style_of("cursor" if is_cursor else "marked" if mark.strip() else "")
        figures = base if is_cursor or mark.strip() else self.style_of("figures")
        segments = [Segment((">" if is_cursor else " ") + mark, base)]
        for column, width in self.columns().items():
            text = self.cell(column, texts[column], width)
            segments.append(Segment(text, figures if column in self.FIGURES else base))
        return Strip(segments, self.width)

    def on_click(self, event: events.Click) -> None:
        """Choose a row, or sort by the column of a heading."""
        if (row := self.row_at(event)) is not None:
            self.go(row)
        elif event.y < self.heading_rows:
            edge = SIGNS
            for column, width in self.columns().items():
                edge += width
                if event.x < edge:
                    self.post_message(self.SortWanted(column))
                    return
