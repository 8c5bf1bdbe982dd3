"""The list of words with their figures: as many as there are, only those in view are drawn.

Styled by `styles/vocabulary.tcss`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from wordnet_tui.core.word_list import Column, Query, WordIds, WordList
from wordnet_tui.widgets.cell_text import left, right
from wordnet_tui.widgets.scrolling import set_length

HEADINGS = 1
"""Rows above the first word."""
WIDTHS = {Column.ID: 6, Column.COUNT: 10, Column.SHARE: 9, Column.LENGTH: 8}
"""Cells of each column; the word has the rest."""
SIGNS = 2
"""Cells before the first column, that tell the chosen and the marked word."""
LEAST_WORD = 12
"""Cells; where the word would have less, columns are left out, the share first."""


class WordTable(ScrollView, can_focus=True):
    """Words in an order that somebody else decides; one of them is chosen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "word-table--heading",
        "word-table--cursor",
        "word-table--marked",
        "word-table--figures",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Word above", show=False),
        Binding("down", "move(1)", "Word below", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "move_to(0)", "First word", show=False),
        Binding("end", "move_to(-1)", "Last word", show=False),
    ]

    @dataclass
    class Chosen(Message):
        """Another word was chosen."""

        word_id: int

    @dataclass
    class SortWanted(Message):
        """The heading of a column was clicked."""

        column: Column

    def __init__(self, *, plain: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._plain = plain
        self._words: WordList | None = None
        self._rows: WordIds | None = None
        self._query = Query()
        self._marked: int | None = None
        self.cursor = 0
        """The row of the chosen word."""

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
        self._scroll_into_view()
        self.refresh()

    def choose(self, word_id: int) -> bool:
        """Go to a word; False if it is not among those shown."""
        if self._words is None or self._rows is None:
            return False
        row = self._words.place_of(word_id, self._rows)
        if row is not None:
            self._go(row)
        return row is not None

    def mark(self, word_id: int | None) -> None:
        """Show which word is the second of a comparison."""
        self._marked = word_id
        self.refresh()

    # ---- moving

    def action_move(self, rows: int) -> None:
        """Choose a word above or below."""
        self._go(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        """Choose a word a page away."""
        self._go(self.cursor + pages * max(1, self.size.height - HEADINGS))

    def action_move_to(self, row: int) -> None:
        """Choose a word by its row, counted from the end if negative."""
        self._go(row if row >= 0 else self.row_count + row)

    @property
    def row_count(self) -> int:
        """How many words are shown."""
        return 0 if self._rows is None else len(self._rows)

    def _go(self, row: int) -> None:
        before = self.chosen
        self.refresh_line(self.cursor + HEADINGS)
        self.cursor = min(max(row, 0), max(0, self.row_count - 1))
        self.refresh_line(self.cursor + HEADINGS)
        self._scroll_into_view()
        if self.chosen is not None and self.chosen != before:
            self.post_message(self.Chosen(self.chosen))

    def _scroll_into_view(self) -> None:
        rows_in_view = max(1, self.size.height - HEADINGS)
        top = round(self.scroll_target_y)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + rows_in_view:
            self.scroll_to(y=self.cursor - rows_in_view + 1, animate=False)

    def on_resize(self) -> None:
        """Keep the chosen word in view."""
        self._scroll_into_view()

    def on_click(self, event: events.Click) -> None:
        """Choose a word, or sort by the column of a heading."""
        if event.y >= HEADINGS:
            row = self.scroll_offset.y + event.y - HEADINGS
            if row < self.row_count:
                self._go(row)
            return
        edge = SIGNS
        for column, width in self._columns().items():
            edge += width
            if event.x < edge:
                self.post_message(self.SortWanted(column))
                return

    # ---- drawing

    def _columns(self) -> dict[Column, int]:
        """The columns that there is room for, and their cells."""
        widths = dict(WIDTHS)
        for column in (Column.SHARE, Column.LENGTH, Column.COUNT):
            if (
                self.scrollable_content_region.width - SIGNS - sum(widths.values())
                < LEAST_WORD
            ):
                del widths[column]
        word = max(0, self.scrollable_content_region.width - SIGNS - sum(widths.values()))
        return {
            column: widths.get(column, word)
            for column in Column
            if column in widths or column is Column.WORD
        }

    def render_line(self, y: int) -> Strip:
        """The headings, or a word."""
        width = self.scrollable_content_region.width
        if y < HEADINGS:
            style = self.get_component_rich_style("word-table--heading")
            return Strip([Segment(left(self._headings(), width), style)], width)
        row = self.scroll_offset.y + y - HEADINGS
        if self._words is None or self._rows is None or row >= len(self._rows):
            nothing_fits = self._rows is not None and not len(self._rows) and y == HEADINGS
            text = "no word fits the filter" if nothing_fits else ""
            return Strip([Segment(left(f"   {text}", width), self.rich_style)], width)
        return self._word_line(self._words, int(self._rows[row]), row == self.cursor)

    def _headings(self) -> str:
        up, down = ("^", "v") if self._plain else ("▲", "▼")
        text = " " * SIGNS
        for column, width in self._columns().items():
            name = column.value
            if self._query.is_best_first:
                name += " (best match first)" if column is Column.WORD else ""
            elif column is self._query.column:
                name += down if self._query.descending else up
            if column is Column.WORD:
                text += " " + left(name, width - 1)
            else:
                text += right(name, width)
        return text

    def _word_line(self, words: WordList, word_id: int, is_cursor: bool) -> Strip:
        row = words.row(word_id)
        texts = {
            Column.ID: str(word_id),
            Column.COUNT: "-" if row.occurrences is None else f"{row.occurrences:,}",
            Column.SHARE: "-" if row.share is None else f"{row.share:.3%}",
            Column.LENGTH: f"{row.length:.3f}",
        }
        is_marked = word_id == self._marked
        base = self._style("cursor" if is_cursor else "marked" if is_marked else "")
        figures = base if is_cursor or is_marked else self._style("figures")
        signs = (">" if is_cursor else " ") + ("*" if is_marked else " ")
        segments = [Segment(signs, base)]
        for column, width in self._columns().items():
            if column is Column.WORD:
                segments.append(Segment(" " + left(row.word, width - 1), base))
            else:
                segments.append(Segment(right(texts[column], width), figures))
        return Strip(segments, self.scrollable_content_region.width)

    def _style(self, part: str) -> Style:
        return (
            self.get_component_rich_style(f"word-table--{part}") if part else self.rich_style
        )
