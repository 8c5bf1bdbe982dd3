"""A network that writes word after word, and the dialog that asks how many and how boldly."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Button, Input, Label

from wordnet_tui.core.errors import HyperparameterError
from wordnet_tui.core.inference.prediction import Predictor
from wordnet_tui.screens.background_query import BackgroundQuery, show_error
from wordnet_tui.view_models.generation import LABELS, WritingSettings, parse_settings

SECONDS_A_WORD = 0.15
"""The pace of somebody who reads along."""


class Writer:
    """Writes in the background; stops at once when it is cancelled.

    Args:
        screen: Ends the work when it goes away.
        on_word: Gets each word, and whether it is the first of several.

    Attributes:
        left: Words to come; 0 when nothing is being written.
    """

    def __init__(self, screen: Screen[None], on_word: Callable[[str, bool], None]) -> None:
        self.left = 0
        self._screen = screen
        self._on_word = on_word
        self._asked_for = 0
        self._query = BackgroundQuery[None](
            screen, lambda _: None, on_error=self._fail, on_report=self._take
        )

    def begin(
        self, predictor: Predictor, words: Sequence[str], settings: WritingSettings
    ) -> None:
        """Write after `words`.

        Raises:
            WordnetError: There are too few words, or unknown ones, or a setting is wrong.
        """
        written = predictor.generate(
            words,
            settings.count,
            temperature=settings.temperature,
            top_k=settings.top_k,
            seed=settings.seed,
        )
        self.left = self._asked_for = settings.count
        self._query.ask(partial(self._write, written))

    def stop(self) -> None:
        """Write no further."""
        self._query.cancel()
        self.left = 0

    def _write(self, words: Iterator[str]) -> None:
        for word in words:
            time.sleep(SECONDS_A_WORD)
            self._query.report(word)

    def _take(self, word: str) -> None:
        is_first = self.left == self._asked_for
        self.left -= 1
        self._on_word(word, is_first)

    def _fail(self, sentence: str) -> None:
        self.left = 0
        show_error(self._screen, sentence)


class WritingDialog(ModalScreen[WritingSettings | None]):
    """Asks for the settings; None if the user thinks better of it.

    Styled by `styles/predict.tcss`.

    Args:
        settings: The values of the fields at first.
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
