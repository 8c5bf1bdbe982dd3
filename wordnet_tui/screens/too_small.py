"""What is shown instead of any screen where there is no room for it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

NEEDED = Size(60, 16)
"""Cells that the screens need at least."""


class TooSmallScreen(ModalScreen[None]):
    """Says how much room is needed; the app takes it away when there is."""

    def compose(self) -> ComposeResult:
        """One sentence."""
        yield Static(
            f"wordnet-tui needs {NEEDED.width} x {NEEDED.height} cells. "
            "What it does goes on meanwhile.",
            markup=False,
        )


def has_room(size: Size) -> bool:
    """Whether a screen can be shown in a terminal of that size."""
    return size.width >= NEEDED.width and size.height >= NEEDED.height
