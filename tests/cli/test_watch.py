"""`watch`: lines about a run that another process trains, until it is over."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import wait_until
from wordnet_tui.cli.group import INTERRUPTED, PIPE_CLOSED
from wordnet_tui.cli.watch import WatchLines
from wordnet_tui.core.errors import RunError
from wordnet_tui.core.paths import runs_folder
from wordnet_tui.core.training.progress import StopReason
from wordnet_tui.runs.commands import Command, CommandKind
from wordnet_tui.runs.status import RunState
from wordnet_tui.runs.storage.folder import RunFolder, run_folders
from wordnet_tui.runs.storage.metrics import MetricsRow
from wordnet_tui.runs.storage.metrics_file import MetricsWriter
from wordnet_tui.runs.storage.owner import Owner, this_host, write_owner
from wordnet_tui.runs.storage.requests import new_request, put_request
from wordnet_tui.runs.storage.status_file import (
    Acknowledgement,
    StatusRecord,
    read_status,
    write_status,
)

Run = Callable[..., Any]
TrainRecorded = Callable[..., tuple[Any, RunFolder]]
Start = Callable[..., subprocess.Popen[str]]
PROGRAM = (sys.executable, "-m", "wordnet_tui")


@pytest.fixture
def ended(run: Run, small_text: Path, tmp_path: Path) -> RunFolder:
    """A run of the default folder that has come to its end."""
    out = tmp_path / "out.safetensors"
    shape = ("--batch-size", "10", "--context-size", "2", "--epochs", "3")
    ran = run("train", out, "--data", small_text, *shape)
    assert ran.status == 0
    return run_folders(runs_folder())[0]


@pytest.fixture
def status(ended: RunFolder) -> StatusRecord:
    """Of the same run, as if another machine trained it and all went on."""
    write_owner(ended, Owner("elsewhere", 77, 1.0, ""))
    ended.metrics_file.path.unlink()
    status = read_status(ended)
    assert status is not None
    view = replace(status.view, state=RunState.TRAINING, saved_to=(), message="")
    assert view.progress is not None
    halfway = replace(view.progress, stop_reason=None, batch=30, epoch=2, batch_in_epoch=11)
    view = replace(view, progress=halfway)
    by = {"host": "elsewhere", "taken_at": 1.0}
    return replace(status, view=view, written_at=time.time(), acknowledged=(), **by)


@pytest.fixture
def living(train_recorded: TrainRecorded) -> RunFolder:
    """A run that this process trains, for hours."""
    _, folder = train_recorded(paused=False)
    wait_until(lambda: done(folder))
    return folder


def done(folder: RunFolder) -> int:
    """Mini-batches of which its status tells."""
    status = read_status(folder)
    progress = status.view.progress if status else None
    return progress.batch if progress else 0


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts programs with pipes for what they print; none lives longer than a minute."""
    watchdogs: list[threading.Timer] = []

    def program(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        watchdogs.append(threading.Timer(60.0, process.kill))
        watchdogs[-1].start()
        return process

    yield program
    for watchdog in watchdogs:
        watchdog.cancel()


def ask(folder: RunFolder, kind: CommandKind, value: float | None = None) -> None:
    put_request(folder, new_request(Command(kind, value), "lea@tower", time.time()))


# ---- a run that is over


def test_an_ended_run_is_reported_in_a_few_lines(run: Run, ended: RunFolder) -> None:
    ran = run("watch", "--plain", ended.name)
    first, end, best, *kept = ran.output.splitlines()
    progress = read_status(ended).view.progress
    assert first == f"run {ended.name}: ended, mini-batch {progress.batch} of {progress.batch}"
    assert end.startswith(f"all epochs done; {progress.batch} mini-batches, 0:0")
    assert best == (
        f"best validation {progress.best_cross_entropy:.4f} at mini-batch {progress.best_at}"
    )
    assert any(str(ended.best_file.path) in sentence for sentence in kept)
    assert (ran.status, ran.errors) == (0, "")


def test_without_a_terminal_it_is_as_plain(run: Run, ended: RunFolder) -> None:
    ran = run("watch")
    assert ran.output == run("watch", "--plain", ended.name).output
    assert ran.status == 0


@pytest.mark.parametrize(
    ("state", "failure", "sentence"),
    [
        (RunState.FAILED, "the loss is no longer finite", "failed: the loss is no longer"),
        (RunState.INTERRUPTED, "", "was left at mini-batch 30; `wordnet-tui resume "),
        (RunState.TRAINING, "", "was cut off at mini-batch 30: process 4194305 on"),
    ],
)
def test_a_run_that_did_not_come_to_its_end_has_status_1_and_says_why(
    state: RunState,
    failure: str,
    sentence: str,
    run: Run,
    ended: RunFolder,
    status: StatusRecord,
) -> None:
    view = replace(status.view, state=state, failure=failure)
    write_owner(ended, Owner(this_host(), 2**22 + 1, 1.0, ""))  # no process has this number
    write_status(ended, replace(status, view=view))
    ran = run("watch", "--plain")
    assert f"run {ended.name} {sentence}" in ran.sentence
    assert ran.output.startswith(f"run {ended.name}: ")


def test_what_there_is_not_is_one_sentence(run: Run, ended: RunFolder) -> None:
    assert 'no run "2001"' in run("watch", "2001").sentence
    ended.manifest_file.path.write_text("{}")
    assert "damaged" in run("watch").sentence
    shutil.rmtree(ended.path)
    assert "`wordnet-tui train` starts one" in run("watch").sentence


# ---- what is new, look by look


def printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_silence_is_reported_once_and_so_is_the_return(
    ended: RunFolder, status: StatusRecord, capsys: pytest.CaptureFixture[str]
) -> None:
    write_status(ended, replace(status, written_at=time.time() - 100))
    lines = WatchLines(ended)
    assert not lines.update()
    first, silent = printed(capsys)
    assert first == f"run {ended.name}: training, mini-batch 30 of 57"
    assert silent.startswith("no news for 10")
    assert not lines.update()
    assert printed(capsys) == []
    write_status(ended, status)
    assert not lines.update()
    (again,) = printed(capsys)
    assert again.startswith("news again, after 1:4")
    assert not lines.update()
    assert printed(capsys) == []


def test_a_long_silence_is_suspected_to_be_a_crash(
    ended: RunFolder, status: StatusRecord, capsys: pytest.CaptureFixture[str]
) -> None:
    write_status(ended, replace(status, written_at=time.time() - 400))
    assert not WatchLines(ended).update()
    assert printed(capsys)[1] == "no news for 6 min: crashed?"


def test_rows_of_interest_are_reported_and_others_are_not(
    ended: RunFolder, status: StatusRecord, capsys: pytest.CaptureFixture[str]
) -> None:
    writer = MetricsWriter(ended.metrics_file)

    def row(batch: int, epoch: int, place: int, validation: float | None = None) -> MetricsRow:
        return MetricsRow(batch, 1, epoch, place, 2.0, 1.25, validation, 0.1, 5e3, 1.0)

    writer.append([row(10, 1, 10, 3.5), row(30, 2, 11, 3.25)])  # before the first look
    write_status(ended, status)
    lines = WatchLines(ended)
    lines.update()
    assert len(printed(capsys)) == 1
    writer.append([row(33, 2, 14), row(35, 2, 16, 2.125), row(38, 2, 19), row(39, 3, 1)])
    lines.update()
    validated, end_of_epoch = printed(capsys)
    assert validated.startswith(
        "epoch 2/3  mini-batch 35/57  training 1.2500  validation 2.12"
    )
    assert end_of_epoch.startswith("epoch 2/3  mini-batch 38/57  training 1.2500  validation")
    lines.update()
    assert printed(capsys) == []
    writer.append([row(39, 3, 1, 2.0)._replace(batches_in_row=0)])  # asked for in a pause
    lines.update()
    (asked,) = printed(capsys)
    assert asked.startswith("epoch 3/3  mini-batch 39/57  training 1.2500  validation 2.0000")


def test_changes_are_reported_and_those_that_somebody_asked_for_by_the_answer(
    ended: RunFolder, status: StatusRecord, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = (Acknowledgement("1", "lea@tower", "paused"),)
    status = replace(status, acknowledged=answers)
    write_status(ended, status)
    lines = WatchLines(ended)
    lines.update()
    printed(capsys)

    def after(*answers: Acknowledgement, **changes: Any) -> list[str]:
        nonlocal status
        view = replace(status.view, **changes)
        status = replace(status, view=view, acknowledged=status.acknowledged + answers)
        write_status(ended, status)
        assert not lines.update()
        return printed(capsys)

    assert after(state=RunState.PAUSED) == ["paused"]
    answer = Acknowledgement("2", "eve\x1b@tower", "patience is 9 now")
    assert after(answer, patience=9) == ["patience is 9 now (eve\\x1b@tower)"]
    assert after(patience=4) == ["patience is 4 now"]
    assert after(message="the request x is refused") == ["the request x is refused"]
    assert after(write_error="no room") == ["no room"]
    assert after(write_error="") == ["the folder can be written again"]


def test_a_run_that_is_continued_is_followed_from_where_it_goes_on(
    ended: RunFolder, status: StatusRecord, capsys: pytest.CaptureFixture[str]
) -> None:
    write_status(ended, replace(status, checkpoint_at=20))
    lines = WatchLines(ended)
    lines.update()
    writer = MetricsWriter(ended.metrics_file)
    row = MetricsRow(25, 5, 2, 6, 2.0, 1.25, 2.5, 0.1, 5e3, 1.0)
    writer.append([row])
    at_20 = replace(status.view.progress, batch=20, batch_in_epoch=1)
    view = replace(status.view, progress=at_20)
    write_status(ended, replace(status, attempt=2, checkpoint_at=20, view=view, pid=12))
    lines.update()
    output = printed(capsys)
    assert output[1] == "continued by process 12 on elsewhere: mini-batch 20 of 57"
    assert output[2].startswith("epoch 2/3  mini-batch 25/57")


def test_the_end_is_reported_once_its_networks_are_saved(
    ended: RunFolder, status: StatusRecord, capsys: pytest.CaptureFixture[str]
) -> None:
    write_status(ended, status)
    lines = WatchLines(ended)
    lines.update()
    printed(capsys)
    progress = replace(status.view.progress, stop_reason=StopReason.REQUESTED)
    view = replace(status.view, state=RunState.ENDED, progress=progress)
    write_status(ended, replace(status, view=view))
    assert not lines.update()
    write_status(ended, replace(status, view=replace(view, saved_to=("it is in X",))))
    assert lines.update()
    assert printed(capsys)[0].startswith("stopped early, as asked; 30 mini-batches")


def test_damaged_files_end_nothing(
    ended: RunFolder, status: StatusRecord, capsys: pytest.CaptureFixture[str]
) -> None:
    write_status(ended, status)
    lines = WatchLines(ended)
    lines.update()
    printed(capsys)
    ended.status_file.path.write_text("{")
    ended.metrics_file.path.mkdir()
    for _ in range(3):
        assert not lines.update()
    output = "\n".join(printed(capsys))
    assert output.count("status.json is damaged") == 1
    assert output.count("metrics.csv: it is not a regular file") == 1
    view = replace(status.view, state=RunState.FAILED, saved_to=("it is in X",))
    write_status(ended, replace(status, view=view))
    with pytest.raises(RunError, match="failed"):
        lines.update()


# ---- programs


def test_what_is_wrong_from_the_first_reading_is_reported_at_once(
    ended: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    """There may never be news that would tell it later."""
    ended.status_file.path.write_text("{}")
    assert not WatchLines(ended).update()
    assert f"{ended.status_file.path} is damaged" in capsys.readouterr().out


def test_a_living_run_is_reported_as_it_goes_and_the_end_ends_it(
    living: RunFolder, start: Start
) -> None:
    with start("watch", "--plain") as watching:
        assert watching.stdout is not None
        assert watching.stdout.readline().startswith(f"run {living.name}: training, mini-b")
        assert watching.stdout.readline().startswith("epoch ")
        ask(living, CommandKind.PAUSE)
        assert any(line == "paused (lea@tower)\n" for line in watching.stdout)
        ask(living, CommandKind.RESUME)
        assert any(line == "goes on (lea@tower)\n" for line in watching.stdout)
        ask(living, CommandKind.STOP)
        rest, errors = watching.communicate(timeout=60)
    assert "stopped early, as asked; " in rest
    assert str(living.last_file.path) in rest
    assert (watching.returncode, errors) == (0, "")


def test_a_run_that_is_killed_ends_it_with_a_sentence(
    small_text: Path, tmp_path: Path, start: Start
) -> None:
    shape = ("--batch-size", "10", "--context-size", "2", "--hidden-size", "5")
    command = ["train", str(tmp_path / "long.safetensors"), "--data", str(small_text)]
    with start(*command, *shape, "--epochs", "1000000", "--log", "none") as training:
        wait_until(lambda: any(map(done, run_folders(runs_folder()))))
        (folder,) = run_folders(runs_folder())
        with start("watch", "--plain", folder.name) as watching:
            assert watching.stdout is not None
            watching.stdout.readline()
            training.kill()
            training.wait()
            _, errors = watching.communicate(timeout=60)
    assert watching.returncode == 1
    assert f"process {training.pid} on" in errors
    assert f"`wordnet-tui resume {folder.name}` continues it" in errors


@pytest.mark.usefixtures("obeyed_ctrl_c")
def test_ctrl_c_leaves_in_silence_and_the_training_goes_on(
    living: RunFolder, start: Start
) -> None:
    with start("watch", "--plain") as watching:
        assert watching.stdout is not None
        watching.stdout.readline()
        watching.send_signal(signal.SIGINT)
        _, errors = watching.communicate(timeout=60)
    assert (watching.returncode, errors) == (INTERRUPTED, "")
    reached = done(living)
    wait_until(lambda: done(living) > reached)


def test_a_reader_that_goes_away_ends_it_in_silence(living: RunFolder, start: Start) -> None:
    with start("watch", "--plain") as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        watching.stdout.readline()
        watching.stdout.close()
        assert watching.stderr.read() == ""
    assert watching.returncode == PIPE_CLOSED
    reached = done(living)
    wait_until(lambda: done(living) > reached)


def test_without_a_name_it_is_the_newest_that_goes_on(
    ended: RunFolder, living: RunFolder, start: Start
) -> None:
    ended.path.rename(ended.path.with_name("2999-01-01-000000"))
    with start("watch", "--plain") as watching:
        assert watching.stdout is not None
        assert watching.stdout.readline().startswith(f"run {living.name}: training")
        watching.kill()
