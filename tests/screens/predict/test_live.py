"""Predict follows a network while it learns: a real run, held still to look at it."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.screen import Screen

import wordnet_tui
from tests.support.waiting import wait_until
from wordnet_tui.core.data.dataset import CorpusReport, Dataset
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.inference.prediction import Predictor
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import initial_parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.runs.commands import PAUSE, RESUME
from wordnet_tui.runs.local import Run
from wordnet_tui.screens.predict.screen import PredictionScreen
from wordnet_tui.session import OpenNetwork, Session

STYLES = Path(wordnet_tui.__file__).parent / "styles"
WORDS = Vocabulary(["have", "a", "good", "day", "."])
SETTINGS = Hyperparameters(
    vocabulary_size=5,
    context_size=2,
    embedding_size=3,
    hidden_size=4,
    batch_size=2,
    epochs=1_000,
    validate_every=0,
)
WaitFor = Callable[..., Awaitable[None]]


class Following(Session):
    CSS_PATH: ClassVar[Any] = [STYLES / "shared.tcss", STYLES / "predict.tcss"]

    async def on_mount(self) -> None:
        weights = initial_parameters(SETTINGS, np.random.default_rng(1))
        self.network = OpenNetwork(TrainedNetwork(SETTINGS, weights, WORDS), "mine")
        await self.push_screen(PredictionScreen())

    def shown(self, name: str) -> str:
        return self.screen_stack[1].query_one(f"#{name}").text


@pytest.fixture
def run() -> Iterator[Run]:
    """A run that stands still until a test lets it step."""
    windows = np.array([[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 0]], np.uint8)
    report = CorpusReport(np.ones(5, np.int64))
    run = Run(Dataset("text", "0", WORDS, windows, windows, windows, report), SETTINGS)
    run.send(PAUSE)
    thread = threading.Thread(target=run.run_to_end)
    thread.start()
    wait_until(run.snapshot)  # handed out when it stands still
    yield run
    run.stop()
    thread.join(30)
    assert not thread.is_alive()


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[Any]]:
    async with Following().run_test(size=(80, 24)) as pilot:
        await pilot.press(*"have", "space", "a", "space")
        yield pilot


async def test_the_list_follows_a_run_and_shows_what_changed(
    pilot: Pilot[Any], run: Run, wait_for: WaitFor
) -> None:
    app = pilot.app
    assert isinstance(app, Following)
    assert "mine" in app.shown("list-title")
    app.current_run = run
    await wait_for(pilot, lambda: "learning" in app.shown("list-title"))
    assert run.snapshots_wanted
    first = run.snapshot()
    assert first is not None
    best = Predictor(first).candidates(["have", "a"])[0]
    assert f"{best.word} " in app.shown("candidates").splitlines()[0]
    assert f"{best.probability:.3f}" in app.shown("candidates").splitlines()[0]
    assert not set("▲▼=") & set(app.shown("candidates"))  # nothing to compare with yet
    run.send(RESUME)
    await wait_for(pilot, lambda: set("▲▼") & set(app.shown("candidates")))


async def test_a_switch_stays_with_the_open_network(
    pilot: Pilot[Any], run: Run, wait_for: WaitFor
) -> None:
    app = pilot.app
    assert isinstance(app, Following)
    await pilot.press("f6")
    assert "mine" in app.shown("list-title")  # no run to follow
    app.current_run = run
    await wait_for(pilot, lambda: "learning" in app.shown("list-title"))
    await pilot.press("f6")
    await wait_for(pilot, lambda: "mine" in app.shown("list-title"))
    assert not run.snapshots_wanted
    await pilot.press("f6")
    await wait_for(pilot, lambda: "learning" in app.shown("list-title"))


async def test_a_hidden_screen_asks_the_run_for_nothing(
    pilot: Pilot[Any], run: Run, wait_for: WaitFor
) -> None:
    pilot.app.current_run = run  # type: ignore[attr-defined]
    await wait_for(pilot, lambda: run.snapshots_wanted)
    await pilot.app.push_screen(Screen())
    await wait_for(pilot, lambda: not run.snapshots_wanted)
    pilot.app.pop_screen()
    await wait_for(pilot, lambda: run.snapshots_wanted)


async def test_after_the_end_the_last_weights_answer(
    pilot: Pilot[Any], run: Run, wait_for: WaitFor
) -> None:
    app = pilot.app
    assert isinstance(app, Following)
    app.current_run = run
    run.stop()
    await wait_for(pilot, lambda: "the run, batch" in app.shown("list-title"))
    assert not run.snapshots_wanted
    app.network = OpenNetwork(run.last(), "kept")
    await wait_for(pilot, lambda: "kept" in app.shown("list-title"))
