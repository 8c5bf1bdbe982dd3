"""Words with a figure and a bar each; one can be taken by Enter or a click.

Styled by `styles/shared.tcss`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from wordnet_tui.charts.cell_text import Line, bar, left, right
from wordnet_tui.core.errors import printable
from wordnet_tui.view_models.lists import BarRow
from wordnet_tui.widgets.lines import LINE_STYLES, strip_of
from wordnet_tui.widgets.row_table import RowList

GAPS = 4
"""Cells of a row that are neither word, figure nor bar."""


class BarList(RowList):
    """A short list to look at and to take a word from.

    Args:
        title: The heading over the rows; no heading at all if empty.
        numbers: Whether rows are numbered and can be picked, of a list that can (True) or
            only read (False), with a sign for words that the list beside it has too.
            Such lists are not focused: the keys are those of a line that is typed in.
            None: an ordinary list.
        plain: With signs that every terminal has.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = LINE_STYLES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "Go to this word", show=False),
    ]

    rows: tuple[BarRow, ...]

    @dataclass
    class Taken(Message):
        """Somebody wants a word of the list."""

        row: int
        word: str

    def __init__(
        self,
        title: str = "",
        *,
        numbers: bool | None = None,
        plain: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(plain=plain, id=id)
        self.title = title
        self.heading_rows = bool(title)
        self.can_focus = numbers is None
        self._numbers = numbers
        self._with_changes = False

    def show(
        self,
        rows: Sequence[BarRow],
        title: str | None = None,
        instead: str = "",
        *,
        with_changes: bool = False,
        keep: bool = True,
    ) -> None:
        """Show other rows.

        Args:
            rows: In order.
            title: None: the one before.
            instead: A sentence for where there are no rows.
            with_changes: Whether to leave room for the column of changes.
            keep: Leave the cursor in its row; otherwise it goes to the first.
        """
        before, appearance, cursor = self.rows, self._appearance, self.cursor
        self.rows, self.title, self.instead = tuple(rows), title or self.title, instead
        self._with_changes = with_changes
        self.cursor *= keep
        self.fit_rows()
        if appearance != self._appearance:
            self.refresh()
            return
        changed = {i for i, both in enumerate(zip_longest(before, rows)) if both[0] != both[1]}
        for row in changed | ({cursor, self.cursor} if cursor != self.cursor else set()):
            self.refresh_line(row + self.heading_rows)

    @property
    def _appearance(self) -> tuple[object, ...]:
        """What all rows depend on."""
        widths = self.rows if self._numbers is None else ()
        return self.title, self.instead, self._with_changes, widths

    def heading(self) -> str:
        """The title."""
        return self.title

    def action_take(self) -> None:
        """Go to the word under the cursor."""
        if self.rows:
            self.post_message(self.Taken(self.cursor, self.rows[self.cursor].text))

    def on_click(self, event: events.Click) -> None:
        """Take the word clicked."""
        row = self.row_at(event)
        if row is not None and self._numbers is not False:
            self.post_message(self.Taken(row, self.rows[row].text))

    def row_line(self, row: int) -> Strip:
        """A row of the list."""
        if self._numbers is None:
            return self._bar_line(self.rows[row], row == self.cursor and self.has_focus)
        line = choice_line(
            self.rows[row],
            self.width,
            number=row + 1 if self._numbers else None,
            chosen=self._numbers and row == self.cursor,
            with_changes=self._with_changes,
            ascii_only=self.plain,
        )
        return strip_of(self, line)

    def _bar_line(self, entry: BarRow, is_cursor: bool) -> Strip:
        figures = max(cell_len(other.figure) for other in self.rows)
        longest = max(cell_len(printable(other.text)) for other in self.rows)
        word = min(longest, max(4, (self.width - figures - GAPS) * 2 // 3))
        room = max(0, self.width - word - figures - GAPS)
        text = f"{'>' if is_cursor else ' '} {left(entry.text, word)} "
        text += right(entry.figure, figures) + " "
        drawn = left(bar(entry.share or 0.0, room, self.plain), room)
        if is_cursor:
            return Strip([Segment(text + drawn, self.style_of("cursor"))])
        return strip_of(self, ((text, "plain"), (drawn, "bar")))


def choice_line(
    choice: BarRow,
    width: int,
    *,
    number: int | None = None,
    chosen: bool = False,
    with_changes: bool = False,
    ascii_only: bool = False,
) -> Line:
    """A row of exactly `width` cells: number, sign, word, figure, change, bar."""
    sign = "*" if ascii_only else "●"
    rank = "" if number is None else f"{'>' if chosen else ' '}{number:>2} "
    figure = f" {choice.figure:>5}"
    change = f" {choice.change:<7}" if with_changes else ""
    rest = max(0, width - len(rank) - 2 - len(figure) - len(change) - 1)
    word_cells = min(rest, max(8, min(18, rest // 2)))
    if choice.share is None and not choice.figure:  # a long beginning or a spelling
        word_cells = rest
    drawn = _sliver(choice.share or 0.0, rest - word_cells, ascii_only)
    directions = {"▲": "up", "▼": "down", "+": "up", "-": "down"}
    return (
        (rank, "chosen" if chosen else "muted"),
        (f"{sign if choice.in_both else ' '} ", "sign"),
        (left(choice.text, word_cells), "chosen" if chosen else "plain"),
        (figure, "plain"),
        (change, directions.get(choice.change[:1], "muted")),
        (" " + left(drawn, rest - word_cells), "bar"),
    )


def _sliver(share: float, cells: int, ascii_only: bool) -> str:
    """A bar of which something is seen unless `share` is 0."""
    if share and cells:
        share = max(share, (0.51 if ascii_only else 1 / 8) / cells)
    return bar(share, cells, ascii_only)
