"""One row of numbered names, of which one is picked; by a click, or by keys of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from wordnet_tui.charts.cell_text import left


class TabStrip(Widget):
    """Names beside one another; the picked one stands in brackets."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tab-strip--picked"}

    picked = reactive(0)

    @dataclass
    class Picked(Message):
        """A name was clicked."""

        number: int

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = tuple(names)

    def on_click(self, event: events.Click) -> None:
        """Pick a name."""
        edge = 0
        for number, text in enumerate(self._texts()):
            edge += len(text)
            if event.x < edge:
                self.post_message(self.Picked(number))
                return

    def _texts(self) -> list[str]:
        return [
            f"[{number + 1} {name}]" if number == self.picked else f" {number + 1} {name} "
            for number, name in enumerate(self._names)
        ]

    def render_line(self, y: int) -> Strip:
        """The names, as far as they fit."""
        width = self.size.width
        if y:
            return Strip.blank(width, self.rich_style)
        picked = self.get_component_rich_style("tab-strip--picked")
        segments = [
            Segment(text, picked if number == self.picked else self.rich_style)
            for number, text in enumerate(self._texts())
        ]
        used = sum(len(text) for text in self._texts())
        segments.append(Segment(left("", max(0, width - used)), self.rich_style))
        return Strip(segments, max(used, width)).crop(0, width)
