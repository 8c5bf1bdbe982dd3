"""The table of runs; only those in view are drawn.

The chosen run and the marked ones stay so when rows move, come and go. Styled by
`styles/runs.tcss`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from wordnet_tui.charts.cell_text import left, right, short
from wordnet_tui.view_models.run_list import RunColumn, RunQuery, RunRow
from wordnet_tui.view_models.run_text import sign_of
from wordnet_tui.widgets.row_table import HEADINGS, SIGNS, RowTable
from wordnet_tui.widgets.scrolling import set_length

WIDTHS = {
    RunColumn.STATE: 14,
    RunColumn.NAME: 18,
    RunColumn.SHAPE: 14,
    RunColumn.OPTIMIZER: 10,
    RunColumn.BEST: 8,
    RunColumn.EPOCHS: 8,
    RunColumn.TIME: 9,
    RunColumn.AGE: 8,
}
"""Cells of each column, the gap before it included; the data has the rest."""
LEAST_DATA = 9
"""Cells; where the data would have less, columns are left out."""
LEFT_OUT = (
    RunColumn.TIME,
    RunColumn.OPTIMIZER,
    RunColumn.SHAPE,
    RunColumn.AGE,
    RunColumn.EPOCHS,
    RunColumn.BEST,
)
"""What goes where there is no room, first to last."""
FIGURES = {RunColumn.BEST, RunColumn.EPOCHS, RunColumn.TIME, RunColumn.AGE}
"""Columns that stand flush right."""


class RunTable(RowTable[RunColumn]):
    """Runs in an order that somebody else decides; one of them is chosen, some are marked."""

    STYLES = "run-table"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "run-table--heading",
        "run-table--cursor",
        "run-table--marked",
        "run-table--figures",
    }

    @dataclass
    class Chosen(Message):
        """Another run was chosen."""

        row: RunRow | None

    @dataclass
    class SortWanted(Message):
        """The heading of a column was clicked."""

        column: RunColumn

    def __init__(self, *, plain: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(plain=plain, id=id)
        self._rows: tuple[RunRow, ...] = ()
        self._query = RunQuery()
        self._instead = ""
        self._letters: Mapping[str, str] = {}

    @property
    def chosen(self) -> RunRow | None:
        """The chosen run; None where none is shown."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    @property
    def rows(self) -> tuple[RunRow, ...]:
        """The runs that are shown, in order."""
        return self._rows

    def show(self, rows: Sequence[RunRow], query: RunQuery, instead: str = "") -> None:
        """Show other rows; the chosen run stays chosen if it is among them.

        Who calls looks at `chosen` afterwards, no message tells it.

        Args:
            rows: In order.
            query: How they were found, for the headings.
            instead: What to say where there are none.
        """
        before, was, length = self.chosen, self._in_view(), len(self._rows)
        self._rows, self._query, self._instead = tuple(rows), query, instead
        names = [row.name for row in rows]
        if before is not None and before.name in names:
            self.cursor = names.index(before.name)
        self.cursor = min(self.cursor, max(0, len(rows) - 1))
        if len(rows) != length:
            set_length(self, len(rows) + HEADINGS)
        self.scroll_into_view()
        for y, (old, new) in enumerate(zip(was, self._in_view(), strict=True)):
            if old != new:
                self.refresh(Region(0, y, self.size.width, 1))

    def mark(self, letters: Mapping[str, str]) -> None:
        """Show which runs are marked: the name of a run -> its letter."""
        if letters != self._letters:
            self._letters = dict(letters)
            self.refresh()

    # ---- drawing

    @property
    def row_count(self) -> int:
        """How many runs are shown."""
        return len(self._rows)

    @property
    def instead(self) -> str:
        """Why there are no runs."""
        return self._instead

    def tell_chosen(self) -> None:
        """Another run was chosen."""
        self.post_message(self.Chosen(self.chosen))

    def tell_sort_wanted(self, column: RunColumn) -> None:
        """Its heading was clicked."""
        self.post_message(self.SortWanted(column))

    def columns(self) -> dict[RunColumn, int]:
        """The columns that there is room for, and their cells."""
        room = self.width - SIGNS
        widths = dict(WIDTHS)
        for column in LEFT_OUT:
            if room - sum(widths.values()) < LEAST_DATA:
                del widths[column]
        data = max(0, room - sum(widths.values()))
        return {
            column: widths.get(column, data)
            for column in RunColumn
            if column in widths or column is RunColumn.DATA
        }

    def _in_view(self) -> list[Strip]:
        return [self.render_line(y) for y in range(self.size.height)]

    def headings(self) -> str:
        """The names of the columns, with how they are sorted."""
        text = " " * SIGNS
        for column, width in self.columns().items():
            name = column.value
            if column is self._query.column:
                name += self.sorted_sign(descending=self._query.descending)
            text += _cell(column, name, width)
        return text

    def row_line(self, row: int) -> Strip:
        """A run in its columns."""
        run, is_cursor = self._rows[row], row == self.cursor
        letter = self._letters.get(run.name, " ")
        base = self.style_of("cursor" if is_cursor else "marked" if letter != " " else "")
        figures = base if is_cursor or letter != " " else self.style_of("figures")
        segments = [Segment((">" if is_cursor else " ") + letter, base)]
        for column, width in self.columns().items():
            text = run.text(column)
            if column is RunColumn.STATE:
                text = f"{sign_of(run.summary.condition, plain=self.plain)} {text}"
            elif column is RunColumn.DATA:
                text = short(text, width - 1)
            style = figures if column in FIGURES else base
            segments.append(Segment(_cell(column, text, width), style))
        return Strip(segments, self.width)


def _cell(column: RunColumn, text: str, width: int) -> str:
    """Text in a column, with a blank before it."""
    return (right if column in FIGURES else left)(f" {text}", width)
