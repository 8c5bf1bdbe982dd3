"""Axes of a picture: from values to cells and back, limits that hold still, ticks.

A picture of n cells shows `low` in the middle of cell 0 and `high` in the middle of cell
n - 1: place = (n - 1) (value - low) / (high - low), in logarithms on a log axis. A limit that
moves makes the whole picture be sent anew, so limits move in steps.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.history.smoothing import drawable

Values = npt.NDArray[np.float64]

_FAR = 1e6  # cells: beyond any picture, but safe to turn into integers
_ROOM_ABOVE = 0.02  # of the values' span, left free; below more of it, since losses fall
_ROOM_BELOW = 0.12
_LEAST_SHARE = 0.3  # of an axis that the values must fill for it to hold still


class Axis(NamedTuple):
    """From `low` to `high`; made by `axis`, which makes sure that they can be drawn."""

    low: float
    high: float
    log: bool = False

    def places(self, values: npt.ArrayLike, cells: int) -> Values:
        """Where values lie, in cells from 0; NaN for what the axis cannot show."""
        low, high = self._scaled_limits()
        with np.errstate(over="ignore", invalid="ignore"):
            share = (self._scaled(values) - low) / (high - low)
            return np.clip(share * max(cells - 1, 0), -_FAR, _FAR)

    def edges(self, cells: int) -> Values:
        """(cells + 1) the values between which the cells lie; the outer ones: the limits."""
        low, high = self._scaled_limits()
        inner = (np.arange(1, cells) - 0.5) / max(cells - 1, 1)
        edges = low + inner * (high - low)
        if self.log:
            edges = 10.0**edges
        return np.concatenate(([self.low], edges, [self.high]))

    def value(self, place: float, cells: int) -> float:
        """What lies in the middle of a cell."""
        low, high = self._scaled_limits()
        scaled = low + (high - low) * place / max(cells - 1, 1)
        return float(10.0**scaled if self.log else scaled)

    def zoomed(self, factor: float, around: float) -> Axis:
        """Shrunk to `factor` of its length; the value `around` keeps its place."""
        low, high = self._scaled_limits()
        centre = float(np.clip(np.nan_to_num(self._scaled(around), nan=low), low, high))
        return self._of_scaled(
            centre - (centre - low) * factor, centre + (high - centre) * factor
        )

    def panned(self, share: float) -> Axis:
        """Moved by a share of its length, to larger values if positive."""
        low, high = self._scaled_limits()
        return self._of_scaled(low + share * (high - low), high + share * (high - low))

    def _of_scaled(self, low: float, high: float) -> Axis:
        if self.log:
            low, high = (10.0 ** min(max(limit, -30.0), 30.0) for limit in (low, high))
        return axis(low, high, log=self.log)

    def _scaled_limits(self) -> tuple[float, float]:
        if self.log:
            return math.log10(self.low), math.log10(self.high)
        return self.low, self.high

    def _scaled(self, values: npt.ArrayLike) -> Values:
        shown = drawable(values)
        if not self.log:
            return shown
        with np.errstate(divide="ignore", invalid="ignore"):
            return drawable(np.log10(shown))


def axis(low: float, high: float, *, log: bool = False) -> Axis:
    """An axis that can be drawn: a log one needs a `low` above 0, else it is linear.

    Limits that are not finite become 0 and 1; limits that meet are put apart, and those in the
    wrong order change places.
    """
    low, high = (float(limit) for limit in drawable([low, high]))
    if math.isnan(low) or math.isnan(high):
        low, high = 0.0, 1.0
    low, high = min(low, high), max(low, high)
    if high - low <= 1e-7 * max(abs(low), abs(high), 1e-20):
        room = max(abs(low), abs(high), 1e-20) * 0.01
        low, high = low - room, high + room
    return Axis(low, high, log and low > 0.0)


def stepped_end(batches: int, most: int) -> int:
    """Where an axis of mini-batches ends: the next of 1,000, 3,000, 10,000 ..., or `most`.

    Args:
        batches: How many there are so far.
        most: How many the whole run will have.
    """
    end: int = next(
        step * 10**power
        for power in range(3, 40)
        for step in (1, 3)
        if step * 10**power >= batches
    )
    return max(min(end, most), batches, 2)


def held_limits(
    held: tuple[float, float] | None, low: float, high: float, *, log: bool = False
) -> tuple[float, float]:
    """Limits for values from `low` to `high`: those held so far, while they serve.

    New ones are rounded outwards to a step of an eighth of the span or so. They are needed
    where a value lies outside, or where the values fill little of the axis.
    """
    enough = held is not None and high - low >= _LEAST_SHARE * (held[1] - held[0])
    if held is not None and enough and held[0] <= low and high <= held[1]:
        return held
    least = low
    low, high, _ = axis(low, high)
    step = round_step((high - low) / 8)
    span = high - low
    digits = max(0, 2 - math.floor(math.log10(step)))
    low = round(math.floor((low - _ROOM_BELOW * span) / step) * step, digits)
    high = round(math.ceil((high + _ROOM_ABOVE * span) / step) * step, digits)
    return (least, high) if log and low <= 0 < least else (low, high)


def round_step(least: float) -> float:
    """The next of 1, 2, 5, 10 ... times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= least * (1 - 1e-9))


def ticks(shown: Axis, most: int) -> list[float]:
    """Round values along an axis, `most` of them or fewer."""
    if most < 1:
        return []
    low, high, log = shown
    if log and high / low >= 20.0:
        powers = range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)
        return [10.0**power for power in powers][:: math.ceil(max(len(powers), 1) / most)]
    step = round_step((high - low) / most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [tick * step for tick in range(first, last + 1)][:most]


def tick_labels(values: list[float]) -> list[str]:
    """The shortest labels that tell the values apart: 2.8, 5,000, 20k, 1.5M."""
    if len(values) > 1:
        step = min(later - earlier for earlier, later in pairwise(values))
    else:
        step = abs(values[0]) if values else 1.0
    largest = max((abs(value) for value in values), default=0.0)
    for unit, letter, least in ((1e9, "G", 1e9), (1e6, "M", 1e6), (1e3, "k", 1e4)):
        if largest >= least and step >= unit / 10:
            return [f"{value / unit:g}{letter}" if value else "0" for value in values]
    digits = min(max(0, -math.floor(math.log10(step) + 1e-9)), 12) if step > 0 else 0
    if len(values) == 1:  # a tick alone may have more digits than its size tells
        digits = max(digits, len(f"{values[0]:.6g}".partition(".")[2].partition("e")[0]))
    return [f"{value + 0.0:,.{digits}f}" for value in values]
