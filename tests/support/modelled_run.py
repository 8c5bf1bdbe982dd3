"""A run that is paused and taken step by step, beside a plain training that tells its bits."""

from __future__ import annotations

import itertools
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support.disk import Disk
from tests.support.plain_training import Changes, PlainTraining
from tests.support.runs import small_settings
from tests.support.waiting import wait_until
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.errors import RunError
from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.runs.commands import PAUSE, Command
from wordnet_tui.runs.lifecycle import begin, reopen, train_and_save
from wordnet_tui.runs.listing import RunSummary, summarise
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.recorder import Recorder
from wordnet_tui.runs.remote.watched_run import WatchedRun
from wordnet_tui.runs.status import RunState, RunStatus
from wordnet_tui.runs.storage.checkpoints import Checkpoint, read_checkpoint
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.owner import read_owner, write_owner
from wordnet_tui.runs.storage.requests import new_request, put_request
from wordnet_tui.runs.storage.status_file import read_status

BATCHES_PER_EPOCH = 12


class ModelledRun:
    """One run, and what is left of those before.

    Args:
        root: For the folders of runs.
        disk: Where that lies.
        text: The corpus.
        dead_process: Number of a process that has ended.

    Attributes:
        plain: What comes of it undisturbed.
        others: The runs before, each with the conditions that it may have.
        name: Of the run; empty if there is none.
        run: While it is trained.
        conditions: Those that it may have while it is not.
        batch: Where it is; for one that was killed, where it was.
        changes: Made up to there.
        attempts: Processes that have trained it and taken a mini-batch.
        safe: Mini-batches and changes that are in a checkpoint for certain.
    """

    def __init__(self, root: Path, disk: Disk, text: Path, dead_process: int) -> None:
        super().__init__()
        self.root, self.disk, self.text, self.dead_process = root, disk, text, dead_process
        self.numbers = itertools.count(1)
        dataset = self.dataset = load_dataset(str(text))
        rows = len(dataset.training) // BATCHES_PER_EPOCH
        settings = {"batch_size": rows, "epochs": 2, "validate_every": 3, "optimizer": "adam"}
        self.hyperparameters = small_settings(dataset, **settings)
        self.plain = PlainTraining(dataset, self.hyperparameters)
        self.others: dict[str, set[RunCondition]] = {}
        self.name = ""
        self.run: Run | None = None
        self.thread = threading.Thread()
        self.conditions: set[RunCondition] = set()
        self.batch, self.attempts = 0, 0
        self.changes: Changes = ()
        self.safe = 0, 0

    def train(self) -> None:
        """Continue it if nobody trains it; begin another if there is none, or it has ended."""
        if self.run is not None:
            return
        if not self.name or (continued := self.reopened()) is None:
            self.begin()
            return
        checkpoint, run, recorder = continued
        self.changes = self.plain.changes_in(checkpoint, self.changes)
        self.batch = checkpoint.state.batch
        self.start(run, recorder)

    def reopened(self) -> tuple[Checkpoint, Run, Recorder] | None:
        summary = self.summary()
        if self.disk.is_full:
            with pytest.raises(RunError):
                reopen(self.folder)
            assert self.summary().condition is summary.condition
            self.disk.is_full = False
        checkpoint = read_checkpoint(self.folder)
        assert checkpoint is not None
        assert summary.can_be_continued is (summary.condition is not RunCondition.ENDED)
        if summary.can_be_continued:
            return checkpoint, *reopen(self.folder)
        with pytest.raises(RunError, match="has ended"):
            reopen(self.folder)
        return None

    def begin(self) -> None:
        if self.name:
            self.others[self.name] = self.conditions
        self.disk.is_full = False
        run = Run(self.dataset, self.hyperparameters)
        recorder = begin(run, self.root, [str(self.text)])
        assert recorder is not None
        self.name = recorder.folder.name
        self.batch, self.changes, self.attempts, self.safe = 0, (), 0, (0, 0)
        self.start(run, recorder)

    def start(self, run: Run, recorder: Recorder) -> None:
        """In a thread, up to the pause after the next mini-batch."""
        run.send(PAUSE)
        self.run = run
        is_over = self.batch == self.plain.end(self.changes)
        self.attempts += not is_over
        self.thread = threading.Thread(target=train_and_save, args=(run, recorder))
        self.thread.start()
        self.arrive(self.batch + (not is_over))

    def arrive(self, batch: int) -> None:
        """Wait until it has come to a mini-batch, and has ended if that is the last."""
        run, self.batch = self.run, batch
        assert run is not None
        if batch < self.plain.end(self.changes):
            wait_until(lambda: run.status().progress and run.status().progress.batch == batch)
            return
        self.wait_for_end({RunCondition.ENDED})
        last = self.plain.states(self.changes)[batch]
        for file, weights in (
            (self.folder.last_file, last.parameters),
            (self.folder.best_file, last.validation.best_parameters),
        ):
            assert np.array_equal(read_network(file.path).parameters.packed()[1], weights)

    def wait_for_end(self, conditions: set[RunCondition]) -> None:
        self.thread.join(30)
        assert not self.thread.is_alive()
        self.run, self.conditions = None, conditions

    @property
    def folder(self) -> RunFolder:
        return RunFolder(self.root / self.name)

    def summary(self) -> RunSummary:
        return summarise(self.folder, time.time())

    def answers(self) -> set[tuple[str, str]]:
        status = read_status(self.folder)
        return {(one.id, one.sentence) for one in status.acknowledged} if status else set()

    def is_all_in_a_checkpoint(self) -> bool:
        checkpoint = read_checkpoint(self.folder)
        assert checkpoint is not None
        is_here = checkpoint.state.batch == self.batch
        return is_here and self.plain.is_of(checkpoint, self.batch, self.changes)

    def agrees(self, view: RunStatus) -> bool:
        """Whether it tells of the run as it is, with nothing wrong."""
        now = self.plain.states(self.changes)[self.batch]
        return (
            view.state is RunState.PAUSED
            and view.progress is not None
            and view.progress.batch == self.batch
            and (view.rate_factor, view.patience) == (now.rate_factor, now.validation.patience)
            and not view.write_error
        )

    def ask(self, command: Command, way: str) -> None:
        """Returns when it is answered; what follows of it may be under way."""
        assert self.run is not None
        if way == "by hand" or self.disk.is_full:
            self.run.send(command)
            return
        before = self.answers()
        if way == "by request":
            put_request(self.folder, new_request(command, "somebody", time.time()))
            wait_until(lambda: self.answers() - before)
        else:
            with watched(self.folder) as watcher:
                wait_until(lambda: watcher.status().state is RunState.PAUSED)
                watcher.send(command)
                wait_until(lambda: self.answers() - before)
                wait_until(lambda: command.done in watcher.status().message)
        assert {sentence for _, sentence in self.answers() - before} == {command.done}

    @contextmanager
    def killed(self, calls: int) -> Iterator[None]:
        """In the middle of the call after so many that change files, from here on."""
        run, thread, old = self.run, self.thread, self.root
        assert run is not None
        self.root = old.with_name(f"killed-{next(self.numbers)}")
        self.disk.picture(old, self.root, calls)
        yield
        wait_until(lambda: self.disk.is_taken or not thread.is_alive())
        self.disk.no_picture()
        is_full, self.disk.is_full = self.disk.is_full, False
        run.stop(hurried=True)
        self.wait_for_end(set())
        if not self.disk.is_taken:  # it was quicker
            old.rename(self.root)
            return
        shutil.rmtree(old)
        if (owner := read_owner(self.folder)) is not None:
            write_owner(self.folder, replace(owner, pid=self.dead_process, token="dead"))
        self.disk.is_full = is_full


@contextmanager
def watched(folder: RunFolder) -> Iterator[WatchedRun]:
    watcher = WatchedRun(folder, seconds_between_looks=0.005)
    yield watcher
    watcher.close()
