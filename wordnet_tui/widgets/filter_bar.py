"""One row above a table: what is typed to find rows of it, and how many are found.

Styled by `styles/shared.tcss` and `styles/vocabulary.tcss`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from wordnet_tui.view_models.lists import ListQuery, SortColumn
from wordnet_tui.view_models.word_list import WordQuery

QueryT = TypeVar("QueryT", bound=ListQuery)


class Switch(Static):
    """A word to click on, for what a key does too."""

    @dataclass
    class Clicked(Message):
        """It was clicked."""

        switch: Switch

        @property
        def control(self) -> Switch:
            """For selectors."""
            return self.switch

    def __init__(self, id: str) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)

    def on_click(self) -> None:
        """Tell it."""
        self.post_message(self.Clicked(self))


class FilterBar(Horizontal, Generic[QueryT]):
    """Holds the query of a table.

    Args:
        query: What is listed at first.
        things: What the rows are: "runs".

    Attributes:
        wanted: What is listed, or will be in a moment.
    """

    class Changed(Message):
        """Other rows are to be listed, or in another order."""

    def __init__(self, query: QueryT, things: str) -> None:
        super().__init__()
        self.wanted = query
        self._things = things

    def compose(self) -> ComposeResult:
        """What is typed, and what was found."""
        field = Input(placeholder="filter (press /)", id="filter", compact=True)
        field.cursor_blink = False  # a blinking cursor sends bytes all day
        yield field
        yield Static(id="found", markup=False)

    def sort_by(self, column: SortColumn) -> None:
        """Sort by a column; the other way round if it is that one already."""
        self._change(self.wanted.sorted_by(column))

    def clear(self) -> None:
        """List all rows."""
        self.query_one("#filter", Input).value = ""

    def show_found(self, found: int, of: int, marked: int = 0) -> None:
        """Tell how many rows are listed and marked."""
        text = f"{of:,} {self._things}"
        if found != of:
            text = f"{found:,} of {text}"
        if marked:
            text = f"{marked} marked, {text}"
        shown = self.query_one("#found", Static)
        if str(shown.content) != text:
            shown.update(Content(text), layout=shown.styles.auto_dimensions)

    @on(Input.Changed, "#filter")
    def _filter(self, message: Input.Changed) -> None:
        message.stop()
        self._change(replace(self.wanted, typed=message.value))

    def _change(self, query: QueryT) -> None:
        if query != self.wanted:
            self.wanted = query
            self.post_message(self.Changed())


class WordFilterBar(FilterBar[WordQuery]):
    """The filter of words, with switches: how they must fit, and whose they are."""

    def __init__(self) -> None:
        super().__init__(WordQuery(), "words")

    def compose(self) -> ComposeResult:
        """A switch on either side of what was found."""
        field, found = super().compose()
        yield from (field, Switch("match"), found, Switch("live"))

    def on_mount(self) -> None:
        """Show how it is set."""
        self._show_match()

    def switch_match(self) -> None:
        """From prefix to inside to fuzzy, and round."""
        self._change(replace(self.wanted, match=self.wanted.match.next))
        self._show_match()

    def show_live(self, text: str) -> None:
        """Tell whose words these are."""
        self.query_one("#live", Switch).update(Content(text))

    @on(Switch.Clicked, "#match")
    def _click_match(self, message: Switch.Clicked) -> None:
        message.stop()
        self.switch_match()

    def _show_match(self) -> None:
        text = f"F6 {self.wanted.match}"
        self.query_one("#match", Switch).update(Content(text), layout=False)
