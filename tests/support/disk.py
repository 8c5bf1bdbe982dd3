"""A disk that can be full, and pictures of what a kill leaves on it."""

from __future__ import annotations

import errno
import io
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


class Disk:
    """The system calls that change files: they fail while it is full, and are counted.

    `picture` copies a folder in the middle of one, in the thread that makes it: that is what a
    process leaves that is killed there, as long as no other thread writes in the folder.

    Attributes:
        is_full: Whether it takes no more than a half of what is written.
        is_taken: Whether the picture that was asked for last is taken.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_full = False
        self.is_taken = False
        self._picture: tuple[Path, Path] | None = None
        self._calls_left = 0
        self._thread = threading.current_thread()
        self._write, fdopen = os.write, os.fdopen
        for name in ("replace", "unlink", "ftruncate", "mkdir"):
            monkeypatch.setattr(os, name, self._counted(getattr(os, name)))
        monkeypatch.setattr(os, "fsync", lambda _: self._count())  # a kill loses nothing
        monkeypatch.setattr(os, "write", self.write)
        write = self.write

        class File(io.FileIO):
            def write(self, data: Any) -> int:
                return write(self.fileno(), data)

        def opened(descriptor: int, mode: str = "r", *others: Any, **named: Any) -> Any:
            if mode == "wb":
                return io.BufferedWriter(File(descriptor, mode))
            return fdopen(descriptor, mode, *others, **named)

        monkeypatch.setattr(os, "fdopen", opened)

    def picture(self, folder: Path, copy: Path, calls: int) -> None:
        """Have a folder copied after so many calls of threads other than the test's own."""
        self.is_taken, self._calls_left, self._picture = False, calls, (folder, copy)

    def no_picture(self) -> None:
        """Have none taken any more."""
        self._picture = None

    def write(self, descriptor: int, data: Any) -> int:
        """In place of `os.write`."""
        half = self._write(descriptor, data[: len(data) // 2])
        self._count()
        if self.is_full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return half + self._write(descriptor, data[half:])

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            self._count()
            return call(*arguments, **named)

        return counted

    def _count(self) -> None:
        if self._picture is None or threading.current_thread() is self._thread:
            return
        self._calls_left -= 1
        if self._calls_left < 0:
            (folder, copy), self._picture = self._picture, None
            shutil.copytree(folder, copy)
            self.is_taken = True
