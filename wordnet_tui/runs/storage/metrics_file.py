"""The curves of a run as a table that any tool reads: `metrics.csv`.

    batch,batches_in_row,...,elapsed_seconds,check
    180,9,1,180,3.9281...,4.0102...,,0.1,21408.3,1.702,1748205631

A plain CSV with a heading, commas and newlines. Figures are written as Python writes them, so
they come back exactly; a figure that is not there is an empty field, one that is not finite
`nan`, `inf` or `-inf`. `check` is the CRC-32, in decimal, of the row's text before its last
comma. A row that does not agree with its check is dropped and counted, never believed.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic_core import from_json

from wordnet_tui.core.errors import RunError
from wordnet_tui.core.formats.folder_file import FolderFile
from wordnet_tui.runs.storage.line_files import append_lines, cut_lines, line_blocks
from wordnet_tui.runs.storage.metrics import MetricsRow

HEADING = ",".join((*MetricsRow._fields, "check"))
MOST_WAITING = 1 << 15
"""Rows that wait for room on the disk before they are put together in pairs."""

FIRST_STRIDE = 1 << 16
"""Bytes; the rows of about a minute."""
GROWTH = 4

_COLUMNS = len(MetricsRow._fields)
_BATCH = MetricsRow._fields.index("batch")

Table = npt.NDArray[np.float64]
"""(n, 10) the fields of `MetricsRow` in its order; NaN where there is no figure."""


class MetricsRead(NamedTuple):
    """What a file held from an offset on."""

    rows: Table
    """In the order of the file."""
    next_offset: int
    """Where to read on, in bytes."""
    dropped: int
    """Damaged lines that were passed over."""
    anew: bool
    """The offset did not fit the file any more, so `rows` are those from its start."""


class MetricsWriter:
    """Appends rows to a file; used by one thread.

    Args:
        file: Made at the first row, in a folder that exists.
    """

    def __init__(self, file: FolderFile) -> None:
        self._file = file
        self._waiting: list[MetricsRow] = []
        self._cut_wanted: int | None = None

    def append(self, rows: Sequence[MetricsRow]) -> None:
        """Write rows, and before them those that could not be written so far.

        Raises:
            RunError: Some could not be written. They wait, and are written by a later call,
                which may have no rows of its own.
        """
        self._waiting += rows
        if len(self._waiting) > MOST_WAITING:
            self._waiting = thinned(self._waiting)[-MOST_WAITING:]
        if self._cut_wanted is not None:
            self.cut_after(self._cut_wanted)
        if not self._waiting:
            return
        appended = append_lines(self._file, map(row_text, self._waiting), HEADING)
        del self._waiting[: appended.lines]
        if appended.problem:
            raise RunError(appended.problem)

    def cut_after(self, batch: int) -> None:
        """Take away the rows beyond a mini-batch, which will be trained once more.

        To be called before the first `append` of a run that is continued.

        Raises:
            RunError: It was not possible; the next `append` does it first.
        """

        def is_beyond(line: bytes) -> bool | None:
            row = _sound_row(line)
            return None if row is None else row[_BATCH] > batch

        self._cut_wanted = batch
        cut_lines(self._file, is_beyond)
        self._cut_wanted = None


def row_text(row: MetricsRow) -> str:
    """The row as a line of the file, its check included."""
    whole = [repr(int(value)) for value in row[:4]]
    figures = ["" if value is None else repr(float(value)) for value in row[4:]]
    text = ",".join(whole + figures)
    return f"{text},{zlib.crc32(text.encode('ascii'))}"


def thinned(rows: Sequence[MetricsRow]) -> list[MetricsRow]:
    """The same mini-batches in about half the rows; no validation is lost."""
    thin: list[MetricsRow] = []
    earlier: MetricsRow | None = None
    for row in rows:
        if earlier is None:
            thin.append(row)
            earlier = row if row.validation_cross_entropy is None else None
        else:
            thin[-1] = _put_together(earlier, row)
            earlier = None
    return thin


def _put_together(earlier: MetricsRow, later: MetricsRow) -> MetricsRow:
    batches = earlier.batches_in_row + later.batches_in_row
    losses = sum(
        row.batches_in_row * row.training_cross_entropy
        for row in (earlier, later)
        if row.training_cross_entropy is not None
    )
    mean = losses / batches if batches else None
    return later._replace(batches_in_row=batches, training_cross_entropy=mean)


def read_metrics(file: FolderFile, offset: int = 0) -> MetricsRead:
    """All sound rows from an offset on; none if the file is missing.

    Args:
        file: The file.
        offset: 0, or the `next_offset` of an earlier reading.

    Raises:
        RunError: The file is there and cannot be read.
    """
    parts = list(metrics_parts(file, offset))
    if len(parts) == 1:
        return parts[0]
    return MetricsRead(
        np.concatenate([part.rows for part in parts]) if parts else _table([]),
        parts[-1].next_offset if parts else offset,
        sum(part.dropped for part in parts),
        any(part.anew for part in parts),
    )


def metrics_parts(file: FolderFile, offset: int = 0) -> Iterator[MetricsRead]:
    """The same in parts of about ten thousand rows, for those who need not hold all at once.

    Raises:
        RunError: As `read_metrics`.
    """
    for block in line_blocks(file, offset):
        lines = block.lines
        if block.start == 0 and lines and lines[0] == HEADING.encode():
            lines = lines[1:]
        rows = _rows_if_all_sound(lines)
        if rows is None:
            rows = _table([row for row in map(_sound_row, lines) if row is not None])
        yield MetricsRead(rows, block.end, len(lines) - len(rows), block.start < offset)
        offset = block.end


def offset_beyond(file: FolderFile, batch: int, first_stride: int = FIRST_STRIDE) -> int:
    """Where a line begins, not far before the first row beyond a mini-batch; 0 if in doubt.

    Args:
        file: The file.
        batch: What is known already.
        first_stride: Bytes from the end to begin with.
    """
    if batch <= 0:
        return 0
    try:
        stamp = file.stamp()
        size = stamp.size if stamp else 0
        stride = first_stride
        while stride < size:
            offset = _next_line(file, size - stride)
            if offset and _begins_known(file, offset, batch):
                return offset
            stride *= GROWTH
    except (OSError, RunError):  # who reads on from 0 finds out why
        pass
    return 0


def _next_line(source: FolderFile, offset: int) -> int:
    """Where the first line that begins behind `offset` does; 0 if there is none."""
    with source.open() as file:
        file.seek(offset)
        line = file.readline()
        return file.tell() if line.endswith(b"\n") else 0


def _begins_known(file: FolderFile, offset: int, batch: int) -> bool:
    """Whether the first sound row from `offset` on is not beyond `batch`."""
    for part in metrics_parts(file, offset):
        if part.anew:
            return False
        if len(part.rows):
            return bool(part.rows[0, _BATCH] <= batch)
    return False


def _rows_if_all_sound(lines: list[bytes]) -> Table | None:
    """All rows, quickly; None unless each line is sound and all its figures are finite.

    Such lines in brackets are a list in JSON, which pydantic reads several times as fast as
    NumPy reads CSV. What comes out is compared with the checks, so nothing else need be.
    """
    text = b"[" + b",".join(lines).replace(b",,", b",NaN,") + b"]"
    try:
        figures = from_json(text)
        if len(figures) != len(lines) * (_COLUMNS + 1):
            return None
        table = np.fromiter(figures, np.float64, len(figures)).reshape(-1, _COLUMNS + 1)
    except (ValueError, TypeError, OverflowError):  # all kinds of what is not such a list
        return None
    checks = [zlib.crc32(line.rpartition(b",")[0]) for line in lines]
    return table[:, :_COLUMNS] if (table[:, _COLUMNS] == checks).all() else None


def _sound_row(line: bytes) -> list[float] | None:
    """The figures of a line; None if it is damaged."""
    text, _, check = line.rpartition(b",")
    try:
        if int(check) != zlib.crc32(text):
            return None
        row = [float(field) if field else math.nan for field in text.split(b",")]
    except ValueError:
        return None
    return row if len(row) == _COLUMNS else None


def _table(rows: list[list[float]]) -> Table:
    figures = np.fromiter(chain.from_iterable(rows), np.float64, len(rows) * _COLUMNS)
    return figures.reshape(-1, _COLUMNS)
