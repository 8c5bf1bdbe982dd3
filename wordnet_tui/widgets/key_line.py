"""The last row of every screen: the keys that one needs most."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

FIRST = ("f1", "f2", "f3", "f4")
"""Keys that are the same everywhere, so that they are always in sight."""
LAST = 1_000


class KeyLine(Footer):
    """Textual's footer in another order: what works everywhere, the screen, the widget."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)

    def compose(self) -> ComposeResult:
        """The keys, sorted."""
        keys: Iterable[Widget] = super().compose()
        own = {
            key for node in (self.screen, self.app) for key in node._bindings.key_to_bindings
        }
        yield from sorted(keys, key=lambda item: _rank(item, own))


def _rank(item: Widget, own: set[str]) -> int:
    key = item.key if isinstance(item, FooterKey) else ""
    if key in FIRST:
        return FIRST.index(key)
    return len(FIRST) if key in own else LAST
