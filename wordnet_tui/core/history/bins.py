"""The curve of a run in bounded memory: bins of mini-batches, on levels of growing width.

    level 0     bins of `width` mini-batches each (1 at first)
    level k     bins of `width * 2^k`: each is two of the level below, merged

Level 0 is dropped when it holds `MOST_BINS`; the next one takes its place, and `width`
doubles. So a picture always finds a level with a few bins for each of its columns, however far
one zooms, and memory stays below 8 MiB, twice that while an array is copied to a larger one.
A bin keeps the smallest and the largest loss, so that no extreme is lost by merging.

Arrays only grow at their end, and a larger copy replaces a full one; what a `view` shows
never changes. So one thread may write while others read views, without a lock.
"""

from __future__ import annotations

from enum import IntEnum
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.history.smoothing import WEIGHTS, ExponentialMean, Values, drawable

MOST_BINS = 1 << 17
"""Bins on level 0 before its bins are merged in pairs."""

Rows = npt.NDArray[np.float32]
"""(len(Field) + len(WEIGHTS), bins): one row for each field, then the smoothed losses."""


class Field(IntEnum):
    """The rows of a bin, in nats per word. NaN where there was no finite loss."""

    FIRST = 0
    LOWEST = 1
    HIGHEST = 2
    MEAN = 3
    RUNNING = 4
    """Running mean of the epoch, after the last mini-batch of the bin."""
    SMOOTHED = 5
    """The first of `len(WEIGHTS)` rows: exponential means, after the last mini-batch."""


ROWS = Field.SMOOTHED + len(WEIGHTS)


class CurveState(NamedTuple):
    """What the curve needs to know of earlier mini-batches."""

    running: float = 0.0
    """The epoch's running mean after the latest mini-batch."""
    means: tuple[ExponentialMean, ...] = tuple(map(ExponentialMean, WEIGHTS))

    def after(self, running: Values, batch_in_epoch: Values) -> tuple[CurveState, Rows]:
        """Extend the curve by further mini-batches.

        The own loss of a mini-batch is not in the record, but follows from the running means
        before and after it: m_i = m_(i-1) + (loss_i - m_(i-1)) / i. With an epoch of a million
        mini-batches it is still good to 1e-9.

        Args:
            running: (n,) the epoch's running mean after each of them.
            batch_in_epoch: (n,) their places in the epoch, from 1.

        Returns:
            The state after the last, and (ROWS, n) bins of one mini-batch each.
        """
        before = np.concatenate(([self.running], running[:-1]))
        with np.errstate(invalid="ignore", over="ignore"):
            losses = np.where(
                batch_in_epoch > 1, before + (running - before) * batch_in_epoch, running
            )
        return self.after_losses(running, losses)

    def after_losses(self, running: Values, losses: Values) -> tuple[CurveState, Rows]:
        """Extend the curve by mini-batches whose own losses (n,) are known; as `after`."""
        rows, losses = np.empty((ROWS, losses.size), np.float32), drawable(losses)
        rows[: Field.RUNNING], rows[Field.RUNNING] = losses, drawable(running)
        means = []
        for row, mean in enumerate(self.means, start=Field.SMOOTHED):
            state, rows[row] = mean.after(losses)
            means.append(state)
        return CurveState(float(running[-1]), tuple(means)), rows


class LevelsView(NamedTuple):
    """All levels at one moment."""

    width: int
    """Mini-batches in a bin of level 0."""
    levels: tuple[Rows, ...]
    """Finest first; never changed after."""

    @property
    def batches(self) -> int:
        """How many mini-batches there are."""
        return self.width * int(self.levels[0].shape[1])


def merge_pairs(rows: Rows) -> Rows:
    """Bins of twice the width, from an even number of bins."""
    earlier, later = rows[:, ::2], rows[:, 1::2]
    pairs = later.copy()  # the running and the smoothed losses are those after the last
    pairs[Field.FIRST] = earlier[Field.FIRST]
    np.fmin(earlier[Field.LOWEST], later[Field.LOWEST], out=pairs[Field.LOWEST])
    np.fmax(earlier[Field.HIGHEST], later[Field.HIGHEST], out=pairs[Field.HIGHEST])
    mean = 0.5 * (earlier[Field.MEAN] + later[Field.MEAN])
    one_of_them = np.fmax(earlier[Field.MEAN], later[Field.MEAN])  # where the other is NaN
    pairs[Field.MEAN] = np.where(np.isnan(mean), one_of_them, mean)
    return pairs


class Levels:
    """The bins of a run; written by one thread.

    Args:
        most_bins: How many level 0 may hold, a power of two.
        width: Mini-batches in a bin of level 0 at first, a power of two.

    Attributes:
        width: Mini-batches in a bin of level 0.
    """

    def __init__(self, most_bins: int = MOST_BINS, width: int = 1) -> None:
        self.width = width
        self._most_bins = most_bins
        self._levels = [GrowingRows(ROWS, np.float32)]

    @property
    def room(self) -> int:
        """How many bins level 0 takes before `width` doubles; at least 1."""
        return self._most_bins - self._levels[0].length

    def extend(self, rows: Rows) -> Rows:
        """Add single mini-batches, as far as they fill whole bins of level 0.

        Args:
            rows: (ROWS, n) bins of one mini-batch.

        Returns:
            (ROWS, fewer than `width`) those left over.
        """
        while bins := min(rows.shape[1] // self.width, self.room):
            whole, rows = rows[:, : bins * self.width], rows[:, bins * self.width :]
            for _ in range(self.width.bit_length() - 1):
                whole = merge_pairs(whole)
            self.extend_by_bins(whole)
        return rows

    def extend_by_bins(self, rows: Rows) -> None:
        """Add (ROWS, up to `room`) bins of `width` mini-batches."""
        self._levels[0].extend(rows)
        for finer, coarser in pairwise(self._levels):
            pairs = finer.view()[:, 2 * coarser.length : finer.length // 2 * 2]
            if not pairs.size:
                break
            coarser.extend(merge_pairs(pairs))
        while (top := self._levels[-1]).length > 1:
            self._levels.append(GrowingRows(ROWS, np.float32))
            self._levels[-1].extend(merge_pairs(top.view()[:, : top.length // 2 * 2]))
        while self._levels[0].length >= self._most_bins:
            del self._levels[0]
            self.width *= 2

    def view(self) -> LevelsView:
        """The bins as they are now."""
        return LevelsView(self.width, tuple(level.view() for level in self._levels))


class GrowingRows:
    """A table that grows at its end, by one thread; what a view shows never changes.

    Args:
        rows: How many values an entry has; entries are columns.
        dtype: Of the values.
    """

    def __init__(self, rows: int, dtype: npt.DTypeLike) -> None:
        self.length = 0
        self._table = np.empty((rows, 256), dtype)

    def view(self) -> npt.NDArray[Any]:
        """(rows, length) what is there now, read-only."""
        view = self._table[:, : self.length]
        view.flags.writeable = False
        return view

    def extend(self, entries: npt.NDArray[Any]) -> None:
        """Add (rows, n) entries; the length is the last thing to change."""
        length = self.length + entries.shape[1]
        if length > self._table.shape[1]:
            capacity = 1 << (length - 1).bit_length()
            larger = np.empty((len(self._table), capacity), self._table.dtype)
            larger[:, : self.length] = self._table[:, : self.length]
            self._table = larger
        self._table[:, self.length : length] = entries
        self.length = length
