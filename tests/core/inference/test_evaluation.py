"""Figures over a part of the data, against a computation row by row."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from wordnet_tui.core.data.dataset import Windows
from wordnet_tui.core.inference.evaluation import (
    ROWS_AT_ONCE,
    Evaluation,
    batch_loss,
    cross_entropy,
    evaluate,
)
from wordnet_tui.core.model.network import Parameters, log_probabilities

MakeParameters = Callable[..., Parameters]


def windows_of(rows: int, V: int = 12, D: int = 2) -> Windows:
    return np.random.default_rng(rows).integers(V, size=(rows, D + 1)).astype(np.uint8)


def row_by_row(parameters: Parameters, windows: Windows) -> Evaluation:
    loss, first, among_five = 0.0, 0, 0
    for *context, target in windows.tolist():
        probabilities = np.exp(log_probabilities(parameters, np.array([context]), "tanh"))[0]
        ranking = sorted(range(len(probabilities)), key=lambda word: -probabilities[word])
        loss -= math.log(probabilities[target])
        first += ranking[0] == target
        among_five += target in ranking[:5]
    rows = len(windows)
    return Evaluation(rows, loss / rows, first / rows, among_five / rows)


@pytest.mark.parametrize(
    "rows", [1, ROWS_AT_ONCE - 1, ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 2 * ROWS_AT_ONCE + 44]
)
def test_the_figures_are_those_of_all_rows_taken_one_at_a_time(
    rows: int, random_parameters: MakeParameters
) -> None:
    """Whether or not the last pass is a short one."""
    parameters = random_parameters(V=12, D=2, E=3, H=5)
    windows = windows_of(rows)
    computed, expected = (
        evaluate(parameters, windows, "tanh"),
        row_by_row(parameters, windows),
    )
    assert computed.cross_entropy == pytest.approx(expected.cross_entropy, rel=1e-12)
    assert (computed.rows, computed.top1, computed.top5) == (
        rows,
        expected.top1,
        expected.top5,
    )
    assert cross_entropy(parameters, windows, "tanh") == pytest.approx(
        expected.cross_entropy, rel=1e-12
    )


def test_perplexity_is_the_number_of_equally_likely_words(
    random_parameters: MakeParameters,
) -> None:
    uniform = random_parameters(V=12, D=2, E=3, H=5, deviation=0.0)
    measured = evaluate(uniform, windows_of(50), "sigmoid")
    assert measured.cross_entropy == pytest.approx(math.log(12))
    assert measured.perplexity == pytest.approx(12)


@pytest.mark.parametrize("figure", [5_000.0, math.inf])
def test_a_perplexity_beyond_all_floats_is_infinite(figure: float) -> None:
    assert Evaluation(1, figure, 0.0, 0.0).perplexity == math.inf


def test_a_word_is_likeliest_or_among_five_by_how_many_are_likelier(
    random_parameters: MakeParameters,
) -> None:
    """Logits 11, 10, ..., 0: word k has rank k."""
    parameters = random_parameters(V=12, D=2, E=3, H=5, deviation=0.0)
    parameters.output_bias[:] = np.arange(12)[::-1]
    for word, (top1, top5) in {0: (1, 1), 1: (0, 1), 4: (0, 1), 5: (0, 0), 11: (0, 0)}.items():
        measured = evaluate(parameters, np.array([[3, 7, word]], np.uint8), "relu")
        assert (measured.top1, measured.top5) == (top1, top5)


def test_the_figures_of_an_evaluation_that_is_stopped_are_those_of_the_rows_so_far(
    random_parameters: MakeParameters,
) -> None:
    parameters = random_parameters(V=12, D=2, E=3, H=5)
    windows = windows_of(5 * ROWS_AT_ONCE)
    answers = iter([False, True])
    stopped = evaluate(parameters, windows, "tanh", should_stop=lambda: next(answers))
    assert stopped == evaluate(parameters, windows[: 2 * ROWS_AT_ONCE], "tanh")


def test_the_cross_entropy_of_no_rows_is_not_a_number(
    random_parameters: MakeParameters,
) -> None:
    parameters = random_parameters(V=12, D=2, E=3, H=5)
    assert math.isnan(cross_entropy(parameters, windows_of(0), "tanh"))


def test_the_original_counts_no_example_for_more_than_30_nats(
    random_parameters: MakeParameters,
) -> None:
    """-ln(p + e^-30): 100 nats become 30, and ln 2 of a fair coin stays to 1e-12."""
    assert batch_loss(np.array([-100.0])) == pytest.approx(100.0)
    assert batch_loss(np.array([-100.0]), as_original=True) == pytest.approx(30.0)
    assert batch_loss(np.array([-30.0]), True) == pytest.approx(30.0 - math.log(2.0))
    assert batch_loss(np.log([0.5]), as_original=True) == pytest.approx(math.log(2), abs=1e-12)
    parameters = random_parameters(V=12, D=2, E=3, H=5, deviation=0.0)
    parameters.output_bias[0] = 100.0
    rows = np.array([[1, 1, 0], [1, 1, 5]], np.uint8)
    assert cross_entropy(parameters, rows, "sigmoid") == pytest.approx(50.0)
    assert cross_entropy(parameters, rows, "sigmoid", as_original=True) == pytest.approx(15.0)


def test_float32_sums_many_rows_without_losing_any(random_parameters: MakeParameters) -> None:
    """A running sum in float32 would be off by about 1e-4 here."""
    losses = np.full(200_000, -2.345678, np.float32)
    assert batch_loss(losses) == pytest.approx(float(-losses[0]), rel=1e-12)
    double = random_parameters(V=12, D=2, E=3, H=5, deviation=0.3)
    single, _ = double.packed("float32")
    windows = windows_of(4 * ROWS_AT_ONCE)
    coarse, fine = (
        cross_entropy(parameters, windows, "tanh") for parameters in (single, double)
    )
    assert coarse == pytest.approx(fine, rel=1e-6)


def test_rows_of_a_part_are_read_and_not_changed(random_parameters: MakeParameters) -> None:
    windows = windows_of(300)
    windows.flags.writeable = False
    evaluate(random_parameters(V=12, D=2, E=3, H=5), windows, "tanh")


def test_a_tie_does_not_count_as_a_hit(random_parameters: MakeParameters) -> None:
    """All words equally likely: it would be right in 1 of 12 rows by guessing."""
    uniform = random_parameters(V=12, D=2, E=3, H=5, deviation=0.0)
    measured = evaluate(uniform, windows_of(600), "sigmoid")
    assert measured.top1 < 0.2
    assert measured.top5 < 0.6


def test_a_network_whose_logits_are_not_numbers_hits_nothing(
    random_parameters: MakeParameters,
) -> None:
    spoiled = random_parameters(V=12, D=2, E=3, H=5)
    spoiled.hidden_bias[:] = math.nan
    measured = evaluate(spoiled, windows_of(20), "sigmoid")
    assert (measured.top1, measured.top5) == (0.0, 0.0)
