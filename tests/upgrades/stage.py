"""The real program of any checkout, started and steered from outside, for `make_fixtures.py`.

Two things are not those of the machine it runs on: its name, and the date, two years ago, so
that no test takes a process of a run for one that may still live.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import struct
import subprocess
import sys
import termios
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

AGO = 2 * 365 * 86_400
"""Seconds."""
ELSEWHERE = f"""
import socket, time
now = time.time
time.time = lambda: now() - {AGO}
socket.gethostname = lambda: "tower"
"""
DEADLINE = 30.0
"""Seconds; only what never comes is waited for so long."""


class Program:
    """Starts commands of one checkout.

    Args:
        checkout: A working tree of the project.
        place: An empty folder for what makes the stage.
        home: Where the user works; data and caches lie there too.
    """

    def __init__(self, checkout: Path, place: Path, home: Path) -> None:
        (place / "sitecustomize.py").write_text(ELSEWHERE)
        self._home = home
        self._environment = {
            **os.environ,
            "PYTHONPATH": f"{place}:{checkout.resolve()}",
            "OPENBLAS_NUM_THREADS": "1",
            "WORDNET_TUI_CACHE": str(home / "cache"),
            "WORDNET_TUI_DATA": str(home / "data"),
            "TERM": "xterm-256color",
        }

    def start(self, *arguments: object, **how: Any) -> subprocess.Popen[bytes]:
        """Begin a command in the user's folder."""
        words = [sys.executable, "-m", "wordnet_tui", *map(str, arguments)]
        environment = {**self._environment, **how.pop("environment", {})}
        return subprocess.Popen(words, cwd=self._home, env=environment, **how)

    def run(self, *arguments: object) -> str:
        """Run a command that must end well; what it printed."""
        with self.start(*arguments, stdout=subprocess.PIPE) as process:
            output, _ = process.communicate()
        expect(process.returncode == 0, f"{arguments} ended with {process.returncode}")
        return output.decode()

    def answer(self, *arguments: object) -> Any:
        """The object that a command with `--json` prints."""
        return json.loads(self.run(*arguments, "--json"))


class App:
    """The app of a program on a terminal of 100 x 30 cells."""

    def __init__(self, program: Program, *arguments: str, **environment: str) -> None:
        self._terminal, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self._process = program.start(
            *arguments, environment=environment, preexec_fn=lambda: os.login_tty(slave)
        )
        os.close(slave)
        self._shown = bytearray()
        threading.Thread(target=self._read, daemon=True).start()

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._terminal, keys.encode())

    def until_shown(self, text: str) -> None:
        """Wait until it has been shown."""
        wait(lambda: text.encode() in self._shown, f"shown: {text}")

    def end(self) -> None:
        """Wait until it has gone."""
        expect(self._process.wait(DEADLINE) == 0, "the app ended badly")

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # the other end is closed
            while data := os.read(self._terminal, 1 << 16):
                self._shown += data


class HeldPipe:
    """A pipe that takes a few lines; then who writes into it waits, until it is let go.

    Args:
        room: For how many bytes.
    """

    def __init__(self, room: int) -> None:
        self._reader, self.writer = os.pipe()
        size = fcntl.fcntl(self.writer, fcntl.F_SETPIPE_SZ, 4096)
        os.write(self.writer, b"\n" * (size - room))

    def let_go(self) -> None:
        """Read all that ever comes."""
        os.close(self.writer)
        threading.Thread(target=drain, args=(self._reader,), daemon=True).start()


def drain(reader: int) -> None:
    """Read until the other end is closed, for nothing."""
    while os.read(reader, 1 << 16):
        pass


def ask(folder: Path, kind: str, value: float | None = None) -> None:
    """Put a request in the folder of a run, as a watcher does."""
    asked_at = time.time() - AGO
    name = f"{int(asked_at * 1e9):019d}-000000-{os.urandom(8).hex()}"
    entries = {"format_version": 1, "id": name, "kind": kind, "value": value}
    text = json.dumps({**entries, "who": "lea@tower", "asked_at": asked_at, "crc32": ""})
    content = text[: -len('"crc32": ""}')]
    hidden = folder / "requests" / f".{name}"
    hidden.write_text(f'{content}"crc32": "{zlib.crc32(content.encode()):08x}"}}\n')
    hidden.rename(folder / "requests" / f"{name}.json")


def go_to(folder: Path, first: int, batch: int) -> None:
    """Let a run that pauses after its `first` mini-batch take single ones up to `batch`."""
    wait_for(folder, "paused", first)
    for _ in range(batch - first):
        ask(folder, "step")
    wait_for(folder, "paused", batch)


def wait_for(folder: Path, state: str, batch: int) -> None:
    """Wait until a run says that it is there, and has a checkpoint of that place."""
    there = (state, batch, batch)
    wait(lambda: standing(folder) == there, f"{folder.name} {state} at mini-batch {batch}")


def standing(folder: Path) -> tuple[str, int, int | None]:
    """What a run said last: its state, its mini-batch and that of its newest checkpoint."""
    try:
        status = json.loads((folder / "status.json").read_bytes())
    except FileNotFoundError:
        return "", 0, None
    progress = status["view"]["progress"] or {"batch": 0}
    return status["view"]["state"], progress["batch"], status["checkpoint_at"]


def wait(condition: Callable[[], object], what: str) -> None:
    """Look again and again until it is so."""
    until = time.monotonic() + DEADLINE
    while not condition():
        expect(time.monotonic() < until, f"not in time: {what}")
        time.sleep(0.0005)


def expect(condition: object, sentence: str) -> None:
    """End the program with a sentence unless it is so."""
    if not condition:
        raise SystemExit(sentence)
