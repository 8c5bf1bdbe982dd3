from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.errors import RunError
from wordnet_tui.core.formats.folder_file import FolderFile
from wordnet_tui.runs.storage import metrics_file
from wordnet_tui.runs.storage.metrics import MetricsRow
from wordnet_tui.runs.storage.metrics_file import MetricsWriter, read_metrics

SomeRows = Callable[..., list[MetricsRow]]
AssertSame = Callable[..., None]
Failing = Callable[[int], Callable[..., Any]]


@given(
    room=st.integers(0, 1200),
    stuck=st.booleans(),
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=5),
)
def test_a_disk_that_fills_up_anywhere_tears_no_line_and_costs_no_row(
    tmp_path_factory: pytest.TempPathFactory,
    some_rows: SomeRows,
    assert_same: AssertSame,
    failing: Failing,
    room: int,
    stuck: bool,
    sizes: list[int],
) -> None:
    """Even where what was torn is `stuck`: cannot be cut away at once."""
    file = tmp_path_factory.mktemp("run") / "metrics.csv"
    write, left = os.write, room

    def write_while_there_is_room(descriptor: int, data: bytes) -> int:
        nonlocal left
        if not left:
            failing(errno.ENOSPC)()
        count = write(descriptor, data[:left])
        left -= count
        return count

    writer, rows = MetricsWriter(FolderFile.at(file)), some_rows(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "write", write_while_there_is_room)
        if stuck:
            patch.setattr(os, "ftruncate", failing(errno.EIO))
        for size in sizes:
            more, reported = some_rows(size, first=len(rows) + 1), ""
            rows += more
            try:
                writer.append(more)
            except RunError as error:
                reported = str(error)
            on_disk = read_metrics(FolderFile.at(file))
            assert_same(on_disk.rows, rows[: len(on_disk.rows)])
            assert on_disk.dropped == 0
            if len(on_disk.rows) < len(rows):
                assert reported.startswith(f"cannot write {file}: ")
            else:
                assert not reported
    writer.append([])
    assert_same(read_metrics(FolderFile.at(file)).rows, rows)
    assert read_metrics(FolderFile.at(file)).dropped == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 KiB, which only root can make."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16k", "none", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no small file system can be mounted here: {error}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_on_a_disk_that_is_really_full_rows_wait_for_room(
    small_disk: Path, some_rows: SomeRows, assert_same: AssertSame
) -> None:
    file, ballast = small_disk / "metrics.csv", small_disk / "ballast"
    ballast.write_bytes(bytes(8192))
    writer, rows, reported = MetricsWriter(FolderFile.at(file)), some_rows(120), ""
    for row in rows:
        try:
            writer.append([row])
        except RunError as error:
            reported = str(error)
    assert reported == f"cannot write {file}: No space left on device"
    on_disk = read_metrics(FolderFile.at(file))
    assert 50 < len(on_disk.rows) < 110
    assert on_disk.next_offset == file.stat().st_size
    ballast.unlink()
    writer.append([])
    assert_same(read_metrics(FolderFile.at(file)).rows, rows)


def test_a_folder_that_was_away_gets_the_rows_that_waited(
    tmp_path: Path, some_rows: SomeRows, assert_same: AssertSame
) -> None:
    folder, away = tmp_path / "run", tmp_path / "away"
    folder.mkdir()
    writer = MetricsWriter(FolderFile.at(folder / "metrics.csv"))
    writer.append(some_rows(3))
    folder.rename(away)
    with pytest.raises(RunError, match="No such file or directory"):
        writer.append(some_rows(3, first=4))
    away.rename(folder)
    writer.append(some_rows(3, first=7))
    assert_same(read_metrics(FolderFile.at(folder / "metrics.csv")).rows, some_rows(9))


def test_rows_that_wait_for_long_are_put_together(
    tmp_path: Path, some_rows: SomeRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics_file, "MOST_WAITING", 64)
    file = tmp_path / "run" / "metrics.csv"
    writer, rows = MetricsWriter(FolderFile.at(file)), some_rows(400)
    for row in rows:
        with pytest.raises(RunError):
            writer.append([row])
    file.parent.mkdir()
    writer.append([])
    table = read_metrics(FolderFile.at(file)).rows
    assert 16 < len(table) <= 64
    by_name = dict(zip(MetricsRow._fields, table.T, strict=True))
    own = by_name["batches_in_row"]
    firsts = by_name["batch"] - own
    assert (firsts[1:] == by_name["batch"][:-1]).all()
    assert by_name["batch"][-1] == rows[-1].batch
    for row, first in zip(table, firsts, strict=True):
        means = [
            row.training_cross_entropy for row in rows[int(first) // 10 : int(row[0]) // 10]
        ]
        assert row[4] == pytest.approx(np.mean(means), rel=1e-12)
