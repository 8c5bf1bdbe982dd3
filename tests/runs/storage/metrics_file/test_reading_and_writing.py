from __future__ import annotations

import csv
import os
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.errors import RunError
from wordnet_tui.core.formats.folder_file import FolderFile
from wordnet_tui.runs.storage.metrics import MetricsRow
from wordnet_tui.runs.storage.metrics_file import (
    MetricsWriter,
    metrics_parts,
    read_metrics,
    row_text,
    thinned,
)

SomeRows = Callable[..., list[MetricsRow]]
AssertSame = Callable[..., None]

FIGURES = st.floats()
OPTIONAL_FIGURES = st.none() | FIGURES


@st.composite
def tables(draw: st.DrawFn, most: int = 12) -> list[MetricsRow]:
    """Rows as they follow each other, with figures of any kind."""
    rows, batch = [], 0
    for _ in range(draw(st.integers(0, most))):
        batch += (own := draw(st.integers(0, 10**9)))
        places = (draw(st.integers(1, 10**5)), draw(st.integers(1, 10**9)))
        losses = (draw(OPTIONAL_FIGURES), draw(FIGURES), draw(OPTIONAL_FIGURES))
        measured = draw(st.tuples(FIGURES, FIGURES, FIGURES))
        rows.append(MetricsRow(batch, own, *places, *losses, *measured))
    return rows


@given(parts=st.lists(tables(most=5), max_size=4))
def test_rows_come_back_exactly_and_reading_goes_on_where_it_left_off(
    tmp_path_factory: pytest.TempPathFactory,
    assert_same: AssertSame,
    parts: list[list[MetricsRow]],
) -> None:
    file = tmp_path_factory.mktemp("run") / "metrics.csv"
    writer, offset = MetricsWriter(FolderFile.at(file)), 0
    for rows in parts:
        writer.append(rows)
        read = read_metrics(FolderFile.at(file), offset)
        assert_same(read.rows, rows)
        assert (read.dropped, read.anew) == (0, False)
        offset = read.next_offset
    assert_same(
        read_metrics(FolderFile.at(file)).rows, [row for rows in parts for row in rows]
    )


def test_any_finite_figure_is_read_as_python_reads_it(
    file: Path, assert_same: AssertSame
) -> None:
    """Also by the quick way, which another library than Python's own turns into numbers."""
    bits = np.random.default_rng(5).integers(2**64, size=30_000, dtype=np.uint64)
    figures = bits.view(np.float64)
    figures[::2] = np.random.default_rng(6).normal(3, 1, figures[::2].size)  # as losses are
    figures = figures[np.isfinite(figures)]
    fives = figures[: figures.size // 5 * 5].reshape(-1, 5).tolist()
    rows = [MetricsRow(2**52 + 1, 1, 1, 2**40, None, *five) for five in fives]
    MetricsWriter(FolderFile.at(file)).append(rows)
    assert_same(read_metrics(FolderFile.at(file)).rows, rows)


def test_the_file_is_a_plain_csv_whose_rows_end_in_their_checksum(
    file: Path, some_rows: SomeRows
) -> None:
    rows = some_rows(9)
    MetricsWriter(FolderFile.at(file)).append(rows)
    text = file.read_bytes().decode("ascii")
    assert "\r" not in text
    assert text.endswith("\n")
    lines = text.splitlines()
    assert lines[0] == (
        "batch,batches_in_row,epoch,batch_in_epoch,training_cross_entropy,"
        "epoch_cross_entropy,validation_cross_entropy,learning_rate,examples_per_second,"
        "elapsed_seconds,check"
    )
    for line in lines[1:]:
        body, _, check = line.rpartition(",")
        assert int(check) == zlib.crc32(body.encode())
    entries = list(csv.DictReader(lines))
    for entry, row in zip(entries, rows, strict=True):
        figure = entry["validation_cross_entropy"]
        assert (float(figure) if figure else None) == row.validation_cross_entropy
        assert float(entry["training_cross_entropy"]) == row.training_cross_entropy
    assert [bool(entry["validation_cross_entropy"]) for entry in entries] == 8 * [False] + [
        True
    ]


def test_losses_that_are_not_finite_are_written_as_nan_and_inf(some_rows: SomeRows) -> None:
    row = some_rows(1)[0]._replace(
        training_cross_entropy=np.float64("nan"), epoch_cross_entropy=-np.inf
    )
    assert row_text(row).split(",")[4:7] == ["nan", "-inf", ""]


def test_a_long_file_is_read_in_parts_that_join_up(
    file: Path, some_rows: SomeRows, assert_same: AssertSame
) -> None:
    rows = some_rows(25_000)
    MetricsWriter(FolderFile.at(file)).append(rows)
    parts = list(metrics_parts(FolderFile.at(file)))
    assert len(parts) > 2
    assert not any(part.anew or part.dropped for part in parts)
    assert_same(np.concatenate([part.rows for part in parts]), rows)
    assert_same(read_metrics(FolderFile.at(file)).rows, rows)
    away_from_a_line = parts[-1].next_offset - 5
    assert [part.anew for part in metrics_parts(FolderFile.at(file), away_from_a_line)] == [
        True,
        *[False] * (len(parts) - 1),
    ]


def test_a_reader_beside_the_writer_gets_each_row_once(
    file: Path, some_rows: SomeRows, assert_same: AssertSame
) -> None:
    rows = some_rows(600)
    writer = MetricsWriter(FolderFile.at(file))
    thread = threading.Thread(target=lambda: [writer.append([row]) for row in rows])
    thread.start()
    parts, offset, is_alive = [], 0, True
    while is_alive:
        is_alive = thread.is_alive()  # asked before the last look
        read = read_metrics(FolderFile.at(file), offset)
        assert (read.dropped, read.anew) == (0, False)
        parts.append(read.rows)
        offset = read.next_offset
    assert_same(np.concatenate(parts), rows)


def test_a_missing_file_has_no_rows(tmp_path: Path) -> None:
    read = read_metrics(FolderFile.at(tmp_path / "nowhere" / "metrics.csv"), 77)
    assert read.rows.shape == (0, 10)
    assert (read.next_offset, read.dropped, read.anew) == (77, 0, False)


def test_what_is_not_a_file_is_named_in_a_sentence(
    tmp_path: Path, some_rows: SomeRows
) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(RunError, match=f"cannot read {path}: it is not a regular file"):
            read_metrics(FolderFile.at(path))
    with pytest.raises(RunError, match=f"cannot write {tmp_path}: "):
        MetricsWriter(FolderFile.at(tmp_path)).append(some_rows(1))


@given(tables())
def test_putting_rows_together_loses_no_validation_and_no_mini_batch(
    rows: list[MetricsRow],
) -> None:
    def validations(table: list[MetricsRow]) -> list[tuple[int, str]]:
        figures = [(row.batch, row.validation_cross_entropy) for row in table]
        return [(batch, repr(figure)) for batch, figure in figures if figure is not None]

    fewer = thinned(rows)
    assert sum(row.batches_in_row for row in fewer) == sum(row.batches_in_row for row in rows)
    assert validations(fewer) == validations(rows)
    assert len(fewer) <= len(rows) // 2 + len(validations(rows)) // 2 + 1
