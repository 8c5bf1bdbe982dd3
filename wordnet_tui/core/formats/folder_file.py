"""Files of one folder, which may be a stranger's: opened beneath it, no link followed.

A folder that somebody else made may hold links to files elsewhere, pipes that never end, or a
file of a terabyte. So the folder is opened as a directory descriptor and everything in it by
name relative to that, as a regular file only. While a `Directory` is held, its descriptor
stays open, and if another folder gets its path meanwhile, nothing is written there.

Where the platform has no directory descriptors (Windows) paths do, and links are refused by a
look before each opening.

Reference: openat(2), O_NOFOLLOW.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader, FileIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_WRITE = os.O_RDWR | getattr(os, "O_BINARY", 0)
_SAFELY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""What is a link is not opened; to open a pipe waits for nobody."""
_DIRECTORY = getattr(os, "O_DIRECTORY", None)
PRIVATE = 0o600
"""Permissions of files that steer something."""


class OpenDirectory:
    """A folder while it is open: the system calls on what is in it, by name.

    Args:
        path: Of the folder, for messages, and where there are no descriptors.
        descriptor: Of the folder; None where the platform has none.
    """

    def __init__(self, path: Path, descriptor: int | None) -> None:
        self.path = path
        self._descriptor = descriptor

    def open(self, name: str, flags: int, mode: int = 0o666) -> int:
        """A descriptor of a regular file.

        Raises:
            OSError: It is a link or no regular file, or the system does not let us open it.
        """
        if self._descriptor is None and stat.S_ISLNK(self._mode(name)):
            raise self._refused(errno.ELOOP, name)
        try:
            opened = os.open(self._at(name), flags | _SAFELY, mode, dir_fd=self._descriptor)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR):
                raise self._refused(error.errno, name) from error
            raise
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            os.close(opened)
            raise self._refused(errno.EINVAL, name)
        return opened

    def status(self, name: str) -> os.stat_result:
        """Of what has that name, links not followed."""
        return os.stat(self._at(name), dir_fd=self._descriptor, follow_symlinks=False)

    def replace(self, old: str, new: str) -> None:
        """Give a file another name, in place of what has that."""
        os.replace(
            self._at(old),
            self._at(new),
            src_dir_fd=self._descriptor,
            dst_dir_fd=self._descriptor,
        )

    def unlink(self, name: str) -> None:
        """Take a name away; of a link, the link."""
        os.unlink(self._at(name), dir_fd=self._descriptor)

    def make_directory(self, name: str, mode: int = 0o777) -> None:
        """Make a folder in it."""
        os.mkdir(self._at(name), mode, dir_fd=self._descriptor)

    def remove_directory(self, name: str) -> None:
        """Remove an empty folder from it."""
        os.rmdir(self._at(name), dir_fd=self._descriptor)

    def regular_files(self) -> Iterator[str]:
        """Names of the regular files in it, found as they are asked for."""
        where = self.path if self._descriptor is None else self._descriptor
        entries = os.scandir(where)  # with a descriptor of its own

        def names() -> Iterator[str]:
            with entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False):
                        yield entry.name

        return names()

    def flush(self) -> None:
        """Have the disk keep the names in it, where the platform can be asked for that.

        The files are in place by then, so a failure is not reported as one of the writing.
        """
        if self._descriptor is not None:
            with suppress(OSError):
                os.fsync(self._descriptor)

    def subfolder(self, name: str) -> int | None:
        """A descriptor of a folder in it, which is no link; None where there are none."""
        if self._descriptor is None or _DIRECTORY is None:
            if not stat.S_ISDIR(self.status(name).st_mode):
                raise NotADirectoryError(
                    errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(self.path / name)
                )
            return None
        return os.open(name, _READ | _DIRECTORY | _SAFELY, dir_fd=self._descriptor)

    def _at(self, name: str) -> str:
        return str(self.path / name) if self._descriptor is None else name

    def _mode(self, name: str) -> int:
        try:
            return self.status(name).st_mode
        except FileNotFoundError:
            return 0

    def _refused(self, number: int, name: str) -> OSError:
        what = "it is a link" if number == errno.ELOOP else "it is not a regular file"
        return OSError(number, what, str(self.path / name))


class Directory:
    """A folder, opened for each use, or once for all while it is held.

    Args:
        path: Of the folder; links on the way to it, and it itself, are followed.
        within: The folder that it is in; then it is opened beneath that, and may be no link.
    """

    def __init__(self, path: Path, within: Directory | None = None) -> None:
        self.path = path
        self._within = within
        self._held: int | None = None
        self._holders = 0
        self._lock = threading.Lock()

    def file(self, name: str) -> FolderFile:
        """A file in it, which need not exist."""
        return FolderFile(self, name)

    @contextmanager
    def opened(self) -> Iterator[OpenDirectory]:
        """The folder, open as long as the `with` block lasts.

        Raises:
            OSError: There is no such folder, or it may not be opened; or it is held and no
                longer the one at its path.
        """
        descriptor = self._duplicate_or_open()
        try:
            yield OpenDirectory(self.path, descriptor)
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def hold(self) -> None:
        """Keep it open until it is let go as often as it was held.

        Raises:
            OSError: There is no such folder, or it may not be opened.
        """
        with self._lock:
            if not self._holders:
                self._held = self._open()
            self._holders += 1

    def let_go(self) -> None:
        """Keep it open no longer, if nobody else holds it."""
        with self._lock:
            self._holders -= 1
            if not self._holders and self._held is not None:
                os.close(self._held)
                self._held = None

    def _duplicate_or_open(self) -> int | None:
        with self._lock:
            if self._held is None:
                return self._open()
            if os.path.samestat(os.fstat(self._held), self.path.stat()):
                return os.dup(self._held)  # whoever lets go closes only the other one
        raise FileNotFoundError(errno.ENOENT, "another folder is in its place", str(self.path))

    def _open(self) -> int | None:
        if self._within is not None:
            with self._within.opened() as folder:
                return folder.subfolder(self.path.name)
        if _DIRECTORY is None:
            return None
        try:
            return os.open(self.path, _READ | _DIRECTORY)
        except PermissionError:  # one that may be entered and not read
            if not hasattr(os, "O_PATH"):
                raise
            return os.open(self.path, os.O_PATH | _DIRECTORY)


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
            return os.fdopen(folder.open(self.name, _READ), "rb")

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
        return self._to_change(_WRITE | os.O_APPEND | os.O_CREAT)

    def open_to_change(self) -> FileIO:
        """The file, which exists, open to be read, changed and cut."""
        return self._to_change(_WRITE)

    def flush(self) -> None:
        """Have the disk keep what is in it, and its name; nothing is done if it is missing."""
        with self.directory.opened() as folder, suppress(FileNotFoundError):
            descriptor = folder.open(self.name, _WRITE)
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

    def open_new(self) -> BinaryIO:
        """A new file of its name, open for writing, in place of what had that."""
        flags = _WRITE | os.O_CREAT | os.O_EXCL
        with self.directory.opened() as folder:
            try:
                descriptor = folder.open(self.name, flags)
            except FileExistsError:
                folder.unlink(self.name)
                descriptor = folder.open(self.name, flags)
        return os.fdopen(descriptor, "wb")

    @contextmanager
    def replaced(self, *, durable: bool = True, mode: int | None = None) -> Iterator[BinaryIO]:
        """A file to write to, which takes its place at the end, unless there is an exception.

        Args:
            durable: Whether to wait until the disk has it.
            mode: Its permissions; None for those of the file that it replaces.
        """
        temporary = f".{secrets.token_hex(8)}.tmp"
        with self.directory.opened() as folder:
            if mode is None:
                mode = _permissions(folder, self.name)
            descriptor = folder.open(temporary, _WRITE | os.O_CREAT | os.O_EXCL)
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

    def _to_change(self, flags: int) -> FileIO:
        with self.directory.opened() as folder:
            descriptor = folder.open(self.name, flags)
            if (
                os.fstat(descriptor).st_nlink > 1
            ):  # whoever has the other name keeps it as it is
                with os.fdopen(descriptor, "rb") as shared, self.replaced() as copy:
                    shutil.copyfileobj(shared, copy)
                descriptor = folder.open(self.name, flags)
        return FileIO(descriptor, "a+b" if flags & os.O_APPEND else "r+b")


class FileStamp(NamedTuple):
    """What changes when a file is replaced or written to."""

    inode: int
    size: int
    changed_at: int
    """Nanoseconds since 1970."""


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
