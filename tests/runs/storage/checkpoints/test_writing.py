"""One checkpoint is sound whatever fails, and whenever the process dies or a reader comes."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wordnet_tui.core.errors import RunError
from wordnet_tui.runs.storage.checkpoints import (
    TEMPORARY_NAME,
    Checkpoint,
    read_checkpoint,
    read_curves,
    read_newest_network,
    write_checkpoint,
)
from wordnet_tui.runs.storage.folder import RunFolder

WRITE_AND_DIE = """
    import os, signal, sys
    from dataclasses import replace
    from pathlib import Path
    from wordnet_tui.runs.storage import checkpoint_file
    from wordnet_tui.runs.storage.checkpoints import read_checkpoint, write_checkpoint
    from wordnet_tui.runs.storage.folder import RunFolder

    folder = RunFolder(Path(sys.argv[1]))
    first = read_checkpoint(folder)

    def write(batch):
        write_checkpoint(folder, replace(first, state=replace(first.state, batch=batch)))

    def note():
        global moments
        moments -= 1
        if moments == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def noted(call):
        def wrapper(*arguments, **more):
            note()
            result = call(*arguments, **more)
            note()
            return result
        return wrapper

    def pieces(checkpoint, encode=checkpoint_file.encode):
        for piece in encode(checkpoint):
            note()
            yield bytes(piece)

    killed = 1
    while killed:
        process = os.fork()
        if not process:
            moments = killed
            checkpoint_file.encode = pieces
            os.fsync, os.replace = noted(os.fsync), noted(os.replace)
            write(11)
            os._exit(0)
        died = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        print(died, read_checkpoint(folder).state.batch, flush=True)
        write(10)
        write(10)
        killed = killed + 1 if died else 0
"""
"""Dies at each moment of a write in turn, and tells what is there then."""


def batch_in(folder: RunFolder) -> int:
    """The mini-batch of the newest sound checkpoint; 0 if there is none."""
    found = read_checkpoint(folder)
    return found.state.batch if found else 0


@pytest.mark.parametrize("count", [0, 1, 2])
def test_whatever_call_fails_one_is_sound_and_the_next_write_succeeds(
    folder: RunFolder, checkpoint: Checkpoint, at_batch, monkeypatch, count: int
) -> None:
    """With `count` checkpoints there already; each call to the system fails in its turn."""
    complaints: list[str] = []
    for fails_at in range(20):
        for path in folder.path.iterdir():
            if path.is_file():
                path.unlink()
        for batch in range(1, count + 1):
            write_checkpoint(folder, at_batch(checkpoint, batch))
        with monkeypatch.context() as patch:
            calls = fail_at(patch, fails_at)
            try:
                write_checkpoint(folder, at_batch(checkpoint, 99))
                expected = 99
            except RunError as error:
                complaints.append(str(error))
                expected = count
        assert batch_in(folder) == expected
        write_checkpoint(folder, at_batch(checkpoint, 100))
        assert batch_in(folder) == 100
        assert not (folder.path / TEMPORARY_NAME).exists()
        if len(calls) <= fails_at:
            break
    assert len(complaints) == 2 + min(count, 1) + 1  # open, flush, and one or two renames
    expected_complaint = f"cannot write {folder.checkpoint_file.path}: No space left on device"
    assert set(complaints) == {expected_complaint}


def fail_at(patch: pytest.MonkeyPatch, fails_at: int) -> list[str]:
    """Makes one of the next calls to the system fail; returns the list of those made."""
    calls: list[str] = []

    def failing(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*arguments: Any, **more: Any) -> Any:
            if name == "open" and not arguments[1] & os.O_CREAT:
                return call(*arguments, **more)
            calls.append(name)
            if len(calls) == fails_at + 1:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return call(*arguments, **more)

        return wrapper

    for name in ("open", "fsync", "replace", "unlink"):
        patch.setattr(os, name, failing(name, getattr(os, name)))
    return calls


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_kill_at_any_moment_leaves_the_old_one_or_the_new_one(
    folder: RunFolder, checkpoint: Checkpoint, at_batch
) -> None:
    write_checkpoint(folder, at_batch(checkpoint, 10))
    write_checkpoint(folder, at_batch(checkpoint, 10))
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(WRITE_AND_DIE), folder.path],
        check=True,
        capture_output=True,
        text=True,
    )
    outcomes = [tuple(map(int, line.split())) for line in ended.stdout.splitlines()]
    kills = [batch for code, batch in outcomes if code == -signal.SIGKILL]
    assert outcomes[len(kills) :] == [(0, 11)]
    assert len(kills) > 10
    assert kills == [10] * (len(kills) - 3) + [11] * 3  # since the last rename
    assert {path.name for path in folder.path.iterdir() if path.is_file()} == {
        folder.checkpoint_file.path.name,
        folder.checkpoint_before_file.path.name,
    }


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_nothing_is_written_through_what_has_the_temporary_name(
    folder: RunFolder, checkpoint: Checkpoint
) -> None:
    (folder.path / TEMPORARY_NAME).symlink_to("/dev/full")
    write_checkpoint(folder, checkpoint)
    assert batch_in(folder) == 10


def test_a_folder_that_vanished_is_reported(folder: RunFolder, checkpoint: Checkpoint) -> None:
    shutil.rmtree(folder.path)
    with pytest.raises(
        RunError, match=f"cannot write {folder.checkpoint_file.path}: No such file"
    ):
        write_checkpoint(folder, checkpoint)
    folder.path.mkdir()
    write_checkpoint(folder, checkpoint)
    assert batch_in(folder) == 10


def test_readers_always_find_one_while_it_is_written_anew(
    folder: RunFolder, checkpoint: Checkpoint, at_batch
) -> None:
    write_checkpoint(folder, at_batch(checkpoint, 1))

    def write() -> None:
        for batch in range(2, 50):
            write_checkpoint(folder, at_batch(checkpoint, batch))

    writer = threading.Thread(target=write)
    writer.start()
    seen = [1]
    while writer.is_alive():
        seen.append(batch_in(folder))
        assert read_curves(folder) is not None
        assert read_newest_network(folder) is not None
    writer.join()
    assert seen == sorted(seen)
    assert batch_in(folder) == 49
