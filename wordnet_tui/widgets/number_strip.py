"""A word's embedding as cells: above the line what is positive, below it what is negative.

How large a feature is, its shade tells; nothing depends on colour. Styled by
`styles/vocabulary.tcss`.
"""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from wordnet_tui.charts.cell_text import shown
from wordnet_tui.view_models.word_facts import Numbers

SHADES = " ░▒▓█"
PLAIN_SHADES = " .:*#"
MARGIN = 5
"""Cells before a row of features."""


class NumberStrip(Static):
    """Shows one embedding, and a second one under it to compare."""

    def __init__(self, *, plain: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._shades = PLAIN_SHADES if plain else SHADES
        self._plain = plain
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
