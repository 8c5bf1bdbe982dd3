"""What the readers share: how far they are, what cannot be read, and where windows go.

The windows of a corpus are three `.npy` files that grow block by block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.errors import DataError, cannot

Progress = Callable[[str, float | None], None]
"""Called now and then with what is being done and the share done, 0 to 1, or None."""

PART_NAMES = ("training", "validation", "test")


class GrowingArray:
    """A `.npy` file of rows, appended to without being held in memory.

    Args:
        file: An empty file, open for writing.
        columns: Numbers in a row.
        dtype: Type of the numbers on disk.
    """

    def __init__(self, file: BinaryIO, columns: int, dtype: np.dtype[np.unsignedinteger]):
        self._file = file
        self._columns = columns
        self._dtype = dtype
        self.rows = 0
        self._write_header()

    def append(self, rows: npt.NDArray[np.integer]) -> None:
        """Add `rows`, (any, columns), whose numbers must fit the type on disk."""
        self._file.write(np.ascontiguousarray(rows, dtype=self._dtype).data)
        self.rows += len(rows)

    def finish(self) -> None:
        """Say in the header how many rows there are."""
        self._file.seek(0)
        self._write_header()

    def _write_header(self) -> None:
        # NumPy pads the header so that the first axis may grow without moving the data.
        header = np.lib.format.header_data_from_array_1_0(np.empty((0, 0), self._dtype))
        header["shape"] = (self.rows, self._columns)
        np.lib.format.write_array_header_1_0(self._file, header)


@contextmanager
def three_parts(
    folder: Path, columns: int, dtype: np.dtype[np.unsignedinteger]
) -> Iterator[tuple[GrowingArray, GrowingArray, GrowingArray]]:
    """Open `training.npy`, `validation.npy` and `test.npy` in `folder` to be written."""
    with ExitStack() as files:
        training, validation, test = (
            GrowingArray(
                files.enter_context(part_file(folder, name).open("wb")), columns, dtype
            )
            for name in PART_NAMES
        )
        yield training, validation, test
        for part in (training, validation, test):
            part.finish()


def part_file(folder: Path, name: str) -> Path:
    """The file of one part, or of the word counts, in a dataset's folder."""
    return folder / f"{name}.npy"


def ignore(_doing: str, _share: float | None) -> None:
    """The `Progress` of who does not want to know."""


def size_of(path: Path) -> int:
    """Bytes in a file.

    Raises:
        DataError: It is not there or cannot be read.
    """
    try:
        return path.stat().st_size
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> DataError:
    """The sentence for a file that the system does not let us read."""
    return DataError(cannot("read", path, error))


def make_way(folder: Path, work: Path) -> None:
    """Free the name of a folder: one that has it is moved into `work`, anything else deleted.

    Raises:
        OSError: The system does not let us.
    """
    if folder.is_dir() and not folder.is_symlink():
        folder.rename(work / "replaced")
    else:  # such as a pipe, which would be waited for when `work` is deleted
        folder.unlink(missing_ok=True)
