"""What a training has reported so far, for the curves: bounded memory, no locks.

The trainer's thread calls `add` after every mini-batch; other threads take a `picture` when
they like. Records gather in a list; each `_FOLD` of them are folded into bins at once, because
arithmetic on single numbers would cost more than the training step can spare. All that a
reader needs hangs on one attribute, which is replaced as a whole: what was read through it
stays consistent while the writer goes on.

Budget: an `add` costs 2 us at most on average; 10 million mini-batches fit in 20 MiB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.bins import (
    MOST_BINS,
    GrowingRows,
    Levels,
    LevelsView,
    Rows,
    single_batches,
)
from wordnet_tui.core.progress import TrainingProgress
from wordnet_tui.core.smoothing import WEIGHTS, ExponentialMean, drawable

_FOLD = 512
"""Records that are folded into bins at once, unless a bin is wider."""

MOST_VALIDATIONS = 1 << 14
"""Validations that are kept before only the lower one of each two stays."""

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
        curves = np.empty((1 + len(self.means), running.size))
        losses, curves[0] = drawable(losses), drawable(running)
        means = []
        for row, mean in enumerate(self.means, start=1):
            state, curves[row] = mean.after(losses)
            means.append(state)
        return CurveState(float(running[-1]), tuple(means)), single_batches(losses, curves)


@dataclass(frozen=True)
class HistoryPicture:
    """The curves at one moment."""

    levels: LevelsView
    """All mini-batches but the latest few."""
    tail: Rows
    """The latest few, as bins of one mini-batch."""
    first_of_tail: int
    """The mini-batch, from 1, that `tail` begins with; also if it is empty."""
    validations: Values
    """(2, n): after which mini-batch, and the figure."""
    latest: TrainingProgress | None
    """The newest record."""

    @property
    def batches(self) -> int:
        """How many mini-batches there are."""
        return self.first_of_tail - 1 + int(self.tail.shape[1])


class _Folded(NamedTuple):
    """What readers begin from; replaced as a whole."""

    levels: LevelsView
    state: CurveState
    batches: int
    latest: TrainingProgress | None
    pending: list[TrainingProgress]
    """The records since; grows until it is folded in, then never changes."""


class History:
    """The curves of one run; written by one thread, read by any.

    Args:
        most_bins: How many bins the finest level may have, a power of two from 512 up.
    """

    def __init__(self, most_bins: int = MOST_BINS) -> None:
        self._levels = Levels(most_bins)
        self._pending: list[TrainingProgress] = []
        self._fold_size = _FOLD
        self._folded = _Folded(self._levels.view(), CurveState(), 0, None, self._pending)
        self._validations = GrowingRows(2, np.float64)

    def add(self, progress: TrainingProgress) -> None:
        """Note a mini-batch; to be called for each of them, in order, by one thread."""
        pending = self._pending
        pending.append(progress)
        if progress.validated_at == progress.batch:
            self.add_validation(progress)
        if len(pending) >= self._fold_size:
            self._fold()

    def picture(self) -> HistoryPicture:
        """All of it as it is now. Safe from any thread; costs a fraction of a millisecond."""
        validations = self._validations.view()  # before the curve: none is newer than it
        folded = self._folded
        pending = folded.pending[:]
        if pending:
            _, tail = folded.state.after(*_columns(pending))
        else:
            tail = folded.levels.levels[0][:, :0]
        latest = pending[-1] if pending else folded.latest
        return HistoryPicture(folded.levels, tail, folded.batches + 1, validations, latest)

    @property
    def bytes_held(self) -> int:
        """Memory of all arrays."""
        return self._levels.bytes_held + self._validations.bytes_held

    def _fold(self) -> None:
        """Put the pending records into bins, and begin a new list."""
        folded, pending = self._folded, self._pending
        state, rows = folded.state.after(*_columns(pending))
        self._levels.extend(rows)
        self._pending = []
        self._folded = _Folded(
            self._levels.view(),
            state,
            folded.batches + len(pending),
            pending[-1],
            self._pending,
        )
        self._fold_size = max(_FOLD, self._levels.width)

    def add_validation(self, progress: TrainingProgress) -> None:
        """Note a validation alone: one that was asked for between two mini-batches."""
        figure = progress.validation_cross_entropy
        if figure is None or np.isnan(drawable(figure)):
            return
        if self._validations.length >= MOST_VALIDATIONS:
            self._validations = _lower_of_pairs(self._validations.view())
        self._validations.extend(np.array([[progress.batch], [figure]]))


def _columns(records: list[TrainingProgress]) -> tuple[Values, Values]:
    running = np.array([record.epoch_cross_entropy for record in records], np.float64)
    return running, np.array([record.batch_in_epoch for record in records], np.float64)


def _lower_of_pairs(validations: Values) -> GrowingRows:
    pairs = validations.reshape(2, -1, 2)
    lower = pairs[1].argmin(axis=1)
    kept = GrowingRows(2, np.float64)
    kept.extend(pairs[:, np.arange(len(lower)), lower])
    return kept
