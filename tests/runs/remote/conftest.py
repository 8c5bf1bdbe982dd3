"""Runs to watch: of this process, and such as another machine would write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.runs.remote.watched_run import WatchedRun
from wordnet_tui.runs.status import RunState, RunStatus
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.status_file import Acknowledgement, StatusRecord

Watch = Callable[..., WatchedRun]


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Watches runs, often; no longer than the test."""
    opened: list[WatchedRun] = []

    def open_run(folder: RunFolder, **how: Any) -> WatchedRun:
        opened.append(WatchedRun(folder, **{"seconds_between_looks": 0.01, **how}))
        return opened[-1]

    yield open_run
    for watched in opened:
        watched.close()


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """The folder of a run that holds nothing yet."""
    empty = RunFolder(tmp_path / "2026-11-23-143005")
    empty.requests.path.mkdir(parents=True)
    return empty


@pytest.fixture
def status() -> StatusRecord:
    """Of a run that another machine trains."""
    progress = TrainingProgress(
        batch=250,
        batches=1_000,
        epoch=3,
        epochs=10,
        batch_in_epoch=50,
        batches_per_epoch=100,
        epoch_cross_entropy=2.5,
        recent_cross_entropy=2.5,
        validation_cross_entropy=2.625,
        validated_at=200,
        best_cross_entropy=2.625,
        best_at=200,
        validations_without_gain=0,
        learning_rate=0.05,
        examples_per_second=98_765.4,
        seconds_left=7.5,
        stop_reason=None,
    )
    view = RunStatus(RunState.TRAINING, progress, (), 1.0, 3, 0.001, "")
    acknowledged = (Acknowledgement("1", "lea@tower", "paused"),)
    return StatusRecord(view, 1_795_444_300.5, "tower", 4_711, 1, 91.5, None, acknowledged)
