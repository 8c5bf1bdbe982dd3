"""What lies in the folder of requests, and what the process of the run makes of it."""

from __future__ import annotations

import math
import stat
from pathlib import Path

import pytest

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.runs.commands import PAUSE, STEP, STOP, Command, CommandKind
from wordnet_tui.runs.inbox import RequestInbox
from wordnet_tui.runs.lifecycle import begin, reopen
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.status import RunState
from wordnet_tui.runs.storage.events import read_events
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.requests import (
    MOST_AT_ONCE,
    Request,
    new_request,
    put_request,
)
from wordnet_tui.runs.storage.status_file import read_status

NOW = 1_795_444_205.25


@pytest.fixture
def run(days: Dataset) -> Run:
    """Of a small network, over in no time; not begun."""
    shape = {"vocabulary_size": len(days.vocabulary), "embedding_size": 4, "hidden_size": 5}
    return Run(days, Hyperparameters().changed(**shape, batch_size=8, epochs=2))


@pytest.fixture
def inbox(run: Run, folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> RequestInbox:
    """Of that run; it takes its time, however busy this machine is."""
    monkeypatch.setattr("wordnet_tui.runs.inbox.SECONDS_AT_ONCE", math.inf)
    return RequestInbox(run, folder)


@pytest.fixture
def cut_off(run: Run, days_text: Path, tmp_path: Path) -> RunFolder:
    """The folder of a run that was cut off after its first checkpoint."""
    recorder = begin(run, tmp_path / "runs", [str(days_text)])
    assert recorder is not None
    recorder.start()
    recorder.give_back()
    return recorder.folder


def ask(folder: RunFolder, command: Command, asked_at: float = NOW) -> Request:
    request = new_request(command, "lea", asked_at)
    put_request(folder, request)
    return request


def answers(inbox: RequestInbox) -> dict[str, str]:
    """By the number of the request."""
    return {answer.id: answer.sentence for answer in inbox.acknowledged}


# ---- for whom a request was meant


def test_what_was_asked_of_the_process_before_is_not_done_and_the_asker_learns_it(
    cut_off: RunFolder,
) -> None:
    """Or a pause that was asked for just before a crash would hold the run for ever."""
    request = ask(cut_off, PAUSE)
    run, recorder = reopen(cut_off)
    recorder.start()
    assert run.status().state is RunState.TRAINING
    status = read_status(cut_off)
    assert status is not None
    (answer,) = status.acknowledged
    assert (answer.id, answer.who) == (request.id, "lea")
    assert answer.sentence.startswith("not done: it was asked of the process that trained")
    assert not any(event.who for event in read_events(cut_off.events_file).events)
    run.run_to_end()
    recorder.finish()


@pytest.mark.parametrize("asked_at", [0.0, 1e9, 2.0**32])
def test_what_is_asked_later_is_done_whatever_the_clock_of_who_asks_says(
    asked_at: float, cut_off: RunFolder
) -> None:
    ask(cut_off, PAUSE)
    run, recorder = reopen(cut_off)
    request = ask(cut_off, STOP, asked_at)
    recorder.start()
    status = read_status(cut_off)
    assert status is not None
    assert {each.id: each.sentence for each in status.acknowledged}[request.id] == (
        "stopped early"
    )
    run.run_to_end()
    assert run.status().progress.batch == 1  # type: ignore[union-attr]
    recorder.finish()


def test_a_pause_asked_for_before_a_new_run_has_begun_counts(
    run: Run, days_text: Path, tmp_path: Path
) -> None:
    """As of one that trains in the background: its folder is there before its process."""
    folder = RunFolder(tmp_path / "mine")
    folder.requests.path.mkdir(parents=True)
    ask(folder, PAUSE)
    recorder = begin(run, tmp_path, [str(days_text)], folder=folder)
    assert recorder is not None
    recorder.start()
    assert run.status().state is RunState.PAUSED
    run.stop()
    run.run_to_end()
    recorder.finish()


# ---- every request is answered


def test_a_rate_that_cannot_be_is_refused_and_the_rest_is_done(
    run: Run, folder: RunFolder, inbox: RequestInbox
) -> None:
    asked = [
        Command(CommandKind.SCALE_RATE, 1e-300),
        Command(CommandKind.SCALE_RATE, 1e-300),
        Command(CommandKind.SCALE_RATE, 1e300),
        Command(CommandKind.LEARNING_RATE, 1e-300),
        Command(CommandKind.LEARNING_RATE, 0.25),
        Command(CommandKind.PATIENCE, 7),
    ]
    requests = [ask(folder, command) for command in asked]
    assert inbox.serve()
    *refused, rate, patience = (answers(inbox)[request.id] for request in requests)
    for sentence, result in zip(
        refused, ("5e-301", "5e-301", "5e+299", "1e-300"), strict=True
    ):
        assert sentence == (
            f"not done: the learning rate would be {result}; it must be from 1e-35 to 1e+35"
        )
    assert (rate, patience) == ("learning rate is 0.25 now", "patience is 7 now")
    assert run.status().rate_factor == 0.5
    assert run.status().patience == 7


def test_a_request_that_the_program_fails_at_is_answered_and_so_is_the_next(
    run: Run,
    folder: RunFolder,
    inbox: RequestInbox,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bad = new_request(STOP, "lea", 5.0)
    good = new_request(STEP, "lea", 6.0)
    for request in (bad, good):
        put_request(folder, request)
    monkeypatch.setattr(run, "stop", lambda **_: 1 // 0)
    assert inbox.serve()
    assert answers(inbox)[bad.id].startswith("not done: an error in the engine: ZeroDivision")
    assert answers(inbox)[good.id] == "one mini-batch"
    assert "Traceback" in caplog.text


def test_a_request_that_is_not_understood_is_answered_too(
    folder: RunFolder, inbox: RequestInbox
) -> None:
    request = ask(folder, STEP)
    (file,) = folder.requests.path.iterdir()
    file.write_text("rubbish")
    assert inbox.serve()
    assert "is damaged" in answers(inbox)[request.id]


# ---- rubbish


def test_rubbish_holds_up_nothing_and_the_request_behind_it_is_done(
    run: Run, folder: RunFolder, inbox: RequestInbox
) -> None:
    count = 2 * MOST_AT_ONCE + 1
    for number in range(count):
        (folder.requests.path / f"{number:05d}.json").write_text("rubbish")
    inbox.serve()
    assert len(list(folder.requests.path.iterdir())) > MOST_AT_ONCE
    where = folder.requests.path
    assert run.status().message.startswith(
        f"deleted {MOST_AT_ONCE} files of {where} that hold no sound request; the first: "
    )
    request = ask(folder, Command(CommandKind.PATIENCE, 9))
    for _ in range(count):
        if not inbox.serve():
            break
    assert list(folder.requests.path.iterdir()) == []
    assert run.status().patience == 9
    assert answers(inbox)[request.id] == "patience is 9 now"


def test_a_file_far_larger_than_any_request_is_deleted_unread(
    run: Run, folder: RunFolder, inbox: RequestInbox
) -> None:
    large = folder.requests.path / "large.json"
    with large.open("wb") as file:
        file.truncate(1 << 20)
    inbox.serve()
    assert not large.exists()
    assert run.status().message == (
        f"the request {large.name} is refused: it is far too large; it was deleted"
    )


# ---- the folder of requests


@pytest.mark.usefixtures("open_umask")
def test_a_missing_folder_for_requests_is_made_again_for_its_user_alone(
    run: Run, folder: RunFolder, inbox: RequestInbox
) -> None:
    folder.requests.path.rmdir()
    inbox.serve()
    assert stat.S_IMODE(folder.requests.path.stat().st_mode) == 0o700
    ask(folder, Command(CommandKind.PATIENCE, 9))
    inbox.serve()
    assert run.status().patience == 9


def test_with_the_folder_of_the_run_gone_none_is_made(
    folder: RunFolder, inbox: RequestInbox
) -> None:
    folder.requests.path.rmdir()
    folder.path.rmdir()
    assert not inbox.serve()
    assert not folder.path.exists()
