"""Disks that are full on demand: a small file system, or a limit on file sizes."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

SIZE = 4 << 20
"""Bytes of the small file system."""
_PIECE = 1 << 12


class Disk(Protocol):
    """Where a run lies."""

    kind: str
    """What it is, for the table."""
    folder: Path

    def fill(self, pid: int, room: int) -> None:
        """Let a process write so many bytes more, or about so many."""

    def make_room(self, pid: int) -> None:
        """Let it write on."""


class SmallDisk:
    """A file system of few bytes, filled up by a file beside the run."""

    kind = "a tmpfs of 4 MiB"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, pid: int, room: int) -> None:
        """Leave so many bytes."""
        del pid
        with self._ballast.open("ab", buffering=0) as file:
            try:
                while file.write(bytes(_PIECE)) == _PIECE:
                    pass
            except OSError:
                pass
            file.truncate(max(0, file.tell() - room))

    def make_room(self, pid: int) -> None:
        """Take the ballast away."""
        del pid
        self._ballast.unlink()


class LimitedFiles:
    """Any folder; files of the process may grow to a few bytes only (EFBIG, not ENOSPC)."""

    kind = "a limit on the size of files"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, pid: int, room: int) -> None:
        """Let no file grow beyond so many bytes."""
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (room, hard))

    def make_room(self, pid: int) -> None:
        """Lift the limit."""
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


@contextmanager
def disk_that_fills_up(folder: Path) -> Iterator[Disk]:
    """A small file system at `folder` where we may mount one (root), else the limit."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        yield LimitedFiles(folder)
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
