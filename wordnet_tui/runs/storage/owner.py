"""Which process trains a run: `owner.json`, and whether that process lives.

It is there from the moment that a process takes the run until it gives it back; one of a dead
process tells that the run was cut off. The number of a process is given to another one sooner
or later, so an owner also has a token that no other process of that machine ever gets: the
boot of the machine and the moment of the start, counted from it. Where the system has no
`/proc` the number alone must do.
"""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import Field

from wordnet_tui.runs.status import ForPeople
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.sealed_json import SealedFile, UnixTime
from wordnet_tui.runs.storage.status_file import StatusRecord

ProcessId = Annotated[int, Field(gt=0, lt=2**31)]
"""To the system, other numbers mean whole groups of processes."""

_GONE = "ZXx"
"""States of a process that has ended and is not yet forgotten."""


@dataclass(frozen=True)
class Owner:
    """A process that has taken a run."""

    host: ForPeople
    pid: ProcessId
    started_at: UnixTime
    """When it took the run, by the clock of `host`."""
    token: str
    """Tells it from others with the same number; empty if that is not known."""


class _Process(NamedTuple):
    state: str
    token: str


_FILE = SealedFile(Owner, "the next process that trains the run writes it anew")


def this_host() -> str:
    """The name of this machine."""
    return socket.gethostname()


def this_process(now: float) -> Owner:
    """Ourselves.

    Args:
        now: Seconds since 1970.
    """
    process = _process(os.getpid())
    return Owner(this_host(), os.getpid(), now, process.token if process else "")


def write_owner(folder: RunFolder, owner: Owner) -> None:
    """Say who trains the run; only for who holds its lock.

    Raises:
        RunError: It cannot be written.
    """
    _FILE.write(folder.owner_file, owner)


def read_owner(folder: RunFolder) -> Owner | None:
    """Who has the run, dead or alive; None if nobody has.

    Raises:
        RunError: It is damaged or cannot be read.
    """
    return _FILE.read(folder.owner_file)


def remove_owner(folder: RunFolder) -> None:
    """Say that nobody has the run any more; only for who holds its lock."""
    with suppress(OSError):  # then this process counts as the owner for as long as it lives
        folder.owner_file.unlink()


def is_alive(owner: Owner) -> bool | None:
    """Whether that very process still runs; None where that cannot be seen from here."""
    if owner.host != this_host() or sys.platform == "win32":  # kill would end it there
        return None
    try:
        os.kill(owner.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, so there is one
        pass
    process = _process(owner.pid)
    if process is None:
        return True
    return process.state not in _GONE and owner.token in ("", process.token)


def has_spoken(owner: Owner, status: StatusRecord | None) -> bool:
    """Whether the status was written since that process took the run."""
    if status is None:
        return False
    if status.taken_at is None:  # by a version that did not write it; clocks may be set back
        return owner.started_at <= status.written_at
    return owner.started_at == status.taken_at


def _process(pid: int) -> _Process | None:
    """What the system tells of a process; None if it tells nothing."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    boot = ""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    fields = stat.rpartition(b")")[2].decode("ascii").split()  # its name may hold blanks
    return _Process(state=fields[0], token=f"{boot}:{fields[19]}")
