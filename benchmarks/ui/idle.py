"""What the program does when nothing is to be done."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.ui.program import PREDICT, SIZES, TRAIN, VOCABULARY, Settings, program

SETTLED = 4.0
"""Seconds after which nothing is left to do: the baselines are counted, too."""


def idle(settings: Settings) -> Iterator[Figure]:
    """Bytes and share of a core, on each screen."""
    screens = {"Train": TRAIN, "Vocabulary": VOCABULARY, "Predict": PREDICT}
    with program(*SIZES[0]) as terminal:
        for name, key in screens.items():
            terminal.send(key)
            terminal.read_for(SETTLED)
            bytes_before, busy_before = terminal.bytes_read, terminal.processor_seconds()
            began_at = time.perf_counter()
            terminal.read_for(settings.seconds)
            seconds = time.perf_counter() - began_at
            busy = terminal.processor_seconds() - busy_before
            sent = terminal.bytes_read - bytes_before
            yield Figure(f"bytes while idle, {name}", float(sent), "B", "none")
            yield Figure(f"processor while idle, {name}", 100 * busy / seconds, "%", "under 1")
