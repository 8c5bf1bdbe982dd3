"""Lines of dots, packed into characters.

    values -> places on the axis -> a span of dots for each column -> dots -> characters

Places run upwards from 0 at the bottom; rows of dots run downwards from 0 at the top.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Dots = npt.NDArray[np.bool_]
"""(rows of dots, columns of dots), the top row first."""


class Markers(Enum):
    """What dots are packed into: how many columns and rows of them a character holds."""

    BRAILLE = ("braille", 2, 4)
    BLOCK = ("block", 2, 2)
    ASCII = ("ascii", 1, 1)

    def __init__(self, label: str, dots_wide: int, dots_high: int) -> None:
        self.label = label
        self.dots_wide = dots_wide
        self.dots_high = dots_high

    @classmethod
    def named(cls, label: str) -> Markers:
        """The markers of that name; braille if there are none."""
        return next((markers for markers in cls if markers.label == label), cls.BRAILLE)


class DotSpans(NamedTuple):
    """For each column of dots the lowest and the highest that is set; none if they cross."""

    lowest: npt.NDArray[np.int64]
    highest: npt.NDArray[np.int64]


# Row and column of the dot of each bit: https://www.unicode.org/charts/PDF/U2800.pdf
_BRAILLE_PLACES = ((0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 0), (3, 1))
_BLOCK_PLACES = ((0, 0), (0, 1), (1, 0), (1, 1))
_BLOCKS = np.array([ord(character) for character in "\0▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"], np.uint32)


def line(lowest: Values, highest: Values) -> DotSpans:
    """Spans of dots that make one line of a curve, without holes.

    Args:
        lowest: For each column of dots the place of the curve's smallest value; NaN if none.
        highest: The same for the largest.
    """
    known = np.flatnonzero(np.isfinite(lowest) & np.isfinite(highest))
    spans = _no_spans(len(lowest))
    if not len(known):
        return spans
    part = slice(known[0], known[-1] + 1)
    low, high = lowest[part].copy(), highest[part].copy()
    gaps = ~(np.isfinite(low) & np.isfinite(high))
    low[gaps] = high[gaps] = np.interp(
        np.flatnonzero(gaps), known - known[0], (lowest[known] + highest[known]) / 2
    )
    # What lies between two columns, but for one step, is filled up half by each of them.
    rise = np.clip(low[1:] - high[:-1] - 1, 0.0, None) / 2
    fall = np.clip(low[:-1] - high[1:] - 1, 0.0, None) / 2
    bottom, top = low.copy(), high.copy()
    np.maximum(top[:-1], high[:-1] + rise, out=top[:-1])
    np.minimum(bottom[1:], low[1:] - rise, out=bottom[1:])
    np.minimum(bottom[:-1], low[:-1] - fall, out=bottom[:-1])
    np.maximum(top[1:], high[1:] + fall, out=top[1:])
    spans.lowest[part], spans.highest[part] = nearest(bottom), nearest(top)
    return spans


def nearest(places: Values) -> npt.NDArray[np.int64]:
    """The dots on which places fall; below the lowest, -1, for those that are NaN."""
    return np.nan_to_num(np.floor(places + 0.5), nan=-1.0).astype(np.int64)


def dots(spans: DotSpans, rows: int, *, thick: bool = False, dotted: bool = False) -> Dots:
    """The dots of a line.

    Args:
        spans: Of each column.
        rows: Of dots.
        thick: Two dots instead of one.
        dotted: Leave out every other dot, but never an end of a span.
    """
    # Small integers: this is the largest array of a picture, and a quarter of its cost.
    lowest, highest = (np.clip(span, -1, rows).astype(np.int16) for span in spans)
    row = np.arange(rows - 1, -1, -1, dtype=np.int16)[:, None]
    inside = (row >= lowest) & (row <= highest + (thick * (highest >= lowest)))
    if dotted:
        column = np.arange(len(lowest), dtype=np.int16)
        inside &= ((row ^ column) & 1 == 0) | (row == lowest) | (row == highest)
    return inside


def every(spans: DotSpans, step: int) -> DotSpans:
    """Only each `step`-th column of a line, which makes it a dotted one."""
    shown = np.arange(len(spans.lowest)) % step == 0
    return DotSpans(np.where(shown, spans.lowest, 1), np.where(shown, spans.highest, 0))


def _no_spans(columns: int) -> DotSpans:
    return DotSpans(np.full(columns, 1, np.int64), np.full(columns, 0, np.int64))


def pack(dotted: Dots, markers: Markers) -> npt.NDArray[np.uint32]:
    """Characters (as code points) that show the very dots; 0 where there is none.

    Args:
        dotted: Of whole characters: a multiple of `dots_high` by one of `dots_wide`.
        markers: BRAILLE or BLOCK.
    """
    blocks = _blocks(dotted, markers).view(np.uint8)
    bits = np.zeros((blocks.shape[0], blocks.shape[2]), np.uint8)
    places = _BRAILLE_PLACES if markers is Markers.BRAILLE else _BLOCK_PLACES
    for place, (row, column) in enumerate(places):
        bits |= blocks[:, row, :, column] << np.uint8(place)
    characters: npt.NDArray[np.uint32]
    if markers is Markers.BLOCK:
        characters = _BLOCKS[bits]
    else:
        characters = np.where(bits > 0, bits + np.uint32(0x2800), np.uint32(0))
    return characters


def stamp(dotted: Dots, markers: Markers, character: str) -> npt.NDArray[np.uint32]:
    """The same character wherever there is a dot; 0 where there is none."""
    any_dot = _blocks(dotted, markers).any(axis=(1, 3))
    return np.where(any_dot, np.uint32(ord(character)), np.uint32(0))


def _blocks(dotted: Dots, markers: Markers) -> Dots:
    """Axes: row of characters, dots in it, column of characters, dots in it."""
    high, wide = markers.dots_high, markers.dots_wide
    return dotted.reshape(dotted.shape[0] // high, high, dotted.shape[1] // wide, wide)
