"""The text so far; under each word how much it surprised the network."""

from __future__ import annotations

from rich.cells import cell_len

from wordnet_tui.charts.cell_text import Line, Piece, left
from wordnet_tui.core.errors import printable
from wordnet_tui.view_models.surprisal import Reading
from wordnet_tui.widgets.line_view import LineView

SHADES = (" ", "░", "▒", "▓", "█")
ASCII_SHADES = (" ", ".", ":", "%", "#")
STEPS = (1.0, 2.5, 4.0, 6.0)
"""Nats from which the next shade is used. Of V words a blind guess has ln V: 5.5 for 250."""
ROLES = ("muted", "muted", "plain", "plain", "strong")
UNKNOWN = "unknown"
NOTHING_YET = (
    "Nothing yet. Your words will stand here,",
    "each over its surprise to the network in nats.",
)


class ChainText(LineView):
    """Pairs of rows, words over figures; of a long text the end.

    Args:
        ascii_only: With shades that every terminal has.
    """

    def __init__(
        self,
        *,
        ascii_only: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._ascii_only = ascii_only
        self._reading = Reading()

    def show_reading(self, reading: Reading) -> None:
        """Show this text."""
        self._reading = reading
        self._draw()

    def on_resize(self) -> None:
        """Fit the new size."""
        self._draw()

    def _draw(self) -> None:
        self.show_lines(
            text_lines(self._reading, self.size.width, self.size.height, self._ascii_only)
        )


def text_lines(
    reading: Reading, width: int, height: int, ascii_only: bool = False
) -> list[Line]:
    """The end of the text that fits into `width` x `height` cells, two rows for a line."""
    if not reading.words:
        return [((text, "muted"),) for text in NOTHING_YET[:height]]
    pairs: list[tuple[list[Piece], list[Piece]]] = []
    used = width + 1
    for cell in zip(reading.words, reading.known, reading.surprises, strict=True):
        word, figure = word_over_figure(*cell, ascii_only)
        cells = min(width, max(cell_len(word[0]), cell_len(figure[0])))
        if used + cells > width:
            pairs.append(([], []))
            used = 0
        used += cells + 2
        for row, (text, role) in zip(pairs[-1], (word, figure), strict=True):
            row.append((left(text, cells) + "  ", role))
    room = max(1, height // 2)
    if len(pairs) > room:
        pairs = pairs[-room:]
        pairs[0][0].insert(0, ("… ", "muted"))
        pairs[0][1].insert(0, ("  ", "muted"))
    return [tuple(row) for pair in pairs for row in pair][:height]


def word_over_figure(
    word: str, known: bool, surprise: float | None, ascii_only: bool
) -> tuple[Piece, Piece]:
    """A word and what stands under it: its surprise and a shade, or that it is unknown."""
    if not known:
        return (f"{printable(word)}?", "warning"), (UNKNOWN, "warning")
    if surprise is None:
        return (printable(word), "plain"), ("", "muted")
    level = sum(surprise >= step for step in STEPS)
    shade = (ASCII_SHADES if ascii_only else SHADES)[level]
    return (printable(word), "plain"), (f"{surprise:.2f}{shade}", ROLES[level])


def shade_key(ascii_only: bool = False) -> str:
    """What the shades mean, in a few words."""
    shades = ASCII_SHADES if ascii_only else SHADES
    steps = (f"{shade}>{step:g}" for shade, step in zip(shades[1:], STEPS, strict=True))
    return f"nats {' '.join(steps)}"
