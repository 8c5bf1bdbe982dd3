"""The disk is full while a run writes its checkpoints, and has room again before it ends."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from benchmarks.torture.disks import disk_that_fills_up
from benchmarks.torture.program import batch_of, begun_run, end_of, running, status_of
from benchmarks.torture.proof import Proof, Settings, TrialError, expect, try_all, wait_until
from benchmarks.torture.small import OPTIMIZERS, small_training, write_small_text
from benchmarks.torture.undisturbed import train_undisturbed
from wordnet_tui.runs.storage.checkpoints import read_checkpoint
from wordnet_tui.runs.storage.folder import RunFolder

TRIALS = 3
INTERVAL = 0.2
"""Seconds between two checkpoints."""
SMALL_ROOM = 24 << 10
"""Bytes: a status fits, a checkpoint does not."""
QUITE_FULL = 0.7
"""Seconds without room for a single byte."""
EPOCHS = 100


def full_disk(settings: Settings) -> Iterator[Proof]:
    """One training after the other, each with another optimizer."""
    root = settings.folder / "full-disk"
    root.mkdir()
    text = write_small_text(root / "small.txt")
    kinds = set()

    def trial(number: int) -> float:
        place = root / f"trial-{number}"
        place.mkdir()
        optimizer = OPTIMIZERS[-1 - number % len(OPTIMIZERS)]
        options = small_training(text, optimizer, patience=0, epochs=EPOCHS)
        whole = train_undisturbed(place, options)
        with disk_that_fills_up(place / "disk") as disk:
            kinds.add(disk.kind)
            out, runs = place / "out.safetensors", disk.folder / "runs"
            every = ("--checkpoint-every", str(INTERVAL))
            with running("train", out, "--runs", runs, *every, *options) as process:
                folder = begun_run(runs)
                wait_until(lambda: _checkpoint_at(folder), "a checkpoint is written")
                disk.fill(process.pid, SMALL_ROOM)
                at_checkpoint = _expect_reported_and_trained_on(folder)
                disk.fill(process.pid, 0)
                time.sleep(QUITE_FULL)
                expect(_saved_at(folder) == at_checkpoint, "the earlier checkpoint is gone")
                disk.make_room(process.pid)
                seconds = _until_recovered(folder, at_checkpoint)
                ended = end_of(process)
            expect(ended.status == 0, f"it ended with {ended.status}: {ended.errors}")
            whole.expect_same(folder, out)
        return seconds

    trials = try_all(settings.at_most(TRIALS), trial)
    recovered = statistics.median(trials.results or [0.0])
    yield Proof(
        f"full disk ({' and '.join(sorted(kinds))})",
        f"{trials.share}, the next checkpoint {recovered:.1f} s after there was room",
        goal="all train on, tell it, recover, equal bit for bit",
        holds=trials.all_went_well,
        problems=trials.problems,
    )


def _expect_reported_and_trained_on(folder: RunFolder) -> int:
    """The status must say why, and mini-batches must go on; gives that of the checkpoint."""
    wait_until(lambda: _write_error(folder), "the status tells that the disk is full")
    at_checkpoint, done = _saved_at(folder), batch_of(status_of(folder))
    wait_until(lambda: batch_of(status_of(folder)) > done, "the training goes on")
    still = _saved_at(folder)
    expect(
        still == at_checkpoint <= done, f"the checkpoint went from {at_checkpoint} to {still}"
    )
    return at_checkpoint


def _until_recovered(folder: RunFolder, at_checkpoint: int) -> float:
    """Seconds until there is a newer checkpoint and nothing is wrong any more."""
    since = time.perf_counter()
    wait_until(
        lambda: _checkpoint_at(folder) > at_checkpoint and not _write_error(folder),
        "a checkpoint is written again",
    )
    return time.perf_counter() - since


def _saved_at(folder: RunFolder) -> int:
    """The mini-batch of the checkpoint that one would go on from."""
    checkpoint = read_checkpoint(folder)
    if checkpoint is None:
        raise TrialError(f"{folder.path} has no checkpoint")
    return checkpoint.state.batch


def _checkpoint_at(folder: RunFolder) -> int:
    status = status_of(folder)
    return (status.checkpoint_at or 0) if status else 0


def _write_error(folder: RunFolder) -> str:
    status = status_of(folder)
    return status.view.write_error if status else ""
