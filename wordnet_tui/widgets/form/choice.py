"""One of a few values in one row: < momentum >."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


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
