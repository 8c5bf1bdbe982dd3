"""The shim between the program and the C library (`shim.c`): built, armed, and its log.

Only in a process that was started with it can it be armed; see `workers.py`.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).with_name("shim.c")
NEVER = 2**40
"""A call that never comes."""
EXITED = 137
"""Status of a process that the shim has ended."""

_HEAD = struct.Struct("<IiiqqIII")


class Op(IntEnum):
    """What a call does; the numbers are those of the shim."""

    OPEN = 1
    WRITE = 2
    TRUNCATE = 3
    RENAME = 4
    UNLINK = 5
    MKDIR = 6
    RMDIR = 7
    LINK = 8
    SYMLINK = 9
    CHMOD = 10
    FSYNC = 11
    MARK = 12
    """No call: the program has just promised something."""


class Mode(IntEnum):
    """What is to happen at a call; the numbers are those of the shim."""

    NEVER = 0
    EXIT = 1
    TORN = 2
    FAIL = 3


class Fault(NamedTuple):
    """What goes wrong, and where."""

    at: int = NEVER
    """Which call, from 1."""
    mode: Mode = Mode.NEVER
    error: int = 0
    """The `errno` of a failure."""
    times: int = 1
    """How many calls in a row fail."""


@dataclass(frozen=True)
class Operation:
    """One call, as the log has it."""

    op: Op
    flags: int
    is_done: bool
    """False where the call failed."""
    offset: int
    """Where bytes were written; the new length of a truncation."""
    length: int
    """How many bytes."""
    path: str
    """Absolute; the text of a mark."""
    other: str
    """The new name, of a call with two."""
    data: bytes

    @property
    def is_write(self) -> bool:
        """Whether half of it can be done."""
        return self.op is Op.WRITE and self.length > 1

    def __str__(self) -> str:
        names = Path(self.path).name, Path(self.other).name
        return " ".join(filter(None, (self.op.name.lower(), *names)))


def why_not() -> str:
    """Why the shim cannot be used here, in a sentence; empty if it can."""
    if not sys.platform.startswith("linux"):
        return "the shim is made for Linux"
    if shutil.which("cc") is None:
        return "there is no C compiler `cc` to build the shim with"
    return ""


def build_shim(folder: Path) -> Path:
    """Compile it into a folder.

    Raises:
        CalledProcessError: The compiler does not like it.
    """
    library = folder / "shim.so"
    options = ["-O1", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl", "-lpthread"]
    subprocess.run(["cc", *options], check=True, stdin=subprocess.DEVNULL)
    return library


def arm(root: Path, fault: Fault, log: Path, *, with_data: bool = False) -> None:
    """From now on count and log the calls of this process below `root`, and do what is asked.

    Args:
        root: A resolved folder.
        fault: What is to go wrong.
        log: A new file outside of it.
        with_data: Whether the log holds what was written, too.
    """
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    ctypes.CDLL(None).shim_arm(
        os.fsencode(root),
        ctypes.c_long(fault.at),
        int(fault.mode),
        fault.error,
        fault.times,
        descriptor,
        int(with_data),
    )


def mark(text: str) -> None:
    """Write into the log that the program has promised something."""
    ctypes.CDLL(None).shim_mark(text.encode())


def read_log(path: Path) -> list[Operation]:
    """All calls so far, marks among them."""
    return list(_operations(path.read_bytes()))


def _operations(content: bytes) -> Iterator[Operation]:
    place = 0
    while place + _HEAD.size <= len(content):
        op, flags, is_done, offset, length, *sizes = _HEAD.unpack_from(content, place)
        place += _HEAD.size
        parts = []
        for size in sizes:
            parts.append(content[place : place + size])
            place += size
        path, other, data = parts
        yield Operation(
            Op(op),
            flags,
            bool(is_done),
            offset,
            length,
            os.fsdecode(path),
            os.fsdecode(other),
            data,
        )


def calls(log: list[Operation]) -> list[Operation]:
    """The log without its marks: the n-th of them is call n."""
    return [operation for operation in log if operation.op is not Op.MARK]


def marks(log: list[Operation]) -> list[str]:
    """What was promised, in order."""
    return [operation.path for operation in log if operation.op is Op.MARK]
