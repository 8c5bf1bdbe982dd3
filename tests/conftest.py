"""What several test files need."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from wordnet_tui.core.corpora import load_dataset
from wordnet_tui.core.dataset import Dataset
from wordnet_tui.core.hyperparameters import Hyperparameters
from wordnet_tui.core.paths import runs_folder
from wordnet_tui.core.runs.folder import RunFolder
from wordnet_tui.recorded import begin, reopen, train_and_keep
from wordnet_tui.run import Run

# No test depends on how busy the machine is.
settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


def pytest_xdist_auto_num_workers() -> int:
    """One for each core, but no crowd where only some of the cores that show are ours."""
    return min(os.cpu_count() or 1, 4)


REFERENCE = Path(__file__).parents[2] / "shared" / "reference"


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder with the original's data, model files and logs."""
    if not REFERENCE.is_dir():
        pytest.skip(f"the original's reference data is not at {REFERENCE}")
    return REFERENCE


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees or leaves anything in the user's folders."""
    monkeypatch.setenv("WORDNET_TUI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("WORDNET_TUI_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("WORDNET_TUI_RUNS", raising=False)


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
            run.pause()
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
            run.pause()
        thread = threading.Thread(target=train_and_keep, args=(run, recorder), daemon=True)
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
