"""What a network learns from: windows of D + 1 word ids in three parts, by the mini-batch.

The last word of a window is the one to predict, the D before it are its context. Ids count
from 0 and are stored in the smallest unsigned type that holds the vocabulary. The arrays may
be memory maps larger than memory, so nothing here copies a whole part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.data.vocabulary import Vocabulary

Windows = npt.NDArray[np.unsignedinteger]
"""(rows, D + 1) word ids."""

Part = Literal["training", "validation", "test"]

BATCH_SIZE_OF_THE_ORIGINAL = 100
BLOCK_ROWS = 4_096
"""Neighbouring rows that a memory map reads together."""
POOL_ROWS = 1 << 20
"""Rows mixed with each other at once; a part no larger is shuffled as a whole."""


@dataclass(frozen=True, eq=False)
class CorpusReport:
    """What became of a text on its way to windows.

    A source that holds only windows (CSV, .mat) has no `sentences`, `tokens` and `dropped`.
    """

    word_counts: npt.NDArray[np.int64]
    """(V,) occurrences of each word: in the text, or as last word of a window where only those
    are known."""
    sentences: int | None = None
    tokens: int | None = None
    """Words, punctuation included, before any is left out for not being in the vocabulary."""
    windows_left_out: int = 0
    """Windows that hold a word outside the vocabulary."""
    dropped: dict[str, int] = field(default_factory=dict)
    """Reason -> messages (or lines) removed before counting."""

    @property
    def coverage(self) -> float | None:
        """Share of the tokens that the vocabulary holds, 0 to 1."""
        if self.tokens is None:
            return None
        return float(self.word_counts.sum()) / self.tokens if self.tokens else 0.0


@dataclass(frozen=True, eq=False)
class Dataset:
    """A corpus made ready: vocabulary and windows."""

    name: str
    """What the user called it: the name of a corpus, or paths."""
    fingerprint: str
    """SHA-256, in hexadecimal, of the content and of the settings that shaped the windows."""
    vocabulary: Vocabulary
    training: Windows
    validation: Windows
    test: Windows
    report: CorpusReport
    sources: tuple[str, ...] = ()
    """Where it can be read again: names of corpora, absolute paths; empty if from nowhere."""

    @property
    def context_size(self) -> int:
        """D, the words before the one to predict."""
        return int(self.training.shape[1]) - 1

    @property
    def rows(self) -> tuple[int, int, int]:
        """Windows for training, validation and test."""
        return len(self.training), len(self.validation), len(self.test)

    def part(self, name: Part) -> Windows:
        """The windows of one part."""
        return {"training": self.training, "validation": self.validation, "test": self.test}[
            name
        ]


def as_the_original_cuts(dataset: Dataset, batch_size: int) -> Dataset:
    """The rows that the original's fine-tuning visits.

    It counts its mini-batches before it has read START, as if they held 100 rows, so that with
    a smaller N it never comes to the later rows. (With a larger one it reads past the end of
    its arrays; that, ours does not do.)
    """
    if batch_size >= BATCH_SIZE_OF_THE_ORIGINAL:
        return dataset
    parts = {
        part: rows[: len(rows) // BATCH_SIZE_OF_THE_ORIGINAL * batch_size]
        for part in ("training", "validation", "test")
        for rows in [getattr(dataset, part)]
    }
    return replace(dataset, **parts)


def smallest_unsigned(vocabulary_size: int) -> np.dtype[np.unsignedinteger]:
    """The narrowest unsigned integer type that holds the ids 0 to V - 1."""
    return np.min_scalar_type(vocabulary_size - 1)


def minibatches(
    windows: Windows,
    batch_size: int,
    random: np.random.Generator | None = None,
    skip: int = 0,
) -> Iterator[Windows]:
    """All mini-batches of one epoch; a last, short one is left out, as in the original.

    Args:
        windows: (rows, D + 1), in memory or a memory map.
        batch_size: B.
        random: Where a new order comes from; None keeps that of the rows.
        skip: How many mini-batches to leave out at the beginning; the others, and what is
            drawn from `random`, are the same as without.

    Yields:
        (B, D + 1) rows.
    """
    if random is None:
        for start in range(skip * batch_size, len(windows) - batch_size + 1, batch_size):
            yield windows[start : start + batch_size]
        return
    left_over = windows[:0]
    for pool in _pools(windows, random, skip * batch_size):
        rows = np.concatenate([left_over, pool]) if len(left_over) else pool
        whole = len(rows) // batch_size * batch_size
        for start in range(0, whole, batch_size):
            yield rows[start : start + batch_size]
        left_over = rows[whole:]


def _pools(windows: Windows, random: np.random.Generator, skip: int) -> Iterator[Windows]:
    """Shuffled copies of parts of the rows, together all of them but the first `skip`.

    A part larger than `POOL_ROWS` is cut into blocks, the blocks are drawn in a random order,
    and the rows of as many blocks as fill a pool are mixed: the memory needed is that of a
    pool, and a disk reads whole blocks. Of a pool that is skipped nothing is read.
    """
    if len(windows) <= POOL_ROWS:
        yield np.take(windows, random.permutation(len(windows))[skip:], axis=0)
        return
    starts = random.permutation(np.arange(0, len(windows), BLOCK_ROWS))
    for first in range(0, len(starts), POOL_ROWS // BLOCK_ROWS):
        chosen = starts[first : first + POOL_ROWS // BLOCK_ROWS]
        rows = int(np.minimum(len(windows) - chosen, BLOCK_ROWS).sum())
        order = random.permutation(rows)[skip:]
        skip = max(0, skip - rows)
        if len(order):
            pool = np.concatenate([windows[start : start + BLOCK_ROWS] for start in chosen])
            yield np.take(pool, order, axis=0)
