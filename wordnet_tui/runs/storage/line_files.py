"""Text files that only grow at their end: lines are appended by one, read by many.

A line counts from the moment that its newline is there. What lies behind the last newline was
torn by a kill or a full disk: readers leave it alone, and the next to append cuts it away
first. Nothing is remembered between two appends: the file itself tells where its whole lines
end, so one that was away, or on a disk that was full, needs no repair of its own.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from io import FileIO
from typing import NamedTuple

from wordnet_tui.core.errors import RunError, cannot
from wordnet_tui.core.formats.folder_file import FolderFile

_BLOCK = 1 << 20
"""Bytes that are read at once; far longer than any line of ours."""
_STEP = 1 << 12
"""Bytes that are searched at once for the last newline."""
_LONGEST_RUBBISH = 1 << 26
"""Bytes without a newline that a crash of the machine may leave; more is no file of ours."""


class Appended(NamedTuple):
    """How far an append came."""

    lines: int
    """How many of the lines are in the file now, the heading not counted."""
    problem: str
    """Why not all are, or may not be, in one sentence; empty if all is well."""


class LineBlock(NamedTuple):
    """Whole lines that follow each other."""

    start: int
    """Where they begin in the file, in bytes."""
    lines: list[bytes]
    """Without their newlines."""
    end: int
    """Where to read on."""


def append_lines(target: FolderFile, lines: Iterable[str], heading: str = "") -> Appended:
    """Put lines at the end of a file, each whole or not at all.

    Args:
        target: The file; made if it is missing, in a folder that exists.
        lines: In ASCII, without newlines; those behind the first that fails are not asked for.
        heading: The first line of a file that has none yet; empty for a file without.

    Returns:
        How many are there. Give the others again later: what was torn is cut away by then.
    """
    arrived = 0
    try:
        with target.open_to_append() as file:
            try:
                if not _cut_torn_end(file) and heading:
                    _write_line(file, heading)
                for line in lines:
                    _write_line(file, line)
                    arrived += 1
            except OSError:
                with suppress(OSError):  # else the next append does it
                    _cut_torn_end(file)
                raise
    except OSError as error:
        return Appended(arrived, cannot("write", target, error))
    return Appended(arrived, "")


def cut_lines(target: FolderFile, is_beyond: Callable[[bytes], bool | None]) -> None:
    """Take lines off the end of a file, in one step that needs no room on the disk.

    Args:
        target: The file; nothing is done if it is missing.
        is_beyond: Asked for each line from the last backwards whether it has to go, until one
            may stay; None where the line does not tell, which then stays if none before it
            has to go.

    Raises:
        RunError: The file cannot be read or written.
    """
    try:
        with target.open_to_change() as file:
            to_keep = start = _cut_torn_end(file)
            while start:
                end, start = start, _end_of_lines(file, start - 1)
                verdict = is_beyond(_read(file, start, end - 1))
                if verdict:
                    to_keep = start
                elif verdict is not None:
                    break
            os.ftruncate(file.fileno(), to_keep)
    except FileNotFoundError:
        return
    except OSError as error:
        raise RunError(cannot("write", target, error)) from error


def line_blocks(source: FolderFile, offset: int = 0) -> Iterator[LineBlock]:
    """The whole lines of a file from `offset` on, a mebibyte at a time.

    Where no line begins at `offset`, the file is not the one that was read before, and is read
    from its start: the first block says so by its own. There is always a first block, which
    may have no lines, unless the file is missing.

    Raises:
        RunError: It cannot be read.
    """
    try:
        with source.open() as file:
            if offset:
                file.seek(offset - 1)
                offset = offset if file.read(1) == b"\n" else 0
            rubbish = 0
            while True:
                file.seek(offset)
                data = file.read(_BLOCK)
                end = data.rfind(b"\n") + 1
                if end or len(data) < _BLOCK:
                    rubbish = 0
                else:  # no line of ours is as long
                    end = len(data)
                    rubbish += end
                    _refuse_rubbish(rubbish)
                lines = data[:end].removesuffix(b"\n").split(b"\n") if end else []
                yield LineBlock(offset, lines, offset + end)
                if len(data) < _BLOCK:
                    return
                offset += end
    except FileNotFoundError:
        return
    except OSError as error:
        raise RunError(cannot("read", source, error)) from error


def _write_line(file: FileIO, line: str) -> None:
    rest = f"{line}\n".encode("ascii")
    while rest:  # a disk that is full can take a part, and says why only when asked again
        rest = rest[os.write(file.fileno(), rest) :]


def _cut_torn_end(file: FileIO) -> int:
    """Cut away what follows the last newline, if anything does; the size that remains."""
    size = file.seek(0, os.SEEK_END)
    end = _end_of_lines(file, size)
    if end < size:
        os.ftruncate(file.fileno(), end)
    return end


def _end_of_lines(file: FileIO, size: int) -> int:
    """Where the last whole line within the first `size` bytes ends; 0 if there is none."""
    end = size
    while size:
        _refuse_rubbish(end - size)
        start = max(0, size - _STEP)
        found = _read(file, start, size).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        size = start
    return 0


def _refuse_rubbish(length: int) -> None:
    if length > _LONGEST_RUBBISH:
        raise OSError(errno.EFBIG, "it holds no lines; move it away")


def _read(file: FileIO, start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(end - start)
