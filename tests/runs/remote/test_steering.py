"""What a watcher asks of a run, and what comes of it."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from tests.support.waiting import wait_until
from wordnet_tui.core.training.progress import StopReason, TrainingProgress
from wordnet_tui.runs.commands import PAUSE, RESUME, STEP, STOP, VALIDATE, Command, CommandKind
from wordnet_tui.runs.handle import RunHandle
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.remote.watched_run import WatchedRun
from wordnet_tui.runs.status import RateChange, RunState, RunStatus
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.owner import Owner, this_host, write_owner
from wordnet_tui.runs.storage.status_file import StatusRecord, write_status

TrainRecorded = Callable[..., tuple[Run, RunFolder]]
Watch = Callable[..., WatchedRun]


def progress_of(run: RunHandle) -> TrainingProgress:
    wait_until(lambda: run.status().progress)
    progress = run.status().progress
    assert progress is not None
    return progress


ASKED: dict[str, tuple[Command, Callable[[RunStatus], object], str]] = {
    "stop": (STOP, lambda view: view.state is RunState.ENDED, "stopped"),
    "resume": (RESUME, lambda view: view.state is RunState.TRAINING, "goes on"),
    "step": (
        STEP,
        lambda view: view.progress and view.progress.batch == 2,
        "one mini-batch",
    ),
    "validate": (
        VALIDATE,
        lambda view: view.progress and view.progress.validated_at == 1,
        "validated",
    ),
    "rate": (
        Command(CommandKind.SCALE_RATE, 0.25),
        lambda view: view.rate_changes == (RateChange(1, 0.25),),
        "0.25",
    ),
    "learning rate": (
        Command(CommandKind.LEARNING_RATE, 0.1),
        lambda view: view.rate_factor == pytest.approx(2.0),
        "learning rate is 0.1",
    ),
    "patience": (
        Command(CommandKind.PATIENCE, 7),
        lambda view: view.patience == 7,
        "patience is 7",
    ),
    "min_delta": (
        Command(CommandKind.MIN_DELTA, 0.5),
        lambda view: view.min_delta == 0.5,
        "min delta is 0.5",
    ),
}


@pytest.mark.parametrize("wish", ASKED)
def test_what_one_watcher_asks_is_done_and_every_watcher_hears_of_it(
    wish: str, train_recorded: TrainRecorded, watch: Watch
) -> None:
    command, is_done, answer = ASKED[wish]
    run, folder = train_recorded()
    asking, other = watch(folder), watch(folder)
    wait_until(lambda: asking.status().state is RunState.PAUSED)
    progress_of(run)
    asking.send(command)
    for watched in (asking, other):
        wait_until(lambda watched=watched: is_done(watched.status()))
        notice = watched.status().message
        assert answer in notice
        assert f"@{this_host()} {os.getpid()}" in notice
    assert is_done(run.status())


def test_a_run_can_be_paused_from_elsewhere(
    train_recorded: TrainRecorded, watch: Watch
) -> None:
    run, folder = train_recorded(paused=False)
    watched = watch(folder)
    progress_of(watched)
    watched.send(PAUSE)
    wait_until(lambda: watched.status().state is RunState.PAUSED)
    assert run.status().state is RunState.PAUSED


def test_a_folder_that_cannot_be_written_is_reported_and_nothing_breaks(
    train_recorded: TrainRecorded, watch: Watch
) -> None:
    _, folder = train_recorded()
    watched = watch(folder)
    wait_until(lambda: watched.status().state is RunState.PAUSED)
    wait_until(lambda: not any(folder.requests.path.iterdir()))
    folder.requests.path.rename(folder.path / "away")
    folder.requests.path.write_text("in the way")  # or the trainer makes it again
    watched.send(RESUME)
    wait_until(lambda: "cannot write" in watched.status().message)
    folder.requests.path.unlink()
    wait_until(folder.requests.path.is_dir)
    watched.send(RESUME)
    wait_until(lambda: watched.status().state is RunState.TRAINING)


def test_what_nobody_answers_is_said_to_be_waited_for(
    folder: RunFolder, watch: Watch, status: StatusRecord
) -> None:
    # Trained on a machine that does not look into its folder.
    status = dataclasses.replace(status, written_at=time.time())
    write_status(folder, status)
    write_owner(folder, Owner(status.host, status.pid, status.written_at, token=""))
    watched = watch(folder)
    progress_of(watched)
    watched.send(Command(CommandKind.PATIENCE, 3))
    wait_until(lambda: "patience: asked" in watched.status().message)
    assert "no answer yet" in watched.status().message
    (request,) = folder.requests.path.glob("*.json")
    answer = dataclasses.replace(
        status.acknowledged[0], id=request.stem, who="x", sentence="patience is 3 now"
    )
    write_status(folder, dataclasses.replace(status, acknowledged=(answer,)))
    wait_until(lambda: watched.status().message == "patience is 3 now (x)")


def test_who_hears_the_answer_to_a_request_waits_for_none_to_an_earlier_one(
    folder: RunFolder, watch: Watch, status: StatusRecord
) -> None:
    """A status has room for few answers."""
    status = dataclasses.replace(status, written_at=time.time())
    write_status(folder, status)
    write_owner(folder, Owner(status.host, status.pid, status.written_at, token=""))
    watched = watch(folder)
    progress_of(watched)
    for patience in (3, 4, 5):
        watched.send(Command(CommandKind.PATIENCE, patience))
    wait_until(lambda: len(list(folder.requests.path.glob("*.json"))) == 3)
    wait_until(lambda: "patience: asked" in watched.status().message)
    *_, latest = sorted(folder.requests.path.glob("*.json"))
    answer = dataclasses.replace(
        status.acknowledged[0], id=latest.stem, who="", sentence="patience is 5 now"
    )
    write_status(folder, dataclasses.replace(status, acknowledged=(answer,)))
    wait_until(lambda: watched.status().message == "patience is 5 now")


def test_nothing_is_asked_of_a_run_that_is_over(
    train_recorded: TrainRecorded, watch: Watch
) -> None:
    _, folder = train_recorded(paused=False, epochs=1)
    watched = watch(folder)
    assert watched.wait(30)
    watched.send(PAUSE)
    assert "not asked" in watched.status().message
    watched.close()
    assert list(folder.requests.path.iterdir()) == []


def test_what_was_asked_just_before_leaving_still_arrives(
    train_recorded: TrainRecorded, watch: Watch
) -> None:
    run, folder = train_recorded()
    watched = watch(folder, seconds_between_looks=60.0)
    wait_until(lambda: watched.manifest)
    watched.send(STOP)
    watched.close()
    assert run.wait(30)
    assert progress_of(run).stop_reason is StopReason.REQUESTED


def test_closing_ends_the_thread(train_recorded: TrainRecorded) -> None:
    _, folder = train_recorded()
    before = set(threading.enumerate())  # a watcher of the test before may not be gone yet
    watched = WatchedRun(folder, seconds_between_looks=60.0)
    (thread,) = [
        each for each in set(threading.enumerate()) - before if each.name == "watching"
    ]
    watched.close()
    thread.join(30)
    assert not thread.is_alive()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_watcher_that_dies_or_stops_changes_nothing(
    number: signal.Signals, train_recorded: TrainRecorded, watch: Watch
) -> None:
    run, folder = train_recorded(paused=False)
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from wordnet_tui.runs.storage.folder import RunFolder\n"
        "from wordnet_tui.runs.commands import Command, CommandKind\n"
        "from wordnet_tui.runs.remote.watched_run import WatchedRun\n"
        "watched = WatchedRun(RunFolder(Path(sys.argv[1])), seconds_between_looks=0.001)\n"
        "while not watched.status().progress: time.sleep(0.001)\n"
        "print('sees it', flush=True)\n"
        "command = Command(CommandKind.PATIENCE, 9)\n"
        "while True: watched.send(command); time.sleep(0.001)\n"
    )
    command = [sys.executable, "-c", code, str(folder.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"sees it\n"
            process.send_signal(number)
            reached = progress_of(run).batch
            wait_until(lambda: progress_of(run).batch > reached + 100)
            watched = watch(folder)
            watched.send(Command(CommandKind.PATIENCE, 4))
            wait_until(lambda: run.status().patience == 4)
            wait_until(lambda: progress_of(watched).batch > reached + 100)
        finally:
            process.kill()
    assert run.status().write_error == ""
