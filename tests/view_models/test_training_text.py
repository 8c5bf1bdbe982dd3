"""What the Train screen and the status line say of a run, and its curve in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest
from rich.cells import cell_len

from wordnet_tui.charts.cell_text import short
from wordnet_tui.core.history.history import History
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.runs.status import RunState, RunStatus
from wordnet_tui.view_models.training_text import (
    Trend,
    corpus_phrase,
    curve_in_words,
    news,
    status_text,
    trend,
)


def view(silent_for: float | None, state: RunState = RunState.TRAINING) -> RunStatus:
    return RunStatus(state, None, (), 1.0, 0, 0.0, "", silent_for=silent_for)


@pytest.mark.parametrize(
    ("silent_for", "said"),
    [
        (None, ""),
        (1.2, ""),
        (12.3, "news is 12 s old"),
        (41.0, "no news for 41 s"),
        (75.0, "no news for 75 s"),
        (185.0, "no news for 3 min: crashed?"),
    ],
)
def test_silence_is_reported_the_more_urgently_the_longer_it_lasts(
    silent_for: float | None, said: str
) -> None:
    assert news(view(silent_for)) == said


def test_a_run_that_is_over_is_silent_for_good_reason() -> None:
    assert news(view(1_000.0, RunState.ENDED)) == ""


# ---- the status line


PROGRESS = TrainingProgress(
    batch=4_200,
    batches=10_000,
    epoch=4,
    epochs=9,
    batch_in_epoch=867,
    batches_per_epoch=1_111,
    epoch_cross_entropy=2.7,
    recent_cross_entropy=2.6543,
    validation_cross_entropy=2.98,
    validated_at=4_000,
    best_cross_entropy=2.9114,
    best_at=2_000,
    validations_without_gain=1,
    learning_rate=0.05,
    examples_per_second=123_456.7,
    seconds_left=83.0,
    stop_reason=None,
)
TRAINING = RunStatus(RunState.TRAINING, PROGRESS, (), 1.0, 5, 0.0, "")
EVERYTHING = (
    "▶ training 42%  epoch 4/9  train 2.654  valid 2.980  1:23 left  best 2.911 at 2,000"
    "  123,457/s  data chitchat  net reference"
)
"""The most telling first."""


def over(state: RunState, **changes: Any) -> RunStatus:
    return dataclasses.replace(TRAINING, state=state, **changes)


def test_it_tells_all_that_is_asked_for_where_there_is_room() -> None:
    assert status_text("chitchat", "reference", TRAINING, 150).rstrip() == EVERYTHING


def test_it_fills_any_width_exactly_with_whole_parts_the_most_telling_first() -> None:
    for width in range(1, 151):
        text = status_text("chitchat", "reference", TRAINING, width)
        assert cell_len(text) == width
        if width >= len("▶ training 42%"):
            assert (EVERYTHING + "  ").startswith(text.rstrip() + "  ")


def test_wide_letters_in_names_keep_it_one_row() -> None:
    for width in (20, 60, 80):
        assert cell_len(status_text("日本語の文章" * 9, "網" * 30, TRAINING, width)) == width


@pytest.mark.parametrize(
    ("view", "begins"),
    [
        (None, "no run"),
        (RunStatus(RunState.TRAINING, None, (), 1.0, 0, 0.0, ""), "▶ starting"),
        (over(RunState.PAUSED), "‖ paused 42%"),
        (over(RunState.ENDED), "■ ended 42%"),
        (over(RunState.FAILED, failure="why"), "✗ failed 42%"),
        (over(RunState.FAILED, failure="why", progress=None), "✗ failed"),
    ],
)
def test_each_state_has_its_word_and_sign(view: RunStatus | None, begins: str) -> None:
    text = status_text("chitchat", "reference", view, 150)
    assert text.startswith(begins)
    if view is not None and view.is_over:
        assert " left" not in text
        assert "/s" not in text


def test_before_the_first_validation_there_are_no_figures_of_one() -> None:
    nothing = {"validation_cross_entropy": None, "best_cross_entropy": None, "best_at": None}
    progress = dataclasses.replace(PROGRESS, **nothing, validated_at=None)
    text = status_text("a", "b", over(RunState.TRAINING, progress=progress), 150)
    assert "valid" not in text
    assert "train 2.654" in text


def test_a_corpus_is_named_by_its_name_or_by_what_is_being_read() -> None:
    assert corpus_phrase("none") == "none"
    assert corpus_phrase("days", "reading") == "reading"
    assert corpus_phrase("none", "counting", 0.256) == "counting 26%"


def test_names_are_shown_harmlessly_and_of_long_ones_the_end() -> None:
    assert "\x1b" not in short("\x1b[2Jevil")
    assert short("/a/very/long/way/to/the/text/alice.txt").endswith("/text/alice.txt")
    assert cell_len(short("/a/very/long/way/to/the/text/alice.txt")) <= 24
    assert cell_len(short("語" * 40)) <= 24


# ---- the curve in words


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
def test_the_curve_is_described_in_words(figures: list[float], words: str) -> None:
    assert curve_in_words(validated(figures)) == words


def test_nothing_is_reported_of_a_run_that_has_not_begun() -> None:
    assert curve_in_words(History()) == "no mini-batch yet"


def test_a_trend_needs_two_figures_and_looks_at_the_latest() -> None:
    assert trend([]) is trend([3.0]) is None
    assert trend([9.0, 3.0, 3.1, 3.2, 3.3, 3.4]) is Trend.RISING
    assert trend([1.0, 3.4, 3.3, 3.2, 3.1, 3.0]) is Trend.FALLING


def test_a_loss_that_is_not_finite_is_reported() -> None:
    for figures, before in (([], "no validation yet"), ([3.0, 2.9], "falling")):
        history = validated(figures)
        latest = history.picture().latest
        assert latest is not None
        history.add(
            dataclasses.replace(
                latest, batch=latest.batch + 1, recent_cross_entropy=float("nan")
            )
        )
        reported = curve_in_words(history)
        assert reported.endswith(f"{before}, the training loss is no longer finite")
        assert "nan" not in reported
