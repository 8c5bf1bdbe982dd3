"""Questions that lie over a screen until they are answered."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Label


class Question(ModalScreen[str | None]):
    """A sentence and a row of answers; Escape, or the last answer, is None: nothing happens.

    Args:
        sentence: What is asked.
        answers: Answer -> the label of its button, the safest first. The first letter of a
            button presses it too.
        stay: The label of the button that changes nothing.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stay", "Back"),
        Binding("up", "app.focus_previous", "Previous", show=False),
        Binding("down", "app.focus_next", "Next", show=False),
    ]

    def __init__(self, sentence: str, answers: dict[str, str], stay: str = "Back") -> None:
        super().__init__()
        self._sentence = sentence
        self._answers = answers
        self._stay = stay
        self._answered = False

    def compose(self) -> ComposeResult:
        """The sentence over its answers, one below the other: they fit everywhere."""
        with Vertical(classes="dialog"):
            yield Label(self._sentence, markup=False)
            with Vertical(classes="answers"):
                for number, text in enumerate(self._answers.values()):
                    yield Button(text, id=f"answer-{number}", compact=True)
                yield Button(self._stay, id="stay", variant="primary", compact=True)

    def on_key(self, event: events.Key) -> None:
        """Answer by the first letter of a button."""
        character = event.character
        for number, text in enumerate(self._answers.values()):
            if character and text.lower().startswith(character.lower()):
                self.query_one(f"#answer-{number}", Button).press()
                break

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Give the answer, once."""
        if self._answered:
            return
        self._answered = True
        number = (event.button.id or "").removeprefix("answer-")
        self.dismiss(list(self._answers)[int(number)] if number.isdigit() else None)

    def action_stay(self) -> None:
        """Change nothing."""
        if not self._answered:
            self._answered = True
            self.dismiss(None)
