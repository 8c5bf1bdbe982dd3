"""A `.mat` file in the form of Hinton's assignment.

A struct `data` with `trainData`, `validData` and `testData`, (D + 1, rows) word ids from 1,
and a cell array `vocab` of V words, in the struct or beside it. Files of MATLAB 5 to 7.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from wordnet_tui.core.data.dataset import CorpusReport, smallest_unsigned
from wordnet_tui.core.data.files import three_parts, unreadable
from wordnet_tui.core.data.readers.matlab_guard import (
    LARGEST_FILE,
    UnsoundFileError,
    sound_variables,
)
from wordnet_tui.core.data.readers.ngram_folder import LARGEST_VOCABULARY
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import DataError, VocabularyError, printable
from wordnet_tui.core.regular_file import read_regular

FIELDS = ("trainData", "validData", "testData")

_HDF5 = b"\x89HDF\r\n\x1a\n"  # where a MATLAB 7.3 file begins, or after 512 bytes


def build_from_matlab(path: Path, work: Path) -> tuple[Vocabulary, CorpusReport]:
    """Write the windows of such a file into three files, ids from 0, in the file's order.

    Args:
        path: What to read.
        work: Where to write.

    Raises:
        DataError: The file cannot be read or is not of this form.
        VocabularyError: The list of words has a repeated or empty word.
    """
    source = printable(str(path))
    contents = _read(path)
    vocabulary = _vocabulary(contents["vocab"], source)
    size = len(vocabulary)
    tables = [_ids(contents[field], f"{source}: {field}", size) for field in FIELDS]
    columns = tables[0].shape[1]
    for field, rows in zip(FIELDS, tables, strict=True):
        if rows.shape[1] != columns:
            raise DataError(
                f"{source}: {field} has {rows.shape[1]} numbers a window, "
                f"{FIELDS[0]} has {columns}"
            )
    counts = np.zeros(size, np.int64)
    with three_parts(work, columns, smallest_unsigned(size)) as parts:
        for rows, part in zip(tables, parts, strict=True):
            part.append(rows)
            counts += np.bincount(rows[:, -1], minlength=size)
    return vocabulary, CorpusReport(word_counts=counts)


def _read(path: Path) -> dict[str, Any]:
    """The arrays of the file by name, checked only to be there."""
    source = printable(str(path))
    try:
        content = read_regular(path, LARGEST_FILE)
    except OSError as error:
        raise unreadable(path, error) from error
    if not content:
        raise DataError(f"{source} is empty; it must be a MATLAB file")
    if content.startswith(_HDF5) or content[512:520] == _HDF5:
        raise DataError(f"{source} is a MATLAB 7.3 (HDF5) file; save it with the option -v7")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # scipy warns of what it does not understand
            # Any: the stubs of scipy do not know that a file-like object will do.
            sound: Any = io.BytesIO(sound_variables(content, ("data", "vocab")))
            variables = loadmat(sound)
    except UnsoundFileError as error:
        raise DataError(
            f"{source} is damaged or not a MATLAB file of version 5 to 7: {error}"
        ) from error
    except (MatReadError, TypeError, ValueError, Warning) as error:
        raise DataError(
            f"{source} is damaged: its variables data and vocab cannot be read"
        ) from error
    data = variables.get("data")
    if data is None or data.dtype.names is None or data.size != 1:
        raise DataError(
            f"{source} has no struct data; expected are data.{', data.'.join(FIELDS)} "
            "and a cell array vocab"
        )
    fields = data.reshape(-1)[0]
    contents = {name: fields[name] for name in data.dtype.names}
    if "vocab" not in contents and "vocab" in variables:
        contents["vocab"] = variables["vocab"]
    for name in (*FIELDS, "vocab"):
        if not isinstance(contents.get(name), np.ndarray):
            raise DataError(
                f"{source} has no {name}; expected are data.{', data.'.join(FIELDS)} "
                "and a cell array vocab"
            )
    return contents


def _vocabulary(cells: npt.NDArray[Any], source: str) -> Vocabulary:
    if cells.dtype != object:
        raise DataError(f"{source}: vocab must be a cell array of words")
    words: list[str] = []
    for cell in cells.reshape(-1):
        if not isinstance(cell, np.ndarray) or cell.dtype.kind != "U" or cell.size > 1:
            raise DataError(f"{source}: word {len(words) + 1} of vocab is no word")
        words.append(str(cell.reshape(-1)[0]) if cell.size else "")
    if not 2 <= len(words) <= LARGEST_VOCABULARY:
        raise VocabularyError(
            f"{source}: vocab holds {len(words):,} words; "
            f"a vocabulary has from 2 to {LARGEST_VOCABULARY:,}"
        )
    try:
        return Vocabulary(words)
    except VocabularyError as error:
        raise VocabularyError(f"{source}: {error}") from None


def _ids(table: npt.NDArray[Any], where: str, vocabulary_size: int) -> npt.NDArray[np.uint16]:
    """(rows, D + 1) ids from 0, of a (D + 1, rows) table of ids from 1."""
    if table.dtype.kind not in "iuf":
        raise DataError(f"{where} must hold numbers")
    if table.ndim != 2 or not 2 <= table.shape[0] <= 9 or table.shape[1] == 0:
        shape = " x ".join(map(str, table.shape))
        raise DataError(
            f"{where} is {shape}; it must be (D + 1) x rows, with D from 1 to 8 context words"
        )
    if not np.isfinite(table).all():
        raise DataError(f"{where} has a number that is not finite")
    wrong = table[(table < 1) | (table > vocabulary_size) | (table != np.floor(table))]
    if wrong.size:
        raise DataError(
            f"{where} has {wrong[0]:g} where a word id must be, "
            f"a whole number from 1 to {vocabulary_size}"
        )
    return (table.T - 1).astype(np.uint16)
