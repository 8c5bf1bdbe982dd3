"""What the screen costs the training, and what the training costs the line."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import numpy as np

from benchmarks.figures import Figure
from benchmarks.ui.program import (
    PREDICT,
    SIZES,
    TRAIN,
    Settings,
    mini_batch,
    moments_on_screen,
    training_program,
)
from benchmarks.ui.without_screen import moments_without_screen

WARM = 500
"""Mini-batches before anything is measured."""
LONG = 3.0
"""A long measurement is so many times as long as the others."""

Moments = list[tuple[int, float]]


def speed(settings: Settings) -> Iterator[Figure]:
    """Mini-batches per second on the Train screen over those without a screen.

    Both train the very same mini-batches, so what is compared is the time for these. Who goes
    first changes from round to round.
    """
    last = _mini_batches_in(settings.seconds)
    for columns, rows in SIZES:
        ratios = []
        for number in range(settings.rounds):
            before = moments_without_screen(last) if number % 2 else None
            on_screen = _on_screen(columns, rows, last)
            without = before or moments_without_screen(last)
            ratios.append(_seconds(without, WARM, last) / _seconds(on_screen, WARM, last))
        yield Figure(
            f"speed on the Train screen / without, {columns}x{rows}",
            statistics.median(ratios),
            goal="at least 0.95",
        )


def line(settings: Settings) -> Iterator[Figure]:
    """Bytes of the first part of a training, in which the axes still grow in steps.

    The median second is what a long run sends.
    """
    for (columns, rows), goal in zip(SIZES, ("at most 3", "at most 6"), strict=True):
        sent = []
        with training_program(columns, rows, first=WARM) as terminal:
            for _ in range(int(LONG * settings.seconds)):
                before = terminal.bytes_read
                terminal.read_for(1.0)
                sent.append((terminal.bytes_read - before) / 1024)
        name = f"to the terminal while training, {columns}x{rows}"
        yield Figure(name, statistics.mean(sent), "KiB/s", goal)
        yield Figure("  its median second", statistics.median(sent), "KiB/s")


def unread(settings: Settings) -> Iterator[Figure]:
    """The same while nobody reads the terminal, and whether the app recovers."""
    with training_program(*SIZES[0], first=WARM) as terminal:
        first, began_at = moments_on_screen(terminal, 2.0)[-1]
        time.sleep(LONG * settings.seconds)
        read_again_at = terminal.send(PREDICT)
        answered_at = terminal.wait_for(lambda seen: "type a word" in seen.text)
        terminal.send(TRAIN)
        terminal.wait_for(lambda seen: (mini_batch(seen) or 0) > first)
        moments = moments_on_screen(terminal, 2.0)
    last, ended_at = moments[-1]
    without = _seconds(moments_without_screen(last), first, last)
    yield Figure(
        f"the same, not read for {LONG * settings.seconds:.0f} s",
        without / (ended_at - began_at),
        goal="at least 0.95",
    )
    yield Figure(
        "key to another screen, once it is read again",
        answered_at - read_again_at,
        "s",
        "it recovers",
    )


def _mini_batches_in(seconds: float) -> int:
    """How many a measurement of that length has, counted without a screen."""
    moments = moments_without_screen(3 * WARM)
    batches_per_second = 2 * WARM / _seconds(moments, WARM, 3 * WARM)
    return WARM + int(seconds * batches_per_second)


def _on_screen(columns: int, rows: int, last: int) -> Moments:
    moments: Moments = []
    with training_program(columns, rows, first=WARM // 2) as terminal:
        while not moments or moments[-1][0] < last:
            moments += moments_on_screen(terminal, 1.0)
    return moments


def _seconds(moments: Moments, first: int, last: int) -> float:
    """From the one mini-batch to the other, on straight lines between the moments known."""
    batches, times = zip(*moments, strict=True)
    began, ended = np.interp([first, last], batches, times)
    return float(ended - began)
