"""The first pass over a text: tokens to numbers on disk, and the count of every word.

A text may hold more distinct words than memory, so words are numbered in *runs*. A run starts
with no word known and ends when it knows `MOST_WORDS`; its words are then written out, sorted,
each with its count and its number in that run. Merging the runs gives exact counts, however
many words there are. The stream itself is one file of uint32: `SENTENCE_END`, or the word's
number in the run at hand, from 1.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.data.tokenizer import tokenize

SENTENCE_END = 0

MOST_WORDS = 1_000_000
MOST_CHARACTERS = 48 * 2**20
"""A run ends when it knows more words than this, or words longer than this together."""

MOST_CHUNKS = 400_000
LONGEST_CHUNK = 48  # bytes
"""Chunks (texts between blanks) whose tokens are remembered for when they are seen again."""

_FLUSH_AT = 2**20
"""Numbers gathered before they are counted and written."""

_LINE_END = b"\xff"  # never a byte of UTF-8


class _NumbersOfChunk(dict[bytes, bytes]):
    """Chunk -> the numbers of its tokens, as the bytes of uint32; learns as it is asked.

    The work of a text is done by this class's look-up, one call a chunk, in C where the chunk
    was seen before.
    """

    def __init__(self) -> None:
        self.words: dict[str, int] = {}
        self.characters = 0
        self.forget()

    def forget(self) -> None:
        """Drop all chunks; the words stay."""
        self.clear()
        self[_LINE_END] = array("I", [SENTENCE_END]).tobytes()

    def __missing__(self, chunk: bytes) -> bytes:
        numbers = array("I")
        for token in tokenize(chunk.decode()):
            number = self.words.get(token)
            if number is None:
                number = self.words[token] = len(self.words) + 1
                self.characters += len(token)
            numbers.append(number)
        packed = numbers.tobytes()
        if len(chunk) <= LONGEST_CHUNK:
            if len(self) >= MOST_CHUNKS:
                self.forget()
            self[chunk] = packed
        return packed


@dataclass(frozen=True)
class SortedRun:
    """A stretch of the stream with numbers of its own.

    Attributes:
        length: How many numbers of the stream belong to it.
        words: How many words it knows.
        path: Lines of word, count and number, tab-separated, sorted by word.
    """

    length: int
    words: int
    path: Path

    def __iter__(self) -> Iterator[tuple[str, int, int]]:
        with self.path.open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                word, count, number = line.split("\t")
                yield word, int(count), int(number)


class WordStream:
    """Takes a text block by block; leaves `stream` and the runs' files in a folder.

    Use as a context manager; the results are complete once it is left.

    Attributes:
        path: The stream of uint32.
        runs: What the numbers of each stretch mean, in the order of the stream.
        tokens: Tokens so far.
        sentences: Sentences with at least one token so far.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "stream"
        self.runs: list[SortedRun] = []
        self.tokens = 0
        self.sentences = 0
        self._folder = folder
        self._numbers_of = _NumbersOfChunk()
        self._after_end = True  # so a stream never starts with an end
        self._new_run()

    def __enter__(self) -> WordStream:
        self._file = self.path.open("wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, traceback: TracebackType | None
    ) -> None:
        with self._file:
            if kind is None:
                self._end_run()

    def add(self, block: bytes) -> None:
        r"""Take some text: whole chunks of UTF-8, in which `\n` ends a sentence.

        Raises:
            UnicodeDecodeError: A chunk is not UTF-8.
        """
        if _LINE_END in block:
            block[block.index(_LINE_END) :].decode()  # raises
        chunks = block.replace(b"\n", b" \xff ").split()
        self._pending.append(b"".join(map(self._numbers_of.__getitem__, chunks)))
        self._pending_bytes += len(self._pending[-1])
        known = self._numbers_of
        if len(known.words) > MOST_WORDS or known.characters > MOST_CHARACTERS:
            self._end_run()
        elif self._pending_bytes > 4 * _FLUSH_AT:
            self._flush()

    def _new_run(self) -> None:
        self._numbers_of.words.clear()
        self._numbers_of.characters = 0
        self._numbers_of.forget()
        self._counts: npt.NDArray[np.int64] = np.zeros(1, np.int64)
        self._run_length = 0
        self._pending: list[bytes] = []
        self._pending_bytes = 0

    def _flush(self) -> None:
        """Count and write what is pending, with no empty sentences."""
        numbers = np.frombuffer(b"".join(self._pending), np.uint32)
        self._pending.clear()
        self._pending_bytes = 0
        ends = np.concatenate(([self._after_end], numbers == SENTENCE_END))
        numbers = numbers[~(ends[1:] & ends[:-1])]
        self._after_end = bool(ends[-1])
        counts = np.bincount(numbers, minlength=len(self._numbers_of.words) + 1)
        counts[: len(self._counts)] += self._counts
        self._counts = counts
        self._file.write(numbers.data)
        self._run_length += len(numbers)

    def _end_run(self) -> None:
        self._flush()
        words = self._numbers_of.words
        self.sentences += int(self._counts[SENTENCE_END])
        self.tokens += int(self._counts[1:].sum())
        path = self._folder / f"words-{len(self.runs)}"
        counts = self._counts.tolist()
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(
                f"{word}\t{counts[words[word]]}\t{words[word]}\n" for word in sorted(words)
            )
        self.runs.append(SortedRun(self._run_length, len(words), path))
        self._new_run()


def most_frequent(runs: Iterable[SortedRun], size: int) -> list[str]:
    """The `size` most frequent words of all runs, or all; ties by the alphabet."""
    by_word = groupby(heapq.merge(*runs), key=itemgetter(0))
    totals = ((-sum(count for _, count, _ in same), word) for word, same in by_word)
    return [word for _, word in heapq.nsmallest(size, totals)]


def word_table(
    run: SortedRun, ids: dict[str, int], end_code: int, counts: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint16]:
    """From a number of this run to the word's id, or `len(ids)` for a word not among them.

    Args:
        run: Whose numbers are meant.
        ids: The vocabulary.
        end_code: What `SENTENCE_END` becomes.
        counts: (V,) occurrences of each word; those in this run are added to it.

    Returns:
        (words of the run + 1,) ids.
    """
    table = np.full(run.words + 1, len(ids), np.uint16)
    table[SENTENCE_END] = end_code
    for word, count, number in run:
        word_id = ids.get(word)
        if word_id is not None:
            table[number] = word_id
            counts[word_id] += count
    return table
