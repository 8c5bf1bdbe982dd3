"""Files that appear whole or not at all.

The content goes to a temporary file beside the target, is flushed to disk, and only then takes
the target's name, which a POSIX file system does in one step. Whatever goes wrong before that
(a full disk, an exception, a kill), the old file stays as it was. After an exception the
temporary file is removed; a killed process can leave one, a hidden `.*.tmp`, behind.

What is written anew every second, and checked by its reader, need not wait for the disk:
without `durable` the file is still the old one or the new one, unless the machine crashes.

Reference: rename(2) and fsync(2) of POSIX; the folder is flushed too, since it is the folder
that keeps the new name, not the file.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from wordnet_tui.core.formats.folder_file import FolderFile, temporary_name


@contextmanager
def atomic_writer(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """A file to write to, which replaces `path` once the `with` block ends without exception.

    A symbolic link is followed, so the link stays and what it points to is replaced. The file
    keeps the permissions of the one it replaces.

    Args:
        path: The file to create or to replace.
        durable: Whether to wait until the disk has it, so that it outlives a crash of the
            machine.

    Yields:
        A binary file open for writing. Whoever uses it must not close it.

    Raises:
        OSError: The folder does not exist or cannot be written, the disk is full, or `path` is
            something else than a file that may be written. Nothing has changed then.
    """
    target, mode = _target_and_mode(path)
    with FolderFile.at(target).replaced(durable=durable, mode=mode) as file:
        yield file


def check_writable(path: Path) -> None:
    """Finds out before long work whether `atomic_writer` can later write `path`.

    Raises:
        OSError: The one that `atomic_writer` would raise now. No file is left behind.
    """
    target, _ = _target_and_mode(path)
    temporary = target.with_name(temporary_name(target.name))
    temporary.open("xb").close()
    temporary.unlink()


def _target_and_mode(path: Path) -> tuple[Path, int | None]:
    """The file that `path` leads to and its permissions, None if it does not exist yet."""
    target = Path(os.path.realpath(path))
    try:
        status = target.stat()
    except FileNotFoundError:
        return target, None
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):  # a rename would do away with a device or a pipe
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    if not os.access(target, os.W_OK):  # a rename would not ask
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return target, stat.S_IMODE(status.st_mode)
