"""What a disk may hold after a crash, found out from a log of calls; and trials picked out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.torture.operations import Op, Operation
from benchmarks.torture.replay import Recording
from benchmarks.torture.workers import Trial, chosen

CREATE = os.O_WRONLY | os.O_CREAT


def call(op: Op, path: Path, data: bytes = b"", other: Path | None = None) -> Operation:
    names = str(path), str(other or "")
    return Operation(op, CREATE, True, 0, len(data), *names, data)


def written(root: Path, *, flushes: tuple[Op, ...] = ()) -> list[Operation]:
    """`file` replaced by way of a temporary one, flushed or not."""
    temporary, file = root / "tmp", root / "file"
    return [
        call(Op.OPEN, temporary),
        call(Op.WRITE, temporary, b"new content"),
        *(call(op, temporary) for op in flushes),
        call(Op.RENAME, temporary, other=file),
    ]


def states(root: Path, log: list[Operation], at: int) -> set[bytes | None]:
    """What `file` may hold after a call; None where it is not there."""
    recording = Recording(root, log)
    found: set[bytes | None] = set()
    for state in recording.states("seed"):
        if state.at == at:
            tree = recording.tree(state)
            names = dict(tree.walk())
            found.add(tree.files.get(names["file"], b"") if "file" in names else None)
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "file").write_bytes(b"old")
    return tmp_path


def test_a_file_renamed_before_it_is_flushed_may_be_empty_torn_or_zeros(root: Path) -> None:
    found = states(root, written(root), 3)
    assert {b"new content", b"", b"new c", bytes(11)} <= found


def test_a_file_flushed_before_it_is_renamed_is_the_old_or_the_new_one(root: Path) -> None:
    log = written(root, flushes=(Op.FSYNC,))
    recording = Recording(root, log)
    contents = set()
    for state in recording.states("seed"):
        tree = recording.tree(state)
        contents.add(tree.files[dict(tree.walk())["file"]])
    assert contents == {b"old", b"new content"}


def test_nothing_is_lost_of_what_was_flushed_with_its_folder(root: Path) -> None:
    log = [*written(root, flushes=(Op.FSYNC,)), call(Op.FSYNC, root)]
    recording = Recording(root, log)
    assert not [effect for effect in recording.effects if effect.is_pending(len(log))]


def test_a_folder_whose_name_is_not_flushed_may_be_lost_with_all_in_it(tmp_path: Path) -> None:
    inner = tmp_path / "run"
    log = [
        call(Op.MKDIR, inner),
        call(Op.OPEN, inner / "file"),
        call(Op.FSYNC, inner / "file"),
        call(Op.FSYNC, inner),
        call(Op.OPEN, tmp_path / "other"),
    ]
    recording = Recording(tmp_path, log)
    names = [
        {path for path, _ in recording.tree(state).walk()}
        for state in recording.states("seed")
        if state.at == len(log)
    ]
    assert {"other"} in names
    assert {"run", "run/file", "other"} in names


@pytest.mark.parametrize(("count", "names"), [(None, "abcdef"), (3, "ace"), (9, "abcdef")])
def test_a_few_trials_are_spread_over_all(count: int | None, names: str) -> None:
    trials = [Trial("a group", name, lambda: None) for name in "abcdef"]
    assert "".join(trial.name for trial in chosen(trials, count)) == names
