"""What a branch of a run shall do otherwise."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from wordnet_tui.core.errors import printable
from wordnet_tui.core.model.hyperparameters import Hyperparameters, allowed
from wordnet_tui.view_models.branch_form import (
    Wish,
    beginning,
    in_words,
    offered,
    read_wish,
)

_GAP = 2
"""Cells between a setting and what it may be."""


class BranchDialog(ModalScreen[dict[str, object] | None]):
    """Asks for changed settings; None if the user thinks better of it.

    Styled by `styles/runs.tcss`.

    Args:
        name: Of the run to branch off.
        settings: Its hyperparameters.
        least_epochs: Fewer would leave the branch nothing to train.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back"),
        Binding("up", "scroll(-1)", "Settings above", show=False),
        Binding("down", "scroll(1)", "Settings below", show=False),
    ]

    def __init__(self, name: str, settings: Hyperparameters, least_epochs: int) -> None:
        super().__init__()
        self._run_name = name
        self._settings = settings
        self._least_epochs = least_epochs

    def compose(self) -> ComposeResult:
        """What is typed, what is wrong with it, and what could be."""
        with Vertical(classes="dialog branch"):
            yield Label(
                f"Branch off {printable(self._run_name)}: what shall change? Enter begins.",
                markup=False,
            )
            field = Input(
                beginning(self._settings, self._least_epochs),
                placeholder="learning_rate=0.05 dropout=0.1",
                id="changes",
                compact=True,
                select_on_focus=False,
            )
            field.cursor_blink = False
            yield field
            yield Label(id="problems", markup=False)
            with VerticalScroll(id="settings", can_focus=False):
                yield Static(markup=False)
            with Horizontal(classes="answers"):
                yield Button("Begin", id="begin", variant="primary", compact=True)
                yield Button("Back", id="back", compact=True)

    @property
    def wish(self) -> Wish:
        """What was typed so far."""
        typed = self.query_one("#changes", Input).value
        return read_wish(typed, self._settings, self._least_epochs)

    @on(Input.Changed)
    def show_wish(self) -> None:
        """Say at once what it means."""
        wish = self.wish
        self.query_one("#problems", Label).update(Content("; ".join(wish.problems)))
        settings = {name: in_words(name, self._settings, wish) for name in offered(wish)}
        width = max(map(len, settings.values()), default=0) + _GAP
        fields = Hyperparameters.model_fields
        lines = [f"{text:{width}}{allowed(fields[name])}" for name, text in settings.items()]
        instead = f"no setting is called {printable(wish.in_hand)}"
        self.query_one("#settings Static", Static).update(Content("\n".join(lines) or instead))

    @on(Input.Submitted)
    @on(Button.Pressed, "#begin")
    def begin(self) -> None:
        """Give the changes, or say why that cannot be."""
        wish = self.wish
        if wish.is_ready:
            self.dismiss(wish.changes)
            return
        why = "; ".join(wish.problems) or "type what shall change, such as learning_rate=0.05"
        if wish.in_hand:
            why = f"{printable(wish.in_hand)} has no value yet"
        self.query_one("#problems", Label).update(Content(why))

    @on(Button.Pressed, "#back")
    def go_back(self) -> None:
        """Begin nothing."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """See the other settings."""
        self.query_one("#settings").scroll_relative(y=lines, animate=False)
