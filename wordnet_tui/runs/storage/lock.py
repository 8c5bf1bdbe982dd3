"""One process trains a run at a time: a lock that the system itself takes back from the dead.

The lock is `flock` on `run.lock`, so a file that a killed process left behind locks nothing.
It does not reach from machine to machine over a folder that is merely synchronised; there the
news tells: a run that another machine trained a minute ago is not taken over.
"""

from __future__ import annotations

import os
import time
from datetime import datetime

from filelock import FileLock, Timeout

from wordnet_tui.core.errors import RunBusyError, RunError, printable
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.owner import (
    Owner,
    is_alive,
    read_owner,
    remove_owner,
    this_host,
    this_process,
    write_owner,
)
from wordnet_tui.runs.storage.status_file import read_status

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
            raise RunError(
                f"cannot lock {printable(str(folder.lock_path))}: {error.strerror or error}"
            ) from error
        try:
            _refuse_if_trained_elsewhere(folder, owner.started_at)
            write_owner(folder, owner)
        except BaseException:
            self._lock.release()
            raise

    def release(self) -> None:
        """Let others train it; nothing happens if it is not held."""
        if self._lock.is_locked:
            remove_owner(self._folder)
            self._lock.release(force=True)  # however often it was acquired


def _owner(folder: RunFolder) -> Owner | None:
    """Who has the run; None where that cannot be told, which must not keep anybody out."""
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
