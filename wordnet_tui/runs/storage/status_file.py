"""What a run does now: `status.json`, written about twice a second by whoever trains it.

It is put in place by a rename, without waiting for the disk: after a crash of the machine it
may be missing or damaged, and the checkpoint says how far the run is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from wordnet_tui.core.errors import RunError, printable
from wordnet_tui.runs.status import ForPeople, RunStatus
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.sealed_json import SealedFile, UnixTime

MOST_ACKNOWLEDGED = 20
"""How many of the latest acknowledgements a status carries."""


@dataclass(frozen=True)
class Acknowledgement:
    """What came of a request that a watcher made."""

    id: str
    """Of the request."""
    who: ForPeople
    """Who asked."""
    sentence: ForPeople


@dataclass(frozen=True)
class StatusRecord:
    """A run at one moment, and the process that trains it."""

    view: RunStatus
    written_at: UnixTime
    """By the clock of `host`."""
    host: ForPeople
    pid: int
    attempt: int
    """1, and one more each time that it is resumed."""
    elapsed_seconds: float
    """Seconds that it was trained, in all attempts, pauses left out."""
    checkpoint_at: int | None
    """The mini-batch of the newest checkpoint; None before the first."""
    acknowledged: tuple[Acknowledgement, ...] = ()
    """The latest, oldest first; at most `MOST_ACKNOWLEDGED`."""
    taken_at: UnixTime | None = None
    """`Owner.started_at` of who wrote it; None in files up to version 0.1."""


FORMER_NAMES = {
    "elapsed": "elapsed_seconds",
    "kept": "saved_to",
    "trouble": "write_error",
    "notice": "message",
}
"""Entries as they were called up to version 0.1, and as they are called now."""


def _with_today_s_names(entries: dict[str, Any]) -> dict[str, Any]:
    """The entries of a file that an earlier version of the program wrote."""
    return {
        FORMER_NAMES.get(name, name): _with_today_s_names(entry)
        if isinstance(entry, dict)
        else entry
        for name, entry in entries.items()
    }


_FILE = SealedFile(
    StatusRecord,
    "a process that trains the run writes it anew within seconds",
    _with_today_s_names,
)


def write_status(folder: RunFolder, status: StatusRecord) -> None:
    """Put it in place of the one before.

    `silent_for` is not written: it is for the reader to say.

    Raises:
        RunError: It cannot be written; the one before is as it was.
    """
    view = replace(status.view, silent_for=None)
    _FILE.write(folder.status_file, replace(status, view=view), durable=False)


def read_status(folder: RunFolder) -> StatusRecord | None:
    """The newest status; None if there is none yet.

    Raises:
        RunError: It is damaged or cannot be read, or the whole folder has gone.
    """
    status = _FILE.read(folder.status_file)
    if status is None and not folder.path.is_dir():
        raise RunError(f"the folder {printable(str(folder.path))} is not there any more")
    return status
