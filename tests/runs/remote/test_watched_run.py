"""What one sees of a run that is trained beside a recorder, elsewhere."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.waiting import wait_until
from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.core.history.history import HistoryPicture
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.training.progress import StopReason, TrainingProgress
from wordnet_tui.runs.commands import PAUSE, RESUME, STEP, STOP, VALIDATE
from wordnet_tui.runs.handle import RunHandle
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.remote.watched_run import WatchedRun
from wordnet_tui.runs.status import RunState
from wordnet_tui.runs.storage.folder import RunFolder, run_folders
from wordnet_tui.runs.storage.owner import Owner, this_host, write_owner
from wordnet_tui.runs.storage.status_file import read_status

TrainRecorded = Callable[..., tuple[Run, RunFolder]]
Watch = Callable[..., WatchedRun]


def progress_of(run: RunHandle) -> TrainingProgress:
    wait_until(lambda: run.status().progress)
    progress = run.status().progress
    assert progress is not None
    return progress


def shows_the_same(watched: WatchedRun, run: Run) -> bool:
    """Whether the curves of a short run are the same to the last bit, in bins or not."""
    seen, own = watched.history.picture(), run.history.picture()
    return np.array_equal(bins_of(seen), bins_of(own), equal_nan=True) and np.array_equal(
        seen.validations, own.validations
    )


def bins_of(picture: HistoryPicture) -> Any:
    return np.concatenate([picture.levels.levels[0], picture.tail], axis=1)


def same_weights(one: Parameters, other: Parameters) -> bool:
    return all(np.array_equal(here, there) for here, there in zip(one, other, strict=True))


def wait_until_put_away(watched: WatchedRun) -> None:
    """Wait until it is over and its networks are kept, however long the disk takes."""
    wait_until(lambda: watched.status().saved_to)
    assert watched.wait(30)


def test_it_shows_what_the_process_that_trains_would_show(
    train_recorded: TrainRecorded, watch: Watch
) -> None:
    run, folder = train_recorded()
    watched = watch(folder)
    wait_until(lambda: watched.status().state is RunState.PAUSED)
    for _ in range(12):
        run.send(STEP)
    wait_until(lambda: progress_of(run).batch == 13)
    wait_until(lambda: watched.status().progress == run.status().progress)
    seen, own = watched.status(), run.status()
    assert dataclasses.replace(seen, silent_for=None) == own
    assert seen.silent_for is not None
    assert seen.silent_for >= 0
    assert (watched.name, watched.is_ours) == (folder.name, False)
    assert watched.hyperparameters == run.hyperparameters
    assert not watched.wait(0)


def test_after_the_end_curves_and_networks_are_those_of_the_run(
    train_recorded: TrainRecorded, watch: Watch
) -> None:
    run, folder = train_recorded(epochs=3)
    watched = watch(folder)
    run.send(RESUME)
    wait_until_put_away(watched)
    view = watched.status()
    assert view.state is RunState.ENDED
    assert view.saved_to == run.status().saved_to
    assert shows_the_same(watched, run)
    assert same_weights(watched.last().parameters, run.last().parameters)
    assert same_weights(watched.best().parameters, run.best().parameters)
    snapshot = watched.snapshot()  # without having been wanted before
    assert snapshot is not None
    assert same_weights(snapshot.parameters, run.last().parameters)


def test_the_weights_to_keep_are_the_best_where_training_led_away(
    train_recorded: TrainRecorded, watch: Watch
) -> None:
    run, folder = train_recorded(paused=False, patience=2, learning_rate=3.0)
    watched = watch(folder)
    wait_until_put_away(watched)
    assert progress_of(watched).stop_reason is StopReason.PATIENCE
    assert same_weights(watched.outcome().parameters, run.outcome().parameters)
    assert not same_weights(watched.outcome().parameters, watched.last().parameters)


def test_the_weights_of_an_earlier_interruption_are_not_taken_for_the_last(
    train_recorded: TrainRecorded, watch: Watch, tmp_path: Path
) -> None:
    run, folder = train_recorded()
    progress_of(run)
    run.leave()
    wait_until(lambda: not folder.owner_file.path.exists())
    left = read_network(folder.last_file.path).parameters
    run, _ = train_recorded(folder=folder, paused=False)
    wait_until(lambda: progress_of(run).batch > 10)
    run.send(PAUSE)
    wait_until(lambda: checkpoint_at(folder) == progress_of(run).batch > 10)
    # What a kill would leave now.
    hidden = shutil.ignore_patterns(".*")  # a status that is being written
    killed = RunFolder(shutil.copytree(folder.path, tmp_path / "killed", ignore=hidden))
    write_owner(killed, Owner(this_host(), os.getpid(), 1.0, "of an earlier process"))
    for each in (folder, killed):
        watched = watch(each)
        wait_until(lambda each=watched: each.status().progress)
        assert same_weights(watched.last().parameters, run.last().parameters)
        assert not same_weights(watched.last().parameters, left)
    assert watched.wait(30)
    assert watched.status().state is RunState.INTERRUPTED


def checkpoint_at(folder: RunFolder) -> int | None:
    status = read_status(folder)
    return status.checkpoint_at if status else None


def test_weights_are_read_while_somebody_wants_them(
    train_recorded: TrainRecorded, watch: Watch
) -> None:
    run, folder = train_recorded()
    watched = watch(folder)
    wait_until(lambda: watched.status().state is RunState.PAUSED)
    assert watched.snapshot() is None
    watched.snapshots_wanted = True

    wait_until(lambda: checkpoint_at(folder) == 1)
    wait_until(watched.snapshot)
    first = watched.snapshot()
    run.send(RESUME)
    wait_until(lambda: progress_of(watched).batch > 10)
    run.send(PAUSE)  # which brings a checkpoint
    wait_until(lambda: watched.snapshot() is not first)


def test_a_checkpoint_brings_fuller_curves_than_the_rows_had(
    train_recorded: TrainRecorded, watch: Watch
) -> None:
    run, folder = train_recorded(paused=False)
    watched = watch(folder)
    wait_until(lambda: watched.history.picture().batches > 300)
    before = watched.history
    run.send(PAUSE)
    wait_until(lambda: watched.status().state is RunState.PAUSED)
    wait_until(lambda: shows_the_same(watched, run))
    assert watched.history is not before


def test_a_validation_in_a_pause_is_seen_once(
    train_recorded: TrainRecorded, watch: Watch
) -> None:
    run, folder = train_recorded()
    watched = watch(folder)
    wait_until(lambda: watched.status().state is RunState.PAUSED)
    watched.send(VALIDATE)
    wait_until(lambda: watched.history.picture().validations.shape[1] == 1)
    watched.send(RESUME)
    wait_until(lambda: progress_of(watched).batch > 50)
    watched.send(PAUSE)
    for each in (watched, watch(folder)):  # by now it is in a checkpoint too
        wait_until(lambda each=each: shows_the_same(each, run))


@pytest.fixture
def start_program(days_text: Path, tmp_path: Path) -> Iterator[Callable[[], Any]]:
    """Starts programs that train for hours."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> tuple[subprocess.Popen[bytes], RunFolder]:
        options = ["--embedding-size", "4", "--hidden-size", "5", "--batch-size", "8"]
        command = ["train", str(tmp_path / "out.safetensors"), "--data", str(days_text)]
        command += ["--runs", str(tmp_path / "runs"), *options, "--epochs", "1000000"]
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "wordnet_tui", *command],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            )
        )

        def trains() -> bool:
            folders = run_folders(tmp_path / "runs")
            found = read_status(folders[0]) if folders else None
            return found is not None and found.view.progress is not None

        wait_until(trains)
        return started[-1], run_folders(tmp_path / "runs")[0]

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_a_killed_run_is_cut_off_and_comes_back_when_it_is_continued(
    start_program: Callable[[], Any], train_recorded: TrainRecorded, watch: Watch
) -> None:
    process, folder = start_program()
    watched = watch(folder)
    wait_until(lambda: progress_of(watched).batch > 100)
    process.kill()
    assert watched.wait(30)
    view = watched.status()
    assert view.state is RunState.INTERRUPTED
    assert f"process {process.pid} on {this_host()} is gone" in view.failure
    assert f"`wordnet-tui resume {folder.name}`" in view.failure
    seen = watched.history.picture()
    assert seen.batches > 100

    run, _ = train_recorded(folder=folder)
    wait_until(lambda: watched.status().state is RunState.PAUSED)
    assert (watched.status().failure, watched.wait(0)) == ("", False)
    wait_until(lambda: watched.history.picture().batches == progress_of(run).batch)
    assert watched.history.picture().batches < seen.batches  # what came after the checkpoint
    watched.send(STOP)
    wait_until_put_away(watched)
    assert shows_the_same(watched, run)
