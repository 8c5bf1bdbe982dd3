"""What may lie where a file is expected: pipes, sockets, devices, files of a terabyte."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TERABYTE = 2**40
SECONDS_TO_WAIT = 20.0
"""Then who waits for a pipe's writer finds its end, and the test fails instead of hanging."""

MakePipe = Callable[[Path], Path]


@pytest.fixture
def make_pipe() -> Iterator[MakePipe]:
    """Makes pipes that nobody writes into; a test that waits for one fails."""
    pipes: list[Path] = []
    waited_for: list[Path] = []
    is_over = threading.Event()

    def release() -> None:
        is_over.wait(SECONDS_TO_WAIT)
        while not is_over.wait(0.05):
            for path in filter(Path.is_fifo, pipes):
                with contextlib.suppress(OSError):  # nobody waits
                    os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
                    waited_for.append(path)

    def make(path: Path) -> Path:
        os.mkfifo(path)
        pipes.append(path)
        return path

    thread = threading.Thread(target=release, daemon=True)
    thread.start()
    yield make
    is_over.set()
    thread.join()
    assert not waited_for


@pytest.fixture(params=["pipe", "socket", "device", "link to a pipe"])
def no_file(
    request: pytest.FixtureRequest,
    make_pipe: MakePipe,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[Path, str]:
    """What is no file, and what it is called in a sentence."""
    path = tmp_path / "no file"
    match request.param:
        case "pipe":
            return make_pipe(path), "a pipe"
        case "socket":
            monkeypatch.chdir(tmp_path)  # the name of a socket must be short
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(path.name)
            return path, "a socket"
        case "device":
            return Path("/dev/zero"), "a device"
    path.symlink_to(make_pipe(tmp_path / "pipe"))
    return path, "a pipe"


def fill_up(path: Path, start: bytes = b"") -> Path:
    """A file that begins with `start` and goes on as a hole, to a terabyte."""
    path.write_bytes(start)
    os.truncate(path, TERABYTE)
    return path
