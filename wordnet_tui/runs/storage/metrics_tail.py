"""Where in a file of metrics the rows beyond a mini-batch begin.

The rows are in order, and those that a watcher lacks are the last ones: it goes back from the
end in growing strides until a stride begins with a row that it knows. So nothing depends on
how long the file is.
"""

from __future__ import annotations

from pathlib import Path

from wordnet_tui.core.errors import RunError
from wordnet_tui.runs.storage.metrics import MetricsRow
from wordnet_tui.runs.storage.metrics_file import metrics_parts

FIRST_STRIDE = 1 << 16
"""Bytes; the rows of about a minute."""
GROWTH = 4

_BATCH = MetricsRow._fields.index("batch")


def offset_beyond(path: Path, batch: int, first_stride: int = FIRST_STRIDE) -> int:
    """Where a line begins, not far before the first row beyond a mini-batch; 0 if in doubt.

    Args:
        path: The file.
        batch: What is known already.
        first_stride: Bytes from the end to begin with.
    """
    if batch <= 0:
        return 0
    try:
        size = path.stat().st_size
        stride = first_stride
        while stride < size:
            offset = _next_line(path, size - stride)
            if offset and _begins_known(path, offset, batch):
                return offset
            stride *= GROWTH
    except (OSError, RunError):  # who reads on from 0 finds out why
        pass
    return 0


def _next_line(path: Path, offset: int) -> int:
    """Where the first line that begins behind `offset` does; 0 if there is none."""
    with path.open("rb") as file:
        file.seek(offset)
        line = file.readline()
        return file.tell() if line.endswith(b"\n") else 0


def _begins_known(path: Path, offset: int, batch: int) -> bool:
    """Whether the first sound row from `offset` on is not beyond `batch`."""
    for part in metrics_parts(path, offset):
        if part.anew:
            return False
        if len(part.rows):
            return bool(part.rows[0, _BATCH] <= batch)
    return False
