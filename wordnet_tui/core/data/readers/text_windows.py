"""The second pass over a text: the stream of numbers to windows in three parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.data.window_files import GrowingArray

CHUNK = 2**19  # numbers read at a time

# Of ten sentences in a row, eight are for training, one for validation and one for test.
_OF_TEN = np.array([0, 0, 0, 0, 0, 0, 0, 0, 1, 2], np.uint8)

Codes = npt.NDArray[np.uint16]
"""Word ids, V for a word outside the vocabulary, V + 1 for the end of a sentence."""


def coded_chunks(stream: Path, stretches: Iterator[tuple[int, Codes]]) -> Iterator[Codes]:
    """The stream as codes, at most `CHUNK` at a time.

    Args:
        stream: A file of uint32.
        stretches: Length of each stretch of the stream, and the code of each of its numbers.
    """
    with stream.open("rb") as file:
        for length, table in stretches:
            for start in range(0, length, CHUNK):
                yield table[np.fromfile(file, np.uint32, min(CHUNK, length - start))]


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
