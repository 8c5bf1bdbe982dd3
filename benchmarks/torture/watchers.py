"""Eight watchers on one run, some stalled, some killed: what they cost the one who trains."""

from __future__ import annotations

import signal
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from benchmarks.torture.moments import follow, speed
from benchmarks.torture.program import begun_run, running, status_of
from benchmarks.torture.proof import Proof, Settings, expect
from wordnet_tui.runs.status import RunState
from wordnet_tui.runs.storage.folder import RunFolder

WATCHERS = 8
STALLED = 2
KILLED = 2
ROUNDS = 12
SECONDS = 4.0
"""Length of a measurement."""
SETTLED = 0.5
"""Seconds after watchers were let go or held."""
LEAST = 0.98


def watchers(settings: Settings) -> Iterator[Proof]:
    """One training of the default network, whose watchers are let go and held in turn.

    A machine changes its speed from second to second, and one process can be a tenth faster
    than the next: so it is one training, in short turns.
    """
    root = settings.folder / "watchers"
    root.mkdir()
    runs = root / "runs"
    options = ("--runs", runs, "--log", "none", "--epochs", "100000")
    ratios = []
    with (
        running("train", root / "out.safetensors", *options) as process,
        ExitStack() as stack,
    ):
        folder = begun_run(runs)
        alive = _watch(folder, stack)
        for number in range(settings.at_most(ROUNDS)):
            orders = (signal.SIGCONT, signal.SIGSTOP)
            speeds = {
                order: _speed(folder, alive, order)
                for order in (orders if number % 2 else reversed(orders))
            }
            ratios.append(speeds[signal.SIGCONT] / speeds[signal.SIGSTOP])
        left = sum(watcher.poll() is None for watcher in alive)
        expect(left == len(alive), f"of {len(alive)} watchers {left} are left")
        status = status_of(folder)
        is_well = process.poll() is None and status is not None and not status.view.write_error
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


def _watch(folder: RunFolder, stack: ExitStack) -> list[subprocess.Popen[str]]:
    """Some watchers that live, and others that stand still or were killed."""
    watching = [
        stack.enter_context(running("watch", "--plain", folder.path)) for _ in range(WATCHERS)
    ]
    for process in watching:
        assert process.stdout is not None
        expect(process.stdout.readline(), "a watcher printed nothing")
    for process in watching[:STALLED]:
        process.send_signal(signal.SIGSTOP)
    for process in watching[-KILLED:]:
        process.kill()
    return watching[STALLED:-KILLED]


def _speed(
    folder: RunFolder, alive: Sequence[subprocess.Popen[str]], order: signal.Signals
) -> float:
    """Of the training, while the watchers go on or are held."""
    for watcher in alive:
        watcher.send_signal(order)
    time.sleep(SETTLED)
    return speed(follow(folder, SECONDS))
