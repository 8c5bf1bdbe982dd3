"""Deleting runs, so that a kill at any moment leaves a run whole on the list, or not on it.

With one renaming a run is no run any more, then its files are deleted one by one:

    nothing else in its folder     the folder becomes `.deleted-2026-11-23-143005-<by chance>`
    files of other kinds in it     `run.json` becomes `.deleted-run.json`; they stay in place

What a kill leaves is known by these names, and goes with the next run that is begun, resumed
or deleted beside it.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from contextlib import suppress
from pathlib import Path

from wordnet_tui.core.errors import RunError, cannot, printable
from wordnet_tui.core.formats.folder_file import SECONDS_UNTIL_STALE
from wordnet_tui.runs.storage.folder import RunFolder, is_named_by_time, is_run
from wordnet_tui.runs.storage.lock import RunLock
from wordnet_tui.runs.storage.owner import is_alive, read_owner

_DELETED_MANIFEST = ".deleted-run.json"
_DELETED_FOLDER = re.compile(r"\.deleted-.+-[0-9a-f]{8}", re.DOTALL)
_LONGEST_NAME = 200
"""Bytes of a run's name in that of its deleted folder; file systems take 255 in all."""


def delete_run(folder: RunFolder) -> None:
    """Delete a run that nobody trains, and what killed deletions left beside it.

    Raises:
        RunBusyError: Somebody trains it.
        RunError: As by `remove_run`.
    """
    refuse_link(folder)
    lock = RunLock(folder)
    lock.acquire(to_delete=True)
    try:
        if os.name == "nt":  # where a folder with an open file in it cannot be renamed
            lock.release()
        remove_run(folder)
    finally:
        lock.release()
    clear_left_overs(folder.path.parent)


def refuse_link(folder: RunFolder) -> None:
    """Raises RunError if the folder is a link: who follows it deletes what is elsewhere."""
    if folder.path.is_symlink():
        raise RunError(
            f"{printable(str(folder.path))} is a link; delete the link, or what it leads to, "
            "by hand"
        )


def remove_run(folder: RunFolder) -> None:
    """Delete the files of a run, and its folder if nothing else lies in it.

    A file that does not belong to a run stays where it is, and with it the folder; a symbolic
    link is removed, not what it leads to. That nobody trains it is for the caller to know.

    Raises:
        RunError: It is a link, or something cannot be deleted.
    """
    refuse_link(folder)
    remains = folder
    try:
        if _contents(folder)[1]:
            with suppress(FileNotFoundError):  # where it never became a run
                folder.manifest_file.rename(_DELETED_MANIFEST)
        else:
            name = os.fsdecode(os.fsencode(folder.name)[:_LONGEST_NAME])
            deleted = f".deleted-{name}-{secrets.token_hex(4)}"
            remains = RunFolder(folder.path.rename(folder.path.with_name(deleted)))
        _delete(remains)
        if remains.path.exists() and not folder.path.exists():  # a file came in between
            remains.path.rename(folder.path)
    except OSError as error:
        raise RunError(cannot("delete", remains.path, error)) from error


def clear_left_overs(root: Path) -> None:
    """Delete what kills left in a folder of runs; what cannot be deleted stays.

    That is the rest of runs whose deletion was begun, and temporary files that were last
    written to long ago, of runs that nobody trains.

    Args:
        root: The folder of all runs; it need not exist.
    """
    with suppress(OSError):
        for entry in _entries(root):
            with suppress(OSError, RunError):
                if entry.is_dir(follow_symlinks=False):
                    _clear(RunFolder(Path(entry.path)))


def _clear(folder: RunFolder) -> None:
    if _DELETED_FOLDER.fullmatch(folder.name):
        _delete(folder)
    elif is_run(folder):
        _delete_stale(folder)
    elif (folder.path / _DELETED_MANIFEST).exists() or _was_never_begun(folder):
        _delete(folder)


def _was_never_begun(folder: RunFolder) -> bool:
    """Whether a process was killed before it had made a run of it, long ago."""
    is_old = folder.path.stat().st_mtime < time.time() - SECONDS_UNTIL_STALE
    return is_old and is_named_by_time(folder.name) and not _contents(folder)[1]


def _delete_stale(folder: RunFolder) -> None:
    newest = time.time() - SECONDS_UNTIL_STALE
    stale = [
        entry.path
        for entry in _entries(folder.path)
        if _is_temporary(entry) and entry.stat(follow_symlinks=False).st_mtime < newest
    ]
    if not stale:
        return
    owner = read_owner(folder)
    if owner is None or is_alive(owner) is False:
        for path in stale:
            Path(path).unlink(missing_ok=True)


def _delete(folder: RunFolder) -> None:
    """Delete the files of a run; another process may do the same."""
    for path in _contents(folder)[0]:
        path.unlink(missing_ok=True)
    for emptied in (folder.requests.path, folder.path):
        with suppress(FileNotFoundError, NotADirectoryError):
            if not _entries(emptied):
                emptied.rmdir()


def _contents(folder: RunFolder) -> tuple[list[Path], bool]:
    """The files of the run that are in its folder, and whether there is anything else."""
    mine, others = [], False
    for entry in _entries(folder.path):
        if not entry.is_dir(follow_symlinks=False):
            if _is_temporary(entry) or entry.name in _names(folder):
                mine.append(Path(entry.path))
            else:
                others = True
        elif entry.name == folder.requests.path.name:
            for request in _entries(folder.requests.path):
                if request.is_dir(follow_symlinks=False):
                    others = True
                else:
                    mine.append(Path(request.path))
        else:
            others = True
    # By the name of the deleted manifest a kill is known: it goes last.
    return sorted(mine, key=lambda path: path.name == _DELETED_MANIFEST), others


def _names(folder: RunFolder) -> set[str]:
    """Of all that a run has in its folder."""
    files = (
        folder.manifest_file,
        folder.status_file,
        folder.metrics_file,
        folder.events_file,
        folder.checkpoint_file,
        folder.checkpoint_before_file,
        folder.best_file,
        folder.last_file,
        folder.owner_file,
        folder.lock_file,
        folder.log_file,
    )
    in_place_of_folder = folder.requests.path.name  # a link, such as a stranger made
    return {_DELETED_MANIFEST, in_place_of_folder, *(file.name for file in files)}


def _is_temporary(entry: os.DirEntry[str]) -> bool:
    """Whether it is what somebody writes, or was writing when he was killed."""
    is_named_so = entry.name.startswith(".") and entry.name.endswith(".tmp")
    return is_named_so and not entry.is_dir(follow_symlinks=False)


def _entries(path: Path) -> list[os.DirEntry[str]]:
    with os.scandir(path) as entries:
        return list(entries)
