"""Runs written into their folders while real trainings of a very small network go on."""

from __future__ import annotations

import errno
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.waiting import wait_until
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.errors import RunBusyError, RunError
from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.training.optimizers import OPTIMIZERS
from wordnet_tui.runs.commands import PAUSE, RESUME, STEP, VALIDATE, Command, CommandKind
from wordnet_tui.runs.lifecycle import begin, branch, reopen, train_and_save
from wordnet_tui.runs.listing import summarise
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.recorder import Recorder
from wordnet_tui.runs.status import RunState
from wordnet_tui.runs.storage import checkpoints
from wordnet_tui.runs.storage.checkpoints import read_checkpoint
from wordnet_tui.runs.storage.events import read_events
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.manifest import read_manifest
from wordnet_tui.runs.storage.metrics_file import read_metrics
from wordnet_tui.runs.storage.requests import new_request, put_request
from wordnet_tui.runs.storage.status_file import read_status

Settings = Callable[..., Hyperparameters]
TrainRecorded = Callable[..., tuple[Run, RunFolder]]


@pytest.fixture
def settings(days: Dataset) -> Settings:
    """Hyperparameters of a network that learns in no time."""

    def of(**others: Any) -> Hyperparameters:
        small = {"embedding_size": 4, "hidden_size": 5, "batch_size": 8, "validate_every": 5}
        shape = {"vocabulary_size": len(days.vocabulary), "learning_rate": 0.05}
        return Hyperparameters().changed(**{**small, **shape, **others})

    return of


@pytest.fixture
def train_recorded(
    days: Dataset, days_text: Path, tmp_path: Path, settings: Settings
) -> Iterator[TrainRecorded]:
    """Trains beside a recorder, in a thread; paused at first unless a test says otherwise."""
    started: list[tuple[Run, threading.Thread]] = []

    def train(*, paused: bool = True, **others: Any) -> tuple[Run, RunFolder]:
        run = Run(days, settings(**{"epochs": 100_000, **others}))
        recorder = begin(run, tmp_path / "runs", [str(days_text)])
        assert recorder is not None
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


def same(one: Parameters, other: Parameters) -> bool:
    return all(np.array_equal(here, there) for here, there in zip(one, other, strict=True))


def step_to(run: Run, batch: int) -> None:
    """Let a paused run, which has taken its first mini-batch or will, take some more."""
    wait_until(lambda: run.status().progress)
    for _ in range(batch - 1):
        run.send(STEP)
    wait_until(lambda: run.status().progress.batch == batch)


def is_put_away(folder: RunFolder) -> bool:
    """Whether the process that trained it has written all and given it back."""
    return not folder.owner_file.path.exists()


def leave_after(run: Run, folder: RunFolder, batches: int) -> None:
    """Let a paused run take some mini-batches, then leave it as a process would."""
    step_to(run, batches)
    run.leave()
    wait_until(lambda: is_put_away(folder))


def test_a_run_has_all_its_files_and_tells_what_it_is(
    train_recorded: TrainRecorded, days: Dataset, days_text: Path
) -> None:
    run, folder = train_recorded(paused=False, epochs=3)
    wait_until(lambda: is_put_away(folder))
    manifest, status = read_manifest(folder), read_status(folder)
    assert manifest.sources == (str(days_text),)
    assert manifest.data_fingerprint == days.fingerprint
    assert f"--data {days_text}" in manifest.command
    assert status is not None
    assert status.view == run.status()
    assert status.checkpoint_at == status.view.progress.batch
    for path, network in (
        (folder.best_file.path, run.best()),
        (folder.last_file.path, run.last()),
    ):
        assert same(read_network(path).parameters, network.parameters)
        assert read_network(path).provenance == network.provenance
        assert any(str(path) in sentence for sentence in run.status().saved_to)
    kinds = [event.kind for event in read_events(folder.events_file).events]
    assert kinds[0] == "started"
    assert kinds[-1] == "ended"
    assert "best" in kinds


def test_the_metrics_hold_every_validation_and_end_with_the_last_mini_batch(
    train_recorded: TrainRecorded,
) -> None:
    run, folder = train_recorded()
    step_to(run, 31)
    run.send(VALIDATE)
    wait_until(lambda: run.status().progress.validated_at == 31)
    run.leave()
    wait_until(lambda: is_put_away(folder))
    rows = read_metrics(folder.metrics_file).rows
    assert rows[-1, 0] == 31
    assert rows[:, 1].sum() == 31  # every mini-batch is in one row
    measured = rows[~np.isnan(rows[:, 6])]
    assert measured[-1, 0] == 31
    assert measured[-1, 6] == run.status().progress.validation_cross_entropy


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_left_and_continued_comes_to_the_same_bits_as_undisturbed(
    optimizer: str, train_recorded: TrainRecorded, days: Dataset, settings: Settings
) -> None:
    hard = {"dropout": 0.2, "embedding_dropout": 0.1, "shuffle": True, "epochs": 4}
    whole = Run(days, settings(optimizer=optimizer, **hard))
    whole.run_to_end()

    run, folder = train_recorded(optimizer=optimizer, **hard)
    leave_after(run, folder, 29)
    assert run.status().state is RunState.INTERRUPTED
    assert summarise(folder, time.time()).condition is RunCondition.INTERRUPTED
    again, recorder = reopen(folder)
    train_and_save(again, recorder)
    assert same(again.last().parameters, whole.last().parameters)
    assert same(again.best().parameters, whole.best().parameters)
    assert same(read_network(folder.last_file.path).parameters, whole.last().parameters)
    for one, other in zip(
        again.history.state().validations, whole.history.state().validations, strict=True
    ):
        np.testing.assert_array_equal(one, other)
    rows = read_metrics(folder.metrics_file).rows
    assert rows[:, 1].sum() == rows[-1, 0] == whole.status().progress.batch
    assert read_status(folder).attempt == 2


def test_a_run_that_was_never_checkpointed_again_begins_at_its_start(
    days: Dataset, days_text: Path, tmp_path: Path, settings: Settings
) -> None:
    """As after a kill within the first seconds: there is the checkpoint of the start."""
    run = Run(days, settings(epochs=2))
    recorder = begin(run, tmp_path / "runs", [str(days_text)])
    assert recorder is not None
    recorder.start()
    copy = RunFolder(tmp_path / "runs" / "as-killed")
    hidden = shutil.ignore_patterns(".*")  # the status as it is being written
    shutil.copytree(recorder.folder.path, copy.path, ignore=hidden)
    assert read_checkpoint(copy).state.batch == 0
    run.run_to_end()
    recorder.finish()
    again, recorder = reopen(copy)
    train_and_save(again, recorder)
    assert same(again.last().parameters, run.last().parameters)


def test_what_watchers_ask_for_is_done_and_acknowledged(
    train_recorded: TrainRecorded,
) -> None:
    run, folder = train_recorded()
    wait_until(lambda: run.status().progress)

    def ask(kind: CommandKind, value: float | None = None) -> str:
        request = new_request(Command(kind, value), "somebody", time.time())
        put_request(folder, request)
        wait_until(lambda: request.id in acknowledged())
        return acknowledged()[request.id]

    def acknowledged() -> dict[str, str]:
        status = read_status(folder)
        return {each.id: each.sentence for each in status.acknowledged} if status else {}

    ask(CommandKind.STEP)
    wait_until(lambda: run.status().progress.batch == 2)
    ask(CommandKind.VALIDATE)
    wait_until(lambda: run.status().progress.validated_at == 2)
    assert ask(CommandKind.SCALE_RATE, 0.5) == "learning rate times 0.5"
    assert run.status().rate_factor == 0.5
    ask(CommandKind.PATIENCE, 7)
    assert run.status().patience == 7
    ask(CommandKind.LEARNING_RATE, 0.2)
    assert run.status().rate_factor == pytest.approx(4.0)
    ask(CommandKind.RESUME)
    assert run.status().state is RunState.TRAINING
    ask(CommandKind.PAUSE)
    assert run.status().state is RunState.PAUSED
    ask(CommandKind.STOP)
    wait_until(lambda: run.status().state is RunState.ENDED)
    assert "somebody" in run.status().message
    wait_until(lambda: is_put_away(folder))
    reported = {(event.kind, event.who) for event in read_events(folder.events_file).events}
    assert ("rate", "somebody") in reported


def test_a_second_trainer_is_refused_and_learns_who_has_it(
    train_recorded: TrainRecorded,
) -> None:
    run, folder = train_recorded()
    wait_until(lambda: run.status().progress)
    with pytest.raises(RunBusyError, match="is trained by process"):
        reopen(folder)
    assert run.status().state is RunState.PAUSED


def test_an_ended_run_is_not_continued(train_recorded: TrainRecorded) -> None:
    _, folder = train_recorded(paused=False, epochs=1)
    wait_until(lambda: is_put_away(folder))
    assert summarise(folder, time.time()).condition is RunCondition.ENDED
    with pytest.raises(RunError, match="has ended"):
        reopen(folder)


def test_data_that_changed_are_refused(train_recorded: TrainRecorded, days_text: Path) -> None:
    run, folder = train_recorded()
    leave_after(run, folder, 3)
    days_text.write_text(days_text.read_text().replace("she", "they"))
    with pytest.raises(RunError, match="no longer what this run was trained on"):
        reopen(folder)


def test_a_full_disk_is_reported_and_costs_neither_the_training_nor_a_checkpoint(
    train_recorded: TrainRecorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, folder = train_recorded()
    wait_until(lambda: folder.checkpoint_file.path.exists())
    wait_until(lambda: read_checkpoint(folder).state.batch == 1)  # written at the pause
    is_full = True
    write = checkpoints.write_checkpoint

    def fail(*arguments: Any) -> None:
        if is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(*arguments)

    monkeypatch.setattr("wordnet_tui.runs.checkpoint_writer.write_checkpoint", fail)
    run.send(STEP)
    put_request(folder, new_request(Command(CommandKind.CHECKPOINT), "me", time.time()))
    wait_until(lambda: "No space left" in run.status().write_error)
    run.send(STEP)
    wait_until(lambda: run.status().progress.batch == 3)
    assert read_checkpoint(folder).state.batch == 1
    wait_until(lambda: "No space left" in read_status(folder).view.write_error)
    is_full = False
    wait_until(lambda: not run.status().write_error)
    wait_until(lambda: read_checkpoint(folder).state.batch == 3)  # where it is by now


def test_a_folder_that_vanishes_is_reported_and_the_networks_go_elsewhere(
    train_recorded: TrainRecorded, tmp_path: Path
) -> None:
    run, folder = train_recorded()
    wait_until(lambda: run.status().progress)
    vanished = tmp_path / "vanished"
    folder.path.rename(vanished)
    wait_until(lambda: run.status().write_error)
    step_to(run, 11)
    run.leave()
    wait_until(lambda: run.status().saved_to)
    kept = sorted((tmp_path / "data" / "networks").glob("*.safetensors"))
    assert [path.stem.rsplit("-", 1)[1] for path in kept] == ["best", "last"]
    assert not folder.path.exists()


def test_a_discarded_run_leaves_no_trace(
    days: Dataset, days_text: Path, tmp_path: Path, settings: Settings
) -> None:
    run = Run(days, settings(epochs=1))
    recorder = begin(run, tmp_path / "runs", [str(days_text)])
    train_and_save(run, recorder, lambda: True)
    assert list((tmp_path / "runs").iterdir()) == []


def test_where_no_folder_can_be_made_the_training_says_so_and_goes_on(
    days: Dataset, days_text: Path, tmp_path: Path, settings: Settings
) -> None:
    in_the_way = tmp_path / "runs"
    in_the_way.write_text("")
    run = Run(days, settings(epochs=1))
    recorder = begin(run, in_the_way, [str(days_text)])
    assert recorder is None
    assert "no folder" in run.status().write_error
    train_and_save(run, recorder)
    assert run.status().state is RunState.ENDED
    assert any("networks" in sentence for sentence in run.status().saved_to)


def test_a_run_that_diverged_keeps_the_checkpoint_before_and_its_best_weights(
    train_recorded: TrainRecorded,
) -> None:
    run, folder = train_recorded(activation="identity", schedule="constant", validate_every=1)
    step_to(run, 6)
    run.send(Command(CommandKind.SCALE_RATE, 1e31))
    run.send(RESUME)
    wait_until(lambda: is_put_away(folder))
    assert run.status().state is RunState.FAILED
    assert summarise(folder, time.time()).condition is RunCondition.FAILED
    assert np.isfinite(read_checkpoint(folder).state.parameters).all()
    assert all(
        np.isfinite(array).all() for array in read_network(folder.best_file.path).parameters
    )


def test_a_branch_goes_on_from_there_with_other_settings_and_names_its_parent(
    train_recorded: TrainRecorded, tmp_path: Path
) -> None:
    run, folder = train_recorded(epochs=3)
    leave_after(run, folder, 20)
    other, recorder = branch(folder, {"learning_rate": 0.5}, tmp_path / "runs")
    assert isinstance(recorder, Recorder)
    assert read_manifest(recorder.folder).parent == (folder.name, 20)
    assert other.hyperparameters.learning_rate == 0.5
    train_and_save(other, recorder)
    assert other.history.picture().batches == other.status().progress.batches
    assert summarise(folder, time.time()).condition is RunCondition.INTERRUPTED
