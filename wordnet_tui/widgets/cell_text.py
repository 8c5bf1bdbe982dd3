"""Text from data cut to a number of cells, so that columns stay straight."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from wordnet_tui.core.errors import printable

EIGHTHS = " ▏▎▍▌▋▊▉"


def shown(text: str, cells: int) -> str:
    """`text` made harmless; where it is wider than `cells`, its beginning and an ellipsis."""
    text = printable(text)
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, cells - 1).rstrip() + "…" if cells > 0 else ""


def left(text: str, cells: int) -> str:
    """As `shown`, filled with blanks behind to exactly `cells`."""
    return set_cell_size(shown(text, cells), max(0, cells))


def right(text: str, cells: int) -> str:
    """As `shown`, filled with blanks before to exactly `cells`."""
    text = shown(text, cells)
    return " " * (cells - cell_len(text)) + text


def bar(share: float, cells: int, plain: bool) -> str:
    """A bar that fills `share` (0 to 1) of `cells`.

    Args:
        share: How much of the room is filled.
        cells: The room.
        plain: With signs that every terminal has.
    """
    share = min(max(share, 0.0), 1.0)
    if plain:
        return "#" * round(share * cells)
    whole, part = divmod(round(share * cells * 8), 8)
    return "█" * whole + EIGHTHS[part].strip()


def laid_over(
    background: str, pieces: Sequence[tuple[int, int, Segment]], style: Style
) -> Strip:
    """A line with pieces laid over it, one cell before and behind each kept blank.

    Args:
        background: Signs of one cell each.
        pieces: Column, width and text, from left to right; a cell at least between two.
        style: Of the background.
    """
    segments, column = [], 0
    for start, cells, piece in pieces:
        before = background[column : max(column, start - 1)]
        segments.append(Segment(before + " " * (start - column - len(before)), style))
        segments.append(piece)
        column = start + cells
        if column < len(background):
            segments.append(Segment(" ", style))
            column += 1
    segments.append(Segment(background[column:], style))
    return Strip(segments, len(background))
