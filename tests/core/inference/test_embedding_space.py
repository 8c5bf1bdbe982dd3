"""Distances, neighbours, analogies, projections, against hand-made points and plain loops."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import (
    HyperparameterError,
    UnknownWordError,
    VocabularyError,
    WordnetError,
)
from wordnet_tui.core.inference.embedding_space import EmbeddingSpace, Metric
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork

Points = npt.NDArray[np.floating]


def network_of(points: Points, words: list[str] | None) -> TrainedNetwork:
    count, features = points.shape
    others = [np.zeros(shape) for shape in [(features, 2), (2, count), (2,), (count,)]]
    vocabulary = None if words is None else Vocabulary(words)
    return TrainedNetwork(Hyperparameters(), Parameters(points, *others), vocabulary)


def space_of(points: object) -> EmbeddingSpace:
    """Words w0, w1, ... at the points given."""
    array = np.asarray(points, dtype=np.float32)
    return EmbeddingSpace(network_of(array, [f"w{i}" for i in range(len(array))]))


CROSS = [[1, 0], [0, 2], [3, 0], [-1, 0], [0, 0], [3, 3]]


def test_euclidean_neighbors_are_the_nearest_points() -> None:
    assert space_of(CROSS).neighbors("w0", 4) == [
        ("w4", 1.0),
        ("w2", 2.0),  # as far as w3, which has the higher id
        ("w3", 2.0),
        ("w1", pytest.approx(math.sqrt(5))),
    ]


def test_cosine_neighbors_are_those_in_the_same_direction() -> None:
    assert space_of(CROSS).neighbors("w0", metric="cosine") == [
        ("w2", 0.0),
        ("w5", pytest.approx(1 - math.sqrt(0.5))),
        ("w1", 1.0),
        ("w4", 1.0),  # a word at the origin has no direction
        ("w3", 2.0),
    ]


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_a_word_at_the_very_same_point_is_a_neighbor_but_not_the_word_itself(
    metric: Metric,
) -> None:
    space = space_of([[1, 2], [1, 2], [5, 0]])
    assert space.neighbors("w1", 1, metric) == [("w0", pytest.approx(0.0, abs=1e-15))]
    assert space.distance("w1", "w1", metric) == 0.0
    assert "w1" not in [neighbor.word for neighbor in space.neighbors("w1", 10, metric)]


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_cosine_does_not_depend_on_length(scale: float) -> None:
    space = space_of(np.array(CROSS) * scale)
    assert space.distance("w0", "w5", "cosine") == pytest.approx(1 - math.sqrt(0.5))


@given(seed=st.integers(0, 10_000), metric=st.sampled_from(["euclidean", "cosine"]))
def test_neighbors_and_distance_agree_with_a_plain_loop(seed: int, metric: Metric) -> None:
    points = np.random.default_rng(seed).normal(size=(12, 3))
    space = EmbeddingSpace(network_of(points, [f"w{i}" for i in range(12)]))

    def apart(i: int, j: int) -> float:
        if metric == "euclidean":
            return math.dist(points[i], points[j])
        product = sum(x * y for x, y in zip(points[i], points[j], strict=True))
        return 1 - product / math.hypot(*points[i]) / math.hypot(*points[j])

    expected = sorted((apart(4, j), f"w{j}") for j in range(12) if j != 4)
    found = space.neighbors("w4", 5, metric)
    assert [neighbor.word for neighbor in found] == [word for _, word in expected[:5]]
    assert [neighbor.distance for neighbor in found] == pytest.approx(
        [distance for distance, _ in expected[:5]]
    )
    assert space.distance("w4", "w7", metric) == pytest.approx(apart(4, 7))


def test_many_words_are_gone_through_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.random.default_rng(3).normal(size=(50, 4))
    space = space_of(points)
    at_once = space.neighbors("w9", 49), space.axis("w1", "w2").tolist()
    monkeypatch.setattr(
        "wordnet_tui.core.inference.embedding_space.NUMBERS_AT_ONCE", 28
    )  # 7 rows
    in_blocks = space.neighbors("w9", 49), space.axis("w1", "w2").tolist()
    assert in_blocks[0] == at_once[0]
    assert in_blocks[1] == pytest.approx(at_once[1], abs=1e-12)


def test_an_analogy_goes_from_the_third_word_as_from_the_first_to_the_second() -> None:
    """On points made for it: king - man + woman. The words of the question are left out."""
    words = ["man", "king", "woman", "queen", "apple"]
    points = np.array([[1, 0, 1], [1, 5, 1], [1, 0, -1], [1, 4.5, -1], [-3, 0, 0]])
    space = EmbeddingSpace(network_of(points, words))
    assert space.analogy("man", "king", "woman", 1)[0].word == "queen"
    euclidean = space.analogy("man", "king", "woman", metric="euclidean")
    assert euclidean == [("queen", 0.5), ("apple", pytest.approx(math.sqrt(16 + 25 + 1)))]


def test_an_axis_runs_from_0_at_one_word_to_1_at_the_other() -> None:
    coordinates = space_of(CROSS).axis("w3", "w2")  # from x = -1 to x = 3
    np.testing.assert_allclose(coordinates, [0.5, 0.25, 1.0, 0.0, 0.25, 1.0], atol=1e-15)


def test_two_words_at_one_point_give_no_axis() -> None:
    with pytest.raises(WordnetError, match='"w0" and "w1" have the same point'):
        space_of([[1, 2], [1, 2]]).axis("w0", "w1")


def test_a_projection_finds_the_directions_of_largest_spread() -> None:
    # Spread 6 along (3, 4)/5, spread 2 across it, about the point (7, 7).
    along, across = np.array([0.6, 0.8]), np.array([-0.8, 0.6])
    points = np.array([7 + 3 * along, 7 - 3 * along, 7 + across, 7 - across])
    projection = EmbeddingSpace(network_of(points, list("abcd"))).project()
    np.testing.assert_allclose(
        # The largest feature of `across` is its first, which must point to the positive side.
        projection.points,
        [[3, 0], [-3, 0], [0, -1], [0, 1]],
        atol=1e-12,
    )
    assert projection.variance_shares == pytest.approx((0.9, 0.1))


def test_a_projection_agrees_with_the_eigenvectors_of_the_covariance() -> None:
    points = np.random.default_rng(8).normal(size=(40, 6)) * [5, 4, 3, 2, 1, 0.5]
    projection = space_of(points).project(3)
    eigenvalues = np.linalg.eigvalsh(np.cov(points.astype(np.float32).T))[::-1]
    assert projection.variance_shares == pytest.approx(eigenvalues[:3] / eigenvalues.sum())
    np.testing.assert_allclose(
        np.cov(projection.points.T), np.diag(eigenvalues[:3]), atol=1e-6
    )


def test_a_projection_does_not_flip_when_the_words_are_listed_in_another_order() -> None:
    points = np.random.default_rng(4).normal(size=(30, 5)) * [5, 4, 3, 2, 1]
    np.testing.assert_allclose(
        space_of(points[::-1]).project().points,
        space_of(points).project().points[::-1],
        atol=1e-6,
    )


def test_words_all_at_one_point_have_no_spread() -> None:
    projection = space_of(np.ones((4, 3))).project()
    assert projection.variance_shares == (0.0, 0.0)
    assert not projection.points.any()


@pytest.mark.parametrize("components", [0, 3])
def test_more_components_than_there_are_is_refused(components: int) -> None:
    with pytest.raises(HyperparameterError, match="must be from 1 to 2"):
        space_of(CROSS).project(components)


def test_words_and_counts_are_checked() -> None:
    space = space_of(CROSS)
    with pytest.raises(UnknownWordError, match="w9"):
        space.neighbors("w9")
    with pytest.raises(UnknownWordError, match="w9"):
        space.distance("w0", "w9")
    with pytest.raises(HyperparameterError, match="must be 1 or above, not 0"):
        space.neighbors("w0", 0)
    with pytest.raises(VocabularyError):
        EmbeddingSpace(network_of(np.ones((2, 2)), None))
