"""The row that tells the corpus, the network and the run: its words, and when it changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.screen import Screen

from wordnet_tui.charts.cell_text import short
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.runs.commands import RESUME
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.status import RunState, RunStatus
from wordnet_tui.session import Loading, Session
from wordnet_tui.widgets.status_line import StatusLine, corpus_phrase, status_text

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


def test_a_corpus_is_told_by_its_name_or_by_what_is_being_read(days: Dataset) -> None:
    assert corpus_phrase(None, None) == "none"
    assert corpus_phrase(days, None) == days.name
    assert corpus_phrase(days, Loading("reading", None)) == "reading"
    assert corpus_phrase(None, Loading("counting", 0.256)) == "counting 26%"


def test_names_are_shown_harmlessly_and_of_long_ones_the_end() -> None:
    assert "\x1b" not in short("\x1b[2Jevil")
    assert short("/a/very/long/way/to/the/text/alice.txt").endswith("/text/alice.txt")
    assert cell_len(short("/a/very/long/way/to/the/text/alice.txt")) <= 24
    assert cell_len(short("語" * 40)) <= 24


class Lined(Screen[None]):
    def compose(self) -> ComposeResult:
        yield StatusLine()

    @property
    def line(self) -> str:
        return str(self.query_one(StatusLine).content)


class Watched(Session):
    MODES: ClassVar[Any] = {"one": Lined, "other": Lined}
    DEFAULT_MODE = "one"
    seconds_between_looks = 0.01

    @property
    def lined(self) -> Lined:
        assert isinstance(self.screen, Lined)
        return self.screen


async def test_it_follows_session_and_run(
    wait_for: Callable[..., Any], start_run: Callable[..., Run], days: Dataset
) -> None:
    app = Watched()
    async with app.run_test(size=(120, 24)) as pilot:
        await wait_for(pilot, lambda: app.lined.line.startswith("no run  data none  net none"))
        app.loading = Loading("reading", 0.5)
        await wait_for(pilot, lambda: "data reading 50%" in app.lined.line)
        app.loading, app.dataset = None, days
        await wait_for(pilot, lambda: short(days.name) in app.lined.line)
        run = start_run(epochs=5)
        app.run_of_training = run
        await wait_for(pilot, lambda: app.lined.line.startswith("‖ paused"))
        assert "epoch 1/5  train 2." in app.lined.line
        run.send(RESUME)
        assert run.wait(30)
        await wait_for(pilot, lambda: app.lined.line.startswith("■ ended 100%  epoch 5/5"))


async def test_on_a_screen_that_is_not_shown_it_does_not_look(
    wait_for: Callable[..., Any],
) -> None:
    app = Watched()
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "data none" in app.lined.line)
        hidden = app.lined
        await app.switch_mode("other")
        app.loading = Loading("reading", None)
        await wait_for(pilot, lambda: "data reading" in app.lined.line)
        assert "data none" in hidden.line
        await app.switch_mode("one")
        await wait_for(pilot, lambda: "data reading" in hidden.line)
