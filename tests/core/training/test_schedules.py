"""The learning rate over a run: at the ends, in the middle, and during the warm-up."""

from __future__ import annotations

import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.model.hyperparameters import Hyperparameters, Schedule
from wordnet_tui.core.training.schedules import scheduled_rate


def rates(batches: int, schedule: Schedule, warmup_batches: int = 0) -> list[float]:
    hyperparameters = Hyperparameters(
        learning_rate=0.4, schedule=schedule, warmup_batches=warmup_batches
    )
    return [scheduled_rate(hyperparameters, batch, batches) for batch in range(batches)]


def test_a_constant_rate_stays() -> None:
    assert set(rates(100, "constant")) == {0.4}


def test_a_linear_rate_falls_by_equal_steps_and_would_next_be_0() -> None:
    assert rates(8, "linear") == pytest.approx([0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05])


def test_a_cosine_rate_falls_slowly_fast_and_slowly_again() -> None:
    """At t of T: (1 + cos(pi t / T)) / 2 of the peak (Loshchilov and Hutter 2017, eq. 5)."""
    sixth, quarter = math.sqrt(3) / 2, math.sqrt(2) / 2
    by_hand = {0: 0.4, 2: 0.2 + 0.2 * sixth, 3: 0.2 + 0.2 * quarter, 4: 0.3, 6: 0.2, 8: 0.1}
    computed = rates(12, "cosine")
    for batch, rate in by_hand.items():
        assert computed[batch] == pytest.approx(rate)
    assert computed[11] == pytest.approx(0.2 * (1 - math.cos(math.pi / 12)))


@pytest.mark.parametrize("schedule", get_args(Schedule))
def test_the_rate_climbs_by_equal_steps_from_above_0_and_then_follows_the_schedule(
    schedule: Schedule,
) -> None:
    computed = rates(12, schedule, warmup_batches=4)
    assert computed[:4] == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert computed[4:] == rates(8, schedule)


@pytest.mark.parametrize("warmup_batches", [5, 6, 1_000_000])
@pytest.mark.parametrize("schedule", get_args(Schedule))
def test_a_warm_up_longer_than_the_run_fills_it(
    schedule: Schedule, warmup_batches: int
) -> None:
    expected = [0.08, 0.16, 0.24, 0.32, 0.4]
    assert rates(5, schedule, warmup_batches) == pytest.approx(expected)


@given(
    schedule=st.sampled_from(get_args(Schedule)),
    batches=st.integers(1, 60),
    warmup_batches=st.integers(0, 80),
)
def test_no_rate_is_0_or_above_the_peak_and_it_turns_at_most_once(
    schedule: Schedule, batches: int, warmup_batches: int
) -> None:
    computed = rates(batches, schedule, warmup_batches)
    assert all(0.0 < rate <= 0.4 + 1e-15 for rate in computed)
    peak = computed.index(max(computed))
    assert computed[: peak + 1] == sorted(computed[: peak + 1])
    assert computed[peak:] == sorted(computed[peak:], reverse=True)
