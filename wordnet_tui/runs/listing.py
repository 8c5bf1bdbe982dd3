"""Runs in one line each: what they are, what they do, and whether they can be continued."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from wordnet_tui.core.errors import printable
from wordnet_tui.core.formats.folder_file import FileStamp
from wordnet_tui.runs.liveness import RunCondition, last_news, sound_part
from wordnet_tui.runs.storage.folder import RunFolder, run_folders
from wordnet_tui.runs.storage.manifest import Manifest, read_manifest
from wordnet_tui.runs.storage.status_file import StatusRecord

LIVING = (RunCondition.TRAINING, RunCondition.PAUSED, RunCondition.SILENT)
"""Runs whose process may still live: what they do depends on more than their files."""
UNFINISHED = (RunCondition.INTERRUPTED, RunCondition.CUT_OFF)
"""Runs that have not come to their end and that nobody trains."""


@dataclass(frozen=True)
class RunSummary:
    """One run of a list."""

    folder: RunFolder
    manifest: Manifest | None
    """None where it is damaged."""
    status: StatusRecord | None
    """None where there is none yet, or it is damaged."""
    condition: RunCondition
    problem: str = ""
    """What is damaged, in one sentence; empty if nothing is."""
    silent_for: float | None = None
    """Seconds since its last news; None if there never was any."""
    obstacle: str = ""
    """Why it cannot be continued though it is unfinished; see `obstacle`."""

    @property
    def can_be_continued(self) -> bool:
        """Whether it is unfinished and there is what it takes to go on."""
        return self.condition in UNFINISHED and not self.obstacle


def obstacle(folder: RunFolder, manifest: Manifest, status: StatusRecord | None) -> str:
    """Why an unfinished run cannot be continued, in a sentence; empty if it can.

    One that was left before its first checkpoint begins anew, unless its weights came from
    elsewhere, which may be others by now. Whether a checkpoint is sound is not seen here.

    Args:
        folder: The run's.
        manifest: What it is.
        status: What it said last.
    """
    if folder.checkpoint_file.exists() or folder.checkpoint_before_file.exists():
        return ""
    if status is not None and status.checkpoint_at is not None:
        return "it has no checkpoint to go on from"
    origin = manifest.parent[0] if manifest.parent else manifest.start
    if not origin:
        return ""
    again = f"begin it again from {printable(origin)}"
    return f"it was cut off before its first checkpoint; {again}"


def list_runs(root: Path, now: float) -> list[RunSummary]:
    """All runs of a folder, newest first; damaged ones too.

    Args:
        root: The folder of all runs; it need not exist.
        now: Seconds since 1970.

    Raises:
        RunError: `root` cannot be read.
    """
    return [summarise(folder, now) for folder in run_folders(root)]


def summarise(folder: RunFolder, now: float) -> RunSummary:
    """What one run does. Whatever is damaged is said in the summary.

    Args:
        folder: The run's.
        now: Seconds since 1970.
    """
    problems: list[str] = []
    manifest = sound_part(read_manifest, folder, problems)
    news = last_news(folder)
    silent_for = None if news.at is None else max(0.0, now - news.at)
    condition = news.condition(silent_for) if manifest else RunCondition.DAMAGED
    problem = "; ".join((*problems, *news.problems))
    missing = ""
    if manifest and condition in UNFINISHED:
        missing = obstacle(folder, manifest, news.status)
    return RunSummary(folder, manifest, news.status, condition, problem, silent_for, missing)


class _Read(NamedTuple):
    stamps: tuple[FileStamp | None, ...]
    summary: RunSummary


class RunLister:
    """Lists the runs of a folder again and again; used by one thread at a time.

    Those that are over are read once. To read a run takes a quarter of a millisecond, to find
    its files as they were a tenth of that; and with hundreds of runs a training in the same
    process would feel the difference.
    """

    def __init__(self) -> None:
        self._read: dict[Path, _Read] = {}

    def list_runs(self, root: Path, now: float) -> tuple[RunSummary, ...]:
        """The same as `list_runs`."""
        self._read = {folder.path: self._summary(folder, now) for folder in run_folders(root)}
        return tuple(read.summary for read in self._read.values())

    def _summary(self, folder: RunFolder, now: float) -> _Read:
        files = (
            folder.manifest_file,
            folder.status_file,
            folder.owner_file,
            folder.checkpoint_file,
        )
        # Before they are read, so that a change in between is seen.
        stamps = tuple(file.stamp() for file in files)
        known = self._read.get(folder.path)
        if known and known.stamps == stamps and known.summary.condition not in LIVING:
            return known
        return _Read(stamps, summarise(folder, now))
