"""Mini-batches of which only the mean over each few of them is known, made into bins.

So a run's metrics file has them: a row stands for the mini-batches of a tenth of a second.
Each counts as if it had the loss of its span. Spans and bins are cut at each other's ends into
pieces of one loss; everything about a bin follows from its pieces, so ten million mini-batches
cost no more than the few hundred thousand spans and bins that they are in.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.history.bins import ROWS, Field, Rows
from wordnet_tui.core.history.smoothing import ExponentialMean

Values = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

_NOTHING_LEFT = 1e-100
"""A mean that has decayed by this has forgotten what it was."""


class Spans(NamedTuple):
    """Mini-batches in a row, a few at a time. Losses in nats per word, NaN where unknown."""

    lengths: Counts
    """(n,) how many mini-batches each has, 1 at least."""
    losses: Values
    """(n,) their mean."""
    running: Values
    """(n,) the epoch's running mean after each."""

    @classmethod
    def following(
        cls, before: int, last_batch: Counts, lengths: Counts, losses: Values, running: Values
    ) -> Spans:
        """Spans that leave nothing out: gaps become spans without a loss, repeats go.

        Args:
            before: How many mini-batches there are already.
            last_batch: (n,) the mini-batch, from 1, that each span ends with.
            lengths: (n,) how many mini-batches it stands for.
            losses: (n,) their mean.
            running: (n,) the epoch's running mean after it.
        """
        reached = np.maximum.accumulate(np.concatenate(([before], last_batch)))[:-1]
        begin = np.maximum(last_batch - lengths, reached)
        unknown = np.full(len(losses), np.nan)
        gaps_and_spans = cls(
            np.column_stack([begin - reached, last_batch - begin]).ravel(),
            np.column_stack([unknown, losses]).ravel(),
            np.column_stack([unknown, running]).ravel(),
        )
        return gaps_and_spans.some(gaps_and_spans.lengths > 0)

    @property
    def batches(self) -> int:
        """How many mini-batches they stand for together."""
        return int(self.lengths.sum())

    def some(self, which: slice | npt.NDArray[np.bool_]) -> Spans:
        """A copy of some of the spans."""
        return Spans(
            self.lengths[which].copy(), self.losses[which].copy(), self.running[which].copy()
        )

    def cut(self, batches: int) -> tuple[Spans, Spans]:
        """The first `batches` mini-batches, and the others."""
        ends = np.cumsum(self.lengths)
        whole = int(np.searchsorted(ends, batches, side="right"))  # spans before the cut
        inside = batches - int(ends[whole - 1] if whole else 0)  # mini-batches of the next one
        head = self.some(slice(whole + (inside > 0)))
        tail = self.some(slice(whole, None))
        if inside:
            head.lengths[-1] = inside
            tail.lengths[0] -= inside
        return head, tail

    def one_by_one(self) -> Spans:
        """The same mini-batches in spans of one."""
        return Spans(
            np.ones(self.batches, np.int64),
            np.repeat(self.losses, self.lengths),
            np.repeat(self.running, self.lengths),
        )


def binned(
    spans: Spans, width: int, means: tuple[ExponentialMean, ...]
) -> tuple[tuple[ExponentialMean, ...], Rows]:
    """Bins of `width` mini-batches, as many as the spans fill; none may be left over.

    Args:
        spans: A multiple of `width` mini-batches.
        width: Mini-batches in a bin.
        means: The exponential means before them.

    Returns:
        The means after them, and (ROWS, bins).
    """
    span_ends = np.cumsum(spans.lengths)
    bin_ends = np.arange(width, span_ends[-1] + 1, width)
    ends = np.union1d(span_ends, bin_ends)
    lengths = np.diff(ends, prepend=0)
    span = np.searchsorted(span_ends, ends)
    losses, running = spans.losses[span], spans.running[span]
    last = np.searchsorted(ends, bin_ends)  # the piece that a bin ends with
    first = np.concatenate(([0], last[:-1] + 1))

    rows = np.empty((ROWS, len(bin_ends)), np.float32)
    known = np.isfinite(losses)
    weights = np.where(known, lengths, 0)
    with np.errstate(invalid="ignore"):  # 0 / 0 where no loss of a bin is known
        sums = np.add.reduceat(np.where(known, losses, 0.0) * weights, first)
        rows[Field.MEAN] = sums / np.add.reduceat(weights, first)
    rows[Field.FIRST] = losses[first]
    rows[Field.LOWEST] = np.fmin.reduceat(losses, first)
    rows[Field.HIGHEST] = np.fmax.reduceat(losses, first)
    rows[Field.RUNNING] = running[last]
    states = []
    for row, mean in enumerate(means, start=Field.SMOOTHED):
        state, smoothed = smoothed_over(mean, losses, lengths)
        rows[row] = smoothed[last]
        states.append(state)
    return tuple(states), rows


def smoothed_over(
    mean: ExponentialMean, values: Values, lengths: Counts
) -> tuple[ExponentialMean, Values]:
    """Go on with a mean over values that each come several times in a row.

    After k times x it is s_k = w^k s_0 + (1 - w^k) x; over a stretch of values, in closed form
    as `ExponentialMean` does it.

    Args:
        mean: The state before them.
        values: (n,) in order; those that are not finite leave the mean as it is.
        lengths: (n,) how often each comes.

    Returns:
        The state after the last, and (n,) the mean after each; NaN before the first finite
        value.
    """
    known = np.isfinite(values)
    times = np.where(known, lengths, 0)
    reach = math.ceil(math.log(_NOTHING_LEFT) / math.log(mean.weight))
    steps = np.minimum(times, reach)
    added = np.where(known, values, 0.0) * -np.expm1(steps * math.log(mean.weight))
    done = np.cumsum(steps)
    # A stretch is so short that no power of the weight in it comes near an underflow.
    cuts = [0, *(np.flatnonzero(np.diff(done // reach)) + 1).tolist(), len(values)]
    total, totals = mean.total, np.empty(len(values))
    for start, end in pairwise(cuts):
        since = done[start:end] - (done[start - 1] if start else 0)
        decay = mean.weight ** since.astype(np.float64)
        totals[start:end] = decay * (total + np.cumsum(added[start:end] / decay))
        total = float(totals[end - 1])
    count = mean.steps + np.cumsum(times)
    with np.errstate(invalid="ignore"):  # 0 / 0 before the first finite value
        means = totals / (1.0 - mean.weight ** count.astype(np.float64))
    return mean._replace(total=total, steps=int(count[-1])), means
