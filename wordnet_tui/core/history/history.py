"""What a training has reported so far, for the curves: bounded memory, no locks.

The trainer's thread calls `add` after every mini-batch; other threads take a `picture` when
they like. Records gather in a list; each `_FOLD` of them are folded into bins at once, because
arithmetic on single numbers would cost more than the training step can spare. All that a
reader needs hangs on one attribute, which is replaced as a whole: what was read through it
stays consistent while the writer goes on.

A run that another process trains is known by its metrics, where a row is the mean over the
mini-batches of a tenth of a second: `add_spans` gives each of these the loss of its row.

Budget: an `add` costs 2 us at most on average; 10 million mini-batches fit in 20 MiB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.history.bins import MOST_BINS, ROWS, CurveState, Levels, LevelsView, Rows
from wordnet_tui.core.history.smoothing import WEIGHTS, ExponentialMean
from wordnet_tui.core.history.validation_curve import ValidationCurve
from wordnet_tui.core.training.progress import TrainingProgress

_FOLD = 512
"""Records that are folded into bins at once."""
_SPANS_AT_ONCE = 1 << 15
"""Mini-batches of spans that are folded into bins at once: some MiB."""

Values = npt.NDArray[np.float64]
Pending = tuple[float, int, TrainingProgress | None]
"""A mini-batch that is in no bin: the epoch's running mean after it, its place in the epoch
from 1, and the record."""


@dataclass(frozen=True, eq=False)
class HistoryState:
    """All that a `History` holds, for another to continue; read-only arrays, plain numbers.

    It holds `width * bins.shape[1] + unbinned.shape[1] + pending.shape[1]` mini-batches, in
    this order. The coarser levels of bins follow from the finest and are left out.
    """

    width: int
    """Mini-batches in a bin, a power of two."""
    bins: Rows
    """(ROWS, n) float32, the finest level."""
    unbinned: Rows
    """(ROWS, fewer than `width`) float32: bins of one mini-batch that do not fill one of
    `width`."""
    running: float
    """The epoch's running mean after `bins` and `unbinned`."""
    smoothed: Values
    """(2, len(WEIGHTS)) the exponential means after these: totals, and numbers of steps."""
    pending: Values
    """(2, n) of the latest mini-batches one by one: running mean, and place in the epoch."""
    validations: Values
    """(2, n): after which mini-batch, and the figure."""
    latest: TrainingProgress | None
    """The newest record."""

    @property
    def curve(self) -> CurveState:
        """The state of the curve after `bins` and `unbinned`."""
        means = (
            ExponentialMean(weight, float(total), int(steps))
            for weight, total, steps in zip(WEIGHTS, *self.smoothed, strict=True)
        )
        return CurveState(self.running, tuple(means))

    @property
    def batches(self) -> int:
        """How many mini-batches there are."""
        folded = self.width * self.bins.shape[1] + self.unbinned.shape[1]
        return int(folded + self.pending.shape[1])


@dataclass(frozen=True)
class HistoryPicture:
    """The curves at one moment."""

    levels: LevelsView
    """All mini-batches but the latest ones."""
    tail: Rows
    """The latest ones, as bins of one mini-batch."""
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
    unbinned: Rows
    """Single mini-batches after them, fewer than a bin has."""
    curve: CurveState
    """After these."""
    latest: TrainingProgress | None
    pending: list[Pending]
    """What came since; grows until it is folded in, then never changes."""

    @property
    def batches(self) -> int:
        """How many mini-batches there are without the pending ones."""
        return self.levels.batches + int(self.unbinned.shape[1])


class History:
    """The curves of one run; written by one thread, read by any.

    Args:
        most_bins: How many bins the finest level may have, a power of two from 512 up.
        state: Of an earlier one, to continue from.
    """

    def __init__(self, most_bins: int = MOST_BINS, state: HistoryState | None = None) -> None:
        self._levels = Levels(most_bins)
        self._validations = ValidationCurve()
        self._publish(CurveState(), np.empty((ROWS, 0), np.float32), None)
        if state is not None:
            self._levels = Levels(most_bins, state.width)
            self._levels.extend_by_bins(state.bins)
            self._validations = ValidationCurve(state.validations)
            self._publish(state.curve, state.unbinned, state.latest)
            self._pending += [
                (mean, int(n), state.latest) for mean, n in state.pending.T.tolist()
            ]

    def add(self, progress: TrainingProgress) -> None:
        """Note a mini-batch; to be called for each of them, in order, by one thread."""
        pending = self._pending
        if progress.validated_at == progress.batch:
            self.add_validation(progress)
        pending.append((progress.epoch_cross_entropy, progress.batch_in_epoch, progress))
        if len(pending) >= _FOLD:
            self._fold()

    def add_validation(self, progress: TrainingProgress) -> None:
        """Note a validation alone: one that was asked for between two mini-batches."""
        if (figure := progress.validation_cross_entropy) is not None:
            self._validations.add([progress.batch], [figure])

    def add_spans(
        self,
        last_batch: npt.ArrayLike,
        batches: npt.ArrayLike,
        losses: npt.ArrayLike,
        running: npt.ArrayLike,
        validations: npt.ArrayLike,
        latest: TrainingProgress,
    ) -> None:
        """Note many mini-batches of which only means are known; for one who watches a run.

        Those that are here already are left out, a gap becomes a gap of the curve. Smoothed
        curves take each mini-batch for one with the mean loss of its span.

        Args:
            last_batch: (n,) the mini-batch, from 1, that each span ends with; rising.
            batches: (n,) how many mini-batches it covers; 0 for a validation alone.
            losses: (n,) their mean loss.
            running: (n,) the epoch's running mean after it.
            validations: (n,) the figure measured after it; NaN if there was none.
            latest: The newest record.
        """
        self._fold()
        folded = self._folded
        ends, lengths = np.asarray(last_batch, np.int64), np.asarray(batches, np.int64)
        new = (ends > folded.batches) | (lengths == 0)
        self._validations.add(ends[new], np.asarray(validations)[new])
        ends = np.maximum.accumulate(ends[lengths > 0])  # one that goes back is left out
        means = np.array([losses, running], np.float64)[:, lengths > 0]
        begins = ends - lengths[lengths > 0]
        curve, unbinned = folded.curve, folded.unbinned
        reached = int(ends[-1]) if ends.size else 0
        for first in range(folded.batches + 1, reached + 1, _SPANS_AT_ONCE):
            each = np.arange(first, min(first + _SPANS_AT_ONCE, reached + 1))
            span = np.searchsorted(ends, each)
            own_losses, own_running = np.where(each > begins[span], means[:, span], np.nan)
            curve, rows = curve.after_losses(own_running, own_losses)
            unbinned = self._levels.extend(np.concatenate([unbinned, rows], axis=1)).copy()
        self._publish(curve, unbinned, latest)

    def picture(self) -> HistoryPicture:
        """All of it as it is now. Safe from any thread; costs a fraction of a millisecond."""
        folded, pending, validations = self._snapshot()
        tail = folded.unbinned
        if pending:
            _, rows = folded.curve.after(*_columns(pending))
            tail = np.concatenate([tail, rows], axis=1)
        latest = pending[-1][-1] if pending else folded.latest
        first_of_tail = folded.levels.batches + 1
        return HistoryPicture(folded.levels, tail, first_of_tail, validations, latest)

    def state(self) -> HistoryState:
        """All of it as it is now, to continue elsewhere. Safe from any thread."""
        folded, pending, validations = self._snapshot()
        width, levels = folded.levels
        smoothed = np.array([[mean.total, mean.steps] for mean in folded.curve.means]).T
        columns = np.array(_columns(pending))
        for array in (folded.unbinned, smoothed, columns):
            array.flags.writeable = False
        return HistoryState(
            width=width,
            bins=levels[0],
            unbinned=folded.unbinned,
            running=folded.curve.running,
            smoothed=smoothed,
            pending=columns,
            validations=validations,
            latest=pending[-1][-1] if pending else folded.latest,
        )

    def _snapshot(self) -> tuple[_Folded, list[Pending], Values]:
        """What is there at this moment: folded, pending, and the validations up to there."""
        folded = self._folded
        pending = folded.pending[:]
        # The writer notes a validation before its mini-batch: all up to there are in.
        validations = self._validations.until(folded.batches + len(pending))
        return folded, pending, validations

    def _fold(self) -> None:
        """Put the pending records into bins, and begin a new list."""
        folded, pending = self._folded, self._pending
        if not pending:
            return
        curve, rows = folded.curve.after(*_columns(pending))
        rows = np.concatenate([folded.unbinned, rows], axis=1)
        self._publish(curve, self._levels.extend(rows).copy(), pending[-1][-1])

    def _publish(
        self, curve: CurveState, unbinned: Rows, latest: TrainingProgress | None
    ) -> None:
        self._pending: list[Pending] = []
        self._folded = _Folded(self._levels.view(), unbinned, curve, latest, self._pending)


def _columns(pending: list[Pending]) -> tuple[Values, Values]:
    """(n,) running means, and places in the epoch."""
    running = np.array([mean for mean, _, _ in pending], np.float64)
    return running, np.array([place for _, place, _ in pending], np.float64)
