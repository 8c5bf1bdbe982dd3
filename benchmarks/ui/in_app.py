"""Keystrokes inside the app, under Textual's pilot: from the key to the new list of words."""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import numpy as np
from textual.events import Key

from benchmarks.figures import Figure
from benchmarks.ui.program import SIZES, Settings
from wordnet_tui.app.app import Options, WordnetApp
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import initial_parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.widgets.bar_list import BarList
from wordnet_tui.widgets.word_table import WordTable

PAIRS = 20
"""Of a key and the one that undoes it."""
MOST_WORDS = 65_000
DEADLINE = 20.0


def keystroke(settings: Settings) -> Iterator[Figure]:
    """In Predict, to the new list."""
    del settings
    for size, goal in ((250, "at most 10"), (10_000, "at most 30")):
        milliseconds = asyncio.run(_predict(size))
        yield Figure(f"keystroke in Predict, V = {size:,}, p95", milliseconds, "ms", goal)


def filtering(settings: Settings) -> Iterator[Figure]:
    """In the filter of a large vocabulary, to the new rows, for each way to match."""
    del settings
    for match, milliseconds in asyncio.run(_filter()).items():
        name = f"filter, V = {MOST_WORDS:,}, {match}, p95"
        yield Figure(name, milliseconds, "ms", "at most 50")


async def _predict(size: int) -> float:
    dataset = load_dataset("chitchat", vocabulary_size=size, context_size=3)
    async with _app("predict", _network(dataset.vocabulary), dataset) as app:
        listed = app.screen.query_one("#candidates", BarList)
        await _type(app, ["i", "space", "w", "a", "n", "t", "space", "t", "o", "space"])
        await _until(lambda: len(listed.rows) > 1)
        return await _keystrokes(
            app, ["w", "backspace"], lambda: [choice.text for choice in listed.rows]
        )


async def _filter() -> dict[str, float]:
    syllables = [first + second for first in "bdfgklmnprstvw" for second in "aeiou"]
    words = [a + b + c for a in syllables for b in syllables for c in syllables]
    network = _network(Vocabulary(tuple(random.Random(1).sample(words, MOST_WORDS))))
    found = {}
    async with _app("vocabulary", network, None) as app:
        table = app.screen.query_one(WordTable)
        await _until(lambda: table.row_count == MOST_WORDS)
        await _type(app, ["slash"])
        for match in ("prefix", "inside", "fuzzy"):
            found[match] = await _keystrokes(
                app, ["k", "a", "n", *["backspace"] * 3], lambda: table.row_count
            )
            await _type(app, ["f6"])
    return found


@asynccontextmanager
async def _app(
    screen: str, network: TrainedNetwork, dataset: Dataset | None
) -> AsyncIterator[WordnetApp]:
    """The app with these open, and nothing left to do."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORDNET_TUI_DATA"] = folder
        app = WordnetApp(Options(("chitchat",), screen=screen))
        async with app.run_test(size=SIZES[1]):
            await _until(lambda: app.baselines and app.network)
            if dataset is not None:
                app.dataset = dataset
            app.use_network(network, "random weights")
            await asyncio.sleep(0.5)
            yield app


def _network(vocabulary: Vocabulary) -> TrainedNetwork:
    """Random weights in the default shape."""
    settings = Hyperparameters(vocabulary_size=len(vocabulary))
    parameters = initial_parameters(settings, np.random.default_rng(1))
    return TrainedNetwork(settings, parameters, vocabulary)


async def _keystrokes(app: WordnetApp, keys: list[str], shown: Callable[[], object]) -> float:
    """95 of 100 keys change what is shown within so many milliseconds."""
    waits = []
    for _ in range(PAIRS):
        for key in keys:
            waits.append(await _keystroke(app, key, shown))
            await asyncio.sleep(0.1)  # drawing and looking up end before the next
    return float(np.percentile(waits, 95)) * 1e3


async def _keystroke(app: WordnetApp, key: str, shown: Callable[[], object]) -> float:
    before = shown()
    started = time.perf_counter()
    app.post_message(_event(key))
    await _until(lambda: shown() != before)
    return time.perf_counter() - started


async def _type(app: WordnetApp, keys: list[str]) -> None:
    for key in keys:
        app.post_message(_event(key))
        await asyncio.sleep(0.05)


def _event(key: str) -> Key:
    return Key(key, {"space": " ", "slash": "/"}.get(key, key if len(key) == 1 else None))


async def _until(condition: Callable[[], object]) -> None:
    ends_at = time.perf_counter() + DEADLINE
    while not condition():
        if time.perf_counter() > ends_at:
            raise TimeoutError(f"not so within {DEADLINE} s")
        await asyncio.sleep(0.0005)  # not 0: lookups in threads need their turn
