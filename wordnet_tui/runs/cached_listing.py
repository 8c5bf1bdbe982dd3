"""The list of runs, read again and again: those that are over are read once.

To read a run takes a quarter of a millisecond, to find its files as they were a tenth of that;
and with hundreds of runs a training in the same process would feel the difference.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from wordnet_tui.runs.listing import RunCondition, RunSummary, summarise
from wordnet_tui.runs.storage.file_stamp import FileStamp
from wordnet_tui.runs.storage.folder import RunFolder, run_folders

LIVING = (RunCondition.TRAINING, RunCondition.PAUSED, RunCondition.SILENT)
"""Runs whose process may still live: how they stand depends on more than their files."""


class _Read(NamedTuple):
    stamps: tuple[FileStamp | None, ...]
    summary: RunSummary


class RunsListing:
    """Lists the runs of a folder; used by one thread at a time."""

    def __init__(self) -> None:
        self._read: dict[Path, _Read] = {}

    def look(self, root: Path, now: float) -> tuple[RunSummary, ...]:
        """All runs, newest first.

        Args:
            root: The folder of all runs; it need not exist.
            now: Seconds since 1970.

        Raises:
            RunError: `root` cannot be read.
        """
        self._read = {folder.path: self._as_it_is(folder, now) for folder in run_folders(root)}
        return tuple(read.summary for read in self._read.values())

    def _as_it_is(self, folder: RunFolder, now: float) -> _Read:
        files = folder.manifest_path, folder.status_path, folder.owner_path
        stamps = tuple(map(FileStamp.of, files))  # before they are read: a change is seen
        known = self._read.get(folder.path)
        if known and known.stamps == stamps and known.summary.condition not in LIVING:
            return known
        return _Read(stamps, summarise(folder, now))
