"""Trainings of twenty mini-batches, whose files are written in the same order each time.

By the clock the program would write now more and now less. So the recorder waits for nobody
but the trainer, the trainer waits for the recorder at each checkpoint, and each mini-batch is
a row.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.torture.children import command
from benchmarks.torture.operations import mark
from benchmarks.torture.program import Argument, batch_of, bits, run_in, status_of
from benchmarks.torture.proof import expect
from benchmarks.torture.small import small_training, write_small_text
from wordnet_tui.cli import training
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.runs import checkpoint_writer, recorder
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.saved_networks import save_or_rescue
from wordnet_tui.runs.storage import metrics
from wordnet_tui.runs.storage.checkpoints import Checkpoint, write_checkpoint
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.manifest import read_manifest, write_manifest
from wordnet_tui.runs.storage.own_runs import signature
from wordnet_tui.runs.storage.status_file import write_status

SENTENCES = 60
CHECKPOINTS = (5, 9, 14)
"""Mini-batches after which one is asked for; the program writes others by itself."""
SECONDS_TO_WAIT = 1.0
"""Most that the trainer waits for the recorder; it may have been unable to write."""
NEVER = 1e6

CHECKPOINT_MARK = "checkpoint "
OUT_MARK = "OUT"

QUICKER = (
    (recorder, "SECONDS_BETWEEN_TICKS", NEVER),
    (recorder, "SECONDS_BETWEEN_STATUSES", 0.0),
    (recorder, "SECONDS_TO_RETRY", 0.5),
    (checkpoint_writer, "SECONDS_BETWEEN_TRIES", 0.0),
    (metrics, "ROW_SECONDS", 0.0),
)


def write_tiny_text(path: Path) -> Path:
    """A few hundred words."""
    lines = write_small_text(path).read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:SENTENCES]), encoding="utf-8")
    return path


def tiny_training(text: Path) -> list[str]:
    """Options of `train`."""
    shape = {"embedding_size": 4, "hidden_size": 6, "batch_size": 24}
    few = {"epochs": 2, "validate_every": 4, "patience": 0}
    return small_training(text, "adam", learning_rate=0.01, **shape, **few)


def pace(leave_at: int | None = None) -> None:
    """Make what this process trains write its files in the same order each time.

    Marks in the log each checkpoint that the program takes for written, and OUT.

    Args:
        leave_at: The mini-batch after which the training is left, if any.
    """
    for module, name, value in QUICKER:
        _replace(module, name, value)
    is_written = threading.Event()
    train = Run.train

    def write_status_and_tell(*arguments: Any) -> None:
        try:
            write_status(*arguments)
        finally:
            is_written.set()  # it comes last of all that the recorder does at a time

    def write_checkpoint_and_mark(folder: RunFolder, checkpoint: Checkpoint) -> None:
        write_checkpoint(folder, checkpoint)
        mark(f"{CHECKPOINT_MARK}{checkpoint.state.batch}")

    def wait() -> None:
        is_written.wait(SECONDS_TO_WAIT)

    def train_in_step(run: Run) -> Iterator[TrainingProgress]:
        for progress in train(run):
            yield progress
            if progress.batch == leave_at:
                run.leave()
            if progress.batch in CHECKPOINTS and run.listener is not None:
                is_written.clear()
                run.listener.ask_for_checkpoint()
                run.do_between_steps(wait)

    def save_and_mark(*arguments: Any) -> Path:
        out = save_or_rescue(*arguments)
        mark(OUT_MARK)
        return out

    changes: tuple[tuple[Any, str, Callable[..., Any]], ...] = (
        (recorder, "write_status", write_status_and_tell),
        (checkpoint_writer, "write_checkpoint", write_checkpoint_and_mark),
        (Run, "train", train_in_step),
        (training, "save_or_rescue", save_and_mark),
    )
    for owner, name, function in changes:
        _replace(owner, name, function)


def _replace(owner: Any, name: str, value: object) -> None:
    if not hasattr(owner, name):
        raise AttributeError(f"{owner.__name__} has no {name} any more; mend `pace`")
    setattr(owner, name, value)


@dataclass(frozen=True)
class Place:
    """A folder below which all lies that one trial may change."""

    root: Path

    @property
    def runs(self) -> Path:
        """The folder of runs."""
        return self.root / "runs"

    @property
    def out(self) -> Path:
        """The model file to write."""
        return self.root / "out.safetensors"

    @property
    def data(self) -> Path:
        """The program's folder for what it remembers."""
        return self.root / "data"

    def train(self, text: Path) -> list[Argument]:
        """The command that begins a training here."""
        every = ("--checkpoint-every", str(NEVER), "--runs", self.runs, "--log", "none")
        return ["train", self.out, *every, *tiny_training(text)]

    def resume(self, *more: Argument) -> list[Argument]:
        """The command that goes on with one."""
        return ["resume", "--runs", self.runs, "--checkpoint-every", str(NEVER), *more]


@contextmanager
def at_home(data: Path) -> Iterator[None]:
    """With a user's data in another folder."""
    before = os.environ["WORDNET_TUI_DATA"]
    os.environ["WORDNET_TUI_DATA"] = str(data)
    try:
        yield
    finally:
        os.environ["WORDNET_TUI_DATA"] = before


def copied(place: Place, root: Path) -> Place:
    """The same place elsewhere, with OUT in it."""
    copy = Place(Path(shutil.copytree(place.root, root, symlinks=True)))
    for path in copy.runs.iterdir() if copy.runs.exists() else ():
        folder = RunFolder(path)
        manifest, out = read_manifest(folder), str(copy.out)
        with at_home(copy.data):
            signed = signature(out, manifest.created_at)
        write_manifest(folder, replace(manifest, out=out, out_signature=signed))
    return copy


@dataclass(frozen=True)
class Whole:
    """What a training comes to when nobody disturbs it."""

    last: bytes
    best: bytes
    out: bytes
    batches: int


def train_tiny(place: Place, text: Path) -> Whole:
    """Train to the end in a child."""
    place.root.mkdir(parents=True)
    end = command(*place.train(text), first=pace)
    expect(end.status == 0, f"an undisturbed training failed: {end.output}")
    folder = run_in(place.runs)
    assert folder is not None
    last, best = bits(folder.last_file.path), bits(folder.best_file.path)
    return Whole(last, best, bits(place.out), batch_of(status_of(folder)))
