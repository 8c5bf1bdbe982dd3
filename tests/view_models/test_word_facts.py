"""What is said of one word, against counts by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from wordnet_tui.charts.map_view import FARTHEST
from wordnet_tui.core.data.dataset import CorpusReport, Dataset, Windows
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import UnknownWordError
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.view_models.word_facts import (
    in_corpus,
    is_finite,
    near,
    numbers,
    passages_with,
    plane_of,
)

WORDS = Vocabulary("abcde")


def windows_of(*lines: str) -> Windows:
    return np.array([[WORDS.id_of(word) for word in line] for line in lines], dtype=np.uint8)


@pytest.fixture
def dataset() -> Dataset:
    training = windows_of("abc", "bca", "abd", "cab", "abc")
    none = training[:0]
    return Dataset(
        "five", "0" * 64, WORDS, training, none, none, CorpusReport(np.ones(5, int))
    )


@pytest.fixture
def network(random_parameters: Callable[..., Parameters]) -> TrainedNetwork:
    return TrainedNetwork(Hyperparameters(), random_parameters(5, 2, 4, 3), WORDS)


def test_the_words_beside_a_word_come_with_their_counts(dataset: Dataset) -> None:
    facts = in_corpus(dataset, "b", 2)
    assert facts is not None
    assert facts.behind == (("c", 2), ("d", 1))
    assert facts.before == (("a", 1),)


def test_passages_have_the_word_in_one_column_and_come_from_all_over_the_corpus() -> None:
    windows = windows_of("abc", "bca", "abd", "cab", "abe")
    assert passages_with(windows, WORDS.id_of("b"), 2) == [([0, 1, 2], 1), ([0, 1, 4], 1)]


def test_a_word_that_is_never_in_the_middle_is_found_elsewhere() -> None:
    windows = windows_of("abc", "abd")
    assert passages_with(windows, WORDS.id_of("d"), 5) == [([0, 1, 3], 2)]
    assert passages_with(windows, WORDS.id_of("e"), 5) == []
    assert passages_with(windows[:0], WORDS.id_of("a"), 5) == []


def test_a_passage_is_shown_as_the_words_around_the_word(dataset: Dataset) -> None:
    facts = in_corpus(dataset, "b", 9)
    assert facts is not None
    assert facts.passages == (("a", "b", "c"), ("a", "b", "d"), ("a", "b", "c"))


def test_a_word_that_the_corpus_does_not_hold_has_no_facts(dataset: Dataset) -> None:
    assert in_corpus(dataset, "z", 3) is None


def test_a_search_that_is_no_longer_wanted_ends_without_an_answer(dataset: Dataset) -> None:
    assert in_corpus(dataset, "b", 3, should_stop=lambda: True) is None


def test_the_second_word_comes_with_its_distance(network: TrainedNetwork) -> None:
    points = network.parameters.embedding
    facts = near(network, "a", "d", "euclidean", 3)
    assert facts.second is not None
    assert facts.second.distance == pytest.approx(np.linalg.norm(points[0] - points[3]))
    assert len(facts.neighbors) == 3
    assert near(network, "a", "a", "cosine", 3).second is None


def test_an_unknown_word_is_reported(network: TrainedNetwork) -> None:
    with pytest.raises(UnknownWordError):
        near(network, "zebra", None, "cosine", 3)


def test_numbers_name_the_strongest_features_by_their_size(network: TrainedNetwork) -> None:
    network.parameters.embedding[1] = [0.1, -9.0, 0.0, 3.0]
    facts = numbers(network, "b")
    assert facts.values == (0.1, -9.0, 0.0, 3.0)
    assert facts.strongest == ((1, -9.0), (3, 3.0), (0, 0.1))
    assert facts.scale == 9.0


def test_a_network_that_diverged_is_known(network: TrainedNetwork) -> None:
    assert is_finite(network)
    network.parameters.embedding[2, 1] = np.nan
    assert not is_finite(network)


# ---- the map of words


def with_embedding(embedding: np.ndarray) -> TrainedNetwork:
    V, E = embedding.shape
    parameters = Parameters(
        embedding, np.zeros((E, 1)), np.zeros((1, V)), np.zeros(1), np.zeros(V)
    )
    return TrainedNetwork(Hyperparameters(), parameters, Vocabulary(f"w{i}" for i in range(V)))


@pytest.mark.parametrize("size", [1e-310, 1e-200, 1e200, 1e299])
def test_words_of_any_size_lie_as_they_would_at_size_1(size: float) -> None:
    embedding = np.random.default_rng(4).uniform(-1.0, 1.0, size=(9, 3))
    usual, sized = with_embedding(embedding), with_embedding(embedding * size)
    expected, found = plane_of(usual), plane_of(sized)
    np.testing.assert_allclose(found.points / size, expected.points, atol=1e-3)
    assert found.caption == expected.caption
    expected, found = plane_of(usual, up=("w2", "w7")), plane_of(sized, up=("w2", "w7"))
    np.testing.assert_allclose(found.points / [size, 1.0], expected.points, atol=1e-3)
    again = plane_of(with_embedding(-embedding * size), up=("w2", "w7"), before=found)
    np.testing.assert_allclose(again.points / [size, 1.0], found.points / [size, 1.0])


def test_words_beyond_reach_lie_at_its_end() -> None:
    network = with_embedding(np.array([[-1.7e308], [1.7e308], [0.0]]))
    assert plane_of(network, before=plane_of(network)).points[:, 0].tolist() == [
        -FARTHEST,
        FARTHEST,
        0.0,
    ]


def test_a_plane_follows_the_one_before_when_the_network_turned() -> None:
    random = np.random.default_rng(5)
    embedding = random.normal(size=(20, 4)) * [5.0, 4.0, 0.1, 0.1]
    before = plane_of(with_embedding(embedding))
    after = plane_of(
        with_embedding(embedding[:, [1, 0, 2, 3]] * [-1.0, 1.0, 1.0, 1.0]), before=before
    )
    np.testing.assert_allclose(after.points, before.points, atol=1e-9)


def test_an_axis_made_of_words_goes_from_0_at_the_first_to_1_at_the_second() -> None:
    embedding = np.random.default_rng(6).normal(size=(9, 3))
    plane = plane_of(with_embedding(embedding), up=("w2", "w7"))
    assert plane.points[[2, 7], 1] == pytest.approx([0.0, 1.0])
    assert "up: w2 to w7" in plane.caption
    assert "across: 1st principal component" in plane.caption


def test_words_of_a_single_feature_lie_on_a_line() -> None:
    plane = plane_of(with_embedding(np.array([[1.0], [2.0], [4.0]])))
    assert plane.points[:, 1].tolist() == [0.0, 0.0, 0.0]
    assert "100% of the variance" in plane.caption
