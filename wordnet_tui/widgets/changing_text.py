"""Text that tells of something that goes on, and so changes at every look."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class ChangingText(Static):
    """Is laid out anew only where its text needs another number of rows.

    A layout goes through all widgets of a screen, and sends again what stands in the rows
    below.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name for it
        super().__init__(id=id, markup=False)
        self._shown = ""

    def show(self, text: str) -> None:
        """Show a text as it is, markup and all."""
        if text == self._shown:
            return
        self._shown, content = text, Content(text)
        width, rows = self.size
        fits = bool(width) and content.get_height(self.styles.get_rules(), width) == rows
        self.update(content, layout=not fits)
