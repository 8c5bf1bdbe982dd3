"""The table of words with their figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.message import Message

from wordnet_tui.core.model.network import WordIds
from wordnet_tui.view_models.word_list import WordColumn, WordList, WordQuery
from wordnet_tui.widgets.row_table import RowTable


class WordTable(RowTable[WordColumn]):
    """Words, as many as there are; styled by `styles/vocabulary.tcss`."""

    WIDTHS = {  # noqa: RUF012
        WordColumn.ID: 6,
        WordColumn.COUNT: 10,
        WordColumn.SHARE: 9,
        WordColumn.LENGTH: 8,
    }
    WIDE_COLUMN = WordColumn.WORD
    LEAST_WIDE = 12
    LEFT_OUT = (WordColumn.SHARE, WordColumn.LENGTH, WordColumn.COUNT)
    FIGURES = tuple(WIDTHS)
    GAP = ""

    rows: WordIds
    """The ids of the words."""
    query_shown: WordQuery

    @dataclass
    class Chosen(Message):
        """Another word was chosen."""

        word_id: int

    def __init__(self, *, plain: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(plain=plain, id=id)
        self._words: WordList | None = None
        self.query_shown = WordQuery()
        self._marked: int | None = None

    @property
    def chosen(self) -> int | None:
        """The id of the chosen word; None where no word is shown."""
        return int(self.rows[self.cursor]) if self.cursor < self.row_count else None

    def show(
        self, words: WordList, rows: WordIds, query: WordQuery, keep: int | None = None
    ) -> None:
        """Show other rows; the caller reads `chosen` afterwards: no message is sent.

        Args:
            words: Where the figures come from.
            rows: The ids to show, in order.
            query: How they were found, for the headings.
            keep: The word that stays chosen if it is among them; else the first is.
        """
        row = None if keep is None else words.place_of(keep, rows)
        self._words, self.rows, self.query_shown = words, rows, query
        self.cursor, self.instead = row or 0, "   no word fits the filter"
        self.fit_rows()
        self.refresh()  # most rows are others

    def choose(self, word_id: int) -> bool:
        """Go to a word; False if it is not among those shown."""
        row = self._words.place_of(word_id, self.rows) if self._words else None
        if row is not None:
            self.go(row)
        return row is not None

    def mark(self, word_id: int | None) -> None:
        """Show which word is the second of a comparison."""
        self._marked = word_id
        self.refresh()

    def cursor_moved(self) -> None:
        """Another word was chosen."""
        self.post_message(self.Chosen(int(self.rows[self.cursor])))

    def column_name(self, column: WordColumn) -> str:
        """Its name, with how the words are sorted."""
        if not self.query_shown.is_best_first:
            return super().column_name(column)
        return f"{column} (best match first)" if column is WordColumn.WORD else column.value

    def mark_of(self, row: int) -> str:
        """A sign for the second word."""
        return "*" if self.rows[row] == self._marked else " "

    def row_texts(self, row: int) -> Mapping[WordColumn, str]:
        """A word with its figures."""
        assert self._words is not None  # or there were no rows
        word = self._words.row(int(self.rows[row]))
        return {
            WordColumn.ID: str(word.word_id),
            WordColumn.WORD: word.word,
            WordColumn.COUNT: "-" if word.occurrences is None else f"{word.occurrences:,}",
            WordColumn.SHARE: "-" if word.share is None else f"{word.share:.3%}",
            WordColumn.LENGTH: f"{word.length:.3f}",
        }
