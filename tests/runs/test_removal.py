"""Deleting a run: all of its files, and nothing else."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from wordnet_tui.runs.storage.folder import RunFolder, create_run, remove_run, run_folders


def filled(root: Path) -> RunFolder:
    folder = create_run(root, datetime(2026, 11, 23, 14, 30, 5))
    for path in (
        folder.manifest_file.path,
        folder.status_file.path,
        folder.metrics_file.path,
        folder.checkpoint_file.path,
        folder.best_file.path,
        folder.requests.path / "1.json",
        folder.path / ".checkpoint.tmp",
    ):
        path.write_text("something")
    return folder


def test_all_of_a_run_goes_with_its_folder(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    remove_run(folder)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_of_the_run_stays(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    (folder.path / "notes.txt").write_text("mine")
    remove_run(folder)
    assert [path.name for path in folder.path.iterdir()] == ["notes.txt"]
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
