"""One row above the runs: what is typed to find them, and how many were found.

Styled by `styles/runs.tcss`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from wordnet_tui.view_models.run_list import RunColumn, RunQuery


class RunFilter(Horizontal):
    """Holds the query: what is typed, and what the runs are sorted by."""

    @dataclass
    class Changed(Message):
        """Other runs are to be listed, or in another order."""

        query: RunQuery

    def __init__(self) -> None:
        super().__init__()
        self.wanted = RunQuery()
        """What is listed, or will be in a moment."""

    def compose(self) -> ComposeResult:
        """What is typed, and what was found."""
        field = Input(placeholder="filter (press /)", id="run-filter", compact=True)
        field.cursor_blink = False
        yield field
        yield Static(id="runs-found", markup=False)

    def sort_by(self, column: RunColumn) -> None:
        """Sort by a column; the other way round if it is that one already."""
        self._change(self.wanted.sorted_by(column))

    def clear(self) -> None:
        """List all runs."""
        self.query_one("#run-filter", Input).value = ""

    def show_found(self, found: int, of: int, marked: int) -> None:
        """Tell how many runs are listed and marked."""
        text = f"{found:,} of {of:,} runs" if found != of else f"{of:,} runs"
        if marked:
            text = f"{marked} marked, {text}"
        told = self.query_one("#runs-found", Static)
        if str(told.content) != text:
            told.update(Content(text))

    @on(Input.Changed, "#run-filter")
    def _filter(self, message: Input.Changed) -> None:
        message.stop()
        self._change(replace(self.wanted, typed=message.value))

    def _change(self, query: RunQuery) -> None:
        if query != self.wanted:
            self.wanted = query
            self.post_message(self.Changed(query))
