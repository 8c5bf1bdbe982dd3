"""The real program in a pseudo-terminal: how to open it, and what its picture tells."""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.ui.terminal import Terminal

SIZES = ((80, 24), (120, 40))
"""Columns and rows."""
START, TRAIN, VOCABULARY, PREDICT = "\x1b[15~", "\x1bOQ", "\x1bOR", "\x1bOS"
"""F5, F2, F3 and F4, as a terminal sends them."""
QUIT = "\x11"
"""Ctrl-Q, which no line one types in takes for itself."""
EPOCHS = 100
"""So many that no measurement sees the end; all else is as by default."""
COMMAND = f"wordnet-tui train OUT --data chitchat --epochs {EPOCHS}"
"""Pasted into the form."""
PROGRAM = (sys.executable, "-m", "wordnet_tui", "--data", "chitchat")

Moments = list[tuple[int, float]]
"""Mini-batches, and when each of them was seen to be done."""

_MINI_BATCH = re.compile(r"mini-batch ([\d,]+) of")


@dataclass(frozen=True)
class Settings:
    """What the user asked for."""

    seconds: float
    """Length of a measurement; what has to be longer is a multiple of it."""
    rounds: int
    """How often two things are measured in turn."""


@contextmanager
def program(columns: int, rows: int, *options: str) -> Iterator[Terminal]:
    """The program with nothing remembered, as soon as its corpus is there."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Terminal([*PROGRAM, *options], columns, rows, {"WORDNET_TUI_DATA": folder}) as seen,
    ):
        seen.wait_for(lambda terminal: "data chitchat" in terminal.text)
        yield seen


@contextmanager
def training_program(columns: int, rows: int, first: int = 1) -> Iterator[Terminal]:
    """The program on the Train screen, once it has trained `first` mini-batches."""
    with program(columns, rows) as terminal:
        terminal.send(f"\x1b[200~{COMMAND}\x1b[201~")  # as a terminal sends what is pasted
        terminal.wait_for(lambda seen: re.search(rf"epochs +{EPOCHS}\b", seen.text))
        terminal.send(START)
        terminal.wait_for(lambda seen: (mini_batch(seen) or 0) >= first)
        yield terminal


def mini_batch(terminal: Terminal) -> int | None:
    """How many mini-batches the Train screen tells of."""
    found = _MINI_BATCH.search(terminal.text)
    return int(found.group(1).replace(",", "")) if found else None


def moments_on_screen(terminal: Terminal, seconds: float) -> Moments:
    """Mini-batch, and when the screen first showed it, for so long."""
    until = time.perf_counter() + seconds
    moments: Moments = []
    while (left := until - time.perf_counter()) > 0:
        came_at = terminal.read(left)
        shown = mini_batch(terminal)
        known = moments[-1][0] if moments else None
        if came_at is not None and shown is not None and shown != known:
            moments.append((shown, came_at))
    return moments
