"""How busy the machine was with other things: beside a figure, for whoever reads it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from benchmarks.ui.terminal import TICKS_PER_SECOND


class OthersAtWork:
    """Measures how many cores other processes use."""

    def __init__(self) -> None:
        self._cores = 0.0
        self._begin()

    def cores(self) -> float:
        """On average since it was asked before; programs we started count once they ended.

        Figures of one measurement come together: within a second it is still the same.
        """
        seconds = time.perf_counter() - self._since
        if seconds > 1.0:
            others = (_busy_seconds() - self._busy) - (_our_seconds() - self._ours)
            self._cores = max(others, 0.0) / seconds
            self._begin()
        return self._cores

    def _begin(self) -> None:
        self._since = time.perf_counter()
        self._busy, self._ours = _busy_seconds(), _our_seconds()


def _busy_seconds() -> float:
    """Of all processors, since the machine was started."""
    first = Path("/proc/stat").read_text(encoding="utf-8").partition("\n")[0]
    user, nice, system, _idle, _waiting, *interrupts = map(int, first.split()[1:8])
    return (user + nice + system + sum(interrupts)) / TICKS_PER_SECOND


def _our_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
