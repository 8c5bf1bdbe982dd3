"""The table of runs; the chosen run and the marked ones stay so when rows come and go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual.message import Message

from wordnet_tui.charts.cell_text import short
from wordnet_tui.view_models.run_list import RunColumn, RunQuery, RunRow
from wordnet_tui.view_models.run_text import sign_of
from wordnet_tui.widgets.row_table import RowTable


class RunTable(RowTable[RunColumn]):
    """Runs; styled by `styles/runs.tcss`."""

    WIDTHS = {  # noqa: RUF012
        RunColumn.STATE: 14,
        RunColumn.NAME: 18,
        RunColumn.SHAPE: 14,
        RunColumn.OPTIMIZER: 10,
        RunColumn.BEST: 8,
        RunColumn.EPOCHS: 8,
        RunColumn.TIME: 9,
        RunColumn.AGE: 8,
    }
    WIDE_COLUMN = RunColumn.DATA
    LEAST_WIDE = 9
    LEFT_OUT = (
        RunColumn.TIME,
        RunColumn.OPTIMIZER,
        RunColumn.SHAPE,
        RunColumn.AGE,
        RunColumn.EPOCHS,
        RunColumn.BEST,
    )
    FIGURES = (RunColumn.BEST, RunColumn.EPOCHS, RunColumn.TIME, RunColumn.AGE)

    rows: tuple[RunRow, ...]
    query_shown: RunQuery

    @dataclass
    class Chosen(Message):
        """Another run was chosen."""

        row: RunRow | None

    def __init__(self, *, plain: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(plain=plain, id=id)
        self.query_shown = RunQuery()
        self._letters: Mapping[str, str] = {}

    @property
    def chosen(self) -> RunRow | None:
        """The chosen run; None where none is shown."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def show(self, rows: Sequence[RunRow], query: RunQuery, instead: str = "") -> None:
        """Show other rows; the chosen run stays chosen if it is among them.

        The caller reads `chosen` afterwards: no message is sent.

        Args:
            rows: In order.
            query: How they were found, for the headings.
            instead: What to say where there are none.
        """
        names, chosen, before = [row.name for row in rows], self.chosen, self.lines_in_view()
        self.rows, self.query_shown, self.instead = tuple(rows), query, f"  {instead}"
        if chosen is not None and chosen.name in names:
            self.cursor = names.index(chosen.name)
        self.fit_rows()
        for y, (old, new) in enumerate(zip(before, self.lines_in_view(), strict=True)):
            if old != new:
                self.refresh_line(self.scroll_offset.y + y)

    def mark(self, letters: Mapping[str, str]) -> None:
        """Show which runs are marked: the name of a run -> its letter."""
        if letters != self._letters:
            self._letters = dict(letters)
            self.refresh()

    def cursor_moved(self) -> None:
        """Another run was chosen."""
        self.post_message(self.Chosen(self.chosen))

    def mark_of(self, row: int) -> str:
        """The letter of the run."""
        return self._letters.get(self.rows[row].name, " ")

    def row_texts(self, row: int) -> Mapping[RunColumn, str]:
        """A run in words and figures."""
        run = self.rows[row]
        texts = {column: run.text(column) for column in RunColumn}
        sign = sign_of(run.summary.condition, plain=self.plain)
        texts[RunColumn.STATE] = f"{sign} {texts[RunColumn.STATE]}"
        return texts

    def cell(self, column: RunColumn, text: str, width: int) -> str:
        """Of the data the end, which tells most of a path."""
        if column is RunColumn.DATA:
            text = short(text, width - 1)
        return super().cell(column, text, width)
