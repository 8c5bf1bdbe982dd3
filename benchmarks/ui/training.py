"""What the screen costs the training, and what the training costs the line."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.ui.program import (
    PREDICT,
    SIZES,
    TRAIN,
    Moments,
    Settings,
    mini_batch,
    moments_on_screen,
    training_program,
)
from benchmarks.ui.terminal import Terminal
from benchmarks.ui.without_screen import SETTLED, WithoutScreen

WARM = 500
"""Mini-batches before anything is measured."""
LONG = 3.0
"""A long measurement is so many times as long as the others."""
TURNS = 4
"""Of each of the two: a machine changes its speed from second to second."""
PAUSE = "p"
"""The key that pauses a training and lets it go on."""


def speed(settings: Settings) -> Iterator[Figure]:
    """Mini-batches per second on the Train screen over those without a screen."""
    for columns, rows in SIZES:
        ratios = [_speed(columns, rows, settings.seconds) for _ in range(settings.rounds)]
        yield Figure(
            f"speed on the Train screen / without, {columns}x{rows}",
            statistics.median(ratios),
            goal="at least 0.95",
        )


def _speed(columns: int, rows: int, seconds: float) -> float:
    """Of two new processes; where its arrays happen to lie makes one up to a tenth faster.

    They take turns: while one trains, the other is held, the app by its own pause.
    """
    on_screen, alone = [], []
    with (
        WithoutScreen(WARM) as without,
        training_program(columns, rows, first=WARM) as terminal,
    ):
        for _ in range(TURNS):
            on_screen.append(_per_second(moments_on_screen(terminal, seconds / TURNS)))
            _turn(terminal, "paused")
            alone.append(_per_second(without.moments(seconds / TURNS)))
            _turn(terminal, "training")
    return statistics.median(on_screen) / statistics.median(alone)


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
    """The same process while nobody reads the terminal, and before and after; it recovers."""
    seconds = LONG * settings.seconds
    with training_program(*SIZES[0], first=WARM) as terminal:
        before = moments_on_screen(terminal, settings.seconds)
        time.sleep(seconds)
        read_again_at = terminal.send(PREDICT)
        answered_at = terminal.wait_for(lambda seen: "type a word" in seen.text)
        terminal.send(TRAIN)
        terminal.wait_for(lambda seen: (mini_batch(seen) or 0) > before[-1][0])
        after = moments_on_screen(terminal, settings.seconds)
    read = statistics.mean([_per_second(before), _per_second(after)])
    yield Figure(
        f"speed while not read for {seconds:.0f} s / while read",
        _per_second([before[-1], after[0]]) / read,
        goal="at least 0.95",
    )
    yield Figure(
        "key to another screen, once it is read again",
        answered_at - read_again_at,
        "s",
        "it recovers",
    )


def _turn(terminal: Terminal, state: str) -> None:
    """Pause the training, or let it go on, and wait until the screen tells of it."""
    terminal.send(PAUSE)
    terminal.wait_for(lambda seen: f" {state} " in seen.lines[-2])
    terminal.read_for(SETTLED)


def _per_second(moments: Moments) -> float:
    (first, began), (last, ended) = moments[0], moments[-1]
    return (last - first) / (ended - began)
