"""How fast a run is trained, by the clock on the wall, as its status tells.

The metrics count the time in mini-batches alone. What a checkpoint or a watcher costs may lie
between two of them, so the moments at which statuses were written are taken instead.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from benchmarks.torture.program import batch_of, status_of
from benchmarks.torture.proof import expect
from wordnet_tui.runs.storage.folder import RunFolder

POLL_SECONDS = 0.1
"""A status is written twice a second."""

Moments = Sequence[tuple[int, float]]
"""How many mini-batches were done, and when, in seconds."""


def follow(folder: RunFolder, seconds: float) -> Moments:
    """Look for so long; a moment for each status, from the first new one on."""
    until = time.monotonic() + seconds
    moments: list[tuple[int, float]] = []
    while time.monotonic() < until:
        status = status_of(folder)
        moment = batch_of(status), status.written_at if status else 0.0
        if not moments or moment != moments[-1]:
            moments.append(moment)
        time.sleep(POLL_SECONDS)
    return moments[1:]


def speed(moments: Moments) -> float:
    """Mini-batches a second, from the first moment to the last."""
    expect(len(moments) > 1, "the run tells nothing")
    (first, began), (last, ended) = moments[0], moments[-1]
    expect(last > first, "the training does not go on")
    return (last - first) / (ended - began)


def time_ratio(moments: Moments, others: Moments) -> float:
    """Time that the same mini-batches took in two runs, one by the other.

    Args:
        moments: Of the one.
        others: Of the other.
    """
    batches, times = zip(*moments, strict=True)
    other_batches, other_times = zip(*others, strict=True)
    stretch = max(batches[0], other_batches[0]), min(batches[-1], other_batches[-1])
    expect(stretch[0] < stretch[1], "the two runs have no mini-batches in common")
    began, ended = np.interp(stretch, batches, times)
    other_began, other_ended = np.interp(stretch, other_batches, other_times)
    return float((ended - began) / (other_ended - other_began))
