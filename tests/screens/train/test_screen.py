"""The Train screen in the whole app, on a small text: what it shows and what its keys do.

The form asks for a training that would take hours; each test ends its own. A paused run takes
a mini-batch when a test lets it, so what is shown of it is exact.
"""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import pytest
from textual import events
from textual.widgets import Button, Static

from tests.support.waiting import until
from wordnet_tui.app.app import WordnetApp
from wordnet_tui.core.model.hyperparameters import PRESETS
from wordnet_tui.core.paths import data_folder
from wordnet_tui.core.training.progress import StopReason, TrainingProgress
from wordnet_tui.runs.commands import Command, CommandKind
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.status import RunState
from wordnet_tui.screens.train.screen import TrainingScreen
from wordnet_tui.widgets.form.form import HyperparameterForm
from wordnet_tui.widgets.loss_chart import LossChart

OpenApp = Callable[..., Any]
LONG = PRESETS["default"].changed(
    embedding_size=4, hidden_size=5, batch_size=8, epochs=100_000, schedule="constant"
)


class Trained:
    """The app as these tests see it."""

    def __init__(self, app: WordnetApp) -> None:
        self.app = app

    @property
    def screen(self) -> TrainingScreen:
        (screen,) = [
            each
            for each in self.app._screen_stacks["train"]
            if isinstance(each, TrainingScreen)
        ]
        return screen

    @property
    def form(self) -> HyperparameterForm:
        return self.screen.query_one(HyperparameterForm)

    @property
    def run(self) -> Run:
        assert self.app.current_run is not None
        return self.app.current_run

    @property
    def progress(self) -> TrainingProgress:
        progress = self.run.status().progress
        assert progress is not None
        return progress

    @property
    def headline(self) -> str:
        return self.text("headline")

    def text(self, name: str) -> str:
        return str(self.screen.query_one(f"#{name}", Static).content)

    @property
    def notes(self) -> str:
        return "\n".join(note.message for note in self.app._notifications)

    async def until(self, condition: Callable[[], object]) -> None:
        """Not by the pilot, for which a run that goes on is never at rest."""
        await until(condition)

    def press(self, *keys: str) -> None:
        """The same goes for its keys."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else None))

    async def settled(self) -> None:
        """Until a timer as quick as that of the screen has come round a few times."""
        turns: list[int] = []
        timer = self.app.set_interval(self.app.refresh_seconds, lambda: turns.append(0))
        await self.until(lambda: len(turns) > 3)
        timer.stop()

    async def start(self, **settings: Any) -> None:
        """Train by the key, with the settings of a long run but for those given."""
        self.form.fill(LONG.changed(**settings), self.app.sources)
        await self.until(lambda: self.form.hyperparameters == LONG.changed(**settings))
        self.press("f5")
        await self.until(lambda: self.app.current_run is not None)

    async def start_paused(self, **settings: Any) -> None:
        """Train, pause, and wait until the screen shows where it is."""
        await self.start(**settings)
        await self.until(lambda: self.run.status().progress is not None)
        self.press("p")
        await self.until(self.run.snapshot)
        batch = self.progress.batch
        await self.until(
            lambda: "paused" in self.headline and f"mini-batch {batch:,} " in self.headline
        )

    async def stop(self) -> None:
        self.press("s")
        await self.until(lambda: self.run.status().is_over)
        await self.until(lambda: "Ended" in self.headline)


@pytest.fixture
async def train(open_app: OpenApp) -> AsyncIterator[Trained]:
    """The screen at 80x24, corpus and network there."""
    async with open_app() as (app, _):
        yield Trained(app)


async def test_it_invites_to_train_on_the_corpus_that_is_open(train: Trained) -> None:
    assert train.app.dataset is not None
    rows = len(train.app.dataset.training)
    await train.until(lambda: f"F5 trains on {rows:,} windows" in train.headline)
    assert not train.screen.query_one("#start", Button).disabled


async def test_a_start_shows_the_curves_and_locks_the_form(train: Trained) -> None:
    assert train.form.is_on_screen
    await train.start()
    chart = train.screen.query_one(LossChart)
    await train.until(lambda: chart.is_on_screen and chart.has_focus)
    await train.until(lambda: "epoch " in train.headline)
    assert train.form.locked
    assert train.screen.query_one("#start", Button).disabled
    assert chart.history is train.run.history
    assert train.screen.query_one("#progress").display
    await train.until(lambda: train.text("words"))


async def test_the_button_starts_too(train: Trained) -> None:
    train.form.fill(LONG, train.app.sources)
    await train.until(lambda: train.form.hyperparameters == LONG)
    train.screen.query_one("#start", Button).press()
    await train.until(lambda: "epoch " in train.headline)


async def test_a_wrong_value_holds_the_start_and_is_reported(train: Trained) -> None:
    train.form.focus()
    train.form.fill(LONG, train.app.sources)
    await train.until(lambda: train.form.hyperparameters == LONG)
    field = next(each for each in train.form.query("Input") if each.value == "100000")
    field.value = "-3"
    await train.until(lambda: train.form.problems)
    train.press("f5")
    await train.until(lambda: "epochs must be a whole number" in train.notes)
    assert train.app.current_run is None


async def test_paused_it_takes_one_mini_batch_at_a_time_and_goes_on(train: Trained) -> None:
    await train.start_paused()
    batch = train.progress.batch
    for step in (1, 2, 3):
        train.press("full_stop")
        await train.until(
            lambda there=batch + step: f"mini-batch {there:,} " in train.headline
        )
    assert train.progress.batch == batch + 3
    train.press("p")
    await train.until(lambda: train.progress.batch > batch + 3)
    assert train.run.status().state is RunState.TRAINING
    await train.until(lambda: train.headline.startswith("epoch"))


async def test_v_validates_at_once_while_paused(train: Trained) -> None:
    await train.start_paused()
    batch = train.progress.batch
    assert "no validation yet" in train.text("words")
    train.press("v")
    await train.until(lambda: f"at batch {batch:,}" in train.text("words"))
    assert train.progress.batch == train.progress.validated_at == batch
    assert f"validation {train.progress.validation_cross_entropy:.3f}" in train.text("words")


async def test_the_rate_is_halved_and_doubled_by_hand_and_marked(train: Trained) -> None:
    await train.start_paused(learning_rate=0.2)
    batch = train.progress.batch
    for key, factor in (("less_than_sign", 0.5), ("h", 0.25), ("greater_than_sign", 0.5)):
        train.press(key)
        await train.until(lambda shown=factor: f"(x{shown:g} by hand)" in train.headline)
    train.press("full_stop")
    await train.until(lambda: "rate 0.1 (x0.5 by hand)" in train.headline)
    marked = train.screen.query_one(LossChart).rate_changes
    assert marked == ((batch, 0.5), (batch, 0.25), (batch, 0.5))


async def test_patience_changes_live_and_is_counted_down(train: Trained) -> None:
    await train.start_paused(validate_every=1, min_delta=100.0, patience=1_000_000)
    used = train.progress.validations_without_gain
    await train.until(lambda: f"no better for {used} of 1000000" in train.text("words"))
    train.screen.post_message(HyperparameterForm.LiveChanged("patience", used + 50))
    await train.until(lambda: f"no better for {used} of {used + 50}" in train.text("words"))
    train.press("p")
    await train.until(lambda: "no better validation within the patience" in train.headline)
    assert train.progress.validations_without_gain == used + 50


async def test_stopped_early_it_says_so_with_best_and_last_figures(train: Trained) -> None:
    await train.start(validate_every=5)
    await train.until(lambda: "best" in train.text("words"))
    await train.stop()
    assert train.progress.stop_reason is StopReason.REQUESTED
    assert "stopped early, as asked" in train.headline
    for figure in (train.progress.best_cross_entropy, train.progress.validation_cross_entropy):
        assert f"{figure:.4f}" in train.headline
    assert not train.form.locked
    assert not train.screen.query_one("#start", Button).disabled


async def test_both_networks_of_a_run_are_kept_and_it_is_said_where(train: Trained) -> None:
    await train.start(epochs=2)
    await train.until(lambda: "all epochs done" in train.headline)
    await train.until(lambda: train.run.status().saved_to)
    (folder,) = (data_folder() / "runs").iterdir()
    assert (folder / "best.safetensors").is_file()
    assert (folder / "last.safetensors").is_file()
    await train.until(lambda: str(folder) in train.headline + train.notes)


async def test_keys_that_make_no_sense_do_nothing(train: Trained) -> None:
    for key in ("p", "full_stop", "s", "v", "h", "t", "u", "k"):
        train.press(key)
    await train.settled()
    assert train.app.current_run is None
    await train.start_paused()
    batch = train.progress.batch
    run = train.run
    for key in ("f5", "g", "t", "u", "k"):
        train.press(key)
    await train.settled()
    assert train.run is run
    assert train.progress.batch == batch
    await train.stop()
    for key in ("p", "full_stop", "s", "v", "h"):
        train.press(key)
    await train.settled()
    assert train.run.status().state is RunState.ENDED
    assert train.run.status().rate_factor == 1.0


async def test_after_the_end_it_is_measured_on_the_test_part(train: Trained) -> None:
    await train.start(epochs=2)
    await train.until(lambda: "all epochs done" in train.headline)
    train.press("t")
    await train.until(lambda: "perplexity" in train.headline)
    assert "Kneser-Ney" in train.headline


async def test_after_the_end_the_other_screens_can_use_it(train: Trained) -> None:
    await train.start(epochs=2)
    await train.until(lambda: "all epochs done" in train.headline)
    train.press("u")
    await train.until(lambda: "Ctrl-S saves it" in train.notes)
    opened = train.app.network
    assert opened is not None
    assert opened.network.parameters is train.run.outcome().parameters
    assert opened.name.startswith("run of ")


async def test_k_trains_on_from_the_weights_that_were_reached(train: Trained) -> None:
    await train.start(epochs=2)
    await train.until(lambda: "all epochs done" in train.headline)
    first, reached = train.run, train.run.outcome().parameters.output_bias.copy()
    train.form.fill(LONG.changed(learning_rate=1e-9), train.app.sources)
    await train.until(lambda: train.form.hyperparameters == LONG.changed(learning_rate=1e-9))
    train.press("k")
    await train.until(lambda: train.run is not first)
    await train.until(lambda: "mini-batch" in train.headline)
    await train.stop()
    np.testing.assert_allclose(train.run.last().parameters.output_bias, reached, atol=1e-3)


async def test_a_run_that_fails_before_its_first_mini_batch_is_shown_as_failed(
    train: Trained,
) -> None:
    assert train.app.dataset is not None
    beyond = np.full_like(train.app.dataset.training, 200)  # there are ten words
    broken = dataclasses.replace(train.app.dataset, training=beyond)
    train.app.dataset = broken
    await train.start(vocabulary_size=len(broken.vocabulary))  # the sizes it was read in
    await train.until(lambda: "Failed: an error in the engine: IndexError" in train.headline)
    assert not train.form.locked
    assert "Traceback" not in train.headline


async def test_a_run_that_diverges_is_shown_as_failed_and_keeps_its_curves(
    train: Trained,
) -> None:
    await train.start_paused(validate_every=5, activation="identity")
    train.run.send(Command(CommandKind.SCALE_RATE, 1e31))
    train.press("p")
    await train.until(lambda: "Failed: the loss is no longer finite" in train.headline)
    assert train.screen.query_one(LossChart).history is train.run.history
    assert train.run.history.picture().batches > 1


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (109, 30)])
async def test_where_it_is_narrow_form_and_curves_take_turns(
    size: tuple[int, int], open_app: OpenApp
) -> None:
    async with open_app(size=size) as (app, _):
        train = Trained(app)
        chart = train.screen.query_one(LossChart)
        assert train.form.is_on_screen
        assert not chart.is_on_screen
        train.press("e")
        await train.until(lambda: chart.is_on_screen and not train.form.is_on_screen)
        train.press("e")
        await train.until(lambda: train.form.is_on_screen and not chart.is_on_screen)


async def test_where_it_is_wide_both_are_seen(open_app: OpenApp) -> None:
    async with open_app(size=(120, 40)) as (app, pilot):
        train = Trained(app)
        chart = train.screen.query_one(LossChart)
        await train.until(lambda: chart.is_on_screen and train.form.is_on_screen)
        assert not chart.region.overlaps(train.form.region)
        await pilot.resize_terminal(80, 24)
        await train.until(lambda: not chart.is_on_screen)
        await pilot.resize_terminal(120, 40)
        await train.until(lambda: chart.is_on_screen)
