"""Parts of what is shown about a word: the tabs, lines of the corpus, its embedding as shades.

Styled by `styles/vocabulary.tcss`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from wordnet_tui.charts.cell_text import left, right, shown
from wordnet_tui.core.errors import printable
from wordnet_tui.view_models.word_facts import Numbers, Passage

SHADES = " ░▒▓█"
PLAIN_SHADES = " .:*#"
MARGIN = 5
"""Cells before a row of features."""


class TabStrip(Widget):
    """Numbered names, of which one is picked, by a click or by keys of the screen."""

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


class Passages(Widget):
    """Windows of the corpus, as many as there is room for, the word in one column."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"passages--word", "passages--title"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._passages: tuple[Passage, ...] = ()
        self._title, self._instead = "", ""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What is shown."""
        return self._passages

    def show(self, passages: tuple[Passage, ...], title: str, instead: str = "") -> None:
        """Show other lines; `instead` is a sentence for where there are none."""
        if (passages, title, instead) != (self._passages, self._title, self._instead):
            self._passages, self._title, self._instead = passages, title, instead
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The title, and the lines below it."""
        width = self.size.width
        if y == 0:
            style = self.get_component_rich_style("passages--title")
            return Strip([Segment(left(self._title, width), style)], width)
        if y > len(self._passages):
            text = self._instead if y == 1 else ""
            return Strip([Segment(left(text, width), self.rich_style)], width)
        passage = self._passages[y - 1]
        widest = max(cell_len(printable(other.before)) for other in self._passages)
        before = min(widest, width // 2) + 1
        text = f"{_end(passage.before, before)} "
        word = f"{left(passage.word, min(cell_len(printable(passage.word)), width // 2))} "
        rest = left(passage.behind, max(0, width - cell_len(text) - cell_len(word)))
        return Strip(
            [
                Segment(text, self.rich_style),
                Segment(word, self.get_component_rich_style("passages--word")),
                Segment(rest, self.rich_style),
            ]
        ).adjust_cell_length(width, self.rich_style)


def _end(text: str, cells: int) -> str:
    """The end of `text`, which is next to the word, in exactly `cells`."""
    text = printable(text)
    while cell_len(text) > cells:
        text = text[1:]
    return right(text, cells)


class NumberStrip(Static):
    """An embedding, and a second one under it to compare.

    What is positive lies above the line, what is negative below it; a shade tells how large a
    feature is, so nothing depends on colour.
    """

    def __init__(self, *, plain: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._shades = PLAIN_SHADES if plain else SHADES
        self._shown: tuple[Numbers, ...] = ()

    def show(self, *numbers: Numbers) -> None:
        """Show other embeddings."""
        if numbers != self._shown:
            self._shown = numbers
            self._draw()

    def on_resize(self) -> None:
        """Break the rows anew."""
        self._draw()

    def _draw(self) -> None:
        width = max(self.size.width, MARGIN + 10)
        lines: list[str] = []
        for numbers in self._shown:
            lines += number_lines(numbers, width, self._shades)
        if self._shown:
            s = self._shades
            scale = self._shown[0].scale
            steps = [f"{s[i]} to {scale * i / 4:.2g}" for i in range(1, 5)]
            lines.append(shown("shades  " + "  ".join(steps), width))
        self.update(Content("\n".join(lines)), layout=False)


def number_lines(numbers: Numbers, width: int, shades: str) -> list[str]:
    """The rows for one embedding.

    Args:
        numbers: The word and its features.
        width: Cells.
        shades: Five signs, from nothing to full.
    """
    strongest = ", ".join(f"{value:+.2f} in {number}" for number, value in numbers.strongest)
    lines = [shown(f'"{numbers.word}": {len(numbers.values)} features, {strongest}', width)]
    a_row = max(5, (width - MARGIN) // 5 * 5)
    for start in range(0, len(numbers.values), a_row):
        part = numbers.values[start : start + a_row]
        for sign, name in ((1, f"{start:>3}+"), (-1, "   -")):
            cells = "".join(shades[_shade(sign * value, numbers.scale)] for value in part)
            lines.append(f"{name} {cells}")
    return lines


def _shade(value: float, scale: float) -> int:
    """0 for what is not positive, else 1 to 4."""
    if value <= 0.0 or scale <= 0.0:
        return 0
    return min(4, 1 + int(4 * value / scale))
