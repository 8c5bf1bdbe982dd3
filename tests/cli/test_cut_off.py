"""A kill between the end of a training and the writing of its model file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
