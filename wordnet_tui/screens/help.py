"""F1: every key of the screen one is on, from the bindings themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from rich.cells import set_cell_size
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

PREAMBLE = """\
A small neural network reads a few words and predicts the next one.
Train it and watch its loss fall; look at what it knows of its words; chain words with it.
"""

CLOSING = """\
While typing in a field, letters are text: Escape or Tab leaves the field.
Ctrl-Z stops the whole program, a training too; `fg` brings it back.
"""


class HelpScreen(ModalScreen[None]):
    """The keys of a screen, and those that work everywhere.

    Args:
        of: The screen whose keys are shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q", "dismiss", "Close"),
    ]

    def __init__(self, of: Screen[Any]) -> None:
        super().__init__()
        self._of = of

    def compose(self) -> ComposeResult:
        """One column of text that scrolls."""
        lines = [PREAMBLE]
        for title, bindings in self._sections():
            lines.append(title)
            lines += [
                f"  {set_cell_size(keys_of(binding), 16)}{binding.description}"
                for binding in bindings
            ]
            lines.append("")
        with VerticalScroll(classes="dialog help") as dialog:
            dialog.border_subtitle = "Esc closes"
            yield Static("\n".join([*lines, CLOSING]), markup=False)

    def _sections(self) -> Iterator[tuple[str, list[Binding]]]:
        nodes = [self._of, self.app, *self._of.query("*")]
        one_of_each = {type(node): node for node in reversed(nodes)}
        for kind in dict.fromkeys(map(type, nodes)):
            if own := described_bindings(kind):
                yield section_title(one_of_each[kind]), own


def described_bindings(kind: type) -> list[Binding]:
    """The bindings that a class, or what it is made from in this project, declares."""
    declared = [
        Binding(*item) if isinstance(item, tuple) else item
        for ancestor in kind.__mro__
        if ancestor.__module__.startswith("wordnet_tui.")
        for item in ancestor.__dict__.get("BINDINGS", [])
    ]
    return [binding for binding in declared if binding.description]


def section_title(node: object) -> str:
    """What the keys of a node are about: its `HELP_TITLE`, or its class in words."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__)
    return str(getattr(node, "HELP_TITLE", words.capitalize()))


def keys_of(binding: Binding) -> str:
    """The keys of a binding as a person would call them."""
    names = {
        "full_stop": ".",
        "comma": ",",
        "plus": "+",
        "minus": "-",
        "less_than_sign": "<",
        "greater_than_sign": ">",
        "left_square_bracket": "[",
        "right_square_bracket": "]",
        "equals_sign": "=",
        "question_mark": "?",
        "slash": "/",
    }
    return " ".join(
        names.get(key, key.replace("ctrl+", "Ctrl-").replace("shift+", "Shift-"))
        if key in names or "+" in key
        else (key.upper() if key.startswith("f") and key[1:].isdigit() else key)
        for key in binding.key.split(",")
    )
