"""One process trains a run at a time: a lock, and `owner.json`, which says who has it.

The lock is `flock` on `run.lock`, which the system takes back from the dead, so a file that a
killed process left behind locks nothing. It does not reach from machine to machine over a
folder that is merely synchronised; there the news tells: a run that another machine trained a
minute ago is not taken over.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from datetime import datetime

from filelock import lock_descriptor

from wordnet_tui.core.errors import RunBusyError, RunError, cannot, printable
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.owner import (
    Owner,
    has_spoken,
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
SECONDS_BETWEEN_TRIES = 0.05
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
        owner_before: Who had it when it was acquired and has not given it back.
        taken_at: When it was acquired, as `owner.json` says.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.host = this_host()
        self.pid = os.getpid()
        self.taken_at: float | None = None
        self._folder = folder
        self.owner_before: Owner | None = None
        self._is_announced = False
        self._locked: int | None = None  # a descriptor: whoever closes it gives the lock back

    def acquire(self, now: float | None = None, *, to_delete: bool = False) -> None:
        """Take the run, and say in `owner.json` who has it.

        Args:
            now: Seconds since 1970; the clock's if None.
            to_delete: Say nothing: who is killed, or may not delete it, has changed nothing.

        Raises:
            RunBusyError: Another process trains it, or did on another machine so recently
                that it may still.
            RunError: The folder has gone or cannot be written.
        """
        if self._locked is not None:
            return
        folder = self._folder
        owner = this_process(time.time() if now is None else now)
        try:
            folder.directory.hold()
        except OSError as error:
            raise RunError(f"there is no folder {printable(str(folder.path))}") from error
        try:
            self._locked = _locked_file(folder)
            if self._locked is None:
                raise _busy(folder, owner.started_at)
            _refuse_if_trained_elsewhere(folder, owner.started_at)
            self.owner_before = _owner(folder)
            if not to_delete:
                write_owner(folder, owner)
                self._is_announced = True
                self.taken_at = owner.started_at
        except BaseException as error:
            self._unlock()
            if isinstance(error, OSError):
                raise RunError(cannot("lock", folder.lock_file, error)) from error
            raise

    def release(self) -> None:
        """Let others train it; nothing happens if it is not held."""
        if self._locked is not None:
            if self._is_announced:
                remove_owner(self._folder)
                self._is_announced = False
            self._unlock()

    def abandon(self) -> None:
        """Let others train it, with `owner.json` as after a kill: `resume` goes on."""
        self._unlock()

    def undo(self) -> None:
        """Let others train it, and say that who had it before was the last to have it.

        A run that was cut off stays one when a process that took it could not go on with it.
        """
        if self._locked is not None and self.owner_before is not None:
            with suppress(RunError):
                write_owner(self._folder, self.owner_before)
            self._unlock()
        self.release()

    def _unlock(self) -> None:
        if self._locked is not None:
            os.close(self._locked)
            self._locked = None
        self._folder.directory.let_go()

    def __del__(self) -> None:
        if self._locked is not None:
            self._unlock()


def _locked_file(folder: RunFolder) -> int | None:
    """A descriptor of `run.lock`, locked; None if another process keeps the lock.

    Raises:
        OSError: It cannot be opened or locked.
    """
    give_up = time.monotonic() + SECONDS_TO_TRY
    while True:
        with folder.directory.opened() as directory:
            descriptor = directory.open(folder.lock_file.name, os.O_RDWR | os.O_CREAT)
        try:
            is_locked = lock_descriptor(descriptor, blocking=False)
            if (
                is_locked and os.fstat(descriptor).st_nlink
            ):  # 0: deleted with its run meanwhile
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        if time.monotonic() >= give_up:
            return None
        time.sleep(SECONDS_BETWEEN_TRIES)


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
    if status is not None and status.view.is_over and has_spoken(owner, status):
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
