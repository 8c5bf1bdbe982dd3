"""Small corpora, and runs over them that are trained in threads of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.paths import runs_folder
from wordnet_tui.runs.commands import PAUSE
from wordnet_tui.runs.lifecycle import begin, reopen, train_and_save
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.storage.folder import RunFolder


@pytest.fixture
def days_text(tmp_path: Path) -> Path:
    """A text of 240 sentences over nine words and a full stop."""
    file = tmp_path / "days.txt"
    lines = ["he have a good day .", "she have a good day .", "the day is not good ."]
    file.write_text("\n".join(lines * 80) + "\n")
    return file


@pytest.fixture
def days(days_text: Path) -> Dataset:
    """That text made ready: three words tell the next."""
    return load_dataset(str(days_text))


StartRun = Callable[..., Run]


@pytest.fixture
def start_run(days: Dataset) -> Iterator[StartRun]:
    """Makes small runs and trains them in threads of their own, which end with the test."""
    started: list[tuple[Run, threading.Thread]] = []

    def start(dataset: Dataset = days, *, paused: bool = True, **settings: Any) -> Run:
        run = Run(dataset, small_settings(dataset, **settings))
        if paused:
            run.send(PAUSE)
        thread = threading.Thread(target=run.run_to_end, daemon=True)
        started.append((run, thread))
        thread.start()
        return run

    yield start
    for run, thread in started:
        run.stop()
        thread.join(30)
        assert not thread.is_alive()


TrainRecorded = Callable[..., tuple[Run, RunFolder]]


@pytest.fixture
def train_recorded(days: Dataset, days_text: Path) -> Iterator[TrainRecorded]:
    """Trains small runs beside recorders, in threads, in the default folder of all runs.

    Takes settings; `paused=False` to let it go at once; `folder` of a run to continue.
    """
    started: list[tuple[Run, threading.Thread]] = []

    def train(
        *, paused: bool = True, folder: RunFolder | None = None, **settings: Any
    ) -> tuple[Run, RunFolder]:
        if folder is None:
            asked = {"validate_every": 5, "learning_rate": 0.05, **settings}
            run = Run(days, small_settings(days, **asked))
            recorder = begin(run, runs_folder(), [str(days_text)])
            assert recorder is not None
        else:
            run, recorder = reopen(folder)
        if paused:
            run.send(PAUSE)
        thread = threading.Thread(target=train_and_save, args=(run, recorder), daemon=True)
        started.append((run, thread))
        thread.start()
        return run, recorder.folder

    yield train
    for run, thread in started:
        run.stop(hurried=True)
        thread.join(30)
        assert not thread.is_alive()


def small_settings(dataset: Dataset, **settings: Any) -> Hyperparameters:
    """A network that learns in no time, over more epochs than any test waits for."""
    small = {"embedding_size": 4, "hidden_size": 5, "batch_size": 8, "epochs": 100_000}
    shape = {"vocabulary_size": len(dataset.vocabulary), "learning_rate": 0.1}
    return Hyperparameters().changed(**{**small, **shape, **settings})
