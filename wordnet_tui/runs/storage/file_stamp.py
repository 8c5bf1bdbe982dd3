"""Whether a file is still the one that was read last time."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class FileStamp(NamedTuple):
    """What changes when a file is replaced or written to."""

    inode: int
    size: int
    changed_at: int
    """Nanoseconds since 1970."""

    @classmethod
    def of(cls, path: Path) -> FileStamp | None:
        """Of the file at `path`; None if there is none, or it cannot be told."""
        try:
            status = path.stat()
        except OSError:
            return None
        return cls(status.st_ino, status.st_size, status.st_mtime_ns)
