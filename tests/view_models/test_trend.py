from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from wordnet_tui.core.history.history import History
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.view_models.trend import Trend, in_words, trend


def validated(figures: Sequence[float], every: int = 100) -> History:
    """A run that validated every so many mini-batches, with these figures."""
    history = History()
    for batch in range(1, every * max(len(figures), 1) + 1):
        done = batch // every
        figure = figures[done - 1] if done and figures else None
        at = done * every if figure is not None else None
        head = (batch, 10_000, 1, 1, batch, 10_000, 3.2, 3.1, figure, at)
        history.add(TrainingProgress(*head, None, None, 0, 0.1, 1.0, 1.0, None))
    return history


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ([], "training 3.100, no validation yet"),
        ([3.0], "validation 3.000, best 3.000 at batch 100"),
        ([3.2, 3.0], "validation 3.000, best 3.000 at batch 200, falling"),
        (
            [3.0, 2.9, 2.92],
            "validation 2.920, best 2.900 at batch 200 (1 validation ago), falling",
        ),
        (
            [2.9, 3.0, 3.1],
            "validation 3.100, best 2.900 at batch 100 (2 validations ago), rising",
        ),
        (
            [3.0, 3.001, 3.0],
            "validation 3.000, best 3.000 at batch 100 (2 validations ago), flat",
        ),
    ],
)
def test_the_curve_is_told_in_words(figures: list[float], words: str) -> None:
    assert in_words(validated(figures)) == words


def test_nothing_is_told_of_a_run_that_has_not_begun() -> None:
    assert in_words(History()) == "no mini-batch yet"


def test_a_trend_needs_two_figures_and_looks_at_the_latest() -> None:
    assert trend([]) is trend([3.0]) is None
    assert trend([9.0, 3.0, 3.1, 3.2, 3.3, 3.4]) is Trend.RISING
    assert trend([1.0, 3.4, 3.3, 3.2, 3.1, 3.0]) is Trend.FALLING


def test_a_loss_that_is_not_finite_is_told() -> None:
    for figures, before in (([], "no validation yet"), ([3.0, 2.9], "falling")):
        history = validated(figures)
        latest = history.picture().latest
        assert latest is not None
        history.add(replace(latest, batch=latest.batch + 1, recent_cross_entropy=float("nan")))
        told = in_words(history)
        assert told.endswith(f"{before}, the training loss is no longer finite")
        assert "nan" not in told
