"""Doing away with a run: its own files and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wordnet_tui.core.errors import RunError, printable
from wordnet_tui.runs.storage.folder import RunFolder


def remove_run(folder: RunFolder) -> None:
    """Delete the files of a run, and its folder if nothing else lies in it.

    A file that does not belong to a run stays, and with it the folder; a symbolic link is
    removed, not what it leads to. That the run is not living is for the caller to know.

    Raises:
        RunError: Something cannot be deleted.
    """
    try:
        # The manifest goes first: without it, what a kill leaves is no run any more.
        folder.manifest_path.unlink(missing_ok=True)
        for path in _files_of(folder):
            path.unlink(missing_ok=True)
        if folder.requests_path.is_symlink():
            folder.requests_path.unlink()
        elif folder.requests_path.is_dir():
            for request in folder.requests_path.glob("*"):
                request.unlink(missing_ok=True)
            folder.requests_path.rmdir()
        if not any(folder.path.iterdir()):
            folder.path.rmdir()
    except OSError as error:
        reason = error.strerror or error
        raise RunError(f"cannot delete {printable(str(folder.path))}: {reason}") from error


def _files_of(folder: RunFolder) -> Iterator[Path]:
    yield from (
        folder.status_path,
        folder.metrics_path,
        folder.events_path,
        folder.checkpoint_path,
        folder.checkpoint_before_path,
        folder.best_path,
        folder.last_path,
        folder.owner_path,
        folder.lock_path,
        folder.log_path,
    )
    yield from folder.path.glob(".*.tmp")  # what a killed process was writing
