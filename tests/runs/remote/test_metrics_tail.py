"""Finding the last rows of a long file of metrics."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.formats.folder_file import FolderFile
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.remote.watched_run import WatchedRun
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.metrics import MetricsRow
from wordnet_tui.runs.storage.metrics_file import (
    FIRST_STRIDE,
    MetricsWriter,
    offset_beyond,
    read_metrics,
)

TrainRecorded = Callable[..., tuple[Run, RunFolder]]
Watch = Callable[..., WatchedRun]


def rows_to(last: int, each: int) -> list[MetricsRow]:
    return [
        MetricsRow(batch, each, 1, batch, 2.5, 2.5, None, 0.1, 1e4, batch * 0.01)
        for batch in range(each, last + 1, each)
    ]


@pytest.fixture(scope="module")
def long_metrics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "metrics.csv"
    MetricsWriter(FolderFile.at(path)).append(rows_to(2_000, 5))
    return path


@given(batch=st.integers(-1, 2_100), stride=st.integers(1, 40_000))
def test_all_rows_beyond_a_mini_batch_follow_the_offset(
    batch: int, stride: int, long_metrics: Path
) -> None:
    offset = offset_beyond(FolderFile.at(long_metrics), batch, stride)
    read = read_metrics(FolderFile.at(long_metrics), offset)
    assert not read.anew
    beyond = read.rows[read.rows[:, 0] > batch]
    assert beyond[:, 0].tolist() == [row for row in range(5, 2_001, 5) if row > batch]


def test_of_a_long_file_only_the_end_is_read(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    MetricsWriter(FolderFile.at(path)).append(rows_to(200_000, 5))
    assert path.stat().st_size - offset_beyond(FolderFile.at(path), 199_900) <= FIRST_STRIDE


def test_a_torn_or_missing_file_of_metrics_has_a_beginning(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    assert offset_beyond(FolderFile.at(path), 100) == 0
    path.write_text("x" * 100_000)
    assert offset_beyond(FolderFile.at(path), 100, 10) == 0
