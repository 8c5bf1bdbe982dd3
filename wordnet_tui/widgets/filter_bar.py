"""One row above the words: what is typed to find them, how it must fit, how many do.

Styled by `styles/vocabulary.tcss`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from wordnet_tui.view_models.word_list import Column, Query


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


class FilterBar(Horizontal):
    """Holds the query: what is typed, how it must fit, and what the words are sorted by."""

    @dataclass
    class Changed(Message):
        """Other words are to be listed, or in another order."""

        query: Query

    def __init__(self) -> None:
        super().__init__()
        self.wanted = Query()
        """What is listed, or will be in a moment."""

    def compose(self) -> ComposeResult:
        """What is typed, and the switches."""
        field = Input(placeholder="filter (press /)", id="filter", compact=True)
        field.cursor_blink = False  # a blinking cursor sends bytes all day
        yield field
        yield Switch("match")
        yield Static(id="found", markup=False)
        yield Switch("live")

    def on_mount(self) -> None:
        """Show how it is set."""
        self._show_match()

    def switch_match(self) -> None:
        """From prefix to inside to fuzzy, and round."""
        self._change(replace(self.wanted, match=self.wanted.match.next))
        self._show_match()

    def sort_by(self, column: Column) -> None:
        """Sort by a column; the other way round if it is that one already."""
        self._change(self.wanted.sorted_by(column))

    def clear(self) -> None:
        """List all words."""
        self.query_one("#filter", Input).value = ""

    def show_found(self, found: int, of: int) -> None:
        """Tell how many words are listed."""
        text = f"{found:,} of {of:,} words" if found != of else f"{of:,} words"
        self.query_one("#found", Static).update(Content(text), layout=False)

    def show_live(self, text: str) -> None:
        """Tell whose words these are."""
        self.query_one("#live", Switch).update(Content(text))

    @on(Input.Changed, "#filter")
    def _filter(self, message: Input.Changed) -> None:
        message.stop()
        self._change(replace(self.wanted, typed=message.value))

    @on(Switch.Clicked, "#match")
    def _click_match(self, message: Switch.Clicked) -> None:
        message.stop()
        self.switch_match()

    def _change(self, query: Query) -> None:
        if query != self.wanted:
            self.wanted = query
            self.post_message(self.Changed(query))

    def _show_match(self) -> None:
        text = f"F6 {self.wanted.match}"
        self.query_one("#match", Switch).update(Content(text), layout=False)
