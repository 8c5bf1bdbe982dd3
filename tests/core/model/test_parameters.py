"""The weights to start from, how they lie in memory, and the masks of dropout."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Layers, Parameters, initial_parameters

MakeParameters = Callable[..., Parameters]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("init", "deviations"),
    [("reference", (0.01, 0.01, 0.01)), ("scaled", (90**-0.5, 60**-0.5, 80**-0.5))],
)
def test_the_start_has_the_spread_asked_for_and_no_biases(
    init: str, deviations: tuple[float, ...], dtype: str
) -> None:
    sizes = {"vocabulary_size": 90, "embedding_size": 20, "hidden_size": 80}
    hyperparameters = Hyperparameters.checked(init=init, dtype=dtype, context_size=3, **sizes)
    start = initial_parameters(hyperparameters, np.random.default_rng(1))
    shapes = [array.shape for array in start]
    assert shapes == [(90, 20), (60, 80), (80, 90), (80,), (90,)]
    assert {array.dtype.name for array in start} == {dtype}
    weights = start.embedding, start.hidden_weights, start.output_weights
    for array, deviation in zip(weights, deviations, strict=True):
        error_of_mean = deviation / math.sqrt(array.size)
        assert abs(array.mean()) < 4 * error_of_mean
        assert abs(array.std() - deviation) < 4 * error_of_mean / math.sqrt(2)
    assert not start.hidden_bias.any()
    assert not start.output_bias.any()


def test_packed_parameters_are_views_of_one_copy_with_the_biases_last(
    random_parameters: MakeParameters,
) -> None:
    parameters = random_parameters(V=5, D=2, E=3, H=4)
    packed, vector = parameters.packed("float32")
    assert parameters.count == vector.size == 5 * 3 + 6 * 4 + 4 * 5 + 4 + 5
    vector[:] = np.arange(vector.size)
    assert [array.flat[0] for array in packed] == [0, 15, 39, 59, 63]
    assert [array.shape for array in packed] == [array.shape for array in parameters]
    assert packed.output_bias.tolist() == [63, 64, 65, 66, 67]
    assert parameters.output_bias[0] != 63
    with pytest.raises(FrozenInstanceError):
        packed.embedding = parameters.embedding  # type: ignore[misc]


def test_dropout_keeps_a_share_and_makes_up_for_what_it_drops(
    random_parameters: MakeParameters,
) -> None:
    parameters = random_parameters(V=5, D=2, E=50, H=300)
    layers = Layers(parameters, batch_size=50)
    layers.drop(hidden=0.2, embedding=0.75, random=np.random.default_rng(1))
    for mask, share in ((layers.hidden_mask, 0.2), (layers.embedding_mask, 0.75)):
        assert mask is not None
        np.testing.assert_allclose(np.unique(mask), [0.0, 1.0 / (1.0 - share)], rtol=1e-4)
        deviation = math.sqrt(share * (1.0 - share) / mask.size)
        assert abs(np.mean(mask == 0.0) - share) < 4 * deviation
    before = layers.hidden_mask
    layers.drop(hidden=0.2, embedding=0.75, random=np.random.default_rng(2))
    assert not np.array_equal(before, layers.hidden_mask)


def test_no_dropout_draws_no_number(random_parameters: MakeParameters) -> None:
    layers = Layers(random_parameters(V=5, D=2, E=2, H=3), batch_size=4)
    random = np.random.default_rng(1)
    layers.drop(hidden=0.0, embedding=0.0, random=random)
    assert layers.hidden_mask is None
    assert layers.embedding_mask is None
    assert random.random() == np.random.default_rng(1).random()
