"""The map of words with what its axes are, and keys to make others.

Styled by `styles/vocabulary.tcss`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from wordnet_tui.core.model.network import WordIds
from wordnet_tui.view_models.word_facts import Pair, Plane
from wordnet_tui.view_models.word_list import WordList
from wordnet_tui.widgets.embedding_map import EmbeddingMap

_Selected = tuple[WordList | None, int | None, Sequence[int], int | None]
"""Words, and in them the chosen one, those near it, and the second one."""
NO_PAIRS: tuple[Pair | None, Pair | None] = (None, None)


class MapPane(Vertical):
    """Knows which axes are wanted; the plane for them is computed elsewhere."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "make_axis(0)", "Axis across, from the marked word", show=False),
        Binding("y", "make_axis(1)", "Axis up, from the marked word", show=False),
        Binding("p", "principal", "Axes: principal components", show=False),
    ]

    @dataclass
    class AxesWanted(Message):
        """Other axes were asked for."""

    def __init__(self, *, markers: str) -> None:
        super().__init__(id="map-side")
        self._markers = markers
        self.pairs = NO_PAIRS
        """The words that the axes across and up shall be made of."""
        self.plane: Plane | None = None
        """What is shown."""
        self._words: WordList | None = None  # those of the plane
        self._selected: _Selected = (None, None, (), None)
        self._found: tuple[WordList | None, WordIds | None] = (None, None)
        self._chosen: str | None = None
        self._marked: str | None = None

    def compose(self) -> ComposeResult:
        """What the axes are, the map, the signs and keys."""
        yield Static(id="map-caption", markup=False)
        yield EmbeddingMap(markers=self._markers, id="map")
        yield Static(id="map-legend", markup=False)

    def on_mount(self) -> None:
        """Explain the signs."""
        signs = self.map.signs
        self.query_one("#map-legend", Static).update(
            Content(
                f"{signs['chosen']}chosen {signs['near']}near {signs['marked']}marked "
                f"{signs['found']}found  arrows + - 0 z: move  n: next  x y p: axes"
            )
        )

    @property
    def map(self) -> EmbeddingMap:
        """The map itself."""
        return self.query_one(EmbeddingMap)

    def show(self, words: WordList, plane: Plane) -> None:
        """Show where the words lie."""
        before = self.plane
        related = before is not None and before.pairs == plane.pairs
        same_words = related and len(before.points) == len(plane.points) if before else False
        self.plane, self._words = plane, words
        self.map.show(words, plane.points, refit=not same_words)
        self._mark_selected()
        self._mark_found()
        if before is None or plane.caption != before.caption:
            self.query_one("#map-caption", Static).update(Content(plane.caption))

    def name_words(self, chosen: str | None, marked: str | None) -> None:
        """Take note of the words that an axis would be laid through."""
        self._chosen, self._marked = chosen, marked

    def select(
        self, words: WordList, chosen: str, near: Sequence[str], second: str | None
    ) -> None:
        """Mark words on the map; all of them are in the vocabulary but perhaps `second`."""
        ids = words.vocabulary
        second_id = ids.id_of(second) if second is not None and second in ids else None
        self._selected = words, ids.id_of(chosen), ids.ids_of(near), second_id
        self._mark_selected()

    def find(self, words: WordList, found: WordIds | None) -> None:
        """Mark the words that fit the filter; None where nothing is searched for."""
        self._found = words, found
        self._mark_found()

    def _mark_selected(self) -> None:
        words, chosen, near, second = self._selected
        if self._are_shown(words):
            self.map.select(chosen, near, second)
        else:
            self.map.select(None, (), None)

    def _mark_found(self) -> None:
        words, found = self._found
        self.map.find(found if self._are_shown(words) else None)

    def _are_shown(self, words: WordList | None) -> bool:
        """Whether the map shows these words; those of a new network are listed sooner."""
        if words is None or self._words is None:
            return False
        return words.vocabulary == self._words.vocabulary

    def forget_axes(self) -> None:
        """Back to principal components, as the words of the axes are gone."""
        self.pairs = NO_PAIRS

    def action_make_axis(self, axis: int) -> None:
        """Lay an axis from the marked to the chosen word."""
        if self._marked is None or self._chosen is None or self._marked == self._chosen:
            self.notify(
                "mark a word with the space bar, then choose another: x or y lays an "
                "axis from the one to the other",
                markup=False,
            )
            return
        pair = (self._marked, self._chosen)
        self.pairs = (pair, self.pairs[1]) if axis == 0 else (self.pairs[0], pair)
        self.post_message(self.AxesWanted())

    def action_principal(self) -> None:
        """Show where the words spread most."""
        self.pairs = NO_PAIRS
        self.post_message(self.AxesWanted())
