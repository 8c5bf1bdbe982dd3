"""Interpolated Kneser-Ney: the n-gram model that a network should beat.

With one absolute discount d, at order k, for a word w after a context h of k - 1 words:

    P_k(w | h) = max(c(h w) - d, 0) / c(h .)  +  d * N1+(h .) / c(h .) * P_k-1(w | h')
    P_0(w)     = 1 / V

h' is h without its first word, N1+(h .) the number of different words seen after h, c(h .) the
sum of c(h w) over w. At the order asked for, c counts occurrences; at every lower one, down to
single words, it is the continuation count N1+(. h w): the different words seen before h w.
After an unseen context only the lower order counts.

This is the textbook form: R. Kneser and H. Ney, "Improved backing-off for m-gram language
modeling" (1995), interpolated as in S. F. Chen and J. Goodman, "An empirical study of
smoothing techniques for language modeling" (1999); also in D. Jurafsky and J. H. Martin,
"Speech and Language Processing", chapter 3. On the reference data at order 4, occurrences at
the lower orders too would cost 0.11 nats; single words without the discount and the uniform
floor would change nothing, but a word not seen would be impossible.

Everything is a sorted array and a binary search in it: memory is some tens of bytes a training
window and order, for any V and D. Windows may be memory maps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.data.dataset import Windows
from wordnet_tui.core.errors import DataError

DISCOUNT = 0.8
"""Taken off each count, and given to the words not seen."""
ROWS_AT_ONCE = 1 << 16
LARGEST_SECTION = 1 << 31
"""Different keys that a section of a context may take: with a rank below 2^32, 63 bits."""

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class KneserNey:
    """Interpolated Kneser-Ney with one absolute discount; the formula heads this module."""

    vocabulary_size: int
    levels: tuple[_Level, ...]
    """One a context length, from none to order - 1 words."""

    @property
    def order(self) -> int:
        """Words it reads, the predicted one included."""
        return len(self.levels)

    @classmethod
    def fit(
        cls, training: Windows, vocabulary_size: int, order: int, discount: float = DISCOUNT
    ) -> KneserNey:
        """Count the last `order` columns of `training`.

        Args:
            training: (rows, at least `order`) windows.
            vocabulary_size: V; all ids are below it.
            order: From 1 to the columns of `training`.
            discount: Above 0 and at most 1.

        Raises:
            DataError: `training` is empty.
        """
        if not len(training):
            raise DataError(
                "the training part holds no windows; Kneser-Ney counts at least one"
            )
        grams: npt.NDArray[np.integer] = training[:, training.shape[1] - order :]
        levels = []
        for _ in range(order):
            level, distinct = _count(grams, vocabulary_size, discount)
            levels.append(level)
            grams = distinct[:, 1:]  # once for every different word before it
        return cls(vocabulary_size, tuple(reversed(levels)))

    def log_probabilities_of(self, windows: Windows) -> npt.NDArray[np.float64]:
        """Log probability of the last word of each window after the words before it.

        Args:
            windows: (rows, at least `order`) word ids; the last `order` columns are read.

        Returns:
            (rows,) nats, none above 0, all finite.
        """
        logs = np.empty(len(windows))
        for start in range(0, len(windows), ROWS_AT_ONCE):
            block = windows[start : start + ROWS_AT_ONCE]
            logs[start : start + len(block)] = np.log(self._probabilities(block))
        return logs

    def _probabilities(self, windows: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
        probabilities = np.full(len(windows), 1.0 / self.vocabulary_size)
        for order, level in enumerate(self.levels, start=1):
            grams = windows[:, windows.shape[1] - order :]
            contexts = level.contexts.ranks(grams[:, :-1])
            keys = contexts * self.vocabulary_size + grams[:, -1]
            probabilities *= level.lower_weights[contexts]
            probabilities += level.discounted[_positions(level.gram_keys, keys)]
        return probabilities


def each_order(
    training: Windows, vocabulary_size: int, discount: float = DISCOUNT
) -> Iterator[KneserNey]:
    """Kneser-Ney of order 2, 3, ... D + 1, as by `KneserNey.fit` but counted together.

    Raises:
        DataError: `training` is empty.
    """
    columns = training.shape[1]
    highest = KneserNey.fit(training, vocabulary_size, columns, discount)
    for order in range(2, columns):  # what lies below the top is the same for all orders
        top, _ = _count(training[:, columns - order :], vocabulary_size, discount)
        yield KneserNey(vocabulary_size, (*highest.levels[: order - 1], top))
    yield highest


@dataclass(frozen=True)
class _Level:
    """The terms of the formula for one context length; the last entry is for the unseen."""

    contexts: _Contexts
    gram_keys: Integers
    """(grams,) sorted: rank of the context * V + word."""
    discounted: npt.NDArray[np.float64]
    """(grams + 1,) max(c - d, 0) / c(h .); 0 for a gram not seen."""
    lower_weights: npt.NDArray[np.float64]
    """(contexts + 1,) weight of the lower order; 1 for a context not seen."""


def _count(
    grams: npt.NDArray[np.integer], vocabulary_size: int, discount: float
) -> tuple[_Level, npt.NDArray[np.integer]]:
    """The level of `grams` (rows, order), and one row for each different one of them."""
    contexts, context_ranks = _Contexts.learn(grams[:, :-1], vocabulary_size)
    context_ranks *= vocabulary_size
    context_ranks += grams[:, -1]
    gram_keys, first_rows, counts = np.unique(
        context_ranks, return_index=True, return_counts=True
    )
    context_of_gram = gram_keys // vocabulary_size
    totals = np.bincount(context_of_gram, weights=counts)  # c(h .)
    followers = np.bincount(context_of_gram)  # N1+(h .)
    discounted = np.maximum(counts - discount, 0.0) / totals[context_of_gram]
    level = _Level(
        contexts,
        gram_keys,
        discounted=np.append(discounted, 0.0),
        lower_weights=np.append(discount * followers / totals, 1.0),
    )
    return level, grams[first_rows]


@dataclass(frozen=True)
class _Contexts:
    """Numbers the sequences of words seen in training; all unseen ones share the number after.

    V^7 is beyond 64 bits for most V. So a sequence is read in sections short enough for their
    keys, and what has been read is replaced by its rank before the next section joins it.
    """

    vocabulary_size: int
    tables: tuple[Integers, ...]
    """One a section: its sorted keys, each the rank of the words before with its own words."""

    @classmethod
    def learn(
        cls, sequences: npt.NDArray[np.integer], vocabulary_size: int
    ) -> tuple[_Contexts, Integers]:
        """From (rows, length) sequences, also their ranks (rows,)."""
        tables = []
        ranks = np.zeros(len(sequences), dtype=np.int64)
        for section in _sections(sequences, vocabulary_size):
            table, ranks = np.unique(
                _keys(ranks, section, vocabulary_size), return_inverse=True
            )
            tables.append(table)
        return cls(vocabulary_size, tuple(tables)), ranks

    def ranks(self, sequences: npt.NDArray[np.integer]) -> Integers:
        """(rows,) the rank of each sequence; the number of sequences for one not seen."""
        ranks = np.zeros(len(sequences), dtype=np.int64)
        sections = _sections(sequences, self.vocabulary_size)
        for table, section in zip(self.tables, sections, strict=True):
            ranks = _positions(table, _keys(ranks, section, self.vocabulary_size))
        return ranks


def _sections(
    sequences: npt.NDArray[np.integer], vocabulary_size: int
) -> Iterator[npt.NDArray[np.integer]]:
    """`sequences` cut into groups of columns that take at most LARGEST_SECTION values."""
    width = 1
    while width < sequences.shape[1] and vocabulary_size ** (width + 1) <= LARGEST_SECTION:
        width += 1
    for start in range(0, sequences.shape[1], width):
        yield sequences[:, start : start + width]


def _keys(ranks: Integers, section: npt.NDArray[np.integer], vocabulary_size: int) -> Integers:
    """One integer for each pair of a rank and the words of a section."""
    keys = ranks.copy()
    for column in section.T:
        keys *= vocabulary_size
        keys += column
    return keys


def _positions(table: Integers, keys: Integers) -> Integers:
    """The position of each key in the sorted `table`; its length for one that is not there."""
    positions = np.searchsorted(table, keys)
    absent = table[np.minimum(positions, len(table) - 1)] != keys
    positions[absent] = len(table)
    return positions
