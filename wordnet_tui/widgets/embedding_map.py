"""A map of all words: dots, and labels where they fit.

Styled by `styles/vocabulary.tcss`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from wordnet_tui.charts.cell_text import shown
from wordnet_tui.charts.map_view import MapView, Points, bounded, fit, held
from wordnet_tui.charts.scatter_map import (
    NOTHING_SEEN,
    Label,
    candidates,
    cells,
    dots,
    place_labels,
    priorities,
)
from wordnet_tui.core.model.network import WordIds
from wordnet_tui.view_models.word_list import WordList

ZOOM = 1.5
STEP = 0.2
"""Of the view's width or height, for a pan."""
LONGEST = 20
"""Cells of a word on the map."""
SIGNS = {"chosen": "◆", "near": "○", "marked": "*", "found": "+", "other": "·"}
PLAIN_SIGNS = {"chosen": "@", "near": "o", "marked": "*", "found": "+", "other": "."}


class EmbeddingMap(Widget, can_focus=True):
    """Shows points of words; computes nothing but which of them are seen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"embedding-map--{part}" for part in ("chosen", "near", "marked", "found", "dots")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", f"pan({-STEP}, 0)", "Left", show=False),
        Binding("right", f"pan({STEP}, 0)", "Right", show=False),
        Binding("up", f"pan(0, {STEP})", "Up", show=False),
        Binding("down", f"pan(0, {-STEP})", "Down", show=False),
        Binding("plus,equals_sign", f"zoom({ZOOM})", "Nearer", key_display="+", show=False),
        Binding("minus", f"zoom({1 / ZOOM})", "Farther", key_display="-", show=False),
        Binding("0", "fit", "All of the map", show=False),
        Binding("z", "zoom_to_chosen", "Around the chosen word", show=False),
        Binding("n", "next_label(1)", "Next word on the map", show=False),
        Binding("b", "next_label(-1)", "Word before on the map", show=False),
    ]

    @dataclass
    class Chosen(Message):
        """A word on the map was chosen."""

        word_id: int

    def __init__(self, *, markers: str = "braille", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._markers = markers
        self.signs = PLAIN_SIGNS if markers == "ascii" else SIGNS
        self._words: WordList | None = None
        self._points: Points | None = None
        self._view = MapView(-1.0, 1.0, -1.0, 1.0)
        self._is_fitted = True
        self._chosen: int | None = None
        self._marked: int | None = None
        self._near: tuple[int, ...] = ()
        self._found: WordIds | None = None
        self._found_set: Collection[int] = ()
        self._labels: list[Label] = []
        self._lines: list[Strip] = []
        self._is_drawing_asked = False
        # Without labels; they change more often than what lies below them.
        self._plotted: Points | None = None
        self._plotted_as: tuple[MapView, int, int] | None = None
        self._seen = NOTHING_SEEN
        self._dots: list[str] = []

    @property
    def labels(self) -> Sequence[Label]:
        """What is labelled now."""
        return self._labels

    @property
    def view(self) -> MapView:
        """The part of the plane that is seen."""
        return self._view

    # ---- data

    def show(self, words: WordList, points: Points, *, refit: bool) -> None:
        """Show other points.

        Args:
            words: The words, in the order of the points.
            points: (V, 2).
            refit: Whether they have nothing to do with those before; else the view is held.
        """
        if refit or self._points is None:
            self._is_fitted = True
            self._view = fit(points)
        elif self._is_fitted:
            self._view = held(self._view, points)
        self._words, self._points = words, points
        self._redraw()

    def select(self, chosen: int | None, near: Sequence[int], marked: int | None) -> None:
        """Mark the chosen word, those near it, and the second one."""
        self._chosen, self._near, self._marked = chosen, tuple(near), marked
        self._redraw()

    def find(self, found: WordIds | None) -> None:
        """Mark the words that fit a search; None where nothing is searched for."""
        self._found = found
        self._found_set = frozenset(found.tolist()) if found is not None else ()
        self._redraw()

    # ---- keys and mouse

    def action_pan(self, across: float, up: float) -> None:
        """Move the view."""
        self._move_to(self._view.panned(across, up))

    def action_zoom(self, factor: float) -> None:
        """Go nearer or farther; about the chosen word if it is in view, else the middle."""
        view = self._view.zoomed(factor)
        if self._points is not None and self._chosen is not None and self._chosen_is_seen():
            x, y = self._points[self._chosen].tolist()
            view = self._view.centred(x, y).zoomed(factor)
        self._move_to(view)

    def action_fit(self) -> None:
        """Show all words."""
        if self._points is not None:
            self._view, self._is_fitted = fit(self._points), True
            self._redraw()

    def action_zoom_to_chosen(self) -> None:
        """Show the chosen word and its neighbours as large as they fit."""
        if self._points is not None and self._chosen is not None:
            self._move_to(fit(self._points[[self._chosen, *self._near]], margin=0.15))

    def action_next_label(self, step: int) -> None:
        """Choose the next labelled word, in the order of reading."""
        order = [label.word_id for label in sorted(self._labels, key=lambda x: x[1:3])]
        if order:
            at = order.index(self._chosen) if self._chosen in order else -step
            self.post_message(self.Chosen(order[(at + step) % len(order)]))

    def on_click(self, event: events.Click) -> None:
        """Choose the word there."""
        for label in self._labels:
            if label.row == event.y and 0 <= event.x - label.column < label.cells:
                self.post_message(self.Chosen(label.word_id))
                return

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go nearer."""
        event.stop()
        self._move_to(self._view.zoomed(ZOOM))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go farther."""
        event.stop()
        self._move_to(self._view.zoomed(1 / ZOOM))

    def _chosen_is_seen(self) -> bool:
        return any(label.word_id == self._chosen for label in self._labels)

    def _move_to(self, view: MapView) -> None:
        if self._points is not None:
            self._view, self._is_fitted = bounded(view, fit(self._points)), False
            self._redraw()

    # ---- drawing

    def on_resize(self) -> None:
        """Fill the new size."""
        self._redraw()

    def on_show(self) -> None:
        """Draw what has changed while the map was hidden."""
        self._redraw()

    def _redraw(self) -> None:
        """Draw anew, once, when all that has come at the same time is known."""
        if not self._is_drawing_asked:
            self._is_drawing_asked = True
            self.call_later(self._draw)

    def _draw(self) -> None:
        """Draw the lines that differ from those on the screen."""
        self._is_drawing_asked = False
        width, height = self.size
        if not width or not height or not self.is_on_screen:
            return
        before, self._lines = self._lines, self._drawn(width, height)
        for y, line in enumerate(self._lines):
            if y >= len(before) or line != before[y]:
                self.refresh(Region(0, y, width, 1))

    def notify_style_update(self) -> None:
        """Draw again in the colours of another theme."""
        super().notify_style_update()
        self._redraw()

    def _drawn(self, width: int, height: int) -> list[Strip]:
        words, points = self._words, self._points
        if words is None or points is None:
            return []
        if (
            self._points is not self._plotted
            or (self._view, width, height) != self._plotted_as
        ):
            self._plotted, self._plotted_as = self._points, (self._view, width, height)
            self._seen = cells(points, self._view, width, height)
            self._dots = dots(points, self._view, width, height, self._markers)
        seen = self._seen
        priority = priorities(words.frequent_first(), self._found)
        firsts = [i for i in (self._chosen, self._marked, *self._near) if i is not None]
        others = candidates(seen, priority, width, height)
        self._labels = place_labels(seen, firsts, others, self._cells_of, width, height)
        rows: list[list[Label]] = [[] for _ in range(height)]
        for label in self._labels:
            rows[label.row].append(label)
        return [self._line(*both) for both in zip(self._dots, rows, strict=True)]

    def _line(self, background: str, labels: list[Label]) -> Strip:
        pieces = []
        for label in sorted(labels, key=lambda label: label.column):
            kind = self._kind(label.word_id)
            sign, word = self.signs[kind], self._word(label.word_id)
            text = sign + word if label.sign_first else word + sign
            style = self.rich_style if kind == "other" else self._style(kind)
            pieces.append((label.column, label.cells, Segment(text, style)))
        return _laid_over(background, pieces, self._style("dots"))

    def _style(self, kind: str) -> Style:
        return self.get_component_rich_style(f"embedding-map--{kind}")

    def render_line(self, y: int) -> Strip:
        """A line of the map."""
        if y < len(self._lines):
            return self._lines[y]
        return Strip.blank(self.size.width, self.rich_style)

    def _kind(self, word_id: int) -> str:
        if word_id == self._chosen:
            return "chosen"
        if word_id == self._marked:
            return "marked"
        if word_id in self._near:
            return "near"
        return "found" if word_id in self._found_set else "other"

    def _word(self, word_id: int) -> str:
        return shown(self._words.vocabulary.words[word_id], LONGEST) if self._words else ""

    def _cells_of(self, word_id: int) -> int:
        return cell_len(self._word(word_id)) + 1


def _laid_over(
    background: str, pieces: Sequence[tuple[int, int, Segment]], style: Style
) -> Strip:
    """A line with pieces laid over it, one cell before and behind each kept blank.

    Args:
        background: Signs of one cell each.
        pieces: Column, width and text, from left to right; a cell at least between two.
        style: Of the background.
    """
    segments, column = [], 0
    for start, wide, piece in pieces:
        before = background[column : max(column, start - 1)]
        segments.append(Segment(before + " " * (start - column - len(before)), style))
        segments.append(piece)
        column = start + wide
        if column < len(background):
            segments.append(Segment(" ", style))
            column += 1
    segments.append(Segment(background[column:], style))
    return Strip(segments, len(background))
