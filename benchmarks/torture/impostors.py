"""What may lie where a file is expected."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

TERABYTE = 1 << 40


class Victims(Protocol):
    """What links lead to."""

    file: Path
    folder: Path
    missing: Path


def _device(path: Path, name: str, minor: int) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, minor))
        path.open("rb").close()  # where devices are not allowed, a link leads to it
    except OSError:
        path.unlink(missing_ok=True)
        path.symlink_to(name)


def _sparse(path: Path, size: int) -> None:
    path.touch()
    os.truncate(path, size)


def _without_permission(path: Path) -> None:
    path.write_bytes(b"secret\n")
    path.chmod(0)


KINDS: dict[str, Callable[[Path, Victims], object]] = {
    "a link to a file": lambda path, victims: path.symlink_to(victims.file),
    "a link to a folder": lambda path, victims: path.symlink_to(victims.folder),
    "a link to nothing": lambda path, victims: path.symlink_to(victims.missing),
    "a link in a circle": lambda path, _: path.symlink_to(path),
    "a pipe": lambda path, _: os.mkfifo(path),
    "/dev/zero": lambda path, _: _device(path, "/dev/zero", 5),
    "/dev/full": lambda path, _: _device(path, "/dev/full", 7),
    "a folder": lambda path, _: (path / "inside").mkdir(parents=True),
    "a terabyte of nothing": lambda path, _: _sparse(path, TERABYTE),
    "an empty file": lambda path, _: path.touch(),
    "a foreign file": lambda path, _: path.write_bytes(b"\x1b]0;evil\x07\x00\xff" * 500),
    "a file without permissions": lambda path, _: _without_permission(path),
    "nothing": lambda _path, _victims: None,
}
"""Name -> puts it at a path where nothing is."""


def replace_by(kind: str, path: Path, victims: Victims) -> None:
    """Put one of `KINDS` where a file or folder was, if one was."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    KINDS[kind](path, victims)
