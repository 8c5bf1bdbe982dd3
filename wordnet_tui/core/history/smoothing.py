"""Exponential means of a series, freed of the bias of their start, as TensorBoard draws them.

    s_0 = 0,   s_t = w s_(t-1) + (1 - w) x_t,   shown: s_t / (1 - w^t)

They run over single mini-batches, whatever part of the curve is shown, so that zooming
changes nothing. Values that are not finite leave the mean as it is.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

WEIGHTS = (0.9, 0.99, 0.999)
"""w: the part of a mean that remains at each step; it averages about 10, 100, 1,000 steps."""

_BLOCK = 512  # 0.9^-512 is 3e23: far from overflow, for any weight from 0.9 up


LARGEST = 1e30
"""Losses beyond this, which float32 could not hold, count as not finite."""


def drawable(values: npt.ArrayLike) -> Values:
    """The values, with NaN for those that no axis can show: infinite or beyond `LARGEST`."""
    array = np.asarray(values, np.float64)
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(array) <= LARGEST, array, np.nan)


class ExponentialMean(NamedTuple):
    """The state of a mean between two values; begins at no value."""

    weight: float
    total: float = 0.0
    """s_t, with the bias."""
    steps: int = 0
    """t."""

    def after(self, values: Values) -> tuple[ExponentialMean, Values]:
        """Go on over further values.

        Args:
            values: (n,) in order.

        Returns:
            The state after the last, and (n,) the mean after each; NaN before the first
            finite value.
        """
        finite = np.isfinite(values)
        if not finite.all():
            state, means = self.after(values[finite])
            return state, self._spread(means, finite)
        state, means = self, np.empty(values.size)
        for start in range(0, values.size, _BLOCK):
            block = values[start : start + _BLOCK]
            state, means[start : start + _BLOCK] = state._after_block(block)
        return state, means

    def _after_block(self, block: Values) -> tuple[ExponentialMean, Values]:
        """The recursion in closed form: s_k = w^k (s_0 + (1 - w) sum of x_j w^-j)."""
        powers = _powers(self.weight)[1 : block.size + 1]
        totals = powers * (
            self.total + (1.0 - self.weight) * np.cumsum(block / powers)
        )  # every term has the sign of the loss: nothing cancels
        means = totals / (1.0 - self.weight**self.steps * powers)
        return self._replace(total=float(totals[-1]), steps=self.steps + block.size), means

    def _spread(self, means: Values, finite: npt.NDArray[np.bool_]) -> Values:
        """Give places without a finite value the mean before them."""
        so_far = self.total / (1.0 - self.weight**self.steps) if self.steps else np.nan
        return np.concatenate(([so_far], means))[np.cumsum(finite)]


@cache
def _powers(weight: float) -> Values:
    return weight ** np.arange(_BLOCK + 1, dtype=np.float64)
