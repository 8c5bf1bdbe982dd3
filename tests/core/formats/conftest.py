"""Small networks to save, and the comparison of what was saved with what came back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import Provenance, TrainedNetwork

MakeNetwork = Callable[..., TrainedNetwork]
WORDS = ("the", "a", "größer", "犬", "it's")


@pytest.fixture(scope="session")
def make_network() -> MakeNetwork:
    """Builds a network with random weights; settings as for Hyperparameters, sizes small."""

    def make(
        words: tuple[str, ...] | None = WORDS,
        shown: tuple[str, ...] | None = None,
        provenance: Provenance | None = None,
        **settings: Any,
    ) -> TrainedNetwork:
        sizes = {"embedding_size": 3, "hidden_size": 4, "context_size": 2}
        size = len(words) if words else len(WORDS)
        hyperparameters = Hyperparameters(**{**sizes, "vocabulary_size": size, **settings})
        V, E = hyperparameters.vocabulary_size, hyperparameters.embedding_size
        D, H = hyperparameters.context_size, hyperparameters.hidden_size
        rng = np.random.default_rng(seed=V + 10 * E + 100 * D + 1000 * H)
        shapes = {
            "embedding": (V, E),
            "hidden_weights": (D * E, H),
            "output_weights": (H, V),
            "hidden_bias": (H,),
            "output_bias": (V,),
        }
        arrays = {
            name: rng.normal(size=shape).astype(hyperparameters.dtype)
            for name, shape in shapes.items()
        }
        vocabulary = Vocabulary(words, shown) if words else None
        return TrainedNetwork(
            hyperparameters, Parameters(**arrays), vocabulary, provenance or Provenance()
        )

    return make


@pytest.fixture(scope="session")
def assert_same_weights() -> Callable[[TrainedNetwork, TrainedNetwork], None]:
    """Fails unless all weights are equal, bit for bit where the type is the same."""

    def compare(actual: TrainedNetwork, expected: TrainedNetwork) -> None:
        for field in fields(Parameters):
            np.testing.assert_array_equal(
                getattr(actual.parameters, field.name),
                getattr(expected.parameters, field.name),
                err_msg=field.name,
                strict=True,
            )

    return compare
