"""One file of a folder that may be a stranger's: read, appended to, replaced as a whole.

What is anything else than a regular file, such as a link, is refused; `read` has a limit,
since a file can say that it has a terabyte.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader, FileIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from wordnet_tui.core.formats.directory import READ, WRITE, Directory, OpenDirectory

PRIVATE = 0o600
"""Permissions of files that steer something."""
SECONDS_UNTIL_STALE = 3_600.0
"""Age of a temporary file that nobody writes any more."""
_LONGEST_BEGIN = 50
"""Characters of a file's name in that of its temporary one: 200 bytes at most."""


class FileStamp(NamedTuple):
    """What changes when a file is replaced or written to."""

    inode: int
    size: int
    changed_at: int
    """Nanoseconds since 1970."""


@dataclass(frozen=True)
class FolderFile:
    """One file of a folder. Raises OSError where it is anything else than a regular file."""

    directory: Directory
    name: str

    @classmethod
    def at(cls, path: Path) -> FolderFile:
        """The file at a path."""
        return cls(Directory(path.parent), path.name)

    @property
    def path(self) -> Path:
        """Where it is, for messages."""
        return self.directory.path / self.name

    def __str__(self) -> str:
        return str(self.path)

    def exists(self) -> bool:
        """Whether anything has its name; also where it cannot be opened."""
        try:
            with self.directory.opened() as folder:
                folder.status(self.name)
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def stamp(self) -> FileStamp | None:
        """What tells whether it was replaced or written to; None if it is not there."""
        try:
            with self.directory.opened() as folder:
                status = folder.status(self.name)
        except OSError:
            return None
        return FileStamp(status.st_ino, status.st_size, status.st_mtime_ns)

    def open(self) -> BufferedReader:
        """The file, open for reading from its start."""
        with self.directory.opened() as folder:
            return os.fdopen(folder.open(self.name, READ), "rb")

    def read(self, limit: int) -> bytes:
        """All of it.

        Raises:
            OSError: Also where it has more than `limit` bytes.
        """
        with self.open() as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise OSError(errno.EFBIG, "it is far too large", str(self))
        return content

    def open_to_append(self) -> FileIO:
        """The file, made if it is missing, open to be written at its end, and to be read."""
        return self._to_change(WRITE | os.O_APPEND | os.O_CREAT)

    def open_to_change(self) -> FileIO:
        """The file, which exists, open to be read, changed and cut."""
        return self._to_change(WRITE)

    def flush(self) -> None:
        """Have the disk keep what is in it, and its name; nothing is done if it is missing."""
        with self.directory.opened() as folder, suppress(FileNotFoundError):
            descriptor = folder.open(self.name, WRITE)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            folder.flush()

    def rename(self, name: str) -> None:
        """Give it another name, in place of what has that."""
        with self.directory.opened() as folder:
            folder.replace(self.name, name)
            folder.flush()

    def unlink(self) -> None:
        """Delete it, if it is there; a link is deleted, not what it leads to."""
        with self.directory.opened() as folder, suppress(FileNotFoundError):
            folder.unlink(self.name)

    def open_new(self, mode: int = 0o666) -> BinaryIO:
        """A new file of its name, open for writing, in place of what had that."""
        flags = WRITE | os.O_CREAT | os.O_EXCL
        with self.directory.opened() as folder:
            try:
                descriptor = folder.open(self.name, flags, mode)
            except FileExistsError:
                folder.unlink(self.name)
                descriptor = folder.open(self.name, flags, mode)
        return os.fdopen(descriptor, "wb")

    @contextmanager
    def replaced(self, *, durable: bool = True, mode: int | None = None) -> Iterator[BinaryIO]:
        """A file to write to, which takes its place at the end, unless there is an exception.

        Args:
            durable: Whether to wait until the disk has it.
            mode: Its permissions; None for those of the file that it replaces.
        """
        temporary = temporary_name(self.name)
        with self.directory.opened() as folder:
            if mode is None:
                mode = _permissions(folder, self.name)
            descriptor = folder.open(temporary, WRITE | os.O_CREAT | os.O_EXCL)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    if mode is not None and hasattr(os, "fchmod"):
                        os.fchmod(descriptor, mode)  # before any content, which may be private
                    yield file
                    file.flush()
                    if durable:
                        os.fsync(descriptor)
                folder.replace(temporary, self.name)
            except BaseException:
                with suppress(OSError):
                    folder.unlink(temporary)
                raise
            if durable:
                folder.flush()
                _delete_stale(folder, _begin_of_temporary(self.name))

    def _to_change(self, flags: int) -> FileIO:
        with self.directory.opened() as folder:
            descriptor = folder.open(self.name, flags)
            if os.fstat(descriptor).st_nlink > 1:  # under its other name it stays as it is
                with os.fdopen(descriptor, "rb") as shared, self.replaced() as copy:
                    shutil.copyfileobj(shared, copy)
                descriptor = folder.open(self.name, flags)
        return FileIO(descriptor, "a+b" if flags & os.O_APPEND else "r+b")


def temporary_name(name: str) -> str:
    """A name for what is to become the file `name`; the rest of it is drawn by chance."""
    return f"{_begin_of_temporary(name)}{secrets.token_hex(8)}.tmp"


def _begin_of_temporary(name: str) -> str:
    return f".{name[:_LONGEST_BEGIN]}-"


def _delete_stale(folder: OpenDirectory, begin: str) -> None:
    """Delete what earlier processes, killed while they wrote the same file, have left."""
    long_ago = time.time() - SECONDS_UNTIL_STALE
    with suppress(OSError):
        for name in folder.regular_files():
            if name.startswith(begin) and name.endswith(".tmp"):
                with suppress(OSError):
                    if folder.status(name).st_mtime < long_ago:
                        folder.unlink(name)


def _permissions(folder: OpenDirectory, name: str) -> int | None:
    """Of the regular file of that name; None if there is none."""
    try:
        mode = folder.status(name).st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(
            errno.EISDIR, os.strerror(errno.EISDIR), str(folder.path / name)
        )
    return stat.S_IMODE(mode) if stat.S_ISREG(mode) else None
