"""The condition of a run when its process is gone, or says nothing."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.runs import small_settings
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.runs.commands import PAUSE
from wordnet_tui.runs.lifecycle import begin
from wordnet_tui.runs.listing import summarise
from wordnet_tui.runs.liveness import RunCondition, StatusFollower, last_news
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.remote.watched_run import WatchedRun
from wordnet_tui.runs.status import RunState
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.owner import Owner, remove_owner, this_host, write_owner
from wordnet_tui.runs.storage.status_file import StatusRecord, write_status

TrainRecorded = Callable[..., tuple[Run, RunFolder]]
Watch = Callable[..., WatchedRun]


def test_a_process_that_died_after_its_last_word_has_not_cut_the_run_off(
    folder: RunFolder, status: StatusRecord
) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    owner = Owner(this_host(), process.pid, 1.0, "some other token")
    write_owner(folder, owner)
    follower = StatusFollower(folder)
    for state in (RunState.ENDED, RunState.FAILED, RunState.INTERRUPTED):
        view = dataclasses.replace(status.view, state=state)
        write_status(folder, dataclasses.replace(status, view=view, host=this_host()))
        follower.update(0.0, 1e9)
        assert follower.run_status().state is state
    for state in (RunState.TRAINING, RunState.PAUSED):
        view = dataclasses.replace(status.view, state=state)
        write_status(folder, dataclasses.replace(status, view=view, host=this_host()))
        for remove in (lambda: None, lambda: remove_owner(folder)):
            remove()
            follower.update(0.0, 1e9)
            assert follower.run_status().state is RunState.INTERRUPTED
        write_owner(folder, owner)


def test_a_run_that_was_just_taken_again_goes_on(
    folder: RunFolder, status: StatusRecord
) -> None:
    """Its process reads the corpus before it says anything."""
    view = dataclasses.replace(status.view, state=RunState.INTERRUPTED)
    write_status(folder, dataclasses.replace(status, view=view, host=this_host()))
    follower = StatusFollower(folder)
    follower.update(0.0, 1e9)
    assert follower.run_status().state is RunState.INTERRUPTED
    write_owner(folder, Owner(this_host(), os.getpid(), status.written_at + 1, ""))
    follower.update(1.0, 1e9)
    assert follower.run_status().state is RunState.TRAINING


def test_a_status_counts_from_whoever_has_the_run_also_when_the_clock_was_set_back(
    folder: RunFolder, status: StatusRecord
) -> None:
    """And one of an earlier owner does not, though its clock was ahead."""
    taken_at, now = status.written_at, status.written_at - 3_600
    paused = dataclasses.replace(status.view, state=RunState.PAUSED)
    status = dataclasses.replace(status, view=paused, host=this_host(), written_at=now)
    write_owner(folder, Owner(this_host(), os.getpid(), taken_at, ""))
    write_status(folder, dataclasses.replace(status, taken_at=taken_at))
    assert last_news(folder).condition(0.0) is RunCondition.PAUSED
    write_status(folder, dataclasses.replace(status, taken_at=taken_at + 1, written_at=2e9))
    assert last_news(folder).condition(0.0) is RunCondition.TRAINING


def test_a_run_that_is_paused_after_the_clock_was_set_back_is_listed_so(
    days: Dataset, days_text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(days, small_settings(days))
    run.send(PAUSE)
    recorder = begin(run, tmp_path / "runs", [str(days_text)])
    assert recorder is not None
    now = time.time() - 3_600
    monkeypatch.setattr(time, "time", lambda: now)
    recorder.start()
    assert summarise(recorder.folder, now).condition is RunCondition.PAUSED
    assert summarise(recorder.folder, now + 41).condition is RunCondition.SILENT
    run.stop()
    run.run_to_end()
    recorder.finish()


def test_the_age_of_news_is_that_of_the_status_at_first_then_of_what_is_seen(
    folder: RunFolder, status: StatusRecord
) -> None:
    follower = StatusFollower(folder)
    write_status(folder, status)
    follower.update(1000.0, status.written_at + 7.9)
    assert follower.silent_for(1000.0) == 7.0
    follower.update(1030.0, 0.0)  # whatever the clock says by now
    assert follower.silent_for(1033.0) == 40.0
    write_status(folder, dataclasses.replace(status, written_at=status.written_at - 500))
    follower.update(1040.0, 0.0)
    assert follower.silent_for(1040.5) == 0.0


def test_news_from_a_clock_that_is_ahead_is_of_now(
    folder: RunFolder, status: StatusRecord
) -> None:
    write_status(folder, status)
    follower = StatusFollower(folder)
    follower.update(5.0, status.written_at - 100)
    assert follower.silent_for(5.0) == 0.0
    assert follower.silent_for(15.0) == 10.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (39.0, ""),
        (40.0, "no news for 40 s"),
        (119.0, "no news for 119 s"),
        (120.0, "no news for 2 min: crashed?"),
        (3_700.0, "no news for 61 min: crashed?"),
    ],
)
def test_silence_has_words(seconds: float | None, words: str, status: StatusRecord) -> None:
    view = dataclasses.replace(status.view, silent_for=seconds)
    assert view.silence == words
    assert dataclasses.replace(view, state=RunState.ENDED).silence == ""
