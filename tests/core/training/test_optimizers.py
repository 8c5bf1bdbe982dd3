"""Update rules against their published formulas, worked out a number at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import get_args

import numpy as np
import pytest

from wordnet_tui.core.model.hyperparameters import OptimizerName
from wordnet_tui.core.training.optimizers import OPTIMIZERS, Optimizer

Weights = Iterator[float]


def sgd(w: float, gradients: list[float], rates: list[float], _: float) -> Weights:
    for g, rate in zip(gradients, rates, strict=True):
        w = w - rate * g
        yield w


def momentum(w: float, gradients: list[float], rates: list[float], m: float) -> Weights:
    """As the original's README has it: v = m v + g, w = w - rate v."""
    v = 0.0
    for g, rate in zip(gradients, rates, strict=True):
        v = m * v + g
        w = w - rate * v
        yield w


def nesterov(w: float, gradients: list[float], rates: list[float], m: float) -> Weights:
    v = 0.0
    for g, rate in zip(gradients, rates, strict=True):
        v = m * v + g
        w = w - rate * (g + m * v)
        yield w


def adagrad(w: float, gradients: list[float], rates: list[float], _: float) -> Weights:
    """Duchi et al. 2011: the sum is over all gradients so far, this one included."""
    for t, rate in enumerate(rates):
        norm = math.sqrt(sum(g**2 for g in gradients[: t + 1]))
        w = w - rate * gradients[t] / (norm + 1e-10)
        yield w


def rmsprop(w: float, gradients: list[float], rates: list[float], _: float) -> Weights:
    """Hinton's lecture 6e, slide 29: MeanSquare = 0.9 MeanSquare + 0.1 g^2."""
    mean_square = 0.0
    for g, rate in zip(gradients, rates, strict=True):
        mean_square = 0.9 * mean_square + 0.1 * g**2
        w = w - rate * g / (math.sqrt(mean_square) + 1e-8)
        yield w


def adam(w: float, gradients: list[float], rates: list[float], beta1: float) -> Weights:
    """Kingma and Ba 2015, algorithm 1, line by line."""
    beta2, epsilon, m, v = 0.999, 1e-8, 0.0, 0.0
    for t, (g, alpha) in enumerate(zip(gradients, rates, strict=True), start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        w = w - alpha * m_hat / (math.sqrt(v_hat) + epsilon)
        yield w


FORMULAS: dict[str, Callable[[float, list[float], list[float], float], Weights]] = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adam": adam,
}
each_rule = pytest.mark.parametrize("name", get_args(OptimizerName))


def steps(
    optimizer: Optimizer, weights: np.ndarray, gradients: np.ndarray, rates: list[float]
) -> np.ndarray:
    """(steps, n) the weights after each step; `weights` is changed in place."""
    path = []
    for gradient, rate in zip(gradients, rates, strict=True):
        optimizer.update(weights, gradient.copy(), rate)  # it may use the gradient as scratch
        path.append(weights.copy())
    return np.array(path)


def test_there_is_a_rule_for_every_name_that_a_setting_can_have() -> None:
    assert set(OPTIMIZERS) == set(get_args(OptimizerName)) == set(FORMULAS)


@pytest.mark.parametrize(
    ("name", "gradients", "rate", "m", "by_hand"),
    [
        ("sgd", [1.0, 1.0, -2.0], 0.1, 0.9, [0.9, 0.8, 1.0]),
        # v = 1, 1.5, 1.75
        ("momentum", [1.0, 1.0, 1.0], 0.1, 0.5, [0.9, 0.75, 0.575]),
        # g + v / 2 = 1.5, 1.75, 1.875
        ("nesterov", [1.0, 1.0, 1.0], 0.1, 0.5, [0.85, 0.675, 0.4875]),
        # g / sqrt(sum of g^2) = 3/3, 4/5, 12/13
        ("adagrad", [3.0, 4.0, 12.0], 0.1, 0.9, [0.9, 0.82, 0.82 - 1.2 / 13]),
        # mean squares 0.4, then 0.36 + 0.1 * 6.4 = 1
        (
            "rmsprop",
            [2, 6.4**0.5],
            0.1,
            0.9,
            [1 - 0.2 / 0.4**0.5, 1 - 0.2 / 0.4**0.5 - 0.1 * 6.4**0.5],
        ),
        # v' = 1, then (0.9 * 0.1 - 0.1) / 0.19 = -1/19; s' = 1 both times
        ("adam", [1.0, -1.0], 0.1, 0.9, [0.9, 0.9 + 0.1 / 19]),
    ],
)
def test_the_first_steps_are_those_worked_out_by_hand(
    name: OptimizerName, gradients: list[float], rate: float, m: float, by_hand: list[float]
) -> None:
    weights = np.array([1.0])
    optimizer = OPTIMIZERS[name](weights, m)
    path = steps(
        optimizer, weights, np.array(gradients)[:, np.newaxis], [rate] * len(gradients)
    )
    np.testing.assert_allclose(path[:, 0], by_hand, rtol=1e-7)


@each_rule
@pytest.mark.parametrize("m", [0.0, 0.6, 0.95])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_a_long_run_with_changing_rates_follows_the_formula(
    name: OptimizerName, m: float, scale: float
) -> None:
    random = np.random.default_rng(seed=7)
    gradients = scale * random.normal(size=(300, 5))
    rates = random.uniform(0.0, 0.2, size=300).tolist()
    weights = random.normal(size=5)
    expected = [
        list(FORMULAS[name](w, column, rates, m))
        for w, column in zip(weights.tolist(), gradients.T.tolist(), strict=True)
    ]
    path = steps(OPTIMIZERS[name](weights, m), weights, gradients, rates)
    np.testing.assert_allclose(
        path, np.array(expected).T, rtol=1e-9, atol=1e-9 * min(scale, 1)
    )


def test_nesterov_looks_ahead_as_first_published() -> None:
    """Sutskever et al. 2013, equations 3 and 4, on f(x) = 3 (x - 2)^2.

    Theirs keeps the point before looking ahead; ours is at the point looked ahead to.
    """
    m, rate = 0.8, 0.05

    def slope(x: float) -> float:
        return 6.0 * (x - 2.0)

    theta, v = -1.0, 0.0
    weights = np.array([theta])
    optimizer = OPTIMIZERS["nesterov"](weights, m)
    for _ in range(50):
        v = m * v - rate * slope(theta + m * v)
        theta = theta + v
        optimizer.update(weights, np.array([slope(weights[0])]), rate)
        assert weights[0] == pytest.approx(theta + m * v, rel=1e-12)


@pytest.mark.parametrize("gradient", [1e-4, 1.0, 1e4])
def test_the_first_step_of_adam_is_as_long_as_the_rate_whatever_the_gradient(
    gradient: float,
) -> None:
    """Without the correction of its bias it would be 3 times as long: 0.1 / sqrt(0.001)."""
    weights = np.array([0.0, 0.0])
    OPTIMIZERS["adam"](weights, 0.9).update(weights, np.array([gradient, -gradient]), 0.02)
    np.testing.assert_allclose(weights, [-0.02, 0.02], rtol=1e-3)


@each_rule
def test_float32_stays_float32_and_follows_float64(name: OptimizerName) -> None:
    random = np.random.default_rng(seed=3)
    gradients, start = random.normal(size=(50, 40)), random.normal(size=40)
    single = start.astype(np.float32)
    optimizer = OPTIMIZERS[name](single, 0.9)
    path = steps(optimizer, single, gradients.astype(np.float32), [0.01] * 50)
    exact = steps(OPTIMIZERS[name](start, 0.9), start, gradients, [0.01] * 50)
    assert path.dtype == np.float32
    vectors = [memory for memory in optimizer.memory.values() if memory.size == 40]
    assert {memory.dtype for memory in vectors} <= {np.dtype(np.float32)}
    np.testing.assert_allclose(path, exact, atol=1e-5)


@each_rule
def test_the_weights_are_changed_in_place_and_a_view_of_them_with_them(
    name: OptimizerName,
) -> None:
    weights = np.ones(6, np.float32)
    view = weights.reshape(2, 3)
    OPTIMIZERS[name](weights).update(weights, np.ones(6, np.float32), 0.1)
    assert (view < 1.0).all()


@each_rule
def test_no_gradient_moves_nothing(name: OptimizerName) -> None:
    """A word that has not been read yet: 0 / (0 + epsilon), not 0 / 0."""
    weights = np.ones(3)
    optimizer = OPTIMIZERS[name](weights)
    for _ in range(3):
        optimizer.update(weights, np.zeros(3), 0.1)
    assert weights.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("name", "remembered"),
    [
        ("sgd", []),
        ("momentum", ["velocity"]),
        ("nesterov", ["velocity"]),
        ("adagrad", ["squares"]),
        ("rmsprop", ["squares"]),
        ("adam", ["velocity", "squares", "steps"]),
    ],
)
def test_a_run_goes_on_from_what_the_rule_remembers_by_name(
    name: OptimizerName, remembered: list[str]
) -> None:
    random = np.random.default_rng(seed=5)
    gradients = random.normal(size=(20, 4))
    unbroken = random.normal(size=4)
    weights = unbroken.copy()
    steps(OPTIMIZERS[name](unbroken), unbroken, gradients, [0.1] * 20)

    first = OPTIMIZERS[name](weights)
    steps(first, weights, gradients[:9], [0.1] * 9)
    second = OPTIMIZERS[name](weights)
    assert list(second.memory) == remembered
    for key, memory in first.memory.items():
        second.memory[key][...] = memory
    steps(second, weights, gradients[9:], [0.1] * 11)
    np.testing.assert_array_equal(weights, unbroken)
