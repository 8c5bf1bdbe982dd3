"""The last row of every screen: the keys that one needs most, as many as fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

FIRST = ("f1", "f2", "f3", "f4", "f7")
"""Keys that are the same everywhere, so that they are always in sight."""
LAST = 1_000


class KeyLine(Footer):
    """Textual's footer in another order: what works everywhere, the screen, the widget.

    A key that would be cut off at the edge is left out; the help (F1) has them all.
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._room = 0  # what the keys shown were chosen for

    def compose(self) -> ComposeResult:
        """The keys, sorted."""
        keys: Iterable[Widget] = super().compose()
        own = {
            key for node in (self.screen, self.app) for key in node._bindings.key_to_bindings
        }
        self._room = self.app.size.width
        yield from _that_fit(sorted(keys, key=lambda item: _rank(item, own)), self._room)

    async def on_resize(self, event: events.Resize) -> None:
        """Choose again for another width."""
        if event.size.width != self._room:
            await self.recompose()


def _rank(item: Widget, own: set[str]) -> int:
    key = item.key if isinstance(item, FooterKey) else ""
    if key in FIRST:
        return FIRST.index(key)
    return len(FIRST) if key in own else LAST


def _that_fit(keys: Iterable[Widget], room: int) -> Iterator[Widget]:
    """The first keys, with a blank between two, that `room` cells can show whole."""
    for item in keys:
        if isinstance(item, FooterKey):
            room -= cell_len(f"{item.key_display} {item.description}")
            if room < 0:
                return
            room -= 1
        yield item
