"""A program in a pseudo-terminal, seen from the other end: its bytes, its picture, its keys.

Bytes wait in the kernel's small buffer until somebody reads them, as on a slow line; times are
taken when bytes arrive, before they are made into a picture.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pyte

ROOT = Path(__file__).parents[2]
"""Of the project; programs run there."""
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_MOST = 1 << 16


class TooLateError(Exception):
    """What was waited for has not come; the message holds the last picture."""


class Terminal:
    """Starts a program in a terminal of its own; leave the context to end it.

    Args:
        command: What to run.
        columns: Width in cells.
        rows: Height in cells.
        environment: Variables set besides those of this process.

    Attributes:
        bytes_read: How many came so far.
        started_at: `time.perf_counter()` just before the program was executed.
    """

    def __init__(
        self,
        command: Sequence[str],
        columns: int,
        rows: int,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.bytes_read = 0
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        names = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.started_at = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **names, **(environment or {})},
            preexec_fn=lambda: os.login_tty(slave),
        )
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        os.close(self._master)

    # ---- what comes out

    @property
    def lines(self) -> list[str]:
        """The picture, row by row."""
        return list(self._screen.display)

    @property
    def text(self) -> str:
        """The picture as one text."""
        return "\n".join(self._screen.display)

    def row(self, number: int) -> str:
        """One row of the picture; cheaper than all of them."""
        cells = self._screen.buffer[number]
        return "".join(cells[column].data for column in range(self._screen.columns))

    def read(self, seconds: float) -> float | None:
        """Read what comes next, once; wait for it for so long.

        Returns:
            When it came, by `time.perf_counter()`; None if nothing did.
        """
        if not select.select([self._master], [], [], max(seconds, 0.0))[0]:
            return None
        try:
            received = os.read(self._master, _MOST)
        except OSError:  # the other end is closed
            return None
        came_at = time.perf_counter()
        self.bytes_read += len(received)
        self._stream.feed(received)
        return came_at

    def read_for(self, seconds: float) -> None:
        """Read all that comes for so long."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self.read(left)

    def wait_for(
        self, condition: Callable[[Terminal], object], deadline: float = 60.0
    ) -> float:
        """Read until the picture is as wanted.

        Returns:
            When the bytes came that made it so; now, if it was so already.

        Raises:
            TooLateError: After `deadline` seconds, or when the program has ended.
        """
        now = time.perf_counter()
        until, came_at = now + deadline, now
        while not condition(self):
            left = until - time.perf_counter()
            received_at = self.read(min(left, 0.5))
            if received_at is not None:
                came_at = received_at
            elif left <= 0 or self._process.poll() is not None:
                raise TooLateError(f"not so in time, or it has ended:\n{self.text}")
        return came_at

    # ---- what goes in

    def send(self, keys: str) -> float:
        """Press keys; gives the time just before."""
        sent_at = time.perf_counter()
        os.write(self._master, keys.encode())
        return sent_at

    # ---- the process

    def processor_seconds(self) -> float:
        """Time of all its threads on a processor so far."""
        status = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8")
        fields = status.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND

    def wait_for_end(self, deadline: float = 30.0) -> float:
        """Read until the program has ended; gives the time at which it had.

        Raises:
            TooLateError: It still runs after `deadline` seconds.
        """
        until = time.perf_counter() + deadline
        while self._process.poll() is None:
            if time.perf_counter() > until:
                raise TooLateError(f"it runs after {deadline} s:\n{self.text}")
            self.read(0.002)
        return time.perf_counter()
