"""Text from data cut to a number of cells, so that columns stay straight."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from wordnet_tui.core.errors import printable

EIGHTHS = " ▏▎▍▌▋▊▉"

Piece = tuple[str, str]
"""Text, and its role; how a role looks, the widget says."""
Line = tuple[Piece, ...]


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


def short(name: str, cells: int = 24) -> str:
    """`name` made harmless; of a long one the end, which tells most of a path."""
    name = printable(name)
    if cell_len(name) <= cells:
        return name
    while cell_len(name) >= cells:
        name = name[1:]
    return f"…{name}"
