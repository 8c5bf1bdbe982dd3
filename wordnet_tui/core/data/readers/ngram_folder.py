"""The original's layout: a folder of comma-separated word ids and a list of words.

    train_data.csv  valid_data.csv  test_data.csv    w1,...,wD,w(D+1): ids from 1
    vocab.txt                                        line k is the word of id k
    vocab_ordered.txt                                may be absent: the order to show words in

Lines end with LF or CRLF, the last may lack its end. NumPy reads a well-formed block of a file
in one go; only one that is not is checked line by line, to say what is wrong with it.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.data.dataset import CorpusReport, smallest_unsigned
from wordnet_tui.core.data.files import Progress, ignore, size_of, three_parts, unreadable
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import DataError, VocabularyError, printable
from wordnet_tui.core.regular_file import open_regular, read_regular

CSV_NAMES = ("train_data.csv", "valid_data.csv", "test_data.csv")
VOCABULARY_NAME = "vocab.txt"
ORDER_NAME = "vocab_ordered.txt"

LARGEST_VOCABULARY = 65_000
_LARGEST_LIST = 2**26  # bytes of a list of words: a thousand a word
BLOCK = 2**24  # bytes
_LONGEST_LINE = 2**16  # bytes
_LONGEST_ID = 5  # digits, as in 65000


def folder_files(folder: Path) -> list[Path]:
    """The files of such a folder that decide what is read.

    Raises:
        DataError: One of those that must be there is not.
    """
    needed = [folder / name for name in (*CSV_NAMES, VOCABULARY_NAME)]
    for path in needed:
        if not path.exists():
            raise DataError(
                f"{printable(str(folder))} has no {path.name}; the original's layout is "
                f"{', '.join(CSV_NAMES)} and {VOCABULARY_NAME}"
            )
    order = folder / ORDER_NAME
    return [*needed, order] if order.is_file() else needed


def read_vocabulary(path: Path) -> Vocabulary:
    """The words of a `vocab.txt`, one a line.

    A `vocab_ordered.txt` beside it gives the order in which they are shown.

    Raises:
        DataError: A file cannot be read.
        VocabularyError: A word is repeated, empty or holds a blank; the order has other words;
            a file is not UTF-8 or starts with a byte order mark; fewer than 2 words or more
            than 65,000.
    """
    words = _read_words(path)
    order = path.with_name(ORDER_NAME)
    shown = _read_words(order) if order.is_file() else None
    if not 2 <= len(words) <= LARGEST_VOCABULARY:
        raise VocabularyError(
            f"{printable(str(path))} holds {len(words):,} words; "
            f"a vocabulary has from 2 to {LARGEST_VOCABULARY:,}"
        )
    try:
        vocabulary = Vocabulary(words)
    except VocabularyError as error:
        raise VocabularyError(f"{printable(str(path))}: {error}") from None
    try:
        return Vocabulary(words, shown)
    except VocabularyError:
        raise VocabularyError(
            f"{printable(str(order))} must hold the same {len(vocabulary)} words as "
            f"{VOCABULARY_NAME}, in another order"
        ) from None


def build_from_folder(
    folder: Path, work: Path, on_progress: Progress = ignore
) -> tuple[Vocabulary, CorpusReport]:
    """Write the windows of such a folder into three files, ids from 0, in the files' order.

    Args:
        folder: What to read.
        work: Where to write.
        on_progress: Called with the share of the bytes read.

    Raises:
        DataError: A file cannot be read or is malformed.
        VocabularyError: The list of words is malformed.
    """
    vocabulary = read_vocabulary(folder / VOCABULARY_NAME)
    size = len(vocabulary)
    counts = np.zeros(size, np.int64)
    files = [folder / name for name in CSV_NAMES]
    total = sum(map(size_of, files)) or 1
    done = 0
    columns = _column_count(files[0])
    with three_parts(work, columns, smallest_unsigned(size)) as parts:
        for path, part in zip(files, parts, strict=True):
            for rows, length in _read_rows(path, columns, size):
                part.append(rows)
                counts += np.bincount(rows[:, -1], minlength=size)
                done += length
                on_progress("reading the rows", done / total)
            if not part.rows:
                raise DataError(
                    f"{printable(str(path))} is empty; it must hold rows of word ids"
                )
    return vocabulary, CorpusReport(word_counts=counts)


def _read_words(path: Path) -> list[str]:
    try:
        content = read_regular(path, _LARGEST_LIST)
    except OSError as error:
        raise unreadable(path, error) from error
    name = printable(str(path))
    if content.startswith(codecs.BOM_UTF8):
        raise VocabularyError(f"{name} starts with a byte order mark; save it without one")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise VocabularyError(f"{name}, line {line} is not UTF-8 text") from None
    lines = text.split("\n")
    return [line.removesuffix("\r") for line in (lines if lines[-1] else lines[:-1])]


def _column_count(path: Path) -> int:
    """Columns of the first row, which must be from 2 to 9."""
    try:
        with open_regular(path) as file:
            first = file.readline(200)
    except OSError as error:
        raise unreadable(path, error) from error
    columns = first.count(b",") + 1
    if first and not 2 <= columns <= 9:
        raise DataError(
            f"{printable(str(path))}, line 1 has {columns} columns; "
            "a row has from 2 to 9 (1 to 8 context words and the word to predict)"
        )
    return columns


def _read_rows(
    path: Path, columns: int, vocabulary_size: int
) -> Iterator[tuple[npt.NDArray[np.intp], int]]:
    """Blocks of rows, (any, columns) ids from 0, with the bytes that each was read from."""
    line = 1  # of the first row in the block
    try:
        with open_regular(path) as file:
            while block := file.read(BLOCK):
                if not block.endswith(b"\n"):
                    block += file.readline(_LONGEST_LINE)
                rows = _parse(block, columns)
                if rows is None or rows.min() < 1 or rows.max() > vocabulary_size:
                    rows = _parse_by_line(block, columns, vocabulary_size, path, line)
                yield rows - 1, len(block)
                line += len(rows)
    except OSError as error:
        raise unreadable(path, error) from error


def _parse(block: bytes, columns: int) -> npt.NDArray[np.intp] | None:
    """(rows, columns) numbers, or None if the block is not made of such rows."""
    block = block.replace(b"\r\n", b"\n")
    if not block.endswith(b"\n"):
        block += b"\n"
    if block.translate(None, b"0123456789,\n"):
        return None
    characters = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(characters < ord("0"))  # of numbers: where a comma or line end is
    if len(ends) % columns:
        return None
    at_line_end = (characters[ends] == ord("\n")).reshape(-1, columns)
    lengths = np.diff(ends, prepend=-1) - 1
    if at_line_end[:, :-1].any() or not at_line_end[:, -1].all():
        return None
    if lengths.min() < 1 or lengths.max() > _LONGEST_ID:
        return None
    digits = characters - ord("0")
    numbers = digits[ends - 1].astype(np.intp)
    for place in range(1, int(lengths.max())):
        longer = np.flatnonzero(lengths > place)
        numbers[longer] += digits[ends[longer] - 1 - place] * np.intp(10**place)
    return numbers.reshape(-1, columns)


def _parse_by_line(
    block: bytes, columns: int, vocabulary_size: int, path: Path, line: int
) -> npt.NDArray[np.intp]:
    """As `_parse`, slowly, allowing blanks around numbers; says what is wrong and where."""
    rows = []
    for number, text in enumerate(block.removesuffix(b"\n").split(b"\n"), line):
        where = f"{printable(str(path))}, line {number:,}"
        if number == 1 and text.startswith(codecs.BOM_UTF8):
            raise DataError(f"{where} starts with a byte order mark; save it without one")
        fields = [field.strip() for field in text.split(b",")]
        if len(fields) != columns:
            raise DataError(f"{where} has {len(fields)} columns instead of {columns}")
        for field in fields:
            if not field.isdigit() or not 1 <= int(field[:20]) <= vocabulary_size:
                shown = printable(field[:20].decode("utf-8", "backslashreplace"))
                raise DataError(
                    f'{where} has "{shown}" where a word id must be, '
                    f"a whole number from 1 to {vocabulary_size}"
                )
        rows.append([int(field) for field in fields])
    return np.array(rows, np.intp)
