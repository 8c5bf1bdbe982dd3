"""One process trains a run at a time: a lock, and `owner.json`, which says who has it.

The lock is `flock` on `run.lock`, which the system takes back from the dead, so a file that a
killed process left behind locks nothing. It does not reach from machine to machine over a
folder that is merely synchronised; there the news tells: a run that another machine trained a
minute ago is not taken over.

`owner.json` is there from the moment that a process takes the run until it gives it back; one
of a dead process tells that the run was cut off. The number of a process is given to another
one sooner or later, so an owner also has a token that no other process of that machine ever
gets: the boot of the machine and the moment of the start, counted from it. Where the system
has no `/proc` the number alone must do.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

from filelock import FileLock, Timeout
from pydantic import Field

from wordnet_tui.core.errors import RunBusyError, RunError, cannot, printable
from wordnet_tui.runs.status import ForPeople
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.sealed_json import SealedFile, UnixTime
from wordnet_tui.runs.storage.status_file import read_status

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
    _FILE.write(folder.owner_path, owner)


def read_owner(folder: RunFolder) -> Owner | None:
    """Who has the run, dead or alive; None if nobody has.

    Raises:
        RunError: It is damaged or cannot be read.
    """
    return _FILE.read(folder.owner_path)


def remove_owner(folder: RunFolder) -> None:
    """Say that nobody has the run any more; only for who holds its lock."""
    with suppress(OSError):  # then this process counts as the owner for as long as it lives
        folder.owner_path.unlink()


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


SECONDS_TO_TRY = 0.5
"""A process that is just leaving gets so long."""
SECONDS_OF_ANOTHER_HOST = 60.0
"""Silence after which a run of another machine may be taken over."""


class RunLock:
    """The right to train one run, for whoever has acquired it; of use to all threads.

    Keep it for as long as the run is trained: what nobody keeps, Python gives back.

    Args:
        folder: The run's.

    Attributes:
        host: Name of this machine.
        pid: Number of this process.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.host = this_host()
        self.pid = os.getpid()
        self._folder = folder
        self._owner_before: Owner | None = None
        self._lock = FileLock(folder.lock_path, timeout=SECONDS_TO_TRY, thread_local=False)

    def acquire(self, now: float | None = None) -> None:
        """Take the run, and say in `owner.json` who has it.

        Args:
            now: Seconds since 1970; the clock's if None.

        Raises:
            RunBusyError: Another process trains it, or did on another machine so recently
                that it may still.
            RunError: The folder has gone or cannot be written.
        """
        folder = self._folder
        if not folder.path.is_dir():  # or the lock would make it
            raise RunError(f"there is no folder {printable(str(folder.path))}")
        owner = this_process(time.time() if now is None else now)
        try:
            self._lock.acquire(poll_interval=0.05)
        except Timeout as error:
            raise _busy(folder, owner.started_at) from error
        except OSError as error:
            raise RunError(cannot("lock", folder.lock_path, error)) from error
        try:
            _refuse_if_trained_elsewhere(folder, owner.started_at)
            self._owner_before = _owner(folder)
            write_owner(folder, owner)
        except BaseException:
            self._lock.release()
            raise

    def release(self) -> None:
        """Let others train it; nothing happens if it is not held."""
        if self._lock.is_locked:
            remove_owner(self._folder)
            self._lock.release(force=True)  # however often it was acquired

    def abandon(self) -> None:
        """Let others train it, with `owner.json` as after a kill: `resume` goes on."""
        self._lock.release(force=True)

    def undo(self) -> None:
        """Let others train it, and say that who had it before was the last to have it.

        A run that was cut off stays one when a process that took it could not go on with it.
        """
        if self._lock.is_locked and self._owner_before is not None:
            with suppress(RunError):
                write_owner(self._folder, self._owner_before)
            self._lock.release(force=True)
        self.release()


def _owner(folder: RunFolder) -> Owner | None:
    """Who has the run; None where that is not known, which must not keep anybody out."""
    try:
        return read_owner(folder)
    except RunError:
        return None


def _busy(folder: RunFolder, now: float) -> RunBusyError:
    owner = _owner(folder)
    if owner is None or is_alive(owner) is False:  # it has the lock and not yet said so
        who = "another process"
    else:
        since = _time(owner.started_at, now)
        who = f"process {owner.pid} on {printable(owner.host)} since {since}"
    name = printable(folder.name)
    return RunBusyError(f"run {name} is trained by {who}; `wordnet-tui watch {name}` shows it")


def _refuse_if_trained_elsewhere(folder: RunFolder, now: float) -> None:
    """Raises RunBusyError if another machine may still train the run."""
    owner = _owner(folder)
    if owner is None or owner.host == this_host():
        return
    try:
        status = read_status(folder)
    except RunError:
        status = None
    if status is not None and status.view.is_over and status.written_at >= owner.started_at:
        return
    latest = max(owner.started_at, status.written_at if status else 0.0)
    wait = latest + SECONDS_OF_ANOTHER_HOST - now
    if wait > 0:
        raise RunBusyError(
            f"run {printable(folder.name)} is trained by process {owner.pid} on "
            f"{printable(owner.host)}, or was until {_time(latest, now)}; "
            f"if nothing is heard from there, it can be taken over in {wait:.0f} s"
        )


def _time(moment: float, now: float) -> str:
    """Local time of a moment, with its date if that is not today's."""
    when = datetime.fromtimestamp(moment)
    today = when.date() == datetime.fromtimestamp(now).date()
    return f"{when:%H:%M:%S}" if today else f"{when:%Y-%m-%d %H:%M:%S}"
