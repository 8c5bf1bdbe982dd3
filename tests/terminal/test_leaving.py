"""However the app ends, the terminal is as it was and the weights of a run are kept."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.core.paths import data_folder
from wordnet_tui.runs.commands import Command, CommandKind
from wordnet_tui.runs.lifecycle import reopen, train_and_save
from wordnet_tui.runs.listing import RunSummary, list_runs
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.storage.checkpoints import read_checkpoint
from wordnet_tui.runs.storage.requests import new_request, put_request

Terminal = Any
"""That of conftest, which cannot be imported."""
OpenTerminal = Callable[..., Terminal]
F2, F3 = b"\x1bOQ", b"\x1bOR"


def kept() -> dict[str, Path]:
    """The networks in the folders of runs; all can be read and are sound."""
    files = sorted((data_folder() / "runs").glob("*/[bl]*.safetensors"))
    for file in files:
        assert all(np.isfinite(array).all() for array in read_network(file).parameters)
    return {file.stem: file for file in files}


def runs() -> list[RunSummary]:
    return list_runs(data_folder() / "runs", time.time())


def batch() -> int:
    """How far the only run has come, as its folder tells."""
    status = runs()[0].status
    return status.view.progress.batch if status and status.view.progress else 0


def assert_as_it_was(terminal: Terminal) -> None:
    """The alternate screen, the mouse and the cursor."""
    shell = {"1049": "l", "1000": "l", "1003": "l", "1006": "l", "2004": "l", "25": "h"}
    assert {mode: terminal.modes.get(mode) for mode in shell} == shell


def assert_saved_and_reported(terminal: Terminal) -> None:
    """Best and last are files, and the last words on the terminal say where."""
    assert set(kept()) == {"best", "last"}
    reported = terminal.text.replace("\n", "")
    for file in kept().values():
        assert str(file) in reported


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
    assert_saved_and_reported(terminal)


def test_q_leaves_without_saving_when_asked_to(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal()
    terminal.train()
    terminal.send(b"q")
    terminal.until_shown("A training is going on.")
    terminal.send(b"l")
    assert terminal.end() == 0
    assert_as_it_was(terminal)
    assert kept() == {}


def test_sigterm_leaves_with_a_checkpoint_and_tells_how_to_go_on(
    open_terminal: OpenTerminal,
) -> None:
    terminal = open_terminal()
    terminal.train()
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.end() == 143
    assert_as_it_was(terminal)
    assert_saved_and_reported(terminal)
    (run,) = runs()
    assert run.condition is RunCondition.INTERRUPTED
    assert f"wordnet-tui resume {run.folder.name}" in terminal.text.replace("\n", "")


def test_after_a_hang_up_the_training_goes_on_and_can_be_stopped_from_elsewhere(
    open_terminal: OpenTerminal,
) -> None:
    terminal = open_terminal()
    terminal.train()
    terminal.hang_up()
    before = batch()
    terminal.until(lambda: batch() > before + 200)
    assert terminal.process.poll() is None
    (run,) = runs()
    assert run.condition is RunCondition.TRAINING
    put_request(run.folder, new_request(Command(CommandKind.STOP), "a test", time.time()))
    terminal.end()  # nobody is left to see the status
    assert runs()[0].condition is RunCondition.ENDED
    assert set(kept()) == {"best", "last"}


def test_sighup_gives_the_terminal_back_and_sigterm_still_ends_what_goes_on(
    open_terminal: OpenTerminal,
) -> None:
    terminal = open_terminal()
    terminal.train()
    terminal.process.send_signal(signal.SIGHUP)
    terminal.until(lambda: terminal.modes.get("1049") == "l")
    before = batch()
    terminal.until(lambda: batch() > before + 200)
    assert_as_it_was(terminal)
    terminal.process.send_signal(signal.SIGTERM)
    terminal.end()
    assert runs()[0].condition is RunCondition.INTERRUPTED
    assert set(kept()) == {"best", "last"}


def test_a_hang_up_while_the_main_thread_holds_a_lock_of_the_run_goes_as_any_other(
    open_terminal: OpenTerminal,
) -> None:
    """The handler of the signal runs in the main thread, at whatever line that is."""
    held = """
import pathlib, signal, threading
from wordnet_tui.runs.local import Run
lock, status, now = threading.Lock(), Run.status, pathlib.Path("hang up now")
def status_under_a_lock(self):
    with lock:
        if threading.current_thread() is threading.main_thread() and now.exists():
            now.unlink()
            signal.raise_signal(signal.SIGHUP)
        return status(self)
Run.status = status_under_a_lock
"""
    terminal = open_terminal(first=held)
    terminal.train()
    Path("hang up now").touch()
    terminal.until(lambda: terminal.modes.get("1049") == "l")
    before = batch()
    terminal.until(lambda: batch() > before + 200)
    terminal.process.send_signal(signal.SIGTERM)
    terminal.end()
    assert runs()[0].condition is RunCondition.INTERRUPTED


def test_a_second_signal_ends_it_at_once(open_terminal: OpenTerminal) -> None:
    """Though what the first one began would take for ever."""
    stuck = """
import threading
from wordnet_tui.app.training_controller import TrainingController
TrainingController.finish_run = lambda self, seconds=0: threading.Event().wait()
"""
    terminal = open_terminal(first=stuck)
    terminal.train()
    terminal.process.send_signal(signal.SIGTERM)
    terminal.until(lambda: terminal.modes.get("1049") == "l")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.end() == 143


SLOW = """
import pathlib, time
from wordnet_tui.runs import recorder
save = recorder.save_networks
def save_slowly(*arguments):
    pathlib.Path("saving").touch()
    while not pathlib.Path("go on").exists():
        time.sleep(0.01)
    return save(*arguments)
recorder.save_networks = save_slowly
"""
"""Lines of code: a disk that saves no network before it is let."""


def test_ctrl_c_does_not_interrupt_the_saving_and_says_so(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(first=SLOW)
    terminal.train()
    terminal.send(b"q")
    terminal.until_shown("A training is going on.")
    terminal.send(b"s")
    terminal.until(lambda: terminal.modes.get("1049") == "l" and Path("saving").exists())
    terminal.send(b"\x03")
    terminal.until_shown("the run is being saved; a second Ctrl-C breaks that off")
    Path("go on").touch()
    assert terminal.end() == 0
    assert_saved_and_reported(terminal)
    assert runs()[0].condition is RunCondition.ENDED


def test_what_a_second_ctrl_c_breaks_off_is_finished_by_who_resumes_it(
    open_terminal: OpenTerminal,
) -> None:
    terminal = open_terminal(first=SLOW)
    terminal.train()
    terminal.send(b"q")
    terminal.until_shown("A training is going on.")
    terminal.send(b"s")
    terminal.until(lambda: terminal.modes.get("1049") == "l" and Path("saving").exists())
    terminal.send(b"\x03")
    terminal.until_shown("a second Ctrl-C breaks that off")
    terminal.send(b"\x03")
    assert terminal.end() == 130
    (run,) = runs()
    assert run.condition is RunCondition.CUT_OFF
    assert "last" not in kept()
    train_and_save(*reopen(run.folder))
    assert set(kept()) == {"best", "last"}
    state = read_checkpoint(run.folder).state
    last = read_network(run.folder.last_file.path).parameters.packed()[1]
    np.testing.assert_array_equal(last, state.parameters)
    assert runs()[0].condition is RunCondition.ENDED


def test_a_hang_up_leaves_the_run_if_asked_to(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal("--on-hangup", "stop")
    terminal.train()
    terminal.hang_up()
    terminal.end()
    assert runs()[0].condition is RunCondition.INTERRUPTED
    assert set(kept()) == {"best", "last"}
    log = (data_folder() / "wordnet-tui.log").read_text()
    assert all(str(file) in log for file in kept().values())


def test_q_can_keep_it_training_in_the_background(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal()
    terminal.train()
    terminal.send(b"q")
    terminal.until_shown("A training is going on.")
    terminal.send(b"k")
    assert terminal.end() == 0
    assert_as_it_was(terminal)
    assert "trains in the background" in terminal.text
    before = batch()
    terminal.until(lambda: batch() > before + 200)
    (run,) = runs()
    put_request(run.folder, new_request(Command(CommandKind.STOP), "a test", time.time()))
    terminal.until(lambda: runs()[0].condition is RunCondition.ENDED)


def test_an_exception_in_the_app_saves_and_shows_what_it_was(
    open_terminal: OpenTerminal,
) -> None:
    broken = """
from wordnet_tui.screens.train.screen import TrainingScreen
def fail(self): raise RuntimeError("broken on purpose")
TrainingScreen.action_toggle_form = fail
"""
    terminal = open_terminal(first=broken)
    terminal.train()
    terminal.send(b"e")
    assert terminal.end() != 0
    assert_as_it_was(terminal)
    assert b"broken on purpose" in terminal.written
    assert_saved_and_reported(terminal)


def test_a_stalled_terminal_holds_up_neither_the_training_nor_a_signal(
    open_terminal: OpenTerminal,
) -> None:
    """While nobody reads, the folder of the run tells how far the training is."""
    terminal = open_terminal("--refresh", "30")
    terminal.train()
    terminal.fill()
    before = batch()
    terminal.until(lambda: batch() > before + 5_000, reading=False)
    terminal.send(F3)
    terminal.until_shown("length")
    terminal.send(F2)
    terminal.until_shown("mini-batch")

    terminal.fill()
    before = batch()
    terminal.until(lambda: batch() > before + 5_000, reading=False)
    terminal.process.send_signal(signal.SIGTERM)
    terminal.until(lambda: terminal.process.poll() is not None, reading=False)
    assert terminal.end() == 143
    assert set(kept()) == {"best", "last"}
