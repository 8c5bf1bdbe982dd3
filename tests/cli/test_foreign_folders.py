"""Runs of strangers: whatever is in their folders, `resume` changes nothing outside."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.runs.commands import PAUSE
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.manifest import read_manifest, write_manifest
from wordnet_tui.runs.storage.requests import new_request, put_request

Run = Callable[..., Any]

WRITTEN = """
    status.json owner.json metrics.csv events.jsonl checkpoint-before.safetensors
    last.safetensors best.safetensors .checkpoint.tmp log.txt run.lock
""".split()  # noqa: SIM905
"""All that a training writes, but for what it cannot go on without."""
PRECIOUS = b"precious\n"
LEFT = """
from wordnet_tui.cli import main
from wordnet_tui.runs.local import Run
note = Run._note
def leave_after_20(run, progress):
    note(run, progress)
    if progress.batch == 20:
        run.leave()
Run._note = leave_after_20
main()
"""

needs_links = pytest.mark.skipif(sys.platform == "win32", reason="needs links")


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs with one that was left; its OUT is `out.safetensors` beside."""
    place = tmp_path_factory.mktemp("left")
    text = place / "small.txt"
    text.write_text("he have a good day .\nshe had a bad day .\n" * 40)
    small = ["--epochs", "2", "--embedding-size", "3", "--hidden-size", "4"]
    small += ["--vocabulary-size", "6", "--batch-size", "8"]
    words = ["train", "out.safetensors", "--data", "small.txt", "--runs", "runs"]
    done = subprocess.run(
        [sys.executable, "-c", LEFT, *words, *small],
        cwd=place,
        capture_output=True,
        check=False,
    )
    assert b"goes on" in done.stderr, done.stderr
    (place / "out.safetensors").unlink()
    return place


@pytest.fixture
def folder(left: Path, tmp_path: Path) -> RunFolder:
    """Of a run that can be resumed, in a folder of runs of its own."""
    (run,) = (left / "runs").iterdir()
    return RunFolder(Path(shutil.copytree(run, tmp_path / "runs" / run.name)))


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere" / "precious"
    path.parent.mkdir()
    path.write_bytes(PRECIOUS)
    return path


def plant(folder: RunFolder, name: str) -> Path:
    path = folder.path / name
    path.unlink(missing_ok=True)
    return path


@needs_links
def test_in_the_background_nothing_is_printed_through_a_link(
    run: Run, folder: RunFolder, precious: Path
) -> None:
    plant(folder, "log.txt").symlink_to(precious)
    ran = run("resume", folder.path, "--detach")
    assert (ran.status, precious.read_bytes()) == (1, PRECIOUS)
    assert "log.txt: it is a link" in ran.errors


@needs_links
@pytest.mark.parametrize("name", WRITTEN)
def test_no_link_leads_out_of_the_folder(
    run: Run, folder: RunFolder, precious: Path, name: str
) -> None:
    plant(folder, name).symlink_to(precious)
    ran = run("resume", folder.path)
    assert precious.read_bytes() == PRECIOUS
    assert list(precious.parent.iterdir()) == [precious]
    assert "Traceback" not in ran.output + ran.errors
    if ran.status:
        assert "it is a link" in ran.errors


@needs_links
@pytest.mark.parametrize("name", WRITTEN)
def test_no_dangling_link_makes_a_file_elsewhere(
    run: Run, folder: RunFolder, tmp_path: Path, name: str
) -> None:
    elsewhere = tmp_path / "not-there"
    plant(folder, name).symlink_to(elsewhere)
    run("resume", folder.path)
    assert not elsewhere.exists()


@needs_links
@pytest.mark.parametrize("name", ["run.json", "checkpoint.safetensors"])
def test_what_it_cannot_go_on_without_is_not_read_through_a_link(
    run: Run, folder: RunFolder, tmp_path: Path, name: str
) -> None:
    moved = (folder.path / name).rename(tmp_path / name)
    (folder.path / "checkpoint-before.safetensors").unlink(missing_ok=True)
    (folder.path / name).symlink_to(moved)
    ran = run("resume", folder.path)
    assert ran.status == 1
    assert f"{name}: it is a link" in ran.errors


@needs_links
def test_a_folder_of_requests_elsewhere_keeps_its_files(
    run: Run, folder: RunFolder, precious: Path
) -> None:
    other = RunFolder(precious.parent)
    other.requests.path.mkdir()
    request = new_request(PAUSE, "somebody", 0.0)
    put_request(other, request)
    shutil.rmtree(folder.requests.path)
    folder.requests.path.symlink_to(other.requests.path)
    run("resume", folder.path)
    (file,) = other.requests.path.iterdir()
    assert file.stem == request.id


@needs_links
@pytest.mark.parametrize("name", ["metrics.csv", "events.jsonl", "run.lock"])
def test_a_file_with_another_name_elsewhere_stays_as_it_is_there(
    run: Run, folder: RunFolder, tmp_path: Path, name: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.hardlink_to(folder.path / name)
    before = elsewhere.read_bytes()
    assert run("resume", folder.path).status == 0
    assert elsewhere.read_bytes() == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
@pytest.mark.parametrize("name", ["checkpoint.safetensors", *WRITTEN])
def test_no_pipe_holds_it_up(run: Run, folder: RunFolder, name: str) -> None:
    os.mkfifo(plant(folder, name))
    ran = run("resume", folder.path)
    assert not ran.status or "it is not a regular file" in ran.errors


@pytest.mark.parametrize("name", ["run.json", "checkpoint.safetensors", *WRITTEN])
def test_no_folder_in_the_place_of_a_file_breaks_it(
    run: Run, folder: RunFolder, name: str
) -> None:
    plant(folder, name).mkdir()
    ran = run("resume", folder.path)
    assert "Traceback" not in ran.output + ran.errors


def test_the_file_it_names_as_its_outcome_is_not_overwritten_for_a_stranger(
    run: Run, folder: RunFolder, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.safetensors"
    mine.write_bytes(PRECIOUS)
    write_manifest(folder, replace(read_manifest(folder), out=str(mine)))
    ran = run("resume", folder.path)
    assert ran.status == 0
    assert "was not begun here by you" in ran.errors
    assert mine.read_bytes() == PRECIOUS
    read_network(folder.last_file.path)


def test_who_resumes_a_run_may_name_another_file_as_its_outcome(
    run: Run, folder: RunFolder, tmp_path: Path
) -> None:
    out = tmp_path / "mine.safetensors"
    assert run("resume", folder.path, "--out", out).status == 0
    read_network(out)
