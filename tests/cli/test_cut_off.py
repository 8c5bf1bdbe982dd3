"""A kill, or a full disk, between the end of a training and the writing of all that came."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wordnet_tui.core.errors import RunError
from wordnet_tui.core.paths import runs_folder
from wordnet_tui.runs import recorder
from wordnet_tui.runs.status import RunState
from wordnet_tui.runs.storage.folder import RunFolder, run_folders
from wordnet_tui.runs.storage.manifest import read_manifest, write_manifest
from wordnet_tui.runs.storage.status_file import read_status, write_status

Run = Callable[..., Any]

KILLED = """
import os
from wordnet_tui.cli import main, training
training.save_or_rescue = lambda *_: os._exit(9)
main()
"""


def test_resume_writes_the_model_file_that_a_kill_prevented(
    run: Run, small_text: Path, tmp_path: Path
) -> None:
    out, runs = tmp_path / "out.safetensors", tmp_path / "runs"
    small = ("--epochs", "2", "--embedding-size", "3", "--hidden-size", "4")
    words = ["train", out, "--data", small_text, "--runs", runs, "--batch-size", "8", *small]
    killed = subprocess.run([sys.executable, "-c", KILLED, *map(str, words)], check=False)
    assert killed.returncode == 9
    assert not out.exists()
    assert "cut off" in run("runs", "--runs", runs).output

    resumed = run("resume", "--runs", runs, "--plot")
    assert resumed.status == 0
    assert "all epochs done" in resumed.output
    (recorded,) = runs.iterdir()
    plot = run("runs", "plot", recorded).output
    assert resumed.output.endswith(plot)
    assert out.exists()  # for who began it, unasked
    assert "no run is unfinished" in run("resume", "--runs", runs).sentence


def test_plain_resume_takes_the_newest_that_can_go_on_and_says_what_it_left_out(
    run: Run, small_text: Path, tmp_path: Path
) -> None:
    words = ["--data", small_text, "--batch-size", "8", "--epochs", "1", "--hidden-size", "4"]
    assert run("train", tmp_path / "out.safetensors", *words).status == 0
    (ended,) = run_folders(runs_folder())
    manifest, status = read_manifest(ended), read_status(ended)
    assert status is not None
    left = replace(status, view=replace(status.view, state=RunState.INTERRUPTED))
    reasons = {
        "2099-01-01-000004": "was cut off before its first checkpoint; begin it again from x",
        "2099-01-01-000003": "checkpoint.safetensors is damaged",
        "2099-01-01-000002": "run.json is damaged",
    }
    for name in (*reasons, "2099-01-01-000001"):
        folder = RunFolder(shutil.copytree(ended.path, ended.path.with_name(name)))
        write_status(folder, left)
    never, torn, unknown, good = run_folders(runs_folder())[:4]
    write_manifest(never, replace(manifest, start="x"))
    write_status(never, replace(left, checkpoint_at=None))
    never.checkpoint_file.path.unlink()
    torn.checkpoint_file.path.write_bytes(torn.checkpoint_file.path.read_bytes()[:-9])
    unknown.manifest_file.path.write_text("{}")
    for folder in (never, torn):
        folder.checkpoint_before_file.path.unlink(missing_ok=True)

    resumed = run("resume")
    assert resumed.status == 0, resumed
    assert f"run {good.name} goes on" in resumed.output
    for (name, reason), line in zip(reasons.items(), resumed.errors.splitlines(), strict=True):
        assert f"run {name} is left out: " in line
        assert reason in line
    again = run("resume").errors.splitlines()[-1]
    assert again == "wordnet-tui: no run can be continued; `wordnet-tui runs` lists all"
    for name in reasons:
        assert run("resume", name).status == 1


def test_a_folder_that_cannot_be_written_at_the_end_is_said_and_ends_with_status_1(
    run: Run, small_text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, runs = tmp_path / "out.safetensors", tmp_path / "runs"

    def fail(*_arguments: Any) -> None:
        raise RunError("cannot write events.jsonl: No space left on device")

    with monkeypatch.context() as full:
        full.setattr(recorder, "SECONDS_TO_RETRY", 0.0)
        full.setattr(recorder, "append_events", fail)
        words = ["train", out, "--data", small_text, "--runs", runs, "--batch-size", "8"]
        ran = run(*words, "--epochs", "1")
    assert ran.status == 1
    assert f"saved to {out}" in ran.output
    waits, sentence = ran.errors.splitlines()
    (folder,) = runs.iterdir()
    assert "No space left on device; this is tried again for" in waits
    assert f"the folder of run {folder.name} lacks its last events" in sentence
    assert str(folder / "last.safetensors") in sentence

    assert run("resume", folder).status == 0
    assert "ended" in run("runs", "--runs", runs).output
