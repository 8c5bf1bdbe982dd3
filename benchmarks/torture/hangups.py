"""The line drops while the app trains: its process trains on alone, and can be joined."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.torture.processor import busy_cores, thread_seconds
from benchmarks.torture.program import begun_run, end_of, running, status_of
from benchmarks.torture.proof import Proof, Settings, expect, try_all
from benchmarks.torture.small import LONGER, small_training, write_small_text
from benchmarks.torture.terminal import open_and_train
from benchmarks.torture.undisturbed import Undisturbed, train_undisturbed
from wordnet_tui.core.training.progress import StopReason

TRIALS = 20
OPTIMIZER = "momentum"
LONGEST_WAIT = 1.0
"""Seconds of training before the line drops."""
SETTLED = 0.8
"""Seconds after which the screen is given up."""
MEASURED = 1.0
"""Seconds over which the processor's time is counted."""
MOST_BESIDES = 0.25
"""Cores: what all threads but the busiest may use, to write the run down. One that spins
would use as much as the one that trains."""


class Work(NamedTuple):
    """Cores that were used after the line had dropped."""

    training: float
    besides: float


def hangup(settings: Settings) -> Iterator[Proof]:
    """One app after the other."""
    root = settings.folder / "hangup"
    root.mkdir()
    text = write_small_text(root / "small.txt")
    whole = train_undisturbed(root, small_training(text, OPTIMIZER, **LONGER))

    def trial(number: int) -> Work:
        chance = random.Random(f"{settings.seed} hangup {number}")
        return _hang_up(text, root / f"trial-{number}", whole, chance)

    trials = try_all(settings.at_most(TRIALS), trial)
    training = max((one.training for one in trials.results), default=0.0)
    besides = max((one.besides for one in trials.results), default=0.0)
    yield Proof(
        "hang-up while the app trains",
        f"{trials.share}, at most {training + besides:.2f} cores, of them {besides:.2f} "
        "not training",
        goal="all train on to the same end, and are joined",
        holds=trials.all_went_well,
        problems=trials.problems,
    )


def _hang_up(text: Path, runs: Path, whole: Undisturbed, chance: random.Random) -> Work:
    options = small_training(text, OPTIMIZER, **LONGER)
    with open_and_train(text, runs, options, LONGER["epochs"]) as terminal:
        terminal.read_for(chance.uniform(0.0, LONGEST_WAIT))
        folder = begun_run(runs)
        terminal.hang_up()
        with running("watch", "--plain", "--runs", runs) as watcher:
            time.sleep(SETTLED)
            before, since = thread_seconds(terminal.pid), time.perf_counter()
            time.sleep(MEASURED)
            cores = busy_cores(
                before, thread_seconds(terminal.pid), time.perf_counter() - since
            )
            watched = end_of(watcher)
        terminal.wait_without_reading()
    training, *others = cores
    expect(sum(others) <= MOST_BESIDES, f"threads spin: {cores}")
    expect(
        watched.output.startswith(f"run {folder.name}: training, ") and watched.status == 0,
        f"`watch` did not join: {watched.status} {watched.output} {watched.errors}",
    )
    status = status_of(folder)
    progress = status.view.progress if status else None
    expect(
        progress is not None and progress.stop_reason is StopReason.EPOCHS_DONE,
        f"it did not go on to its end: {progress}",
    )
    whole.expect_same(folder)
    return Work(training, sum(others))
