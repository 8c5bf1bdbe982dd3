"""The app, or a command, in a pseudo-terminal that can hang up and tells how it was left."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import termios
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

from benchmarks.torture.program import PROGRAM, Argument
from benchmarks.torture.proof import DEADLINE
from benchmarks.ui.program import START, mini_batch
from benchmarks.ui.terminal import Terminal

COLUMNS, ROWS = 80, 24
_OPEN_OTHER_END = 0x5441
"""TIOCGPTPEER of Linux, for which Python has no name."""


class TorturedTerminal(Terminal):
    """A terminal around a program; see `Terminal`."""

    def __init__(self, *arguments: Argument) -> None:
        super().__init__([*PROGRAM, *map(str, arguments)], COLUMNS, ROWS)
        # Kept open, or what the program has set were forgotten when it closes its own.
        self._slave = fcntl.ioctl(self._master, _OPEN_OTHER_END, os.O_RDWR | os.O_NOCTTY)
        self._is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self.hang_up()

    @property
    def pid(self) -> int:
        """Number of the program's process."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Its exit status; None while it runs."""
        return self._process.poll()

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._process.send_signal(signal.SIGTERM)

    def hang_up(self) -> None:
        """Close the terminal, as a line that drops does."""
        if self._is_open:
            self._is_open = False
            os.close(self._slave)
            os.close(self._master)

    def wait_without_reading(self, deadline: float = DEADLINE) -> None:
        """Wait until the program has ended; for a terminal that is closed."""
        self._process.wait(deadline)

    def what_was_left(self) -> list[str]:
        """What is not as a shell had it: modes of the screen, of the mouse, of the line."""
        while self.read(0.0) is not None:
            pass
        usual = pyte.Screen(COLUMNS, ROWS).mode
        left = [f"mode {mode >> 5}" for mode in sorted(self._screen.mode ^ usual)]
        fresh = os.openpty()
        try:
            if termios.tcgetattr(self._slave) != termios.tcgetattr(fresh[1]):
                left.append("the line's settings")
        finally:
            for end in fresh:
                os.close(end)
        return left


def open_and_train(
    text: Path, runs: Path, options: Sequence[str], epochs: int
) -> TorturedTerminal:
    """The app on a text, as soon as it shows mini-batches of a training with these options.

    Use it in a `with` block.
    """
    terminal = TorturedTerminal("--data", text, "--runs", runs)
    try:
        is_read = rf"data \S*{re.escape(text.name)}"
        terminal.wait_for(lambda seen: re.search(is_read, seen.text))
        command = " ".join(["wordnet-tui train OUT", *options])
        terminal.send(f"\x1b[200~{command}\x1b[201~")  # as a terminal sends what is pasted
        terminal.wait_for(lambda seen: re.search(rf"epochs +{epochs}\b", seen.text))
        terminal.send(START)
        terminal.wait_for(lambda seen: mini_batch(seen))
    except BaseException:
        terminal.__exit__(None, None, None)
        raise
    return terminal
