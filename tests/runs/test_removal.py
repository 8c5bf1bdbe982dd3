"""Deleting a run: all of its files, and nothing else, whenever it is killed."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from wordnet_tui.core.errors import RunBusyError, RunError
from wordnet_tui.runs.storage.folder import RunFolder, create_run, run_folders
from wordnet_tui.runs.storage.lock import RunLock
from wordnet_tui.runs.storage.owner import Owner, read_owner, write_owner
from wordnet_tui.runs.storage.removal import clear_left_overs, delete_run, remove_run

PARTS = (
    "run.json",
    "status.json",
    "metrics.csv",
    "checkpoint.safetensors",
    "best.safetensors",
    "requests/1.json",
    ".checkpoint.tmp",
)
OTHERS = {"notes.txt", "requests/mine/1.json"}


def filled(root: Path) -> RunFolder:
    folder = create_run(root, datetime(2026, 11, 23, 14, 30, 5))
    for part in PARTS:
        (folder.path / part).write_text("something")
    return folder


def with_others(folder: RunFolder) -> RunFolder:
    """A run with files beside its own."""
    for other in OTHERS:
        (folder.path / other).parent.mkdir(exist_ok=True)
        (folder.path / other).write_text("mine")
    return folder


def refuse(*_: object) -> None:
    """In place of a system call."""
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def files_in(path: Path) -> set[str]:
    """All files, links among them, wherever they lie in it."""
    found = path.rglob("*")
    return {str(each.relative_to(path)) for each in found if not each.is_dir()}


def test_all_of_a_run_goes_with_its_folder(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    remove_run(folder)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_of_the_run_stays(tmp_path: Path) -> None:
    """Also what lies in the folder for requests, or is a folder in place of a file."""
    folder = with_others(filled(tmp_path))
    (folder.log_file.path / "inside").mkdir(parents=True)
    remove_run(folder)
    assert files_in(folder.path) == OTHERS
    assert (folder.log_file.path / "inside").is_dir()
    assert run_folders(tmp_path) == []


def test_a_link_is_removed_and_not_what_it_leads_to(tmp_path: Path) -> None:
    folder = filled(tmp_path / "runs")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "1.json").write_text("mine")
    for request in folder.requests.path.iterdir():
        request.unlink()
    folder.requests.path.rmdir()
    folder.requests.path.symlink_to(elsewhere)
    mine = tmp_path / "mine.safetensors"
    mine.write_text("mine")
    folder.last_file.path.symlink_to(mine)
    remove_run(folder)
    assert (elsewhere / "1.json").read_text() == mine.read_text() == "mine"
    assert not folder.path.exists()


# ---- killed, or refused by the system, while it is deleted


class Killed(BaseException):
    """No `except Exception` hears it, as none hears a kill."""


@pytest.fixture
def die_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Has a call that changes files, and all that follow it, end the program instead."""
    calls, last = 0, sys.maxsize

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*arguments: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls >= last:
                raise Killed
            return call(*arguments, **options)

        return instead

    def begin(number: int) -> None:
        nonlocal calls, last
        calls, last = 0, number

    for name in ("rename", "replace", "unlink", "remove", "rmdir", "mkdir"):
        monkeypatch.setattr(os, name, counted(getattr(os, name)))
    yield begin
    begin(sys.maxsize)


def killed_everywhere(
    die_at: Callable[[int], None], roots: Path, make: Callable[[Path], RunFolder]
) -> Iterator[RunFolder]:
    """A run each, whose deletion was killed at the first call, the second, and so on."""
    for number in range(1, 100):
        folder = make(roots / str(number))
        die_at(number)
        try:
            remove_run(folder)
        except Killed:
            die_at(sys.maxsize)
            yield folder
        else:
            assert number > len(PARTS)
            return
    pytest.fail("it never came to its end")


def test_killed_at_any_moment_it_is_whole_on_the_list_or_not_on_it(
    tmp_path: Path, die_at: Callable[[int], None]
) -> None:
    """And the next one who begins a run or deletes one there deletes what is left."""
    for folder in killed_everywhere(die_at, tmp_path, filled):
        root = folder.path.parent
        if run_folders(root) == [folder]:
            assert files_in(folder.path) == set(PARTS)
            shutil.rmtree(folder.path)
        else:
            assert run_folders(root) == []
            assert not folder.path.exists()
            clear_left_overs(root)
        assert list(root.iterdir()) == []


def test_killed_at_any_moment_what_is_not_of_the_run_lies_where_it_lay(
    tmp_path: Path, die_at: Callable[[int], None]
) -> None:
    for folder in killed_everywhere(die_at, tmp_path, lambda root: with_others(filled(root))):
        root = folder.path.parent
        assert files_in(folder.path) >= OTHERS
        if run_folders(root) == [folder]:
            assert files_in(folder.path) == set(PARTS) | OTHERS
            remove_run(folder)
        else:
            clear_left_overs(root)
        assert run_folders(root) == []
        assert files_in(root) == {f"{folder.name}/{other}" for other in OTHERS}


def test_what_another_process_deletes_at_the_same_time_disturbs_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, unlink = filled(tmp_path), os.unlink

    def after_another(path: Any, **options: Any) -> None:
        monkeypatch.setattr(os, "unlink", unlink)
        clear_left_overs(tmp_path)
        unlink(path, **options)

    monkeypatch.setattr(os, "unlink", after_another)
    remove_run(folder)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_may_not_be_changed_is_a_sentence_and_the_run_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = filled(tmp_path)

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(RunError, match=r"^cannot delete .*: Permission denied$"):
        remove_run(folder)
    assert files_in(folder.path) == set(PARTS)


def test_a_file_that_comes_at_the_last_moment_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, rename = filled(tmp_path), os.rename

    def after_a_file_came(old: Any, new: Any) -> None:
        monkeypatch.setattr(os, "rename", rename)
        (folder.path / "notes.txt").write_text("mine")
        rename(old, new)

    monkeypatch.setattr(os, "rename", after_a_file_came)
    remove_run(folder)
    assert files_in(tmp_path) == {f"{folder.name}/notes.txt"}


@pytest.mark.parametrize("name", ["x" * 255, "größe" * 36, "[*] run"])
def test_whatever_it_is_called_it_can_be_deleted(tmp_path: Path, name: str) -> None:
    folder = RunFolder(filled(tmp_path).path.rename(tmp_path / name))
    remove_run(folder)
    assert list(tmp_path.iterdir()) == []


# ---- what kills have left


def test_only_what_a_deletion_has_left_is_cleared_away(tmp_path: Path) -> None:
    """Not a run that is being made, not one that was put back, nothing that is a link."""
    made = create_run(tmp_path, datetime(2026, 11, 23, 14, 30, 6))
    (made.path / "log.txt").touch()
    put_back = with_others(filled(tmp_path))
    (put_back.path / ".deleted-run.json").write_text("of a deletion that was killed")
    elsewhere = filled(tmp_path / "elsewhere")
    (tmp_path / ".deleted-2026-11-23-143005-0a1b2c3d").symlink_to(elsewhere.path)
    (tmp_path / ".deleted-notes").mkdir()
    before = files_in(tmp_path)
    clear_left_overs(tmp_path)
    clear_left_overs(tmp_path / "never made")
    assert files_in(tmp_path) == before
    assert (tmp_path / ".deleted-notes").is_dir()
    assert made.requests.path.is_dir()


def test_what_nobody_finishes_to_write_goes_unless_somebody_trains_the_run(
    tmp_path: Path,
) -> None:
    folder = filled(tmp_path)
    old, new = folder.path / ".0a1b.tmp", folder.path / ".checkpoint.tmp"
    for path, age in ((old, 7_200), (new, 0)):
        path.touch()
        os.utime(path, (time.time() - age,) * 2)
    lock = RunLock(folder)
    lock.acquire()
    clear_left_overs(tmp_path)
    assert old.exists()
    lock.release()
    clear_left_overs(tmp_path)
    assert not old.exists()
    assert new.exists()
    assert folder.manifest_file.path.exists()


def test_a_folder_that_never_became_a_run_goes_once_it_is_old(tmp_path: Path) -> None:
    """A kill came before its `run.json`; what is of no run stays."""
    never = [create_run(tmp_path, datetime(2026, 11, 23, 14, 30, second)) for second in (5, 6)]
    other = tmp_path / "2026-11-23"
    other.mkdir()
    (never[1].path / "mine.txt").touch()
    clear_left_overs(tmp_path)
    assert all(folder.path.exists() for folder in never)
    for path in tmp_path.iterdir():
        os.utime(path, (0, 0))
    clear_left_overs(tmp_path)
    assert sorted(tmp_path.iterdir()) == [other, never[1].path]


# ---- with its lock


def test_a_link_to_a_run_is_not_deleted_and_neither_is_the_run(tmp_path: Path) -> None:
    folder = filled(tmp_path / "elsewhere")
    link = tmp_path / "link"
    link.symlink_to(folder.path)
    with pytest.raises(RunError, match="link is a link; delete the link, or"):
        delete_run(RunFolder(link))
    assert files_in(folder.path) == set(PARTS)
    assert link.is_symlink()


def test_a_run_that_is_trained_is_not_deleted(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    lock = RunLock(folder)
    lock.acquire()
    with pytest.raises(RunBusyError):
        delete_run(folder)
    lock.release()
    delete_run(folder)
    assert list(tmp_path.iterdir()) == []


def test_a_deletion_that_is_refused_changes_nothing_of_who_had_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or one that was cut off in its last moment would count as ended, or the reverse."""
    dead = Owner("elsewhere", 4_711, 1.0, "its token")
    for number, owner in enumerate((None, dead)):
        folder = filled(tmp_path / str(number))
        if owner is not None:
            write_owner(folder, owner)
        with monkeypatch.context() as patch:
            patch.setattr(os, "rename", refuse)
            with pytest.raises(RunError, match="cannot delete"):
                delete_run(folder)
        assert read_owner(folder) == owner
