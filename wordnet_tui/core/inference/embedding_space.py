"""The words as points: distances, neighbours, analogies, and projections.

A word's point is its row of the embedding, E features learned in training. Distances are
Euclidean, as in `word_distance` of Hinton's assignment, or cosine distances 1 - cos, from 0
(same direction) to 2 (opposite). Sums are made in float64, a block of words at a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.errors import HyperparameterError, WordnetError, printable
from wordnet_tui.core.inference.prediction import highest
from wordnet_tui.core.model.trained_network import TrainedNetwork

Metric = Literal["euclidean", "cosine"]
Vector = npt.NDArray[np.float64]

NUMBERS_AT_ONCE = 1 << 20


class Neighbor(NamedTuple):
    """A word and its distance from the one asked about."""

    word: str
    distance: float


class Projection(NamedTuple):
    """The words seen from where they spread most."""

    points: npt.NDArray[np.float64]
    """(V, components) one row a word, in the order of the ids; each column has mean 0."""
    variance_shares: tuple[float, ...]
    """The part of the whole variance that lies along each component, 0 to 1, falling."""


class EmbeddingSpace:
    """The embedding of a trained network, asked by words.

    Args:
        network: Its embedding is read, never copied or changed. Equal distances are ordered by
            word id.

    Raises:
        VocabularyError: The network has no vocabulary, or one of another size.

    Every method raises `UnknownWordError` for a word that the vocabulary lacks.
    """

    def __init__(self, network: TrainedNetwork) -> None:
        self.vocabulary = network.words()
        self._embedding = network.parameters.embedding  # (V, E)

    def neighbors(
        self, word: str, count: int = 10, metric: Metric = "euclidean"
    ) -> list[Neighbor]:
        """The words nearest to `word`, nearest first, itself left out.

        Raises:
            HyperparameterError: `count` is below 1.
        """
        word_id = self.vocabulary.id_of(word)
        return self._nearest(self._vector(word_id), count, metric, [word_id])

    def distance(self, first: str, second: str, metric: Metric = "euclidean") -> float:
        """The distance of two words; exactly 0 from a word to itself."""
        first_id, second_id = self.vocabulary.ids_of([first, second])
        if first_id == second_id:
            return 0.0
        second_vector = self._vector(second_id)
        return float(_distances(second_vector[np.newaxis], self._vector(first_id), metric)[0])

    def analogy(
        self, a: str, b: str, c: str, count: int = 10, metric: Metric = "cosine"
    ) -> list[Neighbor]:
        """The words that are to `c` as `b` is to `a`: those nearest to the point b - a + c.

        The three words themselves are left out, as T. Mikolov, W. Yih and G. Zweig do,
        "Linguistic regularities in continuous space word representations" (2013); unlike
        theirs, the points keep their lengths.

        Raises:
            HyperparameterError: `count` is below 1.
        """
        ids = self.vocabulary.ids_of([a, b, c])
        a_vector, b_vector, c_vector = map(self._vector, ids)
        return self._nearest(b_vector - a_vector + c_vector, count, metric, ids)

    def axis(self, from_word: str, to_word: str) -> Vector:
        """(V,) where each word falls on the line through two: 0 at the first, 1 at the second.

        A coordinate beyond the floats is infinite.

        Raises:
            WordnetError: The two words have the same point.
        """
        from_vector, to_vector = map(
            self._vector, self.vocabulary.ids_of([from_word, to_word])
        )
        direction = to_vector - from_vector
        if not direction.any():
            raise WordnetError(
                f'"{printable(from_word)}" and "{printable(to_word)}" have the same point, '
                "but a direction needs two"
            )
        size = _power_of_two(direction)
        direction = direction / size
        square = float(direction @ direction)
        coordinates = np.empty(len(self.vocabulary))
        with np.errstate(over="ignore"):
            for rows, points in self._blocks():
                coordinates[rows] = (points - from_vector) @ direction / square / size
        return coordinates

    def project(self, components: int = 2) -> Projection:
        """The words along the directions in which they spread most (principal components).

        By the singular values of the centred embedding. Each direction points to where its
        largest feature is positive, so the picture does not flip from run to run. A coordinate
        beyond the floats is infinite.

        Args:
            components: From 1 to the smaller of V and E.

        Raises:
            HyperparameterError: There are not so many components.
        """
        most = min(self._embedding.shape)
        if not 1 <= components <= most:
            raise HyperparameterError(
                [f"the number of components must be from 1 to {most}, not {components}"]
            )
        size = _power_of_two(self._embedding)
        centred = self._embedding.astype(np.float64) / size
        centred -= centred.mean(axis=0)
        _, spread, directions = np.linalg.svd(centred, full_matrices=False)
        directions = directions[:components]  # (components, E)
        largest = np.abs(directions).argmax(axis=1)
        signs = np.sign(directions[np.arange(components), largest])
        variances = (spread / (spread[0] or 1.0)) ** 2  # in units of the largest
        shares = variances[:components] / (variances.sum() or 1.0)
        with np.errstate(over="ignore"):
            points = centred @ (directions.T * signs) * size
        return Projection(points, tuple(shares.tolist()))

    def _vector(self, word_id: int) -> Vector:
        vector: Vector = self._embedding[word_id].astype(np.float64)
        return vector

    def _blocks(self) -> Iterator[tuple[slice, npt.NDArray[np.float64]]]:
        """All points in float64, some at a time, with the ids they belong to."""
        words, features = self._embedding.shape
        rows_at_once = max(1, NUMBERS_AT_ONCE // features)
        for start in range(0, words, rows_at_once):
            rows = slice(start, start + rows_at_once)
            yield rows, self._embedding[rows].astype(np.float64)

    def _nearest(
        self, vector: Vector, count: int, metric: Metric, left_out: Sequence[int]
    ) -> list[Neighbor]:
        distances = np.empty(len(self.vocabulary))
        for rows, points in self._blocks():
            distances[rows] = _distances(points, vector, metric)
        others = np.delete(np.arange(len(distances)), left_out)
        return [
            Neighbor(self.vocabulary.words[word_id], float(distances[word_id]))
            for word_id in others[highest(-distances[others], count)].tolist()
        ]


def _distances(points: npt.NDArray[np.float64], vector: Vector, metric: Metric) -> Vector:
    """(rows,) from each of `points` (rows, E) to `vector`.

    A point at the origin has no direction: its cosine with any other is taken as 0.
    """
    if metric == "euclidean":
        return _lengths(points - vector)
    cosines: Vector = _directions(points) @ _directions(vector[np.newaxis])[0]
    return 1.0 - cosines.clip(-1.0, 1.0)


def _directions(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(rows, E) each point at length 1, but one at the origin stays there."""
    largest = np.abs(points).max(axis=1)
    # First to features of at most 1, whose squares neither overflow nor vanish.
    points = points / np.where(largest > 0.0, largest, 1.0)[:, np.newaxis]
    return points / np.where(largest > 0.0, _lengths(points), 1.0)[:, np.newaxis]


def _lengths(points: npt.NDArray[np.float64]) -> Vector:
    squares: Vector = np.einsum("ij,ij->i", points, points)
    return np.sqrt(squares)


def _power_of_two(values: npt.NDArray[np.floating]) -> float:
    """The size of the largest of `values`, rounded down; 1/2 if all are 0.

    Values divided by it neither overflow nor vanish when they are squared and summed up, and
    are rounded as they would have been.
    """
    largest = max(float(values.max()), -float(values.min()))
    return math.ldexp(1.0, math.frexp(largest)[1] - 1)
