"""A folder that may be a stranger's: what is in it is opened beneath it, no link followed.

A folder that somebody else made may hold links to files elsewhere, and pipes that never end.
So it is opened as a directory descriptor and everything in it by name relative to that, as a
regular file only. While a `Directory` is held, its descriptor stays open, and if another
folder gets its path meanwhile, nothing is written there.

Where the platform has no directory descriptors (Windows) paths do, and links are refused by a
check before each opening.

Reference: openat(2), O_NOFOLLOW.
"""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)
WRITE = os.O_RDWR | getattr(os, "O_BINARY", 0)
_SAFELY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""What is a link is not opened; to open a pipe waits for nobody."""
_DIRECTORY = getattr(os, "O_DIRECTORY", None)


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
        return os.open(name, READ | _DIRECTORY | _SAFELY, dir_fd=self._descriptor)

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
            return os.open(self.path, READ | _DIRECTORY)
        except PermissionError:  # one that may be entered and not read
            if not hasattr(os, "O_PATH"):
                raise
            return os.open(self.path, os.O_PATH | _DIRECTORY)
