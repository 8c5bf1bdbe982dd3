"""The start of the original, against numbers worked out apart from the program."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wordnet_tui.core.model.hyperparameters import PRESETS, Hyperparameters
from wordnet_tui.core.model.network import initial_parameters
from wordnet_tui.core.model.original_start import deviates, original_weights

MODULUS = 2**31 - 1
# 1 * 16807; 16807^2; 16807^3 = 4747561509943 = 2210 * (2^31 - 1) + 1622650073; and so on.
FIRST_NUMBERS = [16807, 282475249, 1622650073, 984943658, 1144108930, 470211272]


def one_by_one(count: int) -> list[float]:
    """The deviates as a C program draws them, one after the other."""
    drawn: list[float] = []
    x = 1
    while len(drawn) < count:
        pair = []
        for _ in range(2):
            x = 16807 * x % MODULUS
            pair.append(2.0 * (x / MODULUS) - 1.0)
        s = pair[0] ** 2 + pair[1] ** 2
        if 0.0 < s < 1.0:
            drawn += [coordinate * math.sqrt(-2.0 * math.log(s) / s) for coordinate in pair]
    return drawn[:count]


def test_the_first_deviates_come_from_the_first_numbers_of_the_generator() -> None:
    a, b, c, d, e, f = (2.0 * x / MODULUS - 1.0 for x in FIRST_NUMBERS)
    assert a**2 + b**2 > 1.0  # so the first pair is thrown away
    first, second = c**2 + d**2, e**2 + f**2
    expected = [
        c * math.sqrt(-2.0 * math.log(first) / first),
        d * math.sqrt(-2.0 * math.log(first) / first),
        e * math.sqrt(-2.0 * math.log(second) / second),
        f * math.sqrt(-2.0 * math.log(second) / second),
    ]
    np.testing.assert_allclose(deviates(4), expected, rtol=1e-14)
    np.testing.assert_allclose(deviates(2), [1.60159217, -0.25909329], rtol=1e-7)


def test_many_deviates_are_those_drawn_one_by_one() -> None:
    drawn = deviates(150_000)  # several blocks
    np.testing.assert_allclose(drawn, one_by_one(150_000), rtol=1e-12)
    np.testing.assert_array_equal(deviates(77_777), drawn[:77_777])  # an odd number


def test_the_generator_is_the_minimal_standard_one() -> None:
    """Park and Miller's check: from 1, the 10,000th number is 1043618065."""
    x = 1
    for _ in range(10_000):
        x = 16807 * x % MODULUS
    assert x == 1043618065


def test_the_matrices_are_filled_row_by_row_as_the_original_keeps_them() -> None:
    first, second = original_weights([(3, 2), (2, 5)])
    drawn = 0.01 * np.array(one_by_one(16))
    np.testing.assert_allclose(first.T.ravel(), drawn[:6], rtol=1e-12)
    np.testing.assert_allclose(second.T.ravel(), drawn[6:], rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_network_begins_with_them_whatever_the_seed(dtype: str) -> None:
    sizes = {"vocabulary_size": 7, "embedding_size": 3, "hidden_size": 5, "context_size": 2}
    settings = Hyperparameters.checked(init="original", dtype=dtype, **sizes)
    for seed in (1, 2):
        start = initial_parameters(settings, np.random.default_rng(seed))
        weights = start.embedding, start.hidden_weights, start.output_weights
        drawn = np.concatenate([matrix.T.ravel() for matrix in weights])
        expected = 0.01 * np.array(one_by_one(7 * 3 + 6 * 5 + 5 * 7))
        np.testing.assert_allclose(drawn, expected, rtol=1e-12 if dtype == "float64" else 1e-6)
        assert not start.hidden_bias.any()
        assert not start.output_bias.any()
        for array in start:
            assert array.dtype == dtype
            assert array.flags.c_contiguous


def test_the_preset_original_is_reference_from_that_start_in_double_precision() -> None:
    original, reference = PRESETS["original"], PRESETS["reference"]
    assert original == reference.changed(init="original", dtype="float64")
    assert not original.shuffle
