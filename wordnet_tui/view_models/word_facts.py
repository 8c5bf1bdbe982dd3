"""All that a network and a corpus know about one word, ready to be shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from wordnet_tui.core.data.dataset import Dataset, Windows
from wordnet_tui.core.inference.embedding_space import EmbeddingSpace, Metric, Neighbor
from wordnet_tui.core.inference.occurrences import followers, preceders
from wordnet_tui.core.model.trained_network import TrainedNetwork

ROWS_AT_ONCE = 1 << 18
STRONGEST = 3
"""How many of the largest features are named."""


class WordCount(NamedTuple):
    """A word and how often it stands there."""

    word: str
    occurrences: int


class NearWord(NamedTuple):
    """What lies near a word, and how far a second one is."""

    word: str
    metric: Metric
    neighbors: tuple[Neighbor, ...]
    """Nearest first."""
    second: Neighbor | None
    """The second chosen word, if there is one, and its distance."""


class Passage(NamedTuple):
    """D + 1 words that stand side by side in the corpus."""

    before: str
    word: str
    behind: str


class WordInCorpus(NamedTuple):
    """How a word is used in the training part of a corpus."""

    word: str
    before: tuple[WordCount, ...]
    """The most frequent first."""
    behind: tuple[WordCount, ...]
    passages: tuple[Passage, ...]


class Numbers(NamedTuple):
    """A word's embedding."""

    word: str
    values: tuple[float, ...]
    """(E,) its features."""
    scale: float
    """The largest size of a feature of any word."""
    strongest: tuple[tuple[int, float], ...]
    """Feature, counted from 0, and value; the largest in size first."""


def near(
    network: TrainedNetwork, word: str, second: str | None, metric: Metric, count: int
) -> NearWord:
    """The words nearest to `word`.

    Raises:
        UnknownWordError: The vocabulary lacks one of the words.
        VocabularyError: The network has no vocabulary, or one of another size.
    """
    space = EmbeddingSpace(network)
    second_distance = None
    if second is not None and second != word:
        second_distance = Neighbor(second, space.distance(word, second, metric))
    neighbors = tuple(space.neighbors(word, count, metric))
    return NearWord(word, metric, neighbors, second_distance)


def in_corpus(
    dataset: Dataset,
    word: str,
    count: int,
    should_stop: Callable[[], bool] = lambda: False,
) -> WordInCorpus | None:
    """How `word` is used; None if the corpus does not know it, or it was asked to stop.

    Args:
        dataset: Only the windows for training are read.
        word: The word.
        count: At most so many words before it, words behind it, and passages.
        should_stop: Asked between the three searches.
    """
    if word not in dataset.vocabulary:
        return None
    words, word_id = dataset.vocabulary.words, dataset.vocabulary.id_of(word)
    before, behind = (
        tuple(WordCount(words[i], n) for i, n in side(dataset.training, [word_id])[:count])
        if not should_stop()
        else ()
        for side in (preceders, followers)
    )
    if should_stop():
        return None
    passages = tuple(
        Passage(
            " ".join(words[i] for i in window[:at]),
            word,
            " ".join(words[i] for i in window[at + 1 :]),
        )
        for window, at in passages_with(dataset.training, word_id, count)
    )
    return WordInCorpus(word, before, behind, passages)


def passages_with(windows: Windows, word_id: int, count: int) -> list[tuple[list[int], int]]:
    """At most `count` windows with the word, from all over the corpus, and where it stands.

    A sentence gives several windows with the same occurrence, each with the word in another
    column; looked for in one column only, no occurrence comes twice. That is the middle one,
    or where the word never stands there, the first that has it.
    """
    columns = windows.shape[1]
    for column in sorted(range(columns), key=lambda c: (abs(2 * c - columns + 1), c)):
        rows = np.concatenate(
            [
                start
                + np.flatnonzero(windows[start : start + ROWS_AT_ONCE, column] == word_id)
                for start in range(0, len(windows), ROWS_AT_ONCE)
            ]
            or [np.empty(0, dtype=np.intp)]
        )
        if len(rows):
            spread = np.unique(np.linspace(0, len(rows) - 1, count).round().astype(np.intp))
            return [(windows[row].tolist(), column) for row in rows[spread].tolist()]
    return []


def numbers(network: TrainedNetwork, word: str) -> Numbers:
    """The embedding of `word`.

    Raises:
        UnknownWordError: The vocabulary lacks it.
        VocabularyError: The network has no vocabulary, or one of another size.
    """
    embedding = network.parameters.embedding
    values = embedding[network.words().id_of(word)]
    largest = np.argsort(-np.abs(values), kind="stable")[:STRONGEST].tolist()
    return Numbers(
        word,
        tuple(values.tolist()),
        float(max(embedding.max(), -embedding.min())),
        tuple((i, float(values[i])) for i in largest),
    )


def is_finite(network: TrainedNetwork) -> bool:
    """Whether all features are numbers, as they no longer are once a training diverged."""
    return bool(np.isfinite(network.parameters.embedding).all())
