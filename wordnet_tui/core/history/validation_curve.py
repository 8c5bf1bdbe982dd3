"""The validation figures of a run in bounded memory; written by one thread, read by any."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.history.bins import GrowingRows
from wordnet_tui.core.history.smoothing import drawable

MOST_VALIDATIONS = 1 << 14
"""Validations held before only the lower one of each two stays."""

Values = npt.NDArray[np.float64]


class ValidationCurve:
    """Which mini-batches were followed by a validation, and its figure.

    Args:
        entries: (2, n) of an earlier curve, to begin with.
    """

    def __init__(self, entries: Values | None = None) -> None:
        self._entries = GrowingRows(2, np.float64)
        if entries is not None:
            self._entries.extend(entries)

    def add(self, batches: npt.ArrayLike, figures: npt.ArrayLike) -> None:
        """Note (n,) figures after (n,) rising mini-batches; none that no axis can show."""
        new = np.array([np.asarray(batches, np.float64), drawable(figures)])
        new = new[:, np.isfinite(new[1])]
        while new.size:
            if self._entries.length >= MOST_VALIDATIONS:
                self._entries = _lower_of_pairs(self._entries.view())
            room = MOST_VALIDATIONS - self._entries.length
            self._entries.extend(new[:, :room])
            new = new[:, room:]

    def until(self, batch: int) -> Values:
        """(2, n) mini-batches up to that one, and figures; never changed after."""
        entries = self._entries.view()
        return entries[:, : int(np.searchsorted(entries[0], batch, side="right"))]


def _lower_of_pairs(entries: Values) -> GrowingRows:
    pairs = entries.reshape(2, -1, 2)
    lower = pairs[1].argmin(axis=1)
    halved = GrowingRows(2, np.float64)
    halved.extend(pairs[:, np.arange(len(lower)), lower])
    return halved
