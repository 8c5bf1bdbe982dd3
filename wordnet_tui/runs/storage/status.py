"""What a run does now: `status.json`, written about twice a second by whoever trains it.

It is put in place by a rename, without waiting for the disk: after a crash of the machine it
may be missing or damaged, and the checkpoint says where the run stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from wordnet_tui.core.errors import RunError, printable
from wordnet_tui.runs.run_view import RunView
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.sealed_file import SealedFile, UnixTime

MOST_ACKNOWLEDGED = 20
"""How many of the latest acknowledgements a status carries."""


@dataclass(frozen=True)
class Acknowledgement:
    """What came of a request that a watcher made."""

    id: str
    """Of the request."""
    who: str
    """Who asked."""
    sentence: str


@dataclass(frozen=True)
class Status:
    """A run at one moment, and the process that trains it."""

    view: RunView
    written_at: UnixTime
    """By the clock of `host`."""
    host: str
    pid: int
    attempt: int
    """1, and one more each time that it is resumed."""
    elapsed: float
    """Seconds that it was trained, in all attempts, pauses left out."""
    checkpoint_at: int | None
    """The mini-batch of the newest checkpoint; None before the first."""
    acknowledged: tuple[Acknowledgement, ...] = ()
    """The latest, oldest first; at most `MOST_ACKNOWLEDGED`."""


_FILE = SealedFile(Status, "a process that trains the run writes it anew within seconds")


def write_status(folder: RunFolder, status: Status) -> None:
    """Put it in place of the one before.

    `silent_for` is not written: it is for the reader to say.

    Raises:
        RunError: It cannot be written; the one before is as it was.
    """
    view = replace(status.view, silent_for=None)
    _FILE.write(folder.status_path, replace(status, view=view), durable=False)


def read_status(folder: RunFolder) -> Status | None:
    """The newest status; None if there is none yet.

    Raises:
        RunError: It is damaged or cannot be read, or the whole folder has gone.
    """
    status = _FILE.read(folder.status_path)
    if status is None and not folder.path.is_dir():
        raise RunError(f"the folder {printable(str(folder.path))} is not there any more")
    return status
