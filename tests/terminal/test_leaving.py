"""However the app ends, the terminal is as it was and the weights of a run are kept."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wordnet_tui.core.model_files import read_network
from wordnet_tui.core.paths import data_folder

Terminal = Any
"""That of conftest, which cannot be imported."""
OpenTerminal = Callable[..., Terminal]
F2, F3 = b"\x1bOQ", b"\x1bOR"


def kept() -> dict[str, Path]:
    """The networks in the data folder; all can be read and are sound."""
    files = sorted((data_folder() / "networks").glob("*.safetensors"))
    for file in files:
        assert all(np.isfinite(array).all() for array in read_network(file).parameters)
    return {file.stem.rsplit("-", 1)[1]: file for file in files}


def assert_as_it_was(terminal: Terminal) -> None:
    """The alternate screen, the mouse and the cursor."""
    shell = {"1049": "l", "1000": "l", "1003": "l", "1006": "l", "2004": "l", "25": "h"}
    assert {mode: terminal.modes.get(mode) for mode in shell} == shell


def assert_kept_and_told(terminal: Terminal) -> None:
    """Best and last are files, and the last words on the terminal say where."""
    assert set(kept()) == {"best", "last"}
    told = terminal.text.replace("\n", "")
    for file in kept().values():
        assert str(file) in told


def test_without_a_run_q_leaves_at_once(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal()
    terminal.until_shown("Start", "net small")
    assert terminal.modes["1049"] == "h"
    terminal.send(b"q")
    assert terminal.end() == 0
    assert_as_it_was(terminal)
    assert kept() == {}


def test_q_stops_and_saves_when_asked_to(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal()
    terminal.train()
    terminal.send(b"q")
    terminal.until_shown("A training is going on.", "Stop and save", "Leave without", "Stay")
    terminal.send(b"s")
    assert terminal.end() == 0
    assert_as_it_was(terminal)
    assert_kept_and_told(terminal)


def test_q_leaves_without_saving_when_asked_to(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal()
    terminal.train()
    terminal.send(b"q")
    terminal.until_shown("A training is going on.")
    terminal.send(b"l")
    assert terminal.end() == 0
    assert_as_it_was(terminal)
    assert kept() == {}


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["TERM", "HUP"]
)
def test_a_signal_saves_and_leaves(
    number: signal.Signals, status: int, open_terminal: OpenTerminal
) -> None:
    terminal = open_terminal()
    terminal.train()
    terminal.process.send_signal(number)
    assert terminal.end() == status
    assert_as_it_was(terminal)
    assert_kept_and_told(terminal)


def test_a_closed_terminal_saves_and_tells_the_log(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal()
    terminal.train()
    terminal.hang_up()
    terminal.end()  # nobody is left to see the status
    assert set(kept()) == {"best", "last"}
    log = (data_folder() / "wordnet-tui.log").read_text()
    assert all(str(file) in log for file in kept().values())


def test_an_exception_in_the_app_saves_and_shows_what_it_was(
    open_terminal: OpenTerminal,
) -> None:
    broken = """
from wordnet_tui.screens.training import TrainingScreen
def fail(self): raise RuntimeError("broken on purpose")
TrainingScreen.action_toggle_form = fail
"""
    terminal = open_terminal(first=broken)
    terminal.train()
    terminal.send(b"e")
    assert terminal.end() != 0
    assert_as_it_was(terminal)
    assert b"broken on purpose" in terminal.written
    assert_kept_and_told(terminal)


def test_a_stalled_terminal_holds_up_neither_the_training_nor_a_signal(
    open_terminal: OpenTerminal, tmp_path: Path
) -> None:
    """While nobody reads, the training is watched by a file that grows with it."""
    grows = tmp_path / "thousands"
    watched = f"""
from wordnet_tui.run import Run
note = Run._note
def note_and_tell(self, progress):
    note(self, progress)
    if progress.batch % 1000 == 0:
        with open({str(grows)!r}, "a") as file:
            file.write("x")
Run._note = note_and_tell
"""

    def thousands() -> int:
        return grows.stat().st_size if grows.exists() else 0

    terminal = open_terminal("--refresh", "30", first=watched)
    terminal.train()
    before = thousands()
    terminal.until(lambda: thousands() > before + 10, reading=False)
    terminal.send(F3)
    terminal.until_shown("length")
    terminal.send(F2)
    terminal.until_shown("mini-batch")

    before = thousands()
    terminal.until(lambda: thousands() > before + 10, reading=False)
    terminal.process.send_signal(signal.SIGTERM)
    terminal.until(lambda: terminal.process.poll() is not None, reading=False)
    assert terminal.end() == 143
    assert set(kept()) == {"best", "last"}
