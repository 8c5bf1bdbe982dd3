"""A kill, or a full disk, between the end of a training and the writing of all that came."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wordnet_tui.core.errors import RunError
from wordnet_tui.runs import recorder

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
    assert out.exists()
    assert "no run is unfinished" in run("resume", "--runs", runs).sentence


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
