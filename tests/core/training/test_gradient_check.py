"""The gradient check itself: it passes what is right and catches what is broken on purpose."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from wordnet_tui.core.model import network
from wordnet_tui.core.model.activations import ACTIVATIONS
from wordnet_tui.core.model.hyperparameters import Activation, Hyperparameters
from wordnet_tui.core.model.network import Deltas, Layers, Parameters
from wordnet_tui.core.training import gradient_check
from wordnet_tui.core.training.gradient_check import (
    CHECKED_NETWORK,
    SMALLEST_SLOPE,
    compare_gradients,
)

ARRAYS = ["embedding", "hidden_weights", "output_weights", "hidden_bias", "output_bias"]
each_activation = pytest.mark.parametrize("activation", get_args(Activation))


def disagreeing(hyperparameters: Hyperparameters = CHECKED_NETWORK) -> list[str]:
    compared = compare_gradients(hyperparameters)
    return [comparison.array for comparison in compared if not comparison.agrees]


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("seed", [1, 2, 3])
@each_activation
def test_every_gradient_of_the_network_agrees(
    activation: Activation, seed: int, dropout: float
) -> None:
    changed = {"dropout": dropout, "embedding_dropout": dropout / 2}
    compared = compare_gradients(
        CHECKED_NETWORK.changed(activation=activation, seed=seed, **changed)
    )
    assert [comparison.array for comparison in compared] == ARRAYS
    assert [comparison.shape for comparison in compared] == [
        (12, 5),
        (15, 7),
        (7, 12),
        (7,),
        (12,),
    ]
    assert [comparison.entries for comparison in compared] == [60, 105, 84, 7, 12]
    for comparison in compared:
        assert comparison.activation == activation
        assert comparison.agrees
        assert 0.0 < comparison.largest_difference < 1e-9
        assert comparison.largest_relative_difference < 5e-7


@pytest.mark.parametrize(
    "sizes",
    [
        {"context_size": 1, "vocabulary_size": 2, "embedding_size": 1, "hidden_size": 1},
        {"context_size": 8, "vocabulary_size": 5, "embedding_size": 2, "hidden_size": 3},
        {"batch_size": 1},
        {"batch_size": 100, "dtype": "float32", "init": "reference"},
    ],
)
@each_activation
def test_other_sizes_and_starts_agree_too(
    activation: Activation, sizes: dict[str, object]
) -> None:
    assert disagreeing(CHECKED_NETWORK.changed(activation=activation, **sizes)) == []


@pytest.mark.parametrize("broken", ARRAYS)
def test_one_wrong_entry_of_one_array_is_caught(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def backward(*arguments: object) -> None:
        network.backward(*arguments)  # type: ignore[arg-type]
        getattr(arguments[-1], broken).flat[-1] += 1e-5

    monkeypatch.setattr(gradient_check, "backward", backward)
    assert disagreeing() == [broken]


def test_a_gradient_that_is_not_a_number_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def backward(*arguments: object) -> None:
        network.backward(*arguments)  # type: ignore[arg-type]
        arguments[-1].hidden_bias[0] = np.nan  # type: ignore[attr-defined]

    monkeypatch.setattr(gradient_check, "backward", backward)
    assert disagreeing() == ["hidden_bias"]


def test_the_slope_of_another_activation_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that lies behind the hidden units is wrong then, the output layer is not."""
    mixed_up = replace(
        ACTIVATIONS["sigmoid"], multiply_by_slope=ACTIVATIONS["tanh"].multiply_by_slope
    )
    monkeypatch.setitem(ACTIVATIONS, "sigmoid", mixed_up)
    assert disagreeing() == ["embedding", "hidden_weights", "hidden_bias"]


def test_counting_a_repeated_word_once_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The classic mistake: `d_embedding[ids] = rows` instead of their sum."""

    def backward(
        parameters: Parameters,
        layers: Layers,
        target_ids: np.ndarray,
        activation: Activation,
        deltas: Deltas,
        gradients: Parameters,
    ) -> None:
        network.backward(parameters, layers, target_ids, activation, deltas, gradients)
        gradients.embedding[:] = 0.0
        rows = deltas.d_embedded.reshape(-1, gradients.embedding.shape[1])
        gradients.embedding[layers.context_ids.ravel()] += rows

    monkeypatch.setattr(gradient_check, "backward", backward)
    assert disagreeing() == ["embedding"]


def test_forgetting_to_divide_by_the_mini_batch_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def backward(*arguments: object) -> None:
        network.backward(*arguments)  # type: ignore[arg-type]
        for gradient in arguments[-1]:  # type: ignore[attr-defined]
            gradient *= CHECKED_NETWORK.batch_size

    monkeypatch.setattr(gradient_check, "backward", backward)
    assert disagreeing() == ARRAYS


def test_a_difference_is_judged_beside_the_slope_but_not_beside_one_of_almost_0(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Half of the agreed difference passes, twice of it does not."""
    for share, caught in ((0.5, []), (2.0, ["hidden_weights"])):

        def backward(*arguments: object, share: float = share) -> None:
            network.backward(*arguments)  # type: ignore[arg-type]
            gradient = arguments[-1].hidden_weights  # type: ignore[attr-defined]
            smallest = np.abs(gradient).argmin()
            gradient.flat[smallest] += share * gradient_check.TOLERANCE * SMALLEST_SLOPE

        monkeypatch.setattr(gradient_check, "backward", backward)
        assert disagreeing() == caught


def test_the_same_seed_gives_the_same_comparison_and_another_one_another() -> None:
    first, again, other = (
        compare_gradients(CHECKED_NETWORK.changed(seed=seed)) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize("seed", range(3))
def test_no_kink_is_near_and_words_repeat_within_a_context_and_across_contexts(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen where the network is drawn; with so many words they hardly repeat by chance."""
    drawn: list[tuple[float, np.ndarray]] = []

    def forward(
        parameters: Parameters, context_ids: np.ndarray, activation: Activation, layers: Layers
    ) -> None:
        network.forward(parameters, context_ids, activation, layers)
        if activation == "identity":  # the inputs of the hidden units as they are
            drawn.append((float(np.abs(layers.activated).min()), context_ids))

    monkeypatch.setattr(gradient_check, "forward", forward)
    monkeypatch.setattr(gradient_check, "FARTHEST_MOVE", 0.1)
    many_words = {"vocabulary_size": 60, "embedding_size": 2, "hidden_size": 40}
    assert not disagreeing(CHECKED_NETWORK.changed(activation="relu", seed=seed, **many_words))
    distances = [distance for distance, _ in drawn]
    assert min(distances[:-1]) < 0.1 <= distances[-1]
    first, *_, last = drawn[-1][1].tolist()
    assert len(set(first)) == 1
    assert first[0] in last
