"""What identifies a corpus: SHA-256 over its content and all that shaped its windows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from wordnet_tui.core.errors import DataError, printable

Progress = Callable[[str, float | None], None]
"""Told now and then what is being done and the share of it that is done, 0 to 1, or None."""

_BLOCK = 2**22  # bytes


def ignore(_doing: str, _share: float | None) -> None:
    """The `Progress` of who does not want to know."""


def content_digest(files: Sequence[Path], on_progress: Progress = ignore) -> str:
    """SHA-256 over what the files hold, in hexadecimal.

    Their order counts, their names and places do not.

    Raises:
        DataError: A file cannot be read.
    """
    digest = hashlib.sha256()
    total = sum(map(size_of, files)) or 1
    done = 0
    for path in files:
        digest.update(f"{size_of(path)}\n".encode())
        try:
            with path.open("rb") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
                    done += len(block)
                    on_progress("looking whether it was read before", min(1.0, done / total))
        except OSError as error:
            raise unreadable(path, error) from error
    return digest.hexdigest()


def combined(*what: object) -> str:
    """SHA-256 over settings and lists of words (anything that JSON holds), in hexadecimal."""
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def size_of(path: Path) -> int:
    """Bytes in a file.

    Raises:
        DataError: It is not there or cannot be looked at.
    """
    try:
        return path.stat().st_size
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> DataError:
    """The sentence for a file that the system does not let us read."""
    return DataError(f"{printable(str(path))} cannot be read: {error.strerror or error}")
