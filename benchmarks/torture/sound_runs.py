"""Runs to be damaged: one killed, one left in order, one at its end, all of one training."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.torture.program import batch_of, bits, status_of
from benchmarks.torture.proof import expect, wait_until
from benchmarks.torture.small import small_settings, write_small_text
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.runs.commands import Command, CommandKind
from wordnet_tui.runs.lifecycle import begin, reopen, train_and_save
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.recorder import Recorder
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.owner import read_owner, write_owner
from wordnet_tui.runs.storage.requests import new_request, put_request
from wordnet_tui.runs.storage.status_file import write_status

EPOCHS = 3
"""Of 264 mini-batches: so few that each damaged copy can be trained to its end."""
OPTIMIZER = "adam"
CHECKPOINTS = (600, 650)
"""Mini-batches after which one is written."""
LEFT_AT = 680


@dataclass(frozen=True)
class SoundRuns:
    """Folders as the program left them."""

    folders: tuple[RunFolder, ...]
    last: bytes
    """The weights that all of them come to, or have come to."""
    best: bytes


def make_sound_runs(root: Path) -> SoundRuns:
    """Train, in this process, and copy the folder at three moments."""
    text = write_small_text(root / "small.txt")
    dataset = load_dataset(str(text))
    shape = {"vocabulary_size": len(dataset.vocabulary)}
    few = small_settings(OPTIMIZER, epochs=EPOCHS, validate_every=50, **shape)
    hyperparameters = Hyperparameters().changed(**few)
    whole = Run(dataset, hyperparameters)
    whole.run_to_end()

    run = Run(dataset, hyperparameters)
    recorder = begin(run, root / "ended", [str(text)])
    assert recorder is not None
    killed = _train_until_left(run, recorder, root)
    left = _copy(recorder.folder, root / "left")
    train_and_save(*reopen(recorder.folder))
    ended = recorder.folder
    weights = {
        "last": whole.last().parameters.packed()[1].tobytes(),
        "best": whole.best().parameters.packed()[1].tobytes(),
    }
    expect(
        bits(ended.last_file.path) == weights["last"], "sound files did not lead to the same"
    )
    return SoundRuns((killed, left, ended), **weights)


def _train_until_left(run: Run, recorder: Recorder, root: Path) -> RunFolder:
    """Take the run to where it is left; gives a copy as if it had been killed just before."""
    folder = recorder.folder
    recorder.start()
    for progress in run.train():
        batch = progress.batch
        if batch in CHECKPOINTS:
            recorder.ask_for_checkpoint()
        elif batch - 1 in CHECKPOINTS:
            _wait_for_checkpoint(folder, batch - 1)
        elif batch == LEFT_AT:
            wait_until(lambda: batch_of(status_of(folder)) == LEFT_AT, "the status")
            killed = _as_if_killed(_copy(folder, root / "killed"))
            run.leave()
    recorder.finish()
    return killed


def _as_if_killed(folder: RunFolder) -> RunFolder:
    """Trained by a process that is dead, and somebody had just asked it for something."""
    owner, status = read_owner(folder), status_of(folder)
    assert owner is not None
    assert status is not None
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    write_owner(folder, replace(owner, pid=process.pid))
    write_status(folder, replace(status, pid=process.pid))
    asked_at = time.time()
    put_request(folder, new_request(Command(CommandKind.CHECKPOINT), "a watcher", asked_at))
    return folder


def _wait_for_checkpoint(folder: RunFolder, batch: int) -> None:
    def is_reported() -> bool:
        status = status_of(folder)
        return status is not None and status.checkpoint_at == batch

    wait_until(is_reported, f"a checkpoint of mini-batch {batch}")


def _copy(folder: RunFolder, root: Path) -> RunFolder:
    """The same run in another folder of runs."""
    return RunFolder(Path(shutil.copytree(folder.path, root / folder.name)))
