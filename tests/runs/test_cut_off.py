"""Runs whose process was killed in its first moment, or after the last mini-batch."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.errors import RunError, WordnetError
from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.runs import checkpoint_writer
from wordnet_tui.runs.lifecycle import begin, reopen, train_and_save
from wordnet_tui.runs.listing import summarise
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.recorder import Recorder
from wordnet_tui.runs.status import RunState
from wordnet_tui.runs.storage.checkpoints import Checkpoint, write_checkpoint
from wordnet_tui.runs.storage.events import read_events
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.lock import RunLock
from wordnet_tui.runs.storage.metrics_file import read_metrics
from wordnet_tui.runs.storage.owner import Owner, this_host, write_owner
from wordnet_tui.runs.storage.status_file import read_status, write_status


@pytest.fixture
def run(days: Dataset) -> Run:
    """Of a small network, over in no time."""
    return Run(
        days,
        Hyperparameters(
            vocabulary_size=len(days.vocabulary),
            embedding_size=4,
            hidden_size=5,
            batch_size=8,
            epochs=4,
            learning_rate=0.05,
            dropout=0.1,
        ),
    )


@pytest.fixture
def recorder(run: Run, days_text: Path, tmp_path: Path) -> Recorder:
    """Of its folder."""
    found = begin(run, tmp_path / "runs", [str(days_text)])
    assert found is not None
    return found


def as_if_killed(recorder: Recorder, place: Path) -> RunFolder:
    """A copy of its folder, which the process that has it will never give back."""
    killed = RunFolder(place / recorder.folder.name)
    shutil.copytree(recorder.folder.path, killed.path)
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    status = read_status(killed)
    assert status is not None
    assert status.taken_at is not None
    write_owner(killed, Owner(this_host(), process.pid, status.taken_at, token=""))
    return killed


def kinds(folder: RunFolder) -> list[str]:
    return [event.kind for event in read_events(folder.events_file).events]


def weights(path: Path) -> bytes:
    return read_network(path).parameters.packed()[1].tobytes()


def test_before_its_first_checkpoint_it_begins_anew(run: Run, recorder: Recorder) -> None:
    recorder.give_back()
    run.run_to_end()
    again, recorder_again = reopen(recorder.folder)
    train_and_save(again, recorder_again)
    expected = run.last().parameters.packed()[1].tobytes()
    assert weights(recorder.folder.last_file.path) == expected


def test_what_was_begun_from_another_network_is_not_begun_anew_from_chance(
    run: Run, days_text: Path, tmp_path: Path
) -> None:
    recorder = begin(run, tmp_path / "runs", [str(days_text)], start="/home/lea/my.bin")
    assert recorder is not None
    recorder.give_back()
    with pytest.raises(RunError, match=r"before its first checkpoint; .*/home/lea/my\.bin"):
        reopen(recorder.folder)


def test_after_its_last_mini_batch_it_is_saved_by_who_resumes_it(
    run: Run, recorder: Recorder, days_text: Path, tmp_path: Path
) -> None:
    """Also if a first try to resume it was refused."""
    recorder.start()
    run.run_to_end()
    recorder.finish()
    killed = as_if_killed(recorder, tmp_path / "elsewhere")
    killed.last_file.path.unlink()

    assert summarise(killed, time.time()).condition is RunCondition.CUT_OFF
    text = days_text.rename(tmp_path / "not here")
    with pytest.raises(WordnetError, match="there is no"):
        reopen(killed)
    text.rename(days_text)
    assert summarise(killed, time.time()).condition is RunCondition.CUT_OFF
    train_and_save(*reopen(killed))
    assert weights(killed.last_file.path) == weights(recorder.folder.last_file.path)
    assert summarise(killed, time.time()).condition is RunCondition.ENDED
    kinds = [event.kind for event in read_events(killed.events_file).events]
    assert kinds.count("ended") == 1
    with pytest.raises(RunError, match="has ended"):
        reopen(killed)


@pytest.mark.parametrize("state", [None, RunState.TRAINING, RunState.INTERRUPTED])
@pytest.mark.parametrize("events_are_lost", [False, True])
def test_after_a_power_loss_at_its_end_what_the_list_says_is_done(
    run: Run, recorder: Recorder, state: RunState | None, events_are_lost: bool
) -> None:
    """Nobody has it, its checkpoint is its last, and its status is an old one or none."""
    folder = recorder.folder
    train_and_save(run, recorder)
    expected, status = weights(folder.last_file.path), read_status(folder)
    assert status is not None
    if state is None:
        folder.status_file.path.unlink()
    else:
        view = replace(status.view, state=state)
        write_status(folder, replace(status, view=view, written_at=status.written_at - 9))
    if events_are_lost:
        lines = folder.events_file.path.read_bytes().splitlines(keepends=True)
        folder.events_file.path.write_bytes(b"".join(lines[:-1]))
    folder.last_file.path.unlink()

    assert summarise(folder, time.time()).can_be_continued
    train_and_save(*reopen(folder))
    assert summarise(folder, time.time()).condition is RunCondition.ENDED
    assert weights(folder.last_file.path) == expected
    kinds = [event.kind for event in read_events(folder.events_file).events]
    assert kinds.count("ended") == 1
    assert kinds[-1] == "ended"
    with pytest.raises(RunError, match="has ended"):
        reopen(folder)


def test_a_process_that_ends_it_meanwhile_leaves_nothing_to_be_finished(
    run: Run, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits for the lock decides by what is there when he has it."""
    acquire = RunLock.acquire

    def after_its_end(lock: RunLock) -> None:
        train_and_save(run, recorder)
        acquire(lock)

    monkeypatch.setattr(RunLock, "acquire", after_its_end)
    with pytest.raises(RunError, match="has ended"):
        reopen(recorder.folder)


def test_what_happened_at_the_end_is_written_down_once(
    run: Run, recorder: Recorder, tmp_path: Path
) -> None:
    """Killed before it gave the run back, it is finished by who resumes it: also twice."""
    recorder.start()
    run.run_to_end()
    recorder.finish()
    killed = as_if_killed(recorder, tmp_path / "elsewhere")
    before = kinds(killed)
    assert before[-2:] == ["best", "ended"]
    _, recorder_again = reopen(killed)
    recorder_again.start()
    recorder_again.finish()
    twice = as_if_killed(recorder_again, tmp_path / "once more")
    train_and_save(*reopen(twice))
    assert kinds(killed) == kinds(twice) == before


def test_what_happened_at_the_end_is_written_down_by_who_resumes_it_if_it_is_missing(
    run: Run, recorder: Recorder, tmp_path: Path
) -> None:
    recorder.start()
    run.run_to_end()
    recorder.finish()
    killed = as_if_killed(recorder, tmp_path / "elsewhere")
    started, *_ = killed.events_file.path.read_bytes().splitlines(keepends=True)
    killed.events_file.path.write_bytes(started)
    train_and_save(*reopen(killed))
    assert kinds(killed) == ["started", "best", "ended"]


def test_the_end_is_written_down_only_when_its_checkpoint_is(
    run: Run, recorder: Recorder
) -> None:
    """Or a kill in between would let the run end twice."""
    recorder.start()
    run.run_to_end()
    recorder.save()
    assert "ended" not in kinds(recorder.folder)
    recorder.finish()
    assert kinds(recorder.folder)[-1] == "ended"


def test_no_checkpoint_is_ever_ahead_of_the_metrics(
    run: Run, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a kill at that moment would leave a gap in them for ever."""
    behind: list[int] = []

    def compare_and_write(folder: RunFolder, checkpoint: Checkpoint) -> None:
        rows = read_metrics(folder.metrics_file).rows
        reported = int(rows[-1, 0]) if len(rows) else 0
        behind.append(checkpoint.state.batch - reported)
        write_checkpoint(folder, checkpoint)

    monkeypatch.setattr(checkpoint_writer, "write_checkpoint", compare_and_write)
    recorder.start()
    for progress in run.train():
        if progress.batch == 20:
            recorder.ask_for_checkpoint()
        elif progress.batch == 21:  # the one asked for was handed out in between
            until = time.monotonic() + 30
            while len(behind) < 2 and time.monotonic() < until:
                time.sleep(0.005)
    recorder.finish()
    assert len(behind) >= 3
    assert max(behind) <= 0
