"""Corpora and networks read in the background: what opens, in what order, what is reported."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot

from wordnet_tui.app import corpus_loader as loading
from wordnet_tui.app.corpus_loader import CorpusLoader
from wordnet_tui.core.data import load as corpora
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import WordnetError
from wordnet_tui.core.formats import model_files
from wordnet_tui.core.formats.model_files import write_network
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import initial_parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.screens.background_query import StaleQueryError
from wordnet_tui.session import Loading, Session

WaitFor = Callable[..., Awaitable[None]]


class Reading(Session):
    def __init__(self) -> None:
        super().__init__()
        self.loader = CorpusLoader(self)
        self.shown: list[Loading | None] = []

    def watch_loading(self, loading: Loading | None) -> None:
        self.shown.append(loading)

    @property
    def notes(self) -> list[str]:
        return [note.message for note in self._notifications]

    @property
    def rests(self) -> bool:
        """Whether no worker is at work."""
        return all(worker.is_finished for worker in self.workers)


@dataclass
class Held:
    """A reading that has begun, and goes on when it is let go."""

    begun: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    ended_by: list[BaseException | None] = field(default_factory=list)


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[Any]]:
    async with Reading().run_test() as pilot:
        yield pilot


def app_of(pilot: Pilot[Any]) -> Reading:
    assert isinstance(pilot.app, Reading)
    return pilot.app


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch, days_text: Path) -> Iterator[Held]:
    """Holds the reading of `days_text`; other sources are read as ever."""
    load, hold = corpora.load_dataset, Held()

    def load_held(source: Any, *, on_progress: Callable[..., None], **sizes: Any) -> Dataset:
        if source != str(days_text):
            return load(source, on_progress=on_progress, **sizes)
        hold.begun.set()
        assert hold.let_go.wait(30)
        try:
            dataset = load(source, on_progress=on_progress, **sizes)
        except BaseException as error:
            hold.ended_by.append(error)
            raise
        hold.ended_by.append(None)
        return dataset

    monkeypatch.setattr(corpora, "load_dataset", load_held)
    yield hold
    hold.let_go.set()


@pytest.fixture
def other_text(tmp_path: Path) -> Path:
    file = tmp_path / "other.txt"
    file.write_text("small words fill a small text .\na text is full of words .\n" * 80)
    return file


def network(words: Vocabulary) -> TrainedNetwork:
    settings = Hyperparameters(
        vocabulary_size=len(words), embedding_size=4, hidden_size=5, optimizer="sgd"
    )
    weights = initial_parameters(settings, np.random.default_rng(3))
    return TrainedNetwork(settings, weights, words)


# ---- corpora


async def test_a_corpus_is_read_behind_a_progress_and_its_baselines_follow(
    pilot: Pilot[Any], days_text: Path, wait_for: WaitFor
) -> None:
    app, arrived = app_of(pilot), []
    app.loader.read_corpus((str(days_text),), {"context_size": 2}, arrived.append)
    assert app.loading == Loading("reading", None)
    await wait_for(pilot, lambda: app.baselines)
    dataset = app.dataset
    assert dataset is not None
    assert arrived == [dataset]
    assert (dataset.context_size, app.sources) == (2, (str(days_text),))
    assert app.shown[-1] is None
    assert {each.doing for each in app.shown[:-1] if each} > {"reading"}
    figures = {each.name: each.cross_entropy for each in app.baselines}
    assert figures["Kneser-Ney, order 3"] < figures["unigram"] < figures["uniform"] < 3
    assert app.notes == []


async def test_it_is_known_how_the_open_corpus_was_read(
    pilot: Pilot[Any], days_text: Path, wait_for: WaitFor
) -> None:
    app, sources = app_of(pilot), (str(days_text),)
    app.loader.read_corpus(sources)
    assert not app.loader.is_read_as(sources, {})
    await wait_for(pilot, lambda: app.dataset)
    assert app.loader.is_read_as(
        sources, {"context_size": 3, "vocabulary_size": 10, "seed": loading.DEFAULT_SEED}
    )
    assert not app.loader.is_read_as(
        sources, {"context_size": 2, "vocabulary_size": 10, "seed": loading.DEFAULT_SEED}
    )


async def test_of_two_sources_the_one_asked_for_last_is_opened(
    pilot: Pilot[Any], held: Held, days_text: Path, other_text: Path, wait_for: WaitFor
) -> None:
    app, arrived = app_of(pilot), []
    app.loader.read_corpus((str(days_text),), then=arrived.append)
    await wait_for(pilot, held.begun.is_set)
    app.loader.read_corpus((str(other_text),), then=arrived.append)
    await wait_for(pilot, lambda: app.baselines)
    second = app.dataset
    held.let_go.set()
    await wait_for(pilot, lambda: held.ended_by and app.rests)
    assert isinstance(held.ended_by[0], StaleQueryError)  # it did not read to its end
    assert app.dataset is second
    assert arrived == [second]
    assert app.sources == (str(other_text),)
    assert app.notes == []

    app.loader.read_corpus((str(days_text),))  # what was broken off left nothing behind
    await wait_for(pilot, lambda: app.dataset is not second and app.loading is None)
    assert app.dataset is not None
    assert "have" in app.dataset.vocabulary


async def test_the_failure_of_what_is_no_longer_wanted_is_not_reported(
    pilot: Pilot[Any], held: Held, days_text: Path, other_text: Path, wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    app.loader.read_corpus((str(days_text),), {"context_size": 99})
    await wait_for(pilot, held.begun.is_set)
    app.loader.read_corpus((str(other_text),))
    held.let_go.set()
    await wait_for(pilot, lambda: app.baselines and app.rests)
    assert isinstance(held.ended_by[0], WordnetError)
    assert app.notes == []
    assert app.sources == (str(other_text),)


@pytest.mark.parametrize("kind", ["missing", "empty", "damaged", "a folder of other things"])
async def test_a_source_that_cannot_be_read_is_reported_and_the_open_one_stays(
    kind: str, pilot: Pilot[Any], days_text: Path, tmp_path: Path, wait_for: WaitFor
) -> None:
    app, arrived = app_of(pilot), []
    app.loader.read_corpus((str(days_text),))
    await wait_for(pilot, lambda: app.baselines)
    before = app.dataset, app.sources, app.baselines

    wrong = tmp_path / "wrong[b].mat"
    if kind == "a folder of other things":
        wrong.mkdir()
    elif kind != "missing":
        wrong.write_bytes(b"MATLAB" * (kind == "damaged"))
    app.loader.read_corpus((str(wrong),), then=arrived.append)
    await wait_for(pilot, lambda: app.notes)
    assert wrong.name in app.notes[0]
    assert "Traceback" not in app.notes[0]
    assert app.loading is None
    assert (app.dataset, app.sources, app.baselines) == before
    assert arrived == []


async def test_a_bug_while_reading_is_reported_and_nothing_waits_for_it(
    pilot: Pilot[Any], monkeypatch: pytest.MonkeyPatch, days_text: Path, wait_for: WaitFor
) -> None:
    def broken(*_: object, **__: object) -> Dataset:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr(corpora, "load_dataset", broken)
    app = app_of(pilot)
    app.loader.read_corpus((str(days_text),))
    await wait_for(pilot, lambda: app.notes)
    assert app.notes == ["an error in the program: ZeroDivisionError: on purpose"]
    assert app.loading is None


async def test_the_baselines_are_those_of_the_corpus_that_is_open(
    pilot: Pilot[Any], days: Dataset, other_text: Path, wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    app.loader.read_corpus((str(other_text),))
    await wait_for(pilot, lambda: app.baselines)
    of_other = app.baselines
    app.loader.open_corpus(days, ("days",), {})
    assert (app.dataset, app.sources, app.baselines) == (days, ("days",), ())
    await wait_for(pilot, lambda: app.baselines)
    assert app.baselines != of_other


# ---- networks


async def test_the_words_of_a_bin_lie_beside_it(
    pilot: Pilot[Any], tmp_path: Path, wait_for: WaitFor
) -> None:
    app, words = app_of(pilot), Vocabulary(["one", "two", "three"])
    path = tmp_path / "original.bin"
    write_network(path, network(words))
    (tmp_path / "vocab.txt").write_text("\n".join(words.words))
    app.loader.read_network(str(path))
    await wait_for(pilot, lambda: app.network)
    assert app.network is not None
    assert app.network.network.vocabulary == words
    assert (app.network.name, app.network.path) == ("original", path)


async def test_the_words_of_a_bin_without_any_are_those_of_the_corpus(
    pilot: Pilot[Any], days: Dataset, tmp_path: Path, wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    path = tmp_path / "original.bin"
    write_network(path, network(days.vocabulary))
    app.loader.read_network(str(path))
    await wait_for(pilot, lambda: app.notes)
    assert app.notes == ["original.bin holds no words; put its vocab.txt beside it"]
    assert app.network is None

    app.loader.open_corpus(days, ("days",), {})
    app.loader.read_network(str(path))
    await wait_for(pilot, lambda: app.network)
    assert app.network is not None
    assert app.network.network.vocabulary == days.vocabulary


async def test_of_two_networks_the_one_asked_for_last_is_opened(
    pilot: Pilot[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait_for: WaitFor
) -> None:
    read, begun, let_go = model_files.read_network, threading.Event(), threading.Event()

    def read_held(path: Path) -> TrainedNetwork:
        if path.stem == "first":
            begun.set()
            assert let_go.wait(30)
        return read(path)

    monkeypatch.setattr(model_files, "read_network", read_held)
    app, words = app_of(pilot), Vocabulary(["one", "two", "three"])
    first, second = (tmp_path / f"{name}.safetensors" for name in ("first", "second"))
    for path in (first, second):
        write_network(path, network(words))
    app.loader.read_network(str(first))
    await wait_for(pilot, begun.is_set)
    app.loader.read_network(str(second))
    await wait_for(pilot, lambda: app.network)
    let_go.set()
    await wait_for(pilot, lambda: app.rests)
    assert app.network is not None
    assert app.network.name == "second"


@pytest.mark.parametrize("content", [None, b"", b"\0" * 100])
async def test_a_file_that_is_no_network_is_reported_and_the_open_one_stays(
    content: bytes | None, pilot: Pilot[Any], tmp_path: Path, wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    app.loader.read_network("chitchat")
    await wait_for(pilot, lambda: app.network)
    before = app.network
    path = tmp_path / "wrong.safetensors"
    if content is not None:
        path.write_bytes(content)
    app.loader.read_network(str(path))
    await wait_for(pilot, lambda: app.notes)
    assert path.name in app.notes[0]
    assert app.network is before
