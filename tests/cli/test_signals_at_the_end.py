"""SIGINT and SIGTERM after the last mini-batch, while the networks are measured and saved."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wordnet_tui.core.formats.model_files import read_network

Run = Callable[..., Any]

pytestmark = [
    pytest.mark.usefixtures("obeyed_ctrl_c"),
    pytest.mark.skipif(sys.platform == "win32", reason="there a signal ends the process"),
]

SIGNALLED = """
import importlib, os, signal
from wordnet_tui.cli import main

place, function, times, number, calls = os.environ["SIGNALLED"].split()
holder = importlib.import_module(place)
*classes, function = function.split(".")
for name in classes:
    holder = getattr(holder, name)
call = getattr(holder, function)
left = [signal.Signals(int(number))] * int(times)
unheard = int(calls) - 1

def signalled(*arguments, **named):
    global unheard
    unheard -= 1
    while unheard < 0 and left:
        signal.raise_signal(left.pop())
    return call(*arguments, **named)

setattr(holder, function, signalled)
main()
"""

MOMENTS = [
    ("wordnet_tui.runs.recorder", "save_networks"),
    ("wordnet_tui.runs.saved_networks", "write_network"),
    ("wordnet_tui.cli.training", "evaluate"),
    ("wordnet_tui.cli.training", "save_or_rescue"),
]
"""Modules, and functions that they call after the training."""


@pytest.fixture
def train(small_text: Path, tmp_path: Path) -> Callable[..., Any]:
    """Trains into a file in a process of its own, which gets signals when it calls a function.

    Takes the name of the file, the moment, how many signals, which, and at which call.
    """

    def start(
        out: str, moment: tuple[str, str], times: int, number: int, calls: int = 1
    ) -> Any:
        words = ["train", out, "--data", small_text, "--runs", "runs", "--batch-size", "8"]
        words += ["--epochs", "2", "--embedding-size", "3", "--hidden-size", "4"]
        return subprocess.run(
            [sys.executable, "-c", SIGNALLED, *map(str, words)],
            env={**os.environ, "SIGNALLED": f"{' '.join(moment)} {times} {number} {calls}"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return start


def weights(path: Path) -> bytes:
    return read_network(path).parameters.packed()[1].tobytes()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", MOMENTS)
def test_the_first_does_not_interrupt_the_saving_and_says_what_goes_on(
    moment: tuple[str, str], number: int, train: Run, run: Run, tmp_path: Path
) -> None:
    done = train("out.safetensors", moment, 1, number)
    assert done.returncode == 0, done
    (line,) = done.stderr.splitlines()
    assert "is being saved" in line
    assert "saved to out.safetensors" in done.stdout
    assert read_network(tmp_path / "out.safetensors").hyperparameters.epochs == 2
    (listed,) = run("runs", "--runs", tmp_path / "runs", "--json").json["runs"]
    assert (listed["state"], listed["can_be_continued"]) == ("ended", False)


def test_during_the_last_evaluation_it_skips_that(train: Run, tmp_path: Path) -> None:
    done = train("out.safetensors", ("wordnet_tui.cli.training", "evaluate"), 1, signal.SIGINT)
    assert "test cross-entropy" not in done.stdout
    figures = read_network(tmp_path / "out.safetensors").provenance.figures
    assert set(figures) == {"training cross-entropy", "validation cross-entropy"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", MOMENTS)
def test_after_a_second_one_resume_writes_the_same_weights(
    moment: tuple[str, str], number: int, train: Run, run: Run, tmp_path: Path
) -> None:
    broken_off = train("out.safetensors", moment, 2, number)
    assert broken_off.returncode in (130, -signal.SIGTERM), broken_off
    assert "Traceback" not in broken_off.stderr
    assert not (tmp_path / "out.safetensors").exists()
    (listed,) = run("runs", "--runs", tmp_path / "runs", "--json").json["runs"]
    assert (listed["state"], listed["can_be_continued"]) == ("cut off", True)

    resumed = run("resume", "--runs", tmp_path / "runs")
    assert resumed.status == 0, resumed
    undisturbed = train("other.safetensors", MOMENTS[0], 0, number)
    assert undisturbed.returncode == 0
    assert weights(tmp_path / "out.safetensors") == weights(tmp_path / "other.safetensors")
    assert "no run is unfinished" in run("resume", "--runs", tmp_path / "runs").sentence


def test_a_second_one_in_the_middle_of_a_step_costs_no_weight(
    train: Run, run: Run, tmp_path: Path
) -> None:
    """What is half done is in no checkpoint."""
    step = "wordnet_tui.core.training.train_step", "Stepper.step"
    assert train("out.safetensors", step, 2, signal.SIGINT, calls=7).returncode == 130
    assert run("resume", "--runs", tmp_path / "runs").status == 0
    assert train("other.safetensors", step, 0, signal.SIGINT).returncode == 0
    assert weights(tmp_path / "out.safetensors") == weights(tmp_path / "other.safetensors")


def test_where_nobody_reads_the_output_resume_writes_the_model_file(
    small_text: Path, run: Run, tmp_path: Path
) -> None:
    """As `wordnet-tui train OUT | head -1` on a short text."""
    out = tmp_path / "out.safetensors"
    words = ["train", out, "--data", small_text, "--runs", tmp_path / "runs"]
    words += ["--batch-size", "8", "--epochs", "1", "--embedding-size", "3"]
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as nobody:
        done = subprocess.run(
            [sys.executable, "-m", "wordnet_tui", *map(str, words)],
            stdout=nobody,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert done.returncode == 141
    assert not out.exists()
    assert run("resume", "--runs", tmp_path / "runs").status == 0
    assert out.exists()
