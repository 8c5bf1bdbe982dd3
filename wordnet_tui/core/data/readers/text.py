"""A text of any length to windows, in two passes and bounded memory.

A line is a sentence (LF or CRLF ends it), tokens are those of `tokenizer`. What is held in
memory: one block of text and its chunks, at most `MOST_CHUNKS` remembered chunks and
`MOST_WORDS` words (`word_stream`), one stretch of numbers and its windows (`windows`). All
else is in files.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from wordnet_tui.core.data.dataset import CorpusReport, smallest_unsigned
from wordnet_tui.core.data.fingerprint import Progress, ignore, size_of, unreadable
from wordnet_tui.core.data.readers.text_windows import Codes, Splitter, coded_chunks
from wordnet_tui.core.data.readers.word_stream import WordStream, most_frequent, word_table
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.data.window_files import three_parts
from wordnet_tui.core.errors import DataError, printable

BLOCK = 2**16  # bytes; the chunks of a larger one would not stay in the processor's cache
_LONGEST_CHUNK = 2**22  # bytes without a blank; longer is no text


def text_blocks(files: Sequence[Path], on_progress: Progress = ignore) -> Iterator[bytes]:
    """The texts of several files, each ending a sentence, in blocks that end at a blank.

    Raises:
        DataError: A file cannot be read, or holds 4 MiB without a blank.
    """
    total = sum(map(size_of, files)) or 1
    done = 0
    for path in files:
        try:
            with path.open("rb") as file:
                kept = file.read(len(codecs.BOM_UTF8)).removeprefix(codecs.BOM_UTF8)
                while block := file.read(BLOCK):
                    done += len(block)
                    on_progress("reading the text", min(1.0, done / total))
                    kept += block
                    cut = max(kept.rfind(b"\n"), kept.rfind(b" ")) + 1
                    if cut:
                        yield kept[:cut]
                    elif len(kept) > _LONGEST_CHUNK:
                        raise DataError(
                            f"{printable(str(path))} is no text: it holds "
                            f"{_LONGEST_CHUNK >> 20} MiB without a blank"
                        )
                    kept = kept[cut:]
        except OSError as error:
            raise unreadable(path, error) from error
        yield kept + b"\n"


def check_utf8(path: Path) -> None:
    """Say where a file is not UTF-8.

    Raises:
        DataError: It is not; names line and byte (both from 1).
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, offset = 1, 0
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            pending = decoder.getstate()[0]
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                line += block.count(b"\n", 0, max(0, error.start - len(pending)))
                offset += error.start - len(pending)
                raise DataError(
                    f"{printable(str(path))} is not UTF-8 text: "
                    f"line {line:,} cannot be read, from byte {offset + 1:,} of the file on"
                ) from None
            if not block:
                return
            line += block.count(b"\n")
            offset += len(block)


def build_from_files(
    files: Sequence[Path],
    folder: Path,
    name: str,
    context_size: int,
    vocabulary: Vocabulary | int,
    seed: int,
    on_progress: Progress = ignore,
) -> tuple[Vocabulary, CorpusReport]:
    """As `build_from_blocks`, from text files.

    Raises:
        DataError: Also if a file cannot be read or is not UTF-8.
    """
    try:
        return build_from_blocks(
            text_blocks(files, on_progress),
            folder,
            name,
            context_size,
            vocabulary,
            seed,
            on_progress,
        )
    except UnicodeDecodeError:
        for path in files:
            check_utf8(path)
        raise


def build_from_blocks(
    blocks: Iterable[bytes],
    folder: Path,
    name: str,
    context_size: int,
    vocabulary: Vocabulary | int,
    seed: int,
    on_progress: Progress = ignore,
) -> tuple[Vocabulary, CorpusReport]:
    """Write the windows of a text into three files.

    Args:
        blocks: The text, UTF-8, cut only at blanks.
        folder: Where the files go, and for a while the stream between the passes.
        name: What the text is called in errors.
        context_size: D.
        vocabulary: The words to use, or how many of the most frequent to use.
        seed: Decides which sentences go into which part.
        on_progress: Told the share of the windows written.

    Raises:
        DataError: No window, or none in one of the parts.
        UnicodeDecodeError: The text is not UTF-8.
    """
    with WordStream(folder) as stream:
        for block in blocks:
            stream.add(block)
    if isinstance(vocabulary, int):
        vocabulary = Vocabulary(most_frequent(stream.runs, vocabulary))
    size = len(vocabulary)
    ids = {word: word_id for word_id, word in enumerate(vocabulary.words)}
    counts = np.zeros(size, np.int64)

    def stretches() -> Iterator[tuple[int, Codes]]:
        for run in stream.runs:
            yield run.length, word_table(run, ids, size + 1, counts)
            run.path.unlink()

    total = sum(run.length for run in stream.runs) or 1
    done = 0
    with three_parts(folder, context_size + 1, smallest_unsigned(max(size, 1))) as parts:
        splitter = Splitter(context_size, size, seed, parts)
        for codes in coded_chunks(stream.path, stretches()):
            splitter.add(codes)
            done += len(codes)
            on_progress("making windows", done / total)
        rows = [part.rows for part in parts]
    stream.path.unlink()
    _check_rows(rows, name, context_size, stream.sentences)
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
