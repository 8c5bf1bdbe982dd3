"""The last rows of every screen: what is open and what the run does; the keys one needs most.

Textual's own footer has a widget for each key and is there only after the first picture; this
one draws itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple, cast

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from wordnet_tui.session import Session
from wordnet_tui.view_models.training_text import corpus_phrase, status_text

FIRST = ("f1", "f2", "f3", "f4", "f7")
"""Keys that are the same everywhere, so that they are always in sight."""


class StatusLine(Static):
    """Asks the session a few times a second; redraws itself when its text changed."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._text = ""

    def on_mount(self) -> None:
        """Begin to ask."""
        self._update_text()
        self.set_interval(cast("Session", self.app).refresh_seconds, self._update_text)

    def on_resize(self) -> None:
        """Fit the new width."""
        self._update_text()

    def _update_text(self) -> None:
        if not self.screen.is_current:
            return
        session = cast("Session", self.app)
        run, loading, dataset = session.current_run, session.loading, session.dataset
        reading = (loading.doing, loading.share) if loading else ()
        text = status_text(
            corpus_phrase(dataset.name if dataset else "none", *reading),
            session.network.name if session.network else "none",
            run.status() if run else None,
            self.size.width,
        )
        if text != self._text:
            self._text = text
            self.update(Content(text), layout=False)


class Key(NamedTuple):
    """A key that does something here."""

    key: str
    """Its name in Textual."""
    name: str
    """As people know it."""
    does: str
    enabled: bool

    @property
    def cells(self) -> int:
        """How wide it is shown, with the blank behind it."""
        return cell_len(f"{self.name} {self.does} ")


class KeyLine(Widget):
    """What works everywhere, then on the screen, then in the widget; a click presses a key.

    A key that would be cut off at the edge is left out; the help (F1) has them all.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: 1;
        background: $footer-background;
        text-wrap: nowrap;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[Key] = []

    def on_mount(self) -> None:
        """Hear of every change."""
        self.screen.bindings_updated_signal.subscribe(self, self._update_keys)

    def _update_keys(self, screen: Screen[object]) -> None:
        if _that_fit(_keys_of(screen), self.size.width) != self._keys:
            self.refresh()

    def render(self) -> Content:
        """The keys in a row."""
        self._keys = _that_fit(_keys_of(self.screen), self.size.width)
        pieces: list[str | tuple[str, str]] = []
        for key in self._keys:
            dim = "" if key.enabled else " dim"
            pieces.append((key.name, f"$footer-key-foreground bold{dim}"))
            pieces.append((f" {key.does} ", f"$footer-description-foreground{dim}"))
        return Content.assemble(*pieces)

    def on_click(self, event: events.Click) -> None:
        """Press the key that is under the pointer."""
        ends = accumulate(key.cells for key in self._keys)
        for key, end in zip(self._keys, ends, strict=True):
            if event.x < end:
                self.app.simulate_key(key.key)
                return


def _keys_of(screen: Screen[object]) -> list[Key]:
    """One key for each thing that can be done, the most useful first."""
    own = {key for node in (screen, screen.app) for key in node._bindings.key_to_bindings}
    of_actions: dict[str, Key] = {}
    for _, binding, enabled, _ in screen.active_bindings.values():
        if binding.show:
            name = screen.app.get_key_display(binding)
            key = Key(binding.key, name, binding.description, enabled)
            of_actions.setdefault(binding.action, key)

    def rank(key: Key) -> int:
        if key.key in FIRST:
            return FIRST.index(key.key)
        return len(FIRST) + (key.key not in own)

    return sorted(of_actions.values(), key=rank)


def _that_fit(keys: Iterable[Key], room: int) -> list[Key]:
    """The first keys that `room` cells can show whole."""
    shown = []
    for key in keys:
        room -= key.cells
        if room < -1:  # nothing follows the last one
            break
        shown.append(key)
    return shown
