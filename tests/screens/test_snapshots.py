"""Pictures of the three screens, to see what a change does to them as a whole.

Nothing in them depends on clock, chance or machine: network and corpus are made up by
formulas, and the run stands still. What the screens say is tested elsewhere, by words. After
a change that is wanted, `pytest tests/screens/test_snapshots.py --snapshot-update` takes them
anew. Other releases of the libraries may draw the same screens in other ways, so the `test`
extra of pyproject.toml names the ones that they were taken with.
"""

from __future__ import annotations

import asyncio
import math
import time
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.events import Paste
from textual.pilot import Pilot

from wordnet_tui.app.app import Options, WordnetApp
from wordnet_tui.app.corpus_loader import CorpusLoader
from wordnet_tui.core.data.dataset import CorpusReport, Dataset
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.history.history import History
from wordnet_tui.core.inference.baselines import Baseline
from wordnet_tui.core.model.hyperparameters import PRESETS, Hyperparameters
from wordnet_tui.core.model.network import initial_parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.runs.status import RateChange, RunState, RunStatus
from wordnet_tui.session import Session
from wordnet_tui.widgets.bar_list import BarList
from wordnet_tui.widgets.embedding_map import EmbeddingMap
from wordnet_tui.widgets.form.form import HyperparameterForm
from wordnet_tui.widgets.loss_chart import LossChart
from wordnet_tui.widgets.word_input import WordInput

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
TAKEN_WITH = dict(
    each.split("==")
    for each in PROJECT["project"]["optional-dependencies"]["test"]
    if "==" in each
)


@pytest.fixture(scope="module", autouse=True)
def the_libraries_that_the_pictures_were_taken_with() -> None:
    found = {name: version(name) for name in TAKEN_WITH}
    reason = "the pictures were taken with other releases; `make .venv/.tests` installs those"
    assert found == TAKEN_WITH, reason


SENTENCES = (
    "have a good day . the team had a good game . she said it was time to go home . "
    "he is a good man . they know what you think . we want to see the city at night . "
)
TEXT = SENTENCES.split()
WORDS = Vocabulary(list(dict.fromkeys(TEXT)))
SETTINGS = Hyperparameters(
    vocabulary_size=len(WORDS), embedding_size=8, hidden_size=12, dtype="float64"
)


def made_up_network() -> TrainedNetwork:
    """Weights that look like chance and are the same everywhere."""
    weights = initial_parameters(SETTINGS, np.random.default_rng(1))
    for place, array in enumerate(weights, start=1):
        numbers = np.sin(np.arange(1, array.size + 1) ** 1.1 * (0.6 + 0.7 * place))
        array[...] = 2.0 / place * numbers.reshape(array.shape)
    weights.embedding[...] *= 0.6 ** np.arange(SETTINGS.embedding_size)  # two stand out
    return TrainedNetwork(SETTINGS, weights, WORDS)


def made_up_corpus() -> Dataset:
    ids = [WORDS.id_of(word) for word in TEXT * 30]
    windows = np.array([ids[i : i + 4] for i in range(len(ids) - 3)], np.uint8)
    report = CorpusReport(np.bincount(ids, minlength=len(WORDS)), tokens=len(ids))
    parts = windows[:700], windows[700:800], windows[800:]
    return Dataset("days", "0" * 64, WORDS, *parts, report)


def records(count: int) -> Iterator[TrainingProgress]:
    """Of a run of 4 epochs of 1,000 mini-batches, validated every 100."""
    mean = figure = at = None
    for batch in range(1, count + 1):
        epoch, index = divmod(batch - 1, 1_000)
        falling = 1.8 * 0.998**batch
        loss = 2.4 + falling + math.sin(batch) ** 3 / 6
        mean = loss if mean is None or not index else mean + (loss - mean) / (index + 1)
        if batch % 100 == 0:
            figure, at = 2.5 + falling, batch
        yield TrainingProgress(
            batch=batch,
            batches=4_000,
            epoch=epoch + 1,
            epochs=4,
            batch_in_epoch=index + 1,
            batches_per_epoch=1_000,
            epoch_cross_entropy=mean,
            recent_cross_entropy=loss,
            validation_cross_entropy=figure,
            validated_at=at,
            best_cross_entropy=figure,
            best_at=at,
            validations_without_gain=0,
            learning_rate=0.25,
            examples_per_second=123_456.0,
            seconds_left=83.0,
            stop_reason=None,
        )


class StandingRun:
    """A run as the screens know it, paused after 2,600 mini-batches."""

    name = "2026-11-23-143005"
    is_ours = True
    snapshots_wanted = False
    hyperparameters = PRESETS["default"].changed(epochs=4)

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.data_fingerprint = dataset.fingerprint
        self._network = made_up_network()
        self.history = History()
        for progress in records(2_600):
            self.history.add(progress)
        changes = (RateChange(1_500, 0.5),)
        self._view = RunStatus(RunState.PAUSED, progress, changes, 0.5, 5, 0.0, "")

    def status(self) -> RunStatus:
        return self._view

    def snapshot(self) -> TrainedNetwork:
        return self._network

    def wait(self, seconds: float) -> bool:
        del seconds
        return False

    def stop(self, **_: object) -> None:
        """It is placed already."""


class MadeUp(CorpusLoader):
    """Reads nothing from a disk."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._fills = session

    def read_network(self, *_: object, **__: object) -> None:
        self._fills.use_network(made_up_network(), "made up")

    def read_corpus(self, *_: object, **__: object) -> None:
        self._fills.dataset = made_up_corpus()
        self._fills.baselines = (
            Baseline("unigram", 1, 3.9),
            Baseline("Kneser-Ney", 4, 2.45),
        )


class Pictured(WordnetApp):
    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.loader = MadeUp(self)

    def bars(self, name: str) -> tuple[Any, ...]:
        return self.screen.query_one(f"#{name}", BarList).rows

    def shown(self, name: str) -> str:
        return self.screen.query_one(f"#{name}").text


async def until(pilot: Pilot[Any], condition: Callable[[], object]) -> None:
    """Wait until something is so, and no worker is at work."""
    deadline = time.monotonic() + 30
    await pilot.pause()
    while not (condition() and all(each.is_finished for each in pilot.app.workers)):
        assert time.monotonic() < deadline, "not so after 30 s"
        await asyncio.sleep(0.01)
        await pilot.pause()


async def go_to_train(pilot: Pilot[Any]) -> None:
    app = pilot.app
    await until(pilot, lambda: app.screen.query_one(HyperparameterForm).locked)
    app.screen.add_class("watching")
    chart = app.screen.query_one(LossChart)
    await until(pilot, lambda: chart.is_on_screen and chart.shown_axes)


async def go_to_vocabulary(pilot: Pilot[Any]) -> None:
    app = pilot.app
    await until(pilot, lambda: app.bars("near") and app.bars("behind"))
    await pilot.press("down", "down", "space", "down")
    await until(pilot, lambda: "good* " in app.screen.query_one("#near", BarList).title)
    words = app.screen.query_one(EmbeddingMap)
    await until(pilot, lambda: words.labels or not words.is_on_screen)


async def go_to_predict(pilot: Pilot[Any]) -> None:
    app = pilot.app
    await until(pilot, lambda: isinstance(app.focused, WordInput))
    app.focused.post_message(Paste("have a good "))
    await until(pilot, lambda: "good" in app.shown("text") and app.shown("followed"))


SCREENS = {"train": go_to_train, "vocabulary": go_to_vocabulary, "predict": go_to_predict}
LOOKS = [((80, 24), "dark"), ((120, 40), "light"), ((80, 24), "plain")]


@pytest.mark.parametrize(("size", "theme"), LOOKS, ids=["80x24", "120x40-light", "plain"])
@pytest.mark.parametrize("screen", SCREENS)
def test_it_looks_as_it_did(
    screen: str,
    size: tuple[int, int],
    theme: str,
    snap_compare: Callable[..., bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    app = Pictured(Options(theme=theme, screen=screen, refreshes_per_second=30.0))

    async def take_place(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.dataset and app.network)
        app.current_run = StandingRun(app.dataset)
        await SCREENS[screen](pilot)

    assert snap_compare(app, terminal_size=size, run_before=take_place)
