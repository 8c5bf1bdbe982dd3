"""The watch over the validation loss: which weights are kept, and when patience ends."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from wordnet_tui.core.data.dataset import Windows
from wordnet_tui.core.inference.evaluation import cross_entropy
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.training import validation as module
from wordnet_tui.core.training.validation import Validation

MakeParameters = Callable[..., Parameters]
COIN = np.zeros((40, 2), np.uint8)
"""Rows whose last word is always word 0."""


@pytest.fixture
def coin(random_parameters: MakeParameters) -> Callable[[float], Parameters]:
    """Makes a network of two words whose cross-entropy on `COIN` is the one asked for."""

    def make(nats: float) -> Parameters:
        parameters = random_parameters(V=2, D=1, E=1, H=1, deviation=0.0)
        probability = math.exp(-nats)
        parameters.output_bias[:] = math.log(probability), math.log1p(-probability)
        return parameters

    return make


def watch(
    start: Parameters, windows: Windows = COIN, as_original: bool = False, **settings: object
) -> Validation:
    return Validation(windows, Hyperparameters.checked(**settings), start, as_original)


def test_the_best_figure_and_its_weights_are_kept(
    coin: Callable[[float], Parameters],
) -> None:
    validation = watch(coin(3.0))
    for batch, nats in enumerate([2.0, 1.0, 1.5], start=1):
        current = coin(nats)
        assert validation.measure(current, batch)
        current.output_bias[:] = 0.0  # training goes on; what was kept is a copy
        assert validation.cross_entropy == pytest.approx(nats)
        assert validation.measured_at == batch
    assert validation.best_cross_entropy == pytest.approx(1.0)
    assert validation.best_at == 2
    figure = cross_entropy(validation.best_parameters, COIN, "sigmoid")
    assert figure == validation.best_cross_entropy


def test_before_anything_is_measured_the_start_is_the_best_known(
    coin: Callable[[float], Parameters],
) -> None:
    start = coin(3.0)
    kept = start.output_bias.copy()
    validation = watch(start)
    start.output_bias[:] = 7.0
    assert (
        validation.cross_entropy is validation.best_cross_entropy is validation.best_at is None
    )
    np.testing.assert_array_equal(validation.best_parameters.output_bias, kept)


@pytest.mark.parametrize(
    ("min_delta", "figures", "without_gain"),
    [
        (0.0, [2.0, 1.9, 1.95, 1.9, 1.89], [0, 0, 1, 2, 0]),
        # 1.9 is lower than 2.0 by less than 0.3, and 1.65 lower than 1.9, but also than 2.0
        (0.3, [2.0, 1.9, 1.65, 1.5, 1.3], [0, 1, 0, 1, 0]),
    ],
)
def test_only_a_fall_by_more_than_the_minimal_gain_counts_as_one(
    coin: Callable[[float], Parameters],
    min_delta: float,
    figures: list[float],
    without_gain: list[int],
) -> None:
    validation = watch(coin(3.0), min_delta=min_delta)
    counted = []
    for batch, nats in enumerate(figures):
        validation.measure(coin(nats), batch)
        counted.append(validation.without_gain)
    assert counted == without_gain
    assert validation.best_cross_entropy == pytest.approx(min(figures))


def test_patience_ends_after_so_many_validations_without_a_gain(
    coin: Callable[[float], Parameters],
) -> None:
    validation = watch(coin(3.0), patience=2)
    ended = []
    for nats in (2.0, 2.1, 1.0, 1.1, 1.2):
        validation.measure(coin(nats), batch=1)
        ended.append(validation.out_of_patience)
    assert ended == [False, False, False, False, True]


def test_a_patience_of_0_never_ends_and_it_may_change_while_training(
    coin: Callable[[float], Parameters],
) -> None:
    validation = watch(coin(3.0))
    for batch in range(50):
        validation.measure(coin(2.0), batch)
    assert not validation.out_of_patience
    validation.patience = 10
    assert validation.out_of_patience
    validation.patience, validation.min_delta = 60, 0.5
    validation.measure(coin(1.4), batch=51)
    assert validation.without_gain == 0


@pytest.mark.parametrize("spoiled", [math.nan, math.inf])
def test_a_figure_that_is_not_finite_changes_nothing(
    coin: Callable[[float], Parameters], spoiled: float
) -> None:
    validation = watch(coin(3.0))
    validation.measure(coin(2.0), batch=1)
    diverged = coin(1.0)
    diverged.hidden_bias[:] = spoiled
    diverged.output_weights[:] = spoiled
    assert not validation.measure(diverged, batch=2)
    assert validation.measured_at == validation.best_at == 1
    assert validation.cross_entropy == validation.best_cross_entropy == pytest.approx(2.0)
    assert all(np.isfinite(array).all() for array in validation.best_parameters)


def test_an_empty_part_is_never_measured(coin: Callable[[float], Parameters]) -> None:
    validation = watch(coin(3.0), COIN[:0], patience=1)
    assert validation.measure(coin(2.0), batch=1)
    assert validation.cross_entropy is None
    assert not validation.out_of_patience


def test_of_a_large_part_rows_are_taken_from_all_over(
    coin: Callable[[float], Parameters], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 40 rows at most 16 are taken: each third, 14 rows; the first 16 are all word 0."""
    monkeypatch.setattr(module, "LARGEST_VALIDATION", 16)
    windows = COIN.copy()
    windows[20:, -1] = 1
    validation = watch(coin(1.0), windows)
    validation.measure(coin(1.0), batch=1)
    zeros = len(range(0, 20, 3))
    other = -math.log(1 - math.exp(-1.0))
    expected = (zeros * 1.0 + (14 - zeros) * other) / 14
    assert validation.cross_entropy == pytest.approx(expected)


def test_as_the_original_it_takes_whole_mini_batches_and_at_most_30_nats_a_row(
    coin: Callable[[float], Parameters],
) -> None:
    windows = COIN.copy()
    windows[36:, -1] = 1  # in the short mini-batch that is dropped
    unlikely = coin(1.0)
    unlikely.output_bias[:] = -100.0, 0.0
    validation = watch(unlikely, windows, as_original=True, batch_size=12)
    validation.measure(unlikely, batch=1)
    assert validation.cross_entropy == pytest.approx(30.0)
    plain = watch(unlikely, windows, batch_size=12)
    plain.measure(unlikely, batch=1)
    assert plain.cross_entropy == pytest.approx(100.0 * 36 / 40)
