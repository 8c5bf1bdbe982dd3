"""The real program in a pseudo-terminal, its bytes read as a terminal reads them (pyte)."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyte
import pytest

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.formats.model_files import write_network
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import initial_parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork

DEADLINE = 30.0
"""Seconds; only what never comes waits for so long."""

QUIET = 1.0
"""Seconds in which what a program that is gone has written comes through, if another has the
terminal still; else its end can be read."""

PROGRAM = """
import sys
from wordnet_tui.cli import main
from wordnet_tui.core.model.hyperparameters import PRESETS
small = {"embedding_size": 4, "hidden_size": 5, "batch_size": 8, "epochs": 100_000}
PRESETS["default"] = PRESETS["default"].changed(**small, validate_every=20)
"""
"""The real program, but that its form opens with a training that would take hours."""


class Terminal:
    """A program on a pseudo-terminal of its own, as the leader of its session."""

    def __init__(
        self, arguments: tuple[str, ...], size: tuple[int, int] = (80, 24), **environment: str
    ) -> None:
        self._master, slave = os.openpty()
        self._name = os.ttyname(slave)
        window = struct.pack("HHHH", size[1], size[0], 0, 0)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, window)
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.written = b""
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm-256color", **environment},
            start_new_session=True,
            preexec_fn=_take_the_terminal,
        )
        os.close(slave)
        self._is_open = True

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    @property
    def modes(self) -> dict[str, str]:
        """The private modes that were touched, and what each is now: h set, l reset."""
        touched = re.findall(rb"\x1b\[\?([\d;]+)([hl])", self.written)
        return {
            number.decode(): how.decode()
            for numbers, how in touched
            for number in numbers.split(b";")
        }

    def send(self, keys: bytes) -> None:
        """Type."""
        os.write(self._master, keys)

    def until(self, condition: Callable[[], object], *, reading: bool = True) -> None:
        """Read what the program writes, or let it wait, until something is so."""
        until = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < until, f"not so after {DEADLINE} s:\n{self.text}"
            if reading:
                self._read(0.02)
            else:
                time.sleep(0.02)

    def until_shown(self, *parts: str) -> None:
        """Read until all of it is on the screen."""
        self.until(lambda: all(part in self.text for part in parts))

    def end(self) -> int:
        """Read until the program is gone; its exit status."""
        self.until(lambda: self.process.poll() is not None)
        while self._is_open and self._read(QUIET):
            pass
        return self.process.returncode

    def train(self) -> None:
        """Start a training by the key, and wait until it goes."""
        self.until_shown("Start", "net small", "data ")
        self.send(b"\x1b[15~")
        self.until_shown("mini-batch", "training", "valid ")

    def fill(self) -> None:
        """As if nobody had read for long: the program can write no more until it is read."""
        fd = os.open(self._name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(fd, b"\0" * 100)  # nothing is shown of them
        os.close(fd)

    def hang_up(self) -> None:
        """Close the terminal's window."""
        self._is_open = False
        os.close(self._master)

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self._is_open:
            self.hang_up()

    def _read(self, seconds: float) -> bool:
        if not self._is_open:
            time.sleep(seconds)
            return False
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        data = b""
        with contextlib.suppress(OSError):
            data = os.read(self._master, 1 << 16)
        if not data:  # all was read, and nobody has the other side any more
            time.sleep(0.02)
        self.written += data
        self._stream.feed(data)
        return bool(data)


def _take_the_terminal() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Programs have one thread, a folder of their own, and no settings of who runs this."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    for name in ("NO_COLOR", "LC_ALL", "LC_CTYPE", "COLORTERM", "TEXTUAL", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


OpenTerminal = Callable[..., Terminal]


@pytest.fixture
def open_terminal(environment: None, options: tuple[str, ...]) -> Iterator[OpenTerminal]:
    """Opens the app on terminals; what still runs at the end is killed.

    Takes further options, lines of code to run first, a size, and environment variables.
    """
    del environment
    opened: list[Terminal] = []

    def start(*further: str, first: str = "", **how: Any) -> Terminal:
        code = f"{PROGRAM}{first}\nmain()"
        opened.append(Terminal(("-c", code, *options, *further), **how))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()


@pytest.fixture
def options(days: Dataset, days_text: Path, tmp_path: Path) -> tuple[str, ...]:
    """Arguments that open the app on a small text and a network about its words."""
    settings = Hyperparameters(
        vocabulary_size=len(days.vocabulary), embedding_size=4, hidden_size=5
    )
    weights = initial_parameters(settings, np.random.default_rng(3))
    path = tmp_path / "small.safetensors"
    write_network(path, TrainedNetwork(settings, weights, days.vocabulary))
    return ("--data", str(days_text), "--model", str(path))


@pytest.fixture
def program() -> str:
    """The first lines of the program that terminals open."""
    return PROGRAM
