"""A text of any length to windows, in two passes and bounded memory.

A line is a sentence (LF or CRLF ends it), tokens are those of `tokenizer`. The first pass
(`word_stream`) turns them into numbers on disk, the second turns the numbers into windows.
What is held in memory: one block of text and its chunks, at most `MOST_CHUNKS` remembered
chunks and `MOST_WORDS` words, one stretch of numbers and its windows. All else is in files.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.data.dataset import CorpusReport, smallest_unsigned
from wordnet_tui.core.data.files import (
    GrowingArray,
    Progress,
    ignore,
    size_of,
    three_parts,
    unreadable,
)
from wordnet_tui.core.data.readers.word_stream import WordStream, most_frequent, word_table
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import DataError, printable
from wordnet_tui.core.regular_file import open_regular

BLOCK = 2**16  # bytes; the chunks of a larger one would not stay in the processor's cache
_LONGEST_CHUNK = 2**22  # bytes without a blank; longer is no text
CHUNK = 2**19  # numbers read at a time

# Of ten sentences in a row, eight are for training, one for validation and one for test.
_OF_TEN = np.array([0, 0, 0, 0, 0, 0, 0, 0, 1, 2], np.uint8)

Codes = npt.NDArray[np.uint16]
"""Word ids, V for a word outside the vocabulary, V + 1 for the end of a sentence."""


@dataclass(frozen=True)
class TextSettings:
    """How a text becomes windows.

    Attributes:
        context_size: D.
        vocabulary: The words to use, or how many of the most frequent to use.
        seed: Decides which sentences go into which part.
    """

    context_size: int
    vocabulary: Vocabulary | int
    seed: int


def text_blocks(files: Sequence[Path], on_progress: Progress = ignore) -> Iterator[bytes]:
    """The texts of several files, each ending a sentence, in blocks that end at a blank.

    Raises:
        DataError: A file cannot be read, or holds 4 MiB without a blank.
    """
    total = sum(map(size_of, files)) or 1
    done = 0
    for path in files:
        try:
            with open_regular(path) as file:
                rest = file.read(len(codecs.BOM_UTF8)).removeprefix(codecs.BOM_UTF8)
                while block := file.read(BLOCK):
                    done += len(block)
                    on_progress("reading the text", min(1.0, done / total))
                    rest += block
                    cut = max(rest.rfind(b"\n"), rest.rfind(b" ")) + 1
                    if cut:
                        yield rest[:cut]
                    elif len(rest) > _LONGEST_CHUNK:
                        raise DataError(
                            f"{printable(str(path))} is no text: it holds "
                            f"{_LONGEST_CHUNK >> 20} MiB without a blank"
                        )
                    rest = rest[cut:]
        except OSError as error:
            raise unreadable(path, error) from error
        yield rest + b"\n"


def check_utf8(path: Path) -> None:
    """Say where a file is not UTF-8, or holds a zero byte, which no text does.

    Raises:
        DataError: It is so; names line and byte (both from 1).
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, offset = 1, 0
    with open_regular(path) as file:
        while True:
            block = file.read(BLOCK)
            pending = decoder.getstate()[0]
            wrong = block.index(0) if 0 in block else None
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                wrong = error.start - len(pending)
            if wrong is not None:
                line += block.count(b"\n", 0, max(0, wrong))
                raise DataError(
                    f"{printable(str(path))} is not UTF-8 text: line {line:,} cannot be read, "
                    f"from byte {offset + wrong + 1:,} of the file on"
                )
            if not block:
                return
            line += block.count(b"\n")
            offset += len(block)


def build_from_files(
    files: Sequence[Path],
    folder: Path,
    name: str,
    settings: TextSettings,
    on_progress: Progress = ignore,
) -> tuple[Vocabulary, CorpusReport]:
    """As `build_from_blocks`, from text files.

    Raises:
        DataError: Also if a file cannot be read or is not UTF-8.
    """
    blocks = text_blocks(files, on_progress)
    try:
        return build_from_blocks(blocks, folder, name, settings, on_progress)
    except UnicodeDecodeError:
        for path in files:
            check_utf8(path)
        raise


def build_from_blocks(
    blocks: Iterable[bytes],
    folder: Path,
    name: str,
    settings: TextSettings,
    on_progress: Progress = ignore,
) -> tuple[Vocabulary, CorpusReport]:
    """Write the windows of a text into three files.

    Args:
        blocks: The text, UTF-8, cut only at blanks.
        folder: Where the files go, and for a while the stream between the passes.
        name: What the text is called in errors.
        settings: How it becomes windows.
        on_progress: Called with the share of the windows written.

    Raises:
        DataError: No window, or none in one of the parts.
        UnicodeDecodeError: The text is not UTF-8.
    """
    with WordStream(folder) as stream:
        for block in blocks:
            stream.add(block)
    context_size, vocabulary = settings.context_size, settings.vocabulary
    if isinstance(vocabulary, int):
        vocabulary = Vocabulary(most_frequent(stream.runs, vocabulary))
    size = len(vocabulary)
    ids = {word: word_id for word_id, word in enumerate(vocabulary.words)}
    counts = np.zeros(size, np.int64)

    def coded_chunks() -> Iterator[Codes]:
        """The stream as codes, at most `CHUNK` at a time."""
        with stream.path.open("rb") as file:
            for run in stream.runs:
                table = word_table(run, ids, size + 1, counts)
                run.path.unlink()
                for start in range(0, run.length, CHUNK):
                    yield table[np.fromfile(file, np.uint32, min(CHUNK, run.length - start))]

    total = sum(run.length for run in stream.runs) or 1
    done = 0
    with three_parts(folder, context_size + 1, smallest_unsigned(max(size, 1))) as parts:
        splitter = Splitter(context_size, size, settings.seed, parts)
        for codes in coded_chunks():
            splitter.add(codes)
            done += len(codes)
            on_progress("making windows", done / total)
    stream.path.unlink()
    _check_rows([part.rows for part in parts], name, context_size, stream.sentences)
    report = CorpusReport(
        word_counts=counts,
        sentences=stream.sentences,
        tokens=stream.tokens,
        windows_left_out=splitter.left_out,
    )
    return vocabulary, report


def _check_rows(rows: Sequence[int], name: str, context_size: int, sentences: int) -> None:
    if not any(rows):
        raise DataError(
            f"{printable(name)} has no window of {context_size + 1} known words "
            f"in its {sentences:,} sentences (a line is a sentence)"
        )
    for part, count in zip(("training", "validation", "test"), rows, strict=True):
        if not count:
            raise DataError(
                f"{printable(name)} is too small: of its {sentences:,} sentences (a line is a "
                f"sentence), those drawn for {part} have no window of {context_size + 1} "
                "known words"
            )


class Splitter:
    """Sorts windows into parts, sentence by sentence, and leaves out those with unknown words.

    Args:
        context_size: D.
        vocabulary_size: V.
        seed: Decides which of ten sentences go where; text and seed decide it alone, so that
            networks of other D and V can be compared on the same sentences.
        parts: Where the windows of training, validation and test go.

    Attributes:
        left_out: Windows not written because of a word outside the vocabulary.
    """

    def __init__(
        self,
        context_size: int,
        vocabulary_size: int,
        seed: int,
        parts: tuple[GrowingArray, ...],
    ) -> None:
        self.left_out = 0
        self._context_size = context_size
        self._unknown = vocabulary_size
        self._rng = np.random.default_rng(seed)
        self._parts = parts
        self._rest = np.empty(0, np.uint16)  # the last D codes, which start no window yet
        self._labels = np.empty(0, np.uint8)  # part of the sentence at hand, of the next, ...

    def add(self, codes: Codes) -> None:
        """Write the windows that end in the next stretch of the text."""
        size = self._context_size
        codes = np.concatenate((self._rest, codes))
        starts = max(0, len(codes) - size)  # windows to look at
        ends = codes > self._unknown
        unknown = codes == self._unknown
        broken, incomplete = ends[:starts].copy(), unknown[:starts].copy()
        for offset in range(1, size + 1):
            broken |= ends[offset : starts + offset]
            incomplete |= unknown[offset : starts + offset]
        self.left_out += int(np.count_nonzero(incomplete & ~broken))

        sentences = np.cumsum(ends[:starts], dtype=np.int64)  # before each start, at its end
        finished = int(sentences[-1]) if starts else 0
        self._draw_labels(finished + 1)
        whole = np.flatnonzero(~(broken | incomplete))
        labels = self._labels[sentences[whole]]
        for label, part in enumerate(self._parts):
            first = whole[labels == label]
            part.append(codes[first[:, None] + np.arange(size + 1)])
        self._rest, self._labels = codes[starts:], self._labels[finished:]

    def _draw_labels(self, count: int) -> None:
        """Have the parts of at least `count` sentences ready."""
        tens = -(-(count - len(self._labels)) // 10)
        if tens > 0:
            drawn = self._rng.permuted(np.tile(_OF_TEN, (tens, 1)), axis=1)
            self._labels = np.concatenate((self._labels, drawn.ravel()))
