"""kill -9 at any moment, resume, and compare with a training that nobody disturbed."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.torture.program import (
    Argument,
    batch_of,
    run_in,
    run_well,
    running,
    status_of,
)
from benchmarks.torture.proof import Proof, Settings, TrialError, expect, try_all, wait_until
from benchmarks.torture.small import OPTIMIZERS, small_training, write_small_text
from benchmarks.torture.undisturbed import Undisturbed, train_undisturbed
from wordnet_tui.runs.storage.checkpoints import read_checkpoint
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.metrics_file import read_metrics

TRIALS = 100
AT_ONCE = 2
INTERVAL = 0.2
"""Seconds between two checkpoints, so that many a kill meets one that is being written."""
MOST_LOST = INTERVAL + 0.5
"""Seconds: to write a checkpoint may take so long, which makes 10 s of the usual 9.5."""
KILLED_AGAIN = 1 / 3
"""Share of the resumed trainings that are killed as well."""
MOST_KILLS = 4
MOST_TRIES = 10
"""How often a training is begun anew that ended before it was killed."""


class Lost(NamedTuple):
    """The work that was done once more, after the worst kill of a trial."""

    seconds: float
    mini_batches: int
    kills: int


def kill(settings: Settings) -> Iterator[Proof]:
    """Each trial is one training; its optimizer is one after the other."""
    root = settings.folder / "kill"
    root.mkdir()
    text = write_small_text(root / "small.txt")
    options = {name: small_training(text, name) for name in OPTIMIZERS}

    def undisturbed(number: int) -> Undisturbed:
        name = OPTIMIZERS[number]
        (root / name).mkdir()
        return train_undisturbed(root / name, options[name])

    count = settings.at_most(TRIALS)
    whole = try_all(min(count, len(OPTIMIZERS)), undisturbed, AT_ONCE)
    expect(not whole.problems, "; ".join(whole.problems))

    def trial(number: int) -> Lost:
        chance = random.Random(f"{settings.seed} kill {number}")
        index = number % len(OPTIMIZERS)
        place = root / f"trial-{number}"
        place.mkdir()
        return _kill_and_resume(
            place, options[OPTIMIZERS[index]], whole.results[index], chance
        )

    trials = try_all(count, trial, AT_ONCE)
    lost = trials.results or [Lost(0.0, 0, 0)]
    seconds = max(one.seconds for one in lost)
    mini_batches = max(one.mini_batches for one in lost)
    kills = sum(one.kills for one in lost)
    yield Proof(
        f"kill -9 while training, {kills:,} kills",
        f"{trials.share}, at most {seconds:.2f} s ({mini_batches:,} mini-batches) lost",
        goal=f"all equal bit for bit, at most {MOST_LOST:.1f} s lost",
        holds=trials.all_went_well and seconds <= MOST_LOST,
        problems=trials.problems,
    )


def _kill_and_resume(
    place: Path, options: Sequence[str], whole: Undisturbed, chance: random.Random
) -> Lost:
    out, runs = place / "out.safetensors", place / "runs"
    every: tuple[Argument, ...] = ("--runs", runs, "--checkpoint-every", str(INTERVAL))
    lost = [_begin_and_kill(out, [*options, *every], runs, whole.seconds, chance)]
    while len(lost) < MOST_KILLS and not out.exists() and chance.random() < KILLED_AGAIN:
        began_at = time.time()
        with running("resume", *every) as process:
            if not _is_killed_after(process, chance.uniform(0.0, whole.seconds)):
                break
        lost.append(_lost(_the_run(runs), began_at))
    if not out.exists():
        run_well("resume", *every)
    whole.expect_same(_the_run(runs), out)
    return Lost(
        max(one.seconds for one in lost), max(one.mini_batches for one in lost), len(lost)
    )


def _begin_and_kill(
    out: Path, options: Sequence[Argument], runs: Path, longest: float, chance: random.Random
) -> Lost:
    """Kill a training at a moment drawn by chance, of all from which on it is a run."""
    for _ in range(MOST_TRIES):
        began_at = time.time()
        with running("train", out, "--log", "none", *options) as process:
            folder = wait_until(lambda: run_in(runs), "a run begins")
            assert folder is not None
            if _is_killed_after(process, chance.uniform(0.0, longest)):
                return _lost(folder, began_at)
        out.unlink()
        folder.path.rename(runs.parent / f"ended-{folder.name}")
    raise TrialError(f"it ended {MOST_TRIES} times before it could be killed")


def _is_killed_after(process: subprocess.Popen[str], seconds: float) -> bool:
    """Kill it after so long; False if it has ended before."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    expect(process.returncode == 0, f"it ended with status {process.returncode}")
    return False


def _the_run(runs: Path) -> RunFolder:
    folder = run_in(runs)
    expect(folder, f"there is no run in {runs}")
    assert folder is not None
    return folder


def _lost(folder: RunFolder, began_at: float) -> Lost:
    """What is done and in no checkpoint, by the clock since the newest one was written.

    Args:
        folder: Of the run.
        began_at: When the process was started that has been killed now.
    """
    killed_at = time.time()
    checkpoint = read_checkpoint(folder)
    if checkpoint is None:
        return Lost(0.0, 0, 1)
    path = (
        folder.checkpoint_before_file.path
        if checkpoint.remark
        else folder.checkpoint_file.path
    )
    saved_at, progress = path.stat().st_mtime, checkpoint.state.progress
    is_over = progress is not None and progress.stop_reason is not None
    if is_over or saved_at < began_at:  # it writes one before it takes its first step
        return Lost(0.0, 0, 1)
    rows = read_metrics(folder.metrics_file).rows
    reported = max(batch_of(status_of(folder)), int(rows[-1, 0]) if len(rows) else 0)
    return Lost(killed_at - saved_at, max(0, reported - checkpoint.state.batch), 1)
