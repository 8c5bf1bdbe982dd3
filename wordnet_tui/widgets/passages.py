"""Lines of the corpus with a word in them, the word in one column.

Styled by `styles/vocabulary.tcss`.
"""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from wordnet_tui.charts.cell_text import left, right
from wordnet_tui.core.errors import printable
from wordnet_tui.view_models.word_facts import Passage


class Passages(Widget):
    """Windows of the corpus, as many as there is room for."""

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
    """The end of `text`, which stands next to the word, in exactly `cells`."""
    text = printable(text)
    while cell_len(text) > cells:
        text = text[1:]
    return right(text, cells)
