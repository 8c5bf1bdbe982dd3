"""When checkpoints are taken and written, above all where they cannot be written."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.waiting import wait_until
from wordnet_tui.core.errors import RunError
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.runs.checkpoint_writer import CheckpointWriter
from wordnet_tui.runs.commands import STEP
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.storage.checkpoints import Checkpoint
from wordnet_tui.runs.storage.folder import RunFolder

StartRun = Callable[..., Run]
SLOT = "wordnet_tui.runs.checkpoint_writer"


class Disk:
    """A disk that may be full, and a clock that goes only as a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_full = True
        self.tries: list[int] = []
        self.now = 0.0
        monkeypatch.setattr(f"{SLOT}.time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(f"{SLOT}.write_checkpoint", self._write)

    def _write(self, folder: RunFolder, checkpoint: Checkpoint) -> None:
        del folder
        self.tries.append(checkpoint.state.batch)
        if self.is_full:
            raise RunError("no space left")


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


class Recorded:
    """A run that is paused, and the writer of its checkpoints."""

    def __init__(self, run: Run, folder: RunFolder) -> None:
        self.run = run
        self.taken = 0
        self.writer = CheckpointWriter(run, folder, self._take, lambda: None, 9.5)
        wait_until(lambda: run.status().progress)

    def _take(self) -> Checkpoint:
        self.taken += 1
        progress = self.run.status().progress
        assert progress is not None
        state = SimpleNamespace(batch=progress.batch, validation=SimpleNamespace(best_at=None))
        checkpoint: Any = SimpleNamespace(state=state)
        return checkpoint  # type: ignore[no-any-return]

    def tick(self) -> str:
        """Do what the recorder does again and again; what went wrong."""
        self.writer.ask_if_due()
        try:
            self.writer.write(lambda: None)
        except RunError as error:
            return str(error)
        return ""


@pytest.fixture
def recorded(start_run: StartRun, folder: RunFolder, disk: Disk) -> Recorded:
    assert disk.is_full
    recorded = Recorded(start_run(), folder)
    recorded.tick()  # it asks, as a pause has begun
    wait_until(lambda: recorded.taken == 1)
    return recorded


def test_while_the_disk_is_full_a_paused_run_is_copied_once_and_tried_once_a_second(
    recorded: Recorded, disk: Disk
) -> None:
    for _ in range(1_000):  # for 5 s
        assert recorded.tick() == "no space left"
        disk.now += 0.005
    assert recorded.taken == 1
    assert disk.tries == [1] * 5
    disk.is_full = False
    disk.now += 1.0
    assert recorded.tick() == ""
    assert recorded.writer.written_at == 1
    for _ in range(10):
        assert recorded.tick() == ""
    assert len(disk.tries) == 6


def test_a_newer_copy_takes_the_place_of_one_that_could_not_be_written(
    recorded: Recorded, disk: Disk
) -> None:
    assert recorded.tick() == "no space left"
    recorded.run.send(STEP)

    def progress() -> TrainingProgress:
        progress = recorded.run.status().progress
        assert progress is not None
        return progress

    wait_until(lambda: progress().batch == 2)
    wait_until(lambda: recorded.tick() and recorded.taken == 2)
    disk.is_full = False
    disk.now += 1.0
    assert recorded.tick() == ""
    assert disk.tries[-1] == recorded.writer.written_at == 2
