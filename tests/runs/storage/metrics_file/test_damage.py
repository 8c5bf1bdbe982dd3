from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.errors import RunError
from wordnet_tui.core.formats.folder_file import FolderFile
from wordnet_tui.runs.storage.metrics import MetricsRow
from wordnet_tui.runs.storage.metrics_file import (
    HEADING,
    MetricsWriter,
    read_metrics,
    row_text,
)

SomeRows = Callable[..., list[MetricsRow]]
AssertSame = Callable[..., None]
Written = tuple[list[MetricsRow], bytes]


@pytest.fixture(scope="module", params=["quick", "slow"])
def written(request: pytest.FixtureRequest, some_rows: SomeRows) -> Written:
    """Rows; where one is not finite, all are read in the slow way."""
    rows = some_rows(5, first=6)
    if request.param == "slow":
        rows[3] = rows[3]._replace(epoch_cross_entropy=np.inf, training_cross_entropy=None)
    return rows, "".join(f"{line}\n" for line in [HEADING, *map(row_text, rows)]).encode()


def put_in() -> st.SearchStrategy[bytes]:
    return st.binary(max_size=3) | st.text("0123456789,.e-\n []", max_size=3).map(str.encode)


@given(data=st.data())
def test_a_damaged_file_gives_only_rows_that_were_written_and_in_their_order(
    tmp_path_factory: pytest.TempPathFactory,
    written: Written,
    as_table: Callable[..., Any],
    some_rows: SomeRows,
    assert_same: AssertSame,
    data: st.DataObject,
) -> None:
    """Any byte changed or cut, any stretch overwritten, left out, or put in; then it grows."""
    rows, content = written
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 3), "how often")):
        at = data.draw(st.integers(0, len(damaged)), "at")
        length = data.draw(st.sampled_from([0, 1, 1, 1, 2, 60, 300]), "bytes gone")
        damaged[at : at + length] = data.draw(put_in(), "bytes put in")
    file = tmp_path_factory.mktemp("run") / "metrics.csv"
    file.write_bytes(damaged)

    read = read_metrics(FolderFile.at(file))
    remaining = iter(as_table(rows))
    for row in read.rows:
        assert any(np.array_equal(row, other, equal_nan=True) for other in remaining)

    later = some_rows(3, first=50)
    MetricsWriter(FolderFile.at(file)).append(later)
    assert_same(read_metrics(FolderFile.at(file), read.next_offset).rows[-3:], later)


def test_every_single_damage_is_noticed_and_costs_its_own_row(
    file: Path, written: Written, damages: Callable[[bytes], Any], as_table: Callable[..., Any]
) -> None:
    rows, content = written
    last = content[: content[:-1].rindex(b"\n") + 1]
    for damaged in damages(content):
        file.write_bytes(damaged)
        read = read_metrics(FolderFile.at(file))
        if len(damaged) < len(content) - 1:  # cut: all lines before the cut are there
            whole = damaged.count(b"\n") - 1
            assert len(read.rows) == max(whole, 0)
            continue
        noticed = read.dropped or read.next_offset == len(last)
        # in "e+05", "E+05" says the same; so does a zero before a check
        assert noticed or np.array_equal(read.rows, as_table(rows), equal_nan=True)
        assert len(read.rows) >= len(rows) - 2  # a newline takes both its rows along


def test_a_torn_last_line_is_left_until_it_is_whole(
    file: Path, some_rows: SomeRows, assert_same: AssertSame
) -> None:
    MetricsWriter(FolderFile.at(file)).append(some_rows(3))
    content = file.read_bytes()
    end = content[:-1].rindex(b"\n") + 1
    for size in range(end, len(content)):
        file.write_bytes(content[:size])
        read = read_metrics(FolderFile.at(file))
        assert_same(read.rows, some_rows(2))
        assert (read.next_offset, read.dropped) == (end, 0)
    file.write_bytes(content)
    assert_same(read_metrics(FolderFile.at(file), end).rows, some_rows(1, first=3))


def test_a_reader_whose_place_is_gone_reads_anew(
    file: Path, some_rows: SomeRows, assert_same: AssertSame
) -> None:
    writer = MetricsWriter(FolderFile.at(file))
    writer.append(some_rows(9))
    offset = read_metrics(FolderFile.at(file)).next_offset
    writer.cut_after(50)
    read = read_metrics(FolderFile.at(file), offset)
    assert read.anew
    assert_same(read.rows, some_rows(5))
    writer.append(some_rows(9, first=106))  # longer lines: past the place, but not at it
    assert read_metrics(FolderFile.at(file), offset).anew
    file.write_bytes(b"")
    assert read_metrics(FolderFile.at(file), offset)[1:] == (0, 0, True)


def test_megabytes_without_a_newline_are_passed_over(
    file: Path, some_rows: SomeRows, assert_same: AssertSame
) -> None:
    MetricsWriter(FolderFile.at(file)).append(some_rows(2))
    with file.open("ab") as hole:
        hole.write(bytes(3 << 20) + b"\n")
    MetricsWriter(FolderFile.at(file)).append(some_rows(2, first=3))
    assert_same(read_metrics(FolderFile.at(file)).rows, some_rows(4))


# ---- taking back what will be trained once more


@given(count=st.integers(0, 40), batch=st.integers(0, 420), torn=st.integers(0, 50))
def test_rows_beyond_the_checkpoint_go_and_the_others_stay(
    tmp_path_factory: pytest.TempPathFactory,
    some_rows: SomeRows,
    assert_same: AssertSame,
    count: int,
    batch: int,
    torn: int,
) -> None:
    file = tmp_path_factory.mktemp("run") / "metrics.csv"
    MetricsWriter(FolderFile.at(file)).append(some_rows(count))
    if count:
        with file.open("ab") as end:
            end.write(b"9999,10,1,7,3.14159,2.71828,,0.1,21408.3,1.2"[:torn])
    kept = some_rows(min(count, batch // 10))
    writer = MetricsWriter(FolderFile.at(file))
    writer.cut_after(batch)
    assert_same(read_metrics(FolderFile.at(file)).rows, kept)
    writer.append(some_rows(2, first=90))
    assert_same(read_metrics(FolderFile.at(file)).rows, kept + some_rows(2, first=90))
    assert file.read_text("ascii").count(HEADING) == 1


def test_damaged_lines_do_not_keep_rows_beyond_the_checkpoint(
    file: Path, some_rows: SomeRows, assert_same: AssertSame
) -> None:
    MetricsWriter(FolderFile.at(file)).append(some_rows(9))
    content = file.read_bytes()
    for number in (5, 7):
        content = content.replace(b"\n%d0," % number, b"\nx0,")
    file.write_bytes(content)
    MetricsWriter(FolderFile.at(file)).cut_after(40)
    assert_same(read_metrics(FolderFile.at(file)).rows, some_rows(4))


def test_a_file_in_which_no_row_is_sound_is_not_cut(file: Path) -> None:
    content = f"{HEADING}\n1;2;3\n4;5;6\n"
    file.write_text(content)
    MetricsWriter(FolderFile.at(file)).cut_after(0)
    assert file.read_text() == content


def test_a_cut_that_fails_is_made_up_for_before_the_next_row(
    file: Path,
    some_rows: SomeRows,
    assert_same: AssertSame,
    read_only: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    MetricsWriter(FolderFile.at(file)).append(some_rows(9))
    writer = MetricsWriter(FolderFile.at(file))
    read_only()
    for act in (lambda: writer.cut_after(40), lambda: writer.append(some_rows(1, first=5))):
        with pytest.raises(RunError, match=r"metrics\.csv: Read-only file system"):
            act()
    monkeypatch.undo()
    writer.append(some_rows(1, first=6))
    assert_same(read_metrics(FolderFile.at(file)).rows, some_rows(6))
