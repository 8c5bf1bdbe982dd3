"""The list of runs, read again and again: what is over is read once, what lives anew."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.waiting import wait_until
from wordnet_tui.core.paths import runs_folder
from wordnet_tui.runs import listing
from wordnet_tui.runs.listing import RunLister, RunSummary, summarise
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.status_file import read_status, write_status

TrainRecorded = Callable[..., tuple[Run, RunFolder]]
HOLD = """
import sys
from pathlib import Path
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.lock import RunLock
RunLock(RunFolder(Path(sys.argv[1]))).acquire()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def ended(train_recorded: TrainRecorded) -> RunFolder:
    """A run that is over."""
    _, folder = train_recorded(paused=False, epochs=1)
    wait_until(lambda: not folder.owner_file.path.exists())  # its thread has let go
    assert summarise(folder, time.time()).condition is RunCondition.ENDED
    return folder


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of runs, each time that one is read."""
    names: list[str] = []

    def counted(folder: RunFolder, now: float) -> RunSummary:
        names.append(folder.name)
        return summarise(folder, now)

    monkeypatch.setattr(listing, "summarise", counted)
    return names


def test_a_run_that_is_over_is_read_once_until_its_files_change(
    ended: RunFolder, read: list[str]
) -> None:
    listing, now = RunLister(), time.time()
    first = listing.list_runs(runs_folder(), now)
    assert listing.list_runs(runs_folder(), now + 5) == first
    assert read == [ended.name]
    status = read_status(ended)
    assert status is not None
    write_status(ended, replace(status, attempt=7))
    (again,) = listing.list_runs(runs_folder(), now + 5)
    assert again.status is not None
    assert again.status.attempt == 7


def test_a_process_that_dies_is_noticed_though_no_file_changes(ended: RunFolder) -> None:
    listing = RunLister()
    command = [sys.executable, "-c", HOLD, str(ended.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        (living,) = listing.list_runs(runs_folder(), time.time())
        assert living.condition is RunCondition.TRAINING
        holder.kill()
    (dead,) = listing.list_runs(runs_folder(), time.time())
    assert dead.condition is RunCondition.CUT_OFF


def test_a_folder_that_is_not_there_holds_no_runs(tmp_path: Path) -> None:
    assert RunLister().list_runs(tmp_path / "nowhere", 0.0) == ()
