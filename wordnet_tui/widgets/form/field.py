"""What every row of the form has: a sign if it is wrong, a label, an editor, some help.

An editor is a line to type in, or one of a few values: < momentum >. The help is shown in a
strip at the foot of the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import set_cell_size
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Static

from wordnet_tui.core.errors import printable
from wordnet_tui.runs.train_command import is_command

WRONG = "✗"
LIVE = "●"
EDITOR_CELLS = 11
"""Where a unit follows."""
UNIT_CELLS = 12
"""The longest unit; none is shown where this one would be cut."""
HINT = "↑ ↓ or Tab: another field   ← →: choose   PgUp PgDn: another section"


class Choice(Widget, can_focus=True):
    """Shows the value chosen; the arrows, the space bar and clicks turn to another.

    Nothing folds out, so that it fits where there is but one row.

    Args:
        values: What can be chosen.
        value: What is chosen at first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Previous value", show=False),
        Binding("right,space", "turn(1)", "Next value", show=False),
    ]

    value: reactive[str] = reactive("", init=False)

    @dataclass
    class Changed(Message):
        """Another value was chosen."""

        choice: Choice
        value: str

    def __init__(self, values: Iterable[str], value: str) -> None:
        super().__init__()
        self.values = tuple(values)
        self.set_reactive(Choice.value, value)

    def render(self) -> Content:
        """The value between its arrows, which stay where they are."""
        width = max(map(len, self.values))
        return Content(f"<{self.value:^{width}}>")

    def watch_value(self) -> None:
        """Tell of it."""
        self.post_message(self.Changed(self, self.value))

    def on_click(self, event: events.Click) -> None:
        """The left arrow turns back, all else on."""
        self.action_turn(-1 if event.x == 0 else 1)

    def action_turn(self, step: int) -> None:
        """Choose a neighbour in the round of values."""
        here = self.values.index(self.value) if self.value in self.values else -1
        self.value = self.values[(here + step) % len(self.values)]


class Explained:
    """A mixin: something in the form about which there is a line of help."""

    @property
    def help_line(self) -> str:
        """What it is for."""
        raise NotImplementedError

    @property
    def complaint(self) -> str:
        """The sentence that says what is wrong; empty where all is right."""
        return ""


class FormInput(Input):
    """A row to type in; a whole command line that is pasted here is left to the form."""

    def __init__(self, value: str = "", placeholder: str = "", max_length: int = 0) -> None:
        super().__init__(value, placeholder, max_length=max_length, compact=True)
        self.cursor_blink = False  # a blinking cursor sends bytes all day

    def on_paste(self, event: events.Paste) -> None:
        """Before the text is inserted."""
        if is_command(event.text):
            event.prevent_default()  # not inserted; it goes up to the form
        else:
            event.text = printable(" ".join(event.text.splitlines()))


class FormField(Explained, Widget):
    """One row; all but the editor is drawn by the row itself, so that layouts stay quick.

    Args:
        label: The text before the editor.
        editor: Where the value is changed.
        unit: The text behind the editor, where there is room.
    """

    DEFAULT_CLASSES = "field"
    label_cells = 21
    """The label and a gap; `styles/train.tcss` keeps the editor clear of them."""
    roomy: reactive[bool] = reactive(False)
    """Whether there is a gap behind the sign; `styles/train.tcss` moves the editor."""
    problem: reactive[str] = reactive("", init=False)
    """The sentence about its text; empty where that is right."""
    shows_live: reactive[bool] = reactive(False, init=False)
    """Whether it is marked as one that may change now."""

    @dataclass
    class Edited(Message):
        """Its text has changed; `problem` is set already."""

        field: FormField

    @dataclass
    class Entered(Message):
        """Enter was pressed in it, it was left, or its value was chosen."""

        field: FormField
        by_key: bool
        """Whether it was the Enter key."""

    def __init__(self, label: str, editor: FormInput | Choice, unit: str = "") -> None:
        super().__init__()
        self.label = label
        self.editor = editor
        self.unit = unit
        self.is_live = False
        editor.add_class("editor")
        self.set_reactive(FormField.problem, self.find_problem())

    def compose(self) -> ComposeResult:
        """The one part that can be focused."""
        yield self.editor

    def render(self) -> Content:
        """Sign, label and unit, with a gap where the editor lies."""
        sign = WRONG if self.problem else LIVE if self.shows_live else ""
        before = 2 if self.roomy else 1
        behind = before + self.label_cells + EDITOR_CELLS + 1
        unit = self.unit if behind + UNIT_CELLS <= self.size.width else ""
        style = "$text-error bold" if self.problem else "$text-success" if sign else ""
        return Content.assemble(
            (set_cell_size(sign, before), style),
            (set_cell_size(self.label, self.label_cells), style if self.problem else ""),
            " " * (EDITOR_CELLS + 1),
            (unit, "$text-muted"),
            end="",
        )

    @property
    def complaint(self) -> str:
        """What is wrong with its text."""
        return self.problem

    @property
    def text(self) -> str:
        """The text of the editor."""
        return self.editor.value

    def set_text(self, text: str) -> None:
        """Put a text into the editor; no message is sent."""
        with self.prevent(Input.Changed, Choice.Changed):
            self.editor.value = text
        self.problem = self.find_problem()

    def find_problem(self) -> str:
        """The sentence about the text, if it is wrong."""
        return ""

    @on(Input.Changed)
    @on(Choice.Changed)
    def _on_edited(self, event: Input.Changed | Choice.Changed) -> None:
        event.stop()
        self.problem = self.find_problem()
        self.post_message(self.Edited(self))
        if isinstance(event, Choice.Changed):
            self.post_message(self.Entered(self, by_key=False))

    @on(Input.Submitted)
    @on(Input.Blurred)
    def _on_entered(self, event: Input.Submitted | Input.Blurred) -> None:
        event.stop()
        self.post_message(self.Entered(self, by_key=isinstance(event, Input.Submitted)))

    def on_click(self) -> None:
        """A click on the label means the editor."""
        if self.editor.focusable:
            self.editor.focus()


class HelpStrip(Static):
    """What the focused row is for, or what is wrong with it; which others are wrong."""

    def __init__(self) -> None:
        super().__init__(HINT, markup=False)

    def explain(self, row: Explained | None, others_wrong: Sequence[str]) -> None:
        """Show the help of a row.

        Args:
            row: The focused one, if any.
            others_wrong: Labels of the rows besides it that are wrong.
        """
        parts: list[str] = []
        if row and row.complaint:
            parts.append(f"{WRONG} {row.complaint}")
        elif row:
            parts.append(row.help_line)
        if others_wrong:
            also = "also wrong" if row and row.complaint else "wrong"
            parts.append(f"{also}: {', '.join(others_wrong)}")
        text = "; ".join(parts) or HINT
        if text != str(self.content):
            self.set_class(bool(row and row.complaint), "wrong")
            self.update(Content(text), layout=False)
