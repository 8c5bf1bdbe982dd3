"""Eight watchers on one run, some stalled, some killed: what they cost the one who trains."""

from __future__ import annotations

import signal
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.torture.moments import follow, speed
from benchmarks.torture.program import begun_run, running, status_of
from benchmarks.torture.proof import Proof, Settings, expect
from wordnet_tui.core.run_view import RunState
from wordnet_tui.core.runs.folder import RunFolder

WATCHERS = 8
STALLED = 2
KILLED = 2
ROUNDS = 7
SECONDS = 6.0
"""Length of a measurement."""
SETTLED = 1.0
"""Seconds after the last watcher has come or gone."""
LEAST = 0.98


def watchers(settings: Settings) -> Iterator[Proof]:
    """One training of the default network; watchers come and go, who is first in turn."""
    root = settings.folder / "watchers"
    root.mkdir()
    runs = root / "runs"
    options = ("--runs", runs, "--log", "none", "--epochs", "100000")
    ratios = []
    with running("train", root / "out.safetensors", *options) as process:
        folder = begun_run(runs)
        for number in range(settings.at_most(ROUNDS)):
            before = _speed(folder) if number % 2 else None
            watched = _watched_speed(folder)
            ratios.append(watched / (before or _speed(folder)))
        status = status_of(folder)
        is_well = process.poll() is None and status is not None and not status.view.trouble
        expect(is_well and status, "the training was disturbed")
        assert status is not None
        expect(status.view.state is RunState.TRAINING, f"it is {status.view.state}")
    median = statistics.median(ratios)
    yield Proof(
        f"{WATCHERS} watchers, {STALLED} stalled, {KILLED} killed",
        f"{median:.3f} of its speed ({min(ratios):.3f} to {max(ratios):.3f})",
        goal=f"the median at least {LEAST}",
        holds=median >= LEAST,
    )


def _watched_speed(folder: RunFolder) -> float:
    with ExitStack() as stack:
        watching = [
            stack.enter_context(running("watch", "--plain", folder.path))
            for _ in range(WATCHERS)
        ]
        for process in watching:
            assert process.stdout is not None
            expect(process.stdout.readline(), "a watcher told nothing")
        for process in watching[:STALLED]:
            process.send_signal(signal.SIGSTOP)
        for process in watching[-KILLED:]:
            process.kill()
        found = _speed(folder)
        alive = sum(process.poll() is None for process in watching)
        expect(alive == WATCHERS - KILLED, f"of {WATCHERS} watchers {alive} are left")
    return found


def _speed(folder: RunFolder) -> float:
    time.sleep(SETTLED)
    return speed(follow(folder, SECONDS))
