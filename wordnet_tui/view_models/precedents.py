"""What the training data holds to set beside a network's answer.

Slow on a large corpus (tens of milliseconds for millions of windows): not for an event loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.inference.occurrences import followers

ROWS_SAMPLED = 1 << 18
"""Windows that beginnings are counted in, from the start of the training part."""


@dataclass(frozen=True)
class Followed:
    """The words that really came next."""

    after: tuple[str, ...] = ()
    """What they came after: the words asked for, or the longest end of those that is found."""
    asked: tuple[str, ...] = ()
    words: tuple[tuple[str, int], ...] = ()
    """Word, count; most frequent first."""

    @property
    def total(self) -> int:
        """How often `after` occurs."""
        return sum(count for _, count in self.words)


def what_followed(dataset: Dataset, context: Sequence[str]) -> Followed:
    """What came after `context` in the training data.

    Where that never occurs, or the corpus lacks one of its words, what came after the longest
    end of it that does occur.

    Args:
        dataset: The corpus.
        context: Words; the last D are searched for.
    """
    asked = tuple(context[-dataset.context_size :])
    vocabulary = dataset.vocabulary
    for start in range(len(asked)):
        after = asked[start:]
        if not all(word in vocabulary for word in after):
            continue
        if found := followers(dataset.training, vocabulary.ids_of(after)):
            words = tuple((vocabulary.words[word_id], count) for word_id, count in found)
            return Followed(after, asked, words)
    return Followed((), asked)


def beginnings(
    dataset: Dataset, start: Sequence[str], length: int, count: int
) -> list[tuple[tuple[str, ...], int]]:
    """How windows that begin with `start` go on, and how often; most frequent first.

    What begins with a sign, such as a comma, is left out: a text would not.

    Args:
        dataset: The corpus.
        start: Fewer words than `length`.
        length: Words of a whole beginning; that of a window at most.
        count: How many are wanted.
    """
    vocabulary = dataset.vocabulary
    if not all(word in vocabulary for word in start):
        return []
    rows = dataset.training[:ROWS_SAMPLED]
    for column, word_id in enumerate(vocabulary.ids_of(start)):
        rows = rows[rows[:, column] == word_id]
    if not start:
        is_word = np.array([word[0].isalnum() for word in vocabulary.words])
        rows = rows[is_word[rows[:, 0]]]
    more = rows[:, len(start) : length]
    if not more.size:
        return []
    codes = np.zeros(len(more), np.int64)
    for column in more.T:  # number the different sequences anew at each word: no overflow
        _, codes = np.unique(codes * len(vocabulary) + column, return_inverse=True)
    _, places, counts = np.unique(codes, return_index=True, return_counts=True)
    best = np.argsort(-counts, kind="stable")[:count]
    return [
        (tuple(vocabulary.words[i] for i in more[places[which]]), int(counts[which]))
        for which in best
    ]


def words_by_frequency(dataset: Dataset) -> tuple[str, ...]:
    """The vocabulary, the most frequent word first."""
    words = dataset.vocabulary.words
    return tuple(words[i] for i in np.argsort(-dataset.report.word_counts, kind="stable"))
