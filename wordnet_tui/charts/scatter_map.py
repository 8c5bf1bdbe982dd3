"""Where words are on a map of character cells: as dots, and as labels that do not overlap.

Cells are counted from the top left. Each word has a cell; a dot says that a word is there, a
label says which. A label is a sign in the word's own cell with the word behind or before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from wordnet_tui.charts.map_view import MapView, Points
from wordnet_tui.charts.raster import Markers, pack
from wordnet_tui.core.model.network import WordIds

ASCII_SIGNS = " .:#"
ASCII_STEPS = (1, 2, 5)
"""From how many words in a cell on each sign is used."""
ROWS_ASIDE = (0, 1, -1, 2, -2, 3, -3, 4, -4)
"""How far from its word an important label may be, the nearest first."""


class Label(NamedTuple):
    """A word on the map."""

    word_id: int
    row: int
    column: int
    """Of the first of its cells."""
    cells: int
    """Its width, sign included."""
    sign_first: bool
    """Whether the sign is before the word, or behind it."""


class WordCells(NamedTuple):
    """The cell of each word that is in view."""

    ids: WordIds
    """Rising."""
    rows: WordIds
    columns: WordIds

    def of(self, word_id: int) -> tuple[int, int] | None:
        """The row and column of one word; None if it is not in view."""
        at = int(np.searchsorted(self.ids, word_id))
        if at == len(self.ids) or self.ids[at] != word_id:
            return None
        return int(self.rows[at]), int(self.columns[at])


NOTHING_SEEN = WordCells(*np.empty((3, 0), dtype=np.intp))


def cells(points: Points, view: MapView, width: int, height: int) -> WordCells:
    """Where the points of (V, 2) are on a map of `width` times `height` cells."""
    with np.errstate(over="ignore"):  # so far outside of the view
        columns = np.floor((points[:, 0] - view.left) / view.width * width)
        rows = np.floor((view.top - points[:, 1]) / view.height * height)
    columns = np.where(points[:, 0] == view.right, width - 1, columns)
    rows = np.where(points[:, 1] == view.bottom, height - 1, rows)
    ids = np.flatnonzero((columns >= 0) & (columns < width) & (rows >= 0) & (rows < height))
    return WordCells(ids, rows[ids].astype(np.intp), columns[ids].astype(np.intp))


def dots(points: Points, view: MapView, width: int, height: int, markers: str) -> list[str]:
    """The map without labels, a string of `width` cells for each row.

    Args:
        points: (V, 2).
        view: What of the plane is seen.
        width: WordCells.
        height: WordCells.
        markers: "braille" (8 dots a cell), "block" (4), or "ascii" (more words, denser sign).
    """
    kind = Markers.named(markers)
    seen = cells(points, view, width * kind.dots_wide, height * kind.dots_high)
    if kind is Markers.ASCII:
        counts = np.zeros((height, width), dtype=np.intp)
        np.add.at(counts, (seen.rows, seen.columns), 1)
        signs = np.array(list(ASCII_SIGNS))
        rows = signs[np.searchsorted(ASCII_STEPS, counts, side="right")].tolist()
    else:
        dotted = np.zeros((height * kind.dots_high, width * kind.dots_wide), dtype=bool)
        dotted[seen.rows, seen.columns] = True
        rows = [[chr(code or ord(" ")) for code in row] for row in pack(dotted, kind).tolist()]
    return ["".join(row) for row in rows]


def priorities(order: WordIds, found: WordIds | None) -> WordIds:
    """All ids in `order`, but those that were found before all others."""
    if found is None or not len(found):
        return order
    is_found = np.zeros(len(order), dtype=bool)
    is_found[found] = True
    return np.concatenate([order[is_found[order]], order[~is_found[order]]])


def candidates(seen: WordCells, priority: WordIds, width: int, height: int) -> list[int]:
    """The most important word of each cell, most important first.

    Args:
        seen: The words in view.
        priority: All ids, most important first.
        width: WordCells of the map.
        height: WordCells of the map.
    """
    if not len(seen.ids):
        return []
    cell_of = np.full(len(priority), -1, dtype=np.intp)
    cell_of[seen.ids] = seen.rows * width + seen.columns
    cell_by_priority = cell_of[priority]
    visible = np.flatnonzero(cell_by_priority >= 0)
    first_of_cell = np.full(width * height, len(priority), dtype=np.intp)
    np.minimum.at(first_of_cell, cell_by_priority[visible], visible)
    firsts = np.sort(first_of_cell[first_of_cell < len(priority)])
    chosen: list[int] = priority[firsts].tolist()
    return chosen


def place_labels(
    seen: WordCells,
    important: Iterable[int],
    others: Sequence[int],
    cells_of: Callable[[int], int],
    width: int,
    height: int,
) -> list[Label]:
    """Labels in the order of their importance, each where none before it is.

    Args:
        seen: The words in view.
        important: Ids that come first, and may be some rows beside their cell.
        others: Ids that are labelled where there is room at their own cell.
        cells_of: The width of a word's label in cells, its sign included.
        width: WordCells of the map.
        height: WordCells of the map.

    Returns:
        At most one label a word; a blank stays free between two of a row.
    """
    taken = [bytearray(width + 1) for _ in range(height)]  # the last is the edge: always free
    labels: dict[int, Label] = {}
    important = tuple(important)
    for number, word_id in enumerate((*important, *others)):
        place = seen.of(word_id)
        if word_id in labels or place is None:
            continue
        rows_aside = ROWS_ASIDE if number < len(important) else ROWS_ASIDE[:1]
        label = _room_for(word_id, place, cells_of(word_id), rows_aside, taken)
        if label is not None:
            labels[word_id] = label
            end = label.column + label.cells
            taken[label.row][label.column : end] = b"\1" * label.cells
    return list(labels.values())


def _room_for(
    word_id: int,
    place: tuple[int, int],
    size: int,
    rows_aside: Sequence[int],
    taken: list[bytearray],
) -> Label | None:
    """The first free place: behind the sign, before it, then in the rows beside."""
    row, column = place
    width = len(taken[0]) - 1
    for aside in rows_aside:
        at = row + aside
        if not 0 <= at < len(taken):
            continue
        for first, sign_first in ((column, True), (column - size + 1, False)):
            if first < 0 or first + size > width:
                continue
            if not any(taken[at][max(0, first - 1) : first + size + 1]):
                return Label(word_id, at, first, size, sign_first)
    return None
