"""What a network and a corpus know about one word, and where all words lie on a map."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from wordnet_tui.charts.cell_text import shown
from wordnet_tui.charts.map_view import FARTHEST, Points, aligned, at_unit_size
from wordnet_tui.core.data.dataset import Dataset, Windows
from wordnet_tui.core.errors import printable
from wordnet_tui.core.inference.embedding_space import EmbeddingSpace, Metric, Neighbor
from wordnet_tui.core.inference.occurrences import followers, preceders
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.view_models.lists import BarRow
from wordnet_tui.view_models.word_list import WordRow

ROWS_AT_ONCE = 1 << 18
STRONGEST = 3
"""How many of the largest features are named."""
METRIC_NAMES = {"euclidean": "Euclidean", "cosine": "cosine"}


class WordCount(NamedTuple):
    """A word and how often it occurs there."""

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
    """D + 1 words side by side in the corpus."""

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
    """At most `count` windows with the word, from all over the corpus, and where it is.

    A sentence gives several windows with the same occurrence, each with the word in another
    column; searched for in one column only, no occurrence comes twice. That is the middle one,
    or where the word is never there, the first that has it.
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


# ---- in words and bars


def word_title(row: WordRow, second: str | None) -> str:
    """The chosen word in figures, and the second one."""
    parts = [shown(row.word, 24), f"id {row.word_id}"]
    if row.occurrences is not None:
        parts.append(f"{row.occurrences:,} times")
    if second is None:
        parts.append("Space: mark")
    elif second != row.word:
        parts.append(f"second word (*): {shown(second, 16)}")
    return "  ".join(parts)


def near_title(facts: NearWord) -> str:
    """How distances are measured, and that of the second word."""
    title = f"nearest, {METRIC_NAMES[facts.metric]} distance"
    if facts.second is None:
        return title
    return f"{title}; to {shown(facts.second.word, 14)}* {facts.second.distance:.3f}"


def analogy_title(words: Iterable[str], metric: Metric) -> str:
    """What is asked about three words."""
    a, b, c = (shown(word, 12) for word in words)
    return f"{a} is to {b} as {c} is to ({METRIC_NAMES[metric]})"


def distance_rows(near: Sequence[Neighbor], second: Neighbor | None) -> list[BarRow]:
    """Words with their distances; that of the farthest, or the second word, fills the room."""
    farthest = max((n.distance for n in (*near, second) if n), default=0.0) or 1.0
    return [BarRow(word, f"{distance:.3f}", distance / farthest) for word, distance in near]


def count_rows(words: Sequence[WordCount]) -> list[BarRow]:
    """Words and how often they occur there; the most frequent fills the room."""
    most = max((count for _, count in words), default=1)
    return [BarRow(word, f"{count:,}", count / most) for word, count in words]


# ---- the map of words


Pair = tuple[str, str]
"""The axis from the first word to the second."""


class Plane(NamedTuple):
    """All words in two dimensions."""

    points: Points
    """(V, 2)."""
    caption: str
    """What the two directions are."""
    pairs: tuple[Pair | None, Pair | None]
    """The words that the axes across and up are made of; None for a principal component."""


def plane_of(
    network: TrainedNetwork,
    across: Pair | None = None,
    up: Pair | None = None,
    before: Plane | None = None,
) -> Plane:
    """Where the words lie.

    Args:
        network: Its words and their embedding.
        across: The axis from left to right, by words; a principal component if None.
        up: The one from the bottom to the top.
        before: An earlier plane. Principal components are turned to lie as they did there.

    Raises:
        VocabularyError: The network has no vocabulary, or one of another size.
        UnknownWordError: The vocabulary lacks a word of an axis.
        WordnetError: The two words of an axis have the same point.
    """
    space = EmbeddingSpace(network)
    components = min(2, *network.parameters.embedding.shape)
    projection = space.project(components)
    points = np.zeros((len(projection.points), 2))  # of one feature, the second is 0
    points[:, :components] = _within_reach(projection.points)
    shares = [*projection.variance_shares, 0.0][:2]
    same_axes = before is not None and before.pairs == (across, up)
    if across is None and up is None:
        if before is not None and same_axes:
            points = aligned(points, before.points)
        caption = (
            f"principal components: {sum(shares):.0%} of the variance "
            f"({shares[0]:.0%} + {shares[1]:.0%})"
        )
        return Plane(points, caption, (None, None))
    captions, first = [], points[:, 0].copy()
    for axis, (pair, where) in enumerate(((across, "across"), (up, "up"))):
        if pair is not None:
            points[:, axis] = _within_reach(space.axis(*pair))
            captions.append(f"{where}: {printable(pair[0])} to {printable(pair[1])}")
            continue
        points[:, axis] = first  # the other direction is made of words
        if before is not None and same_axes and _opposite(points, before.points, axis):
            points[:, axis] *= -1.0
        captions.append(f"{where}: 1st principal component ({shares[0]:.0%} of the variance)")
    return Plane(points, ", ".join(captions), (across, up))


def _opposite(points: Points, before: Points, axis: int) -> bool:
    """Whether the points run along the axis in the other direction than before."""
    now, then = at_unit_size(points[:, axis]), at_unit_size(before[:, axis])
    return bool(now @ then < 0)


def _within_reach(coordinates: Points) -> Points:
    """The coordinates as a map can show them: none farther than `FARTHEST`."""
    return np.clip(np.nan_to_num(coordinates), -FARTHEST, FARTHEST)
