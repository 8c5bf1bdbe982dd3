"""The list of words with their figures: as many as there are, only those in view are drawn.

Styled by `styles/vocabulary.tcss`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from wordnet_tui.charts.cell_text import left, right
from wordnet_tui.view_models.word_list import Column, Query, WordIds, WordList
from wordnet_tui.widgets.row_table import HEADINGS, SIGNS, RowTable
from wordnet_tui.widgets.scrolling import set_length

WIDTHS = {Column.ID: 6, Column.COUNT: 10, Column.SHARE: 9, Column.LENGTH: 8}
"""Cells of each column; the word has the rest."""
LEAST_WORD = 12
"""Cells; where the word would have less, columns are left out, the share first."""


class WordTable(RowTable[Column]):
    """Words in an order that somebody else decides; one of them is chosen."""

    STYLES = "word-table"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "word-table--heading",
        "word-table--cursor",
        "word-table--marked",
        "word-table--figures",
    }

    @dataclass
    class Chosen(Message):
        """Another word was chosen."""

        word_id: int

    @dataclass
    class SortWanted(Message):
        """The heading of a column was clicked."""

        column: Column

    def __init__(self, *, plain: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(plain=plain, id=id)
        self._words: WordList | None = None
        self._rows: WordIds | None = None
        self._query = Query()
        self._marked: int | None = None

    @property
    def chosen(self) -> int | None:
        """The id of the chosen word; None where no word is shown."""
        if self._rows is None or not 0 <= self.cursor < len(self._rows):
            return None
        return int(self._rows[self.cursor])

    def show(
        self,
        words: WordList,
        rows: WordIds,
        query: Query,
        keep: int | None = None,
    ) -> None:
        """Show other rows; who calls looks at `chosen` afterwards, no message tells it.

        Args:
            words: Where the figures come from.
            rows: The ids to show, in order.
            query: How they were found, for the headings.
            keep: The word that stays chosen if it is among them; else the first is.
        """
        self._words, self._rows, self._query = words, rows, query
        row = None if keep is None else words.place_of(keep, rows)
        set_length(self, len(rows) + HEADINGS)
        self.cursor = row or 0
        self.scroll_into_view()
        self.refresh()

    def choose(self, word_id: int) -> bool:
        """Go to a word; False if it is not among those shown."""
        if self._words is None or self._rows is None:
            return False
        row = self._words.place_of(word_id, self._rows)
        if row is not None:
            self.go(row)
        return row is not None

    def mark(self, word_id: int | None) -> None:
        """Show which word is the second of a comparison."""
        self._marked = word_id
        self.refresh()

    # ---- drawing

    @property
    def row_count(self) -> int:
        """How many words are shown."""
        return 0 if self._rows is None else len(self._rows)

    @property
    def instead(self) -> str:
        """Why there are no words."""
        return "" if self._rows is None else " no word fits the filter"

    def tell_chosen(self) -> None:
        """Another word was chosen."""
        if self.chosen is not None:
            self.post_message(self.Chosen(self.chosen))

    def tell_sort_wanted(self, column: Column) -> None:
        """Its heading was clicked."""
        self.post_message(self.SortWanted(column))

    def columns(self) -> dict[Column, int]:
        """The columns that there is room for, and their cells."""
        widths = dict(WIDTHS)
        for column in (Column.SHARE, Column.LENGTH, Column.COUNT):
            if self.width - SIGNS - sum(widths.values()) < LEAST_WORD:
                del widths[column]
        word = max(0, self.width - SIGNS - sum(widths.values()))
        return {
            column: widths.get(column, word)
            for column in Column
            if column in widths or column is Column.WORD
        }

    def headings(self) -> str:
        """The names of the columns, with how they are sorted."""
        text = " " * SIGNS
        for column, width in self.columns().items():
            name = column.value
            if self._query.is_best_first:
                name += " (best match first)" if column is Column.WORD else ""
            elif column is self._query.column:
                name += self.sorted_sign(descending=self._query.descending)
            text += (
                " " + left(name, width - 1) if column is Column.WORD else right(name, width)
            )
        return text

    def row_line(self, row: int) -> Strip:
        """A word with its figures."""
        if self._words is None or self._rows is None:  # then there are no rows
            return Strip.blank(self.width)
        return self._word_line(self._words, int(self._rows[row]), row == self.cursor)

    def _word_line(self, words: WordList, word_id: int, is_cursor: bool) -> Strip:
        row = words.row(word_id)
        texts = {
            Column.ID: str(word_id),
            Column.COUNT: "-" if row.occurrences is None else f"{row.occurrences:,}",
            Column.SHARE: "-" if row.share is None else f"{row.share:.3%}",
            Column.LENGTH: f"{row.length:.3f}",
        }
        is_marked = word_id == self._marked
        base = self.style_of("cursor" if is_cursor else "marked" if is_marked else "")
        figures = base if is_cursor or is_marked else self.style_of("figures")
        signs = (">" if is_cursor else " ") + ("*" if is_marked else " ")
        segments = [Segment(signs, base)]
        for column, width in self.columns().items():
            if column is Column.WORD:
                segments.append(Segment(" " + left(row.word, width - 1), base))
            else:
                segments.append(Segment(right(texts[column], width), figures))
        return Strip(segments, self.width)
