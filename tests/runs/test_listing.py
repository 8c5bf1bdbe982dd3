"""How runs stand, whatever their folders hold."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from wordnet_tui.core.errors import RunError
from wordnet_tui.runs.listing import RunLister, list_runs, summarise
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.status import RunState
from wordnet_tui.runs.storage.folder import RunFolder, create_run
from wordnet_tui.runs.storage.lock import RunLock
from wordnet_tui.runs.storage.manifest import Manifest, write_manifest
from wordnet_tui.runs.storage.owner import Owner, this_host, this_process, write_owner
from wordnet_tui.runs.storage.status_file import StatusRecord, write_status

NOW = 1_795_444_205.0
WHEN = datetime(2026, 11, 23, 14, 30, 5)


@pytest.fixture(scope="module")
def dead() -> Owner:
    """A process of this machine that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return Owner(this_host(), process.pid, NOW - 3_600, "its token")


@pytest.fixture
def write(
    folder: RunFolder, manifest: Manifest, status: StatusRecord, dead: Owner
) -> Callable[..., None]:
    """Writes what a run says of itself, so many seconds ago, and who has it."""
    living = this_process(NOW - 3_600)
    owners = {"living": living, "dead": dead, "elsewhere": replace(living, host="elsewhere")}

    def write_run(state: str, owner: str | None, age: float = 1.0) -> None:
        write_manifest(folder, manifest)
        folder.checkpoint_file.path.touch()
        view = replace(status.view, state=RunState(state))
        written = replace(status, view=view, written_at=NOW - age)
        if owner is not None:
            write_owner(folder, owners[owner])
            written = replace(written, host=owners[owner].host, pid=owners[owner].pid)
        write_status(folder, written)

    return write_run


@pytest.mark.parametrize(
    ("state", "owner", "age", "condition"),
    [
        ("training", "living", 1, "training"),
        ("paused", "living", 1, "paused"),
        ("training", "living", 39, "training"),
        ("training", "living", 41, "silent"),
        ("paused", "living", 3_000, "silent"),
        ("training", "dead", 1, "cut off"),
        ("paused", "dead", 1, "cut off"),
        ("training", None, 1, "cut off"),
        ("training", "elsewhere", 39, "training"),
        ("training", "elsewhere", -100, "training"),  # its clock is ahead
        ("paused", "elsewhere", 41, "silent"),
        ("paused", "elsewhere", 599, "silent"),
        ("paused", "elsewhere", 601, "cut off"),
        *((state, None, 86_400, state) for state in ("interrupted", "ended", "failed")),
        *((state, "dead", 3_000, state) for state in ("interrupted", "failed")),
        ("ended", "dead", 3_000, "cut off"),  # before its networks were put away
        ("ended", "living", 3_000, "ended"),
        ("interrupted", "living", 3_601, "silent"),  # taken anew by a process that hangs
    ],
)
def test_what_a_run_says_of_itself_is_held_against_what_is_seen(
    folder: RunFolder,
    write: Callable[..., None],
    state: str,
    owner: str | None,
    age: float,
    condition: str,
) -> None:
    write(state, owner, age)
    summary = summarise(folder, NOW)
    assert summary.condition == condition
    assert summary.problem == ""
    assert summary.can_be_continued == (condition in ("interrupted", "cut off"))


def test_silence_counts_from_the_last_news(
    folder: RunFolder, write: Callable[..., None]
) -> None:
    write("training", "elsewhere", 12.5)
    assert summarise(folder, NOW).silent_for == 12.5
    assert summarise(folder, NOW - 100).silent_for == 0  # its clock is ahead
    folder.status_file.path.unlink()
    assert summarise(folder, NOW).silent_for == 3_600
    folder.owner_file.path.unlink()
    assert summarise(folder, NOW).silent_for is None


def test_a_run_taken_a_moment_ago_is_training_before_its_first_status(
    folder: RunFolder, manifest: Manifest, status: StatusRecord
) -> None:
    """A new one, and one that is resumed, whose status is still that of its last end."""
    lock = RunLock(folder)
    lock.acquire(NOW - 1)
    write_manifest(folder, manifest)
    assert summarise(folder, NOW).condition is RunCondition.TRAINING
    view = replace(status.view, state=RunState.INTERRUPTED)
    write_status(folder, replace(status, view=view, written_at=NOW - 1_000))
    assert summarise(folder, NOW).condition is RunCondition.TRAINING
    lock.release()
    assert summarise(folder, NOW).condition is RunCondition.INTERRUPTED


def test_a_run_without_any_status_can_be_continued(
    folder: RunFolder, manifest: Manifest
) -> None:
    begun = replace(manifest, parent=None)
    write_manifest(folder, begun)
    summary = summarise(folder, NOW)
    assert (summary.manifest, summary.status) == (begun, None)
    assert summary.condition is RunCondition.CUT_OFF
    assert summary.problem == ""
    assert summary.can_be_continued


@pytest.mark.parametrize("changes", [{"start": "my.bin"}, {"parent": ("its parent", 7)}])
def test_what_came_from_other_weights_cannot_be_continued_without_a_checkpoint(
    folder: RunFolder, manifest: Manifest, changes: dict[str, Any]
) -> None:
    write_manifest(folder, replace(manifest, **{"parent": None, **changes}))
    summary = summarise(folder, NOW)
    assert summary.condition is RunCondition.CUT_OFF
    assert not summary.can_be_continued
    assert summary.obstacle.startswith("it was cut off before its first checkpoint; begin it")
    assert summary.obstacle.endswith(("my.bin", "its parent"))


def test_a_run_that_has_lost_its_checkpoints_cannot_be_continued(
    folder: RunFolder, write: Callable[..., None]
) -> None:
    write("interrupted", None)
    lister = RunLister()
    (before,) = lister.list_runs(folder.path.parent, NOW)
    assert before.can_be_continued
    folder.checkpoint_file.path.rename(folder.checkpoint_before_file.path)
    (other,) = lister.list_runs(folder.path.parent, NOW)
    assert other.can_be_continued
    folder.checkpoint_before_file.path.unlink()
    after = summarise(folder, NOW)
    assert not after.can_be_continued
    assert after.obstacle == "it has no checkpoint to go on from"


def test_a_run_without_a_sound_manifest_is_damaged_and_says_so(
    folder: RunFolder, write: Callable[..., None]
) -> None:
    write("training", "living")
    folder.manifest_file.path.write_text("{}")
    summary = summarise(folder, NOW)
    assert summary.condition is RunCondition.DAMAGED
    assert summary.manifest is None
    assert summary.status is not None
    assert summary.problem.startswith(f"{folder.manifest_file.path} is damaged, ")
    assert not summary.can_be_continued


def test_a_damaged_status_hides_neither_the_run_nor_its_state(
    folder: RunFolder, write: Callable[..., None]
) -> None:
    """After a crash of the machine it may be empty; the checkpoint still holds."""
    write("training", "dead")
    folder.status_file.path.write_bytes(b"")
    summary = summarise(folder, NOW)
    assert summary.condition is RunCondition.CUT_OFF
    assert summary.can_be_continued
    assert summary.problem.startswith(f"{folder.status_file.path} is damaged, ")


def test_a_damaged_owner_is_known_by_the_status(
    folder: RunFolder, write: Callable[..., None]
) -> None:
    for owner, condition in [("living", "training"), ("dead", "cut off")]:
        write("training", owner)
        folder.owner_file.path.write_text("garbage")
        summary = summarise(folder, NOW)
        assert summary.condition == condition
        assert summary.problem.startswith(f"{folder.owner_file.path} is damaged, ")


@pytest.mark.parametrize("name", ["run.json", "status.json", "owner.json"])
def test_any_damage_to_any_file_is_reported_and_nothing_else_is_changed(
    folder: RunFolder,
    write: Callable[..., None],
    damages: Callable[[bytes], Iterator[bytes]],
    name: str,
) -> None:
    write("training", "dead")
    sound = summarise(folder, NOW)
    file = folder.path / name
    for damaged in list(damages(file.read_bytes()))[::7]:
        file.write_bytes(damaged)
        (summary,) = list_runs(folder.path.parent, NOW)
        if summary != sound:
            assert summary.problem.startswith(f"{file} is damaged, ")
            assert summary.manifest in (sound.manifest, None)
            assert summary.status in (sound.status, None)
            assert summary.can_be_continued == (name != "run.json")


def test_a_folder_full_of_other_things_lists_its_runs(
    folder: RunFolder, write: Callable[..., None]
) -> None:
    write("ended", None)
    root = folder.path.parent
    (root / "notes.txt").write_text("mine")
    (root / ".git").mkdir()
    (root / "2026-01-01-000000").mkdir()
    (root / "nowhere").symlink_to("nothing")
    for name in ("status.json", "owner.json"):
        other = create_run(root, WHEN - timedelta(days=1))
        shutil.copy(folder.manifest_file.path, other.manifest_file.path)
        os.mkfifo(other.path / name)
    (folder.path / "notes.txt").write_text("mine")
    conditions = [summary.condition for summary in list_runs(root, NOW)]
    assert conditions == [RunCondition.ENDED, RunCondition.CUT_OFF, RunCondition.CUT_OFF]


def test_a_run_that_goes_while_it_is_read_is_damaged(folder: RunFolder) -> None:
    shutil.rmtree(folder.path)
    summary = summarise(folder, NOW)
    assert summary.condition is RunCondition.DAMAGED
    assert "is not the folder of a run" in summary.problem


def test_no_runs_are_an_empty_list_and_no_folder_is_an_error(tmp_path: Path) -> None:
    assert list_runs(tmp_path / "none yet", NOW) == []
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match=r"cannot look for runs in .*/file: Not a dir"):
        list_runs(tmp_path / "file", NOW)


def test_a_thousand_runs_are_listed_in_a_moment(
    folder: RunFolder, write: Callable[..., None]
) -> None:
    write("training", "dead")
    files = [folder.manifest_file.path, folder.status_file.path, folder.owner_file.path]
    contents = [(file.name, file.read_bytes()) for file in files]
    root = folder.path.parent
    for second in range(1, 1_000):
        other = create_run(root, WHEN + timedelta(seconds=second))
        for name, content in contents:
            (other.path / name).write_bytes(content)
    begun = time.process_time()
    summaries = list_runs(root, NOW)
    assert time.process_time() - begun < 5  # 0.3 s where nothing else runs
    assert [summary.folder.name for summary in summaries] == sorted(
        (summary.folder.name for summary in summaries), reverse=True
    )
    assert {summary.condition for summary in summaries} == {RunCondition.CUT_OFF}
    assert len(summaries) == 1_000
