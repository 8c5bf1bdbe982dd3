"""Files that users name, opened without waiting: regular files, or links to one.

To open a pipe waits for who writes into it, a device may never end, and a file of holes says
that it has a terabyte. What is none of ours, or too large, is an `OSError` like any other that
the system could raise; its `strerror` says what it is and what to do.
"""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

_KINDS = ((stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))


def open_regular(path: Path, largest: int | None = None) -> BufferedReader:
    """The file open for reading; links are followed.

    Args:
        path: What to open.
        largest: Bytes that it may hold; None for any number.

    Raises:
        OSError: The system does not let us, or it is a folder, a pipe, a socket or a device,
            or holds more.
    """

    def opened(name: str, flags: int) -> int:
        # Before it is opened, which may act on a device and tells a pipe's writer to go on;
        # and once more on what was opened, which another may have put there meanwhile.
        _refuse_irregular(path, os.stat(name))  # noqa: PTH116  a pair with fstat
        # Windows does not know the flag, nor pipes with the name of a file.
        descriptor = os.open(name, flags | getattr(os, "O_NONBLOCK", 0))
        try:
            status = os.fstat(descriptor)
            _refuse_irregular(path, status)
            if largest is not None and status.st_size > largest:
                raise OSError(errno.EFBIG, _too_large(status.st_size, largest), str(path))
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    return open(path, "rb", opener=opened)  # Path's own takes none


def read_regular(path: Path, largest: int) -> bytes:
    """All of the file; see `open_regular`.

    Raises:
        OSError: As there, or it cannot be read.
    """
    with open_regular(path, largest) as file:
        return file.read()


def _refuse_irregular(path: Path, status: os.stat_result) -> None:
    mode = status.st_mode
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(
            errno.EISDIR, "it is a folder, not a file; name a file in it", str(path)
        )
    kind = next((name for is_such, name in _KINDS if is_such(mode)), "a device")
    problem = f"it is {kind}, not a file; save what comes from it to a file first"
    raise OSError(errno.EINVAL, problem, str(path))


def _too_large(size: int, largest: int) -> str:
    return (
        f"it holds {size:,} bytes, and a file of this kind at most {largest:,}; "
        "name another file"
    )
