"""From what a trainer reports to bins of one mini-batch, and what must be kept to go on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.history.bins import Rows, single_batches
from wordnet_tui.core.history.smoothing import WEIGHTS, ExponentialMean, drawable

Values = npt.NDArray[np.float64]


class CurveState(NamedTuple):
    """What has to be known of earlier mini-batches to go on with the curve."""

    running: float = 0.0
    """The epoch's running mean after the latest mini-batch."""
    means: tuple[ExponentialMean, ...] = tuple(map(ExponentialMean, WEIGHTS))

    def after(self, running: Values, batch_in_epoch: Values) -> tuple[CurveState, Rows]:
        """Go on over further mini-batches.

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
        """Go on over further mini-batches whose own losses are known; as `after`."""
        curves = np.empty((1 + len(self.means), running.size))
        drawn, curves[0] = drawable(losses), drawable(running)
        means = []
        for row, mean in enumerate(self.means, start=1):
            state, curves[row] = mean.after(drawn)
            means.append(state)
        return CurveState(float(running[-1]), tuple(means)), single_batches(drawn, curves)
