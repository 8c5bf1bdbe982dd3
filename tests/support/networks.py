"""Small networks and data for the tests of the numeric core."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from wordnet_tui.core.data.dataset import CorpusReport, Dataset, Windows
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.model.network import Parameters

V, D = 10, 2
"""Words in the vocabulary of the toy corpus, and words of a context."""


def toy_windows(rows: int, seed: int) -> Windows:
    """Two random words, then the one that follows the second of them in a fixed permutation.

    So a network can learn it: given the context, the entropy of the last word is 0.
    """
    random = np.random.default_rng(seed)
    contexts = random.integers(V, size=(rows, D))
    follower = np.random.default_rng(99).permutation(V)
    return np.column_stack([contexts, follower[contexts[:, -1]]]).astype(np.uint8)


@pytest.fixture
def toy_dataset() -> Callable[..., Dataset]:
    """Makes a data set of the toy corpus; parts given replace its own."""

    def make(**parts: Windows) -> Dataset:
        own = {
            "training": toy_windows(400, seed=1),
            "validation": toy_windows(70, seed=2),
            "test": toy_windows(70, seed=3),
        }
        words = Vocabulary(f"word{word_id}" for word_id in range(V))
        counts = np.bincount(own["training"][:, -1], minlength=V)
        return Dataset("toy", "0" * 64, words, **{**own, **parts}, report=CorpusReport(counts))

    return make


@pytest.fixture
def random_parameters() -> Callable[..., Parameters]:
    """Makes weights and biases, all from N(0, `deviation`)."""

    def make(
        V: int, D: int, E: int, H: int, *, deviation: float = 1.0, seed: int = 1
    ) -> Parameters:
        random = np.random.default_rng(seed)
        shapes = (V, E), (D * E, H), (H, V), (H,), (V,)
        return Parameters(*(random.normal(0.0, deviation, shape) for shape in shapes))

    return make
