"""The checkpoints of a run: the newest and the one before it, of which one is always sound.

The newest is written under a temporary name and flushed to the disk; then the one there takes
the name of the one before, and the new one its place. A damaged one never takes the place of
the one before. So whatever write fails, and whenever the process or the machine dies, one of
the two files is whole. Readers take the newest sound one; they may come at any moment.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from wordnet_tui.core.errors import RunError, cannot, printable
from wordnet_tui.core.formats.folder_file import FolderFile
from wordnet_tui.core.history.history import HistoryState
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.runs.storage import checkpoint_file
from wordnet_tui.runs.storage.checkpoint_file import Checkpoint
from wordnet_tui.runs.storage.folder import RunFolder

__all__ = [
    "Checkpoint",
    "read_checkpoint",
    "read_curves",
    "read_newest_network",
    "write_checkpoint",
]

TEMPORARY_NAME = ".checkpoint.tmp"
"""Always the same, so that many kills leave one such file and not many."""

Content = TypeVar("Content")


def write_checkpoint(folder: RunFolder, checkpoint: Checkpoint) -> None:
    """Put a checkpoint in place; it is on the disk on return. By one process at a time.

    Raises:
        RunError: It could not be written; those that were there still are.
    """
    newest, temporary = folder.checkpoint_file, FolderFile(folder.directory, TEMPORARY_NAME)
    try:
        with temporary.open_new() as file:
            file.writelines(checkpoint_file.encode(checkpoint))
            file.flush()
            os.fsync(file.fileno())
        if checkpoint_file.is_sound(newest):
            newest.rename(folder.checkpoint_before_file.name)
        temporary.rename(newest.name)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise RunError(cannot("write", newest, error)) from error


def read_checkpoint(folder: RunFolder) -> Checkpoint | None:
    """The newest sound checkpoint; None if none was written yet.

    Where that is not the newest, its `remark` says why.

    Raises:
        RunError: There are some and none is sound.
    """
    found = _newest_sound(folder, checkpoint_file.read)
    return None if found is None else replace(found[0], remark=found[1])


def read_curves(folder: RunFolder) -> tuple[HistoryState, int] | None:
    """The curves of the newest sound checkpoint, and up to which mini-batch they go.

    Only they are read and verified. None, and an error, as by `read_checkpoint`.
    """
    found = _newest_sound(folder, checkpoint_file.read_curves)
    return None if found is None else found[0]


def read_newest_network(folder: RunFolder) -> TrainedNetwork | None:
    """The network of the newest sound checkpoint, with finite weights only.

    Only it is read and verified. None, and an error, as by `read_checkpoint`.
    """
    found = _newest_sound(folder, checkpoint_file.read_network)
    return None if found is None else found[0]


def _newest_sound(
    folder: RunFolder, read: Callable[[FolderFile], Content]
) -> tuple[Content, str] | None:
    """What `read` makes of the newest checkpoint that it can read, and why not of a newer."""
    newest, before = folder.checkpoint_file, folder.checkpoint_before_file
    problems: list[str] = []
    missing = 0
    for file in (newest, before):
        try:
            content = read(file)
        except FileNotFoundError:
            missing += 1
            problems.append(f"there is no {printable(str(file))}")
        except RunError as error:
            problems.append(str(error))
        else:
            remark = f"{problems[0]}; the checkpoint before it was taken" if problems else ""
            return content, remark
    if missing == len(problems):
        return None
    raise RunError(f"no sound checkpoint is left: {'; '.join(problems)}")
