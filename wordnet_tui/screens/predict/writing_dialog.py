"""How many words the network shall write, and how boldly."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label

from wordnet_tui.core.errors import HyperparameterError
from wordnet_tui.view_models.generation import LABELS, WritingSettings, parse_settings


class WritingDialog(ModalScreen[WritingSettings | None]):
    """Asks for the settings; None if the user thinks better of it.

    Styled by `styles/predict.tcss`.

    Args:
        settings: What stands in the fields at first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back"),
        Binding("up", "app.focus_previous", "Previous field", show=False),
        Binding("down", "app.focus_next", "Next field", show=False),
    ]

    def __init__(self, settings: WritingSettings) -> None:
        super().__init__()
        self._settings = settings

    def compose(self) -> ComposeResult:
        """One row a field, what is wrong, and two buttons."""
        typed = self._settings.as_typed()
        with Vertical(classes="dialog writing"):
            yield Label("Let the network write. Enter begins, Esc goes back.", markup=False)
            for name, (label, help_line) in LABELS.items():
                with Horizontal(classes="field"):
                    yield Label(label, markup=False, classes="name")
                    field = Input(typed[name], id=name, compact=True)
                    field.cursor_blink = False
                    yield field
                    yield Label(help_line, markup=False, classes="help")
            yield Label("", markup=False, id="problem")
            with Horizontal(classes="answers"):
                yield Button("Write", id="write", variant="primary", compact=True)
                yield Button("Back", id="back", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#write")
    def begin(self) -> None:
        """Give the settings, or say what is wrong with them."""
        try:
            settings = parse_settings(
                {name: self.query_one(f"#{name}", Input).value for name in LABELS}
            )
        except HyperparameterError as error:
            self.query_one("#problem", Label).update("\n".join(error.problems))
        else:
            self.dismiss(settings)

    @on(Button.Pressed, "#back")
    def go_back(self) -> None:
        """Write nothing."""
        self.dismiss(None)
