"""What the tests of the screen share."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import textual.app
import textual.pilot
from textual.pilot import Pilot
from textual.screen import Screen

from wordnet_tui.app.app import Options, WordnetApp
from wordnet_tui.app.training_controller import ExitAction
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.formats.model_files import write_network
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import initial_parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork

WaitFor = Callable[..., Awaitable[None]]


class WatchedSelector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Tells when its event loop has nothing left to do: when that would begin to wait."""

    waiting: ClassVar[list[asyncio.Future[None]]] = []

    def select(self, timeout: float | None = None) -> Any:
        """Do not wait while somebody waits for just that."""
        if timeout == 0 or not self.waiting:
            return super().select(timeout)
        events = super().select(0)
        if not events:
            for future in self.waiting:
                if not future.done():
                    future.set_result(None)
            self.waiting.clear()
        return events


selectors.DefaultSelector = WatchedSelector  # type: ignore[misc, assignment]


@pytest.fixture(autouse=True)
def thorough_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pilot's keys and pauses end when nothing is left that could be done at once.

    Textual's own end when the process has used no processor for 20 ms. On a busy machine that
    is also true of a process that was given none; and on an idle one it is a long time. They
    also end after the first layout, while widgets may still draw themselves for their new
    sizes and so ask for another.
    """

    async def until_at_rest(*_seconds: float) -> None:
        at_rest = asyncio.get_running_loop().create_future()
        WatchedSelector.waiting.append(at_rest)
        await at_rest

    pause, press = Pilot.pause, Pilot.press

    async def until_drawn(pilot: Pilot[Any], delay: float | None = None) -> None:
        await pause(pilot, delay)
        for _ in range(_MOST_LAYOUTS):
            await until_at_rest()
            if not is_to_be_drawn(pilot.app.screen):
                return
            await pause(pilot)

    async def press_until_drawn(pilot: Pilot[Any], *keys: str) -> None:
        await press(pilot, *keys)
        await until_drawn(pilot)

    for module in (textual.pilot, textual.app):
        monkeypatch.setattr(module, "wait_for_idle", until_at_rest)
    monkeypatch.setattr(Pilot, "pause", until_drawn)
    monkeypatch.setattr(Pilot, "press", press_until_drawn)


_MOST_LAYOUTS = 10
"""Of one pause: a screen that shows a run is never at rest for long."""


def is_to_be_drawn(screen: Screen[Any]) -> bool:
    """Whether the screen waits for its next frame."""
    return bool(screen._dirty_widgets or screen._layout_required or screen._repaint_required)


@pytest.fixture
def wait_for() -> WaitFor:
    """A function: await it with a pilot, a condition, and a deadline in seconds."""

    async def wait(
        pilot: Pilot[Any], condition: Callable[[], object], deadline: float = 30.0
    ) -> None:
        until = time.monotonic() + deadline
        await pilot.pause()
        while not condition():
            assert time.monotonic() < until, f"not so after {deadline} s"
            await asyncio.sleep(0.01)
            await pilot.pause()

    return wait


@pytest.fixture
def days_model(days: Dataset, tmp_path: Path) -> Path:
    """A file with a network about the words of `days`, drawn by a fixed seed."""
    settings = Hyperparameters(
        vocabulary_size=len(days.vocabulary), embedding_size=4, hidden_size=5
    )
    weights = initial_parameters(settings, np.random.default_rng(3))
    path = tmp_path / "small.safetensors"
    write_network(path, TrainedNetwork(settings, weights, days.vocabulary))
    return path


OpenApp = Callable[..., AbstractAsyncContextManager[tuple[WordnetApp, Pilot[Any]]]]


@pytest.fixture
def open_app(days_text: Path, days_model: Path, wait_for: WaitFor) -> OpenApp:
    """Opens the whole app on `days` and its network; waits for both, and ends its run.

    Takes a size, the options of the app, and whether to wait.
    """

    @asynccontextmanager
    async def open_it(
        size: tuple[int, int] = (80, 24), *, wait: bool = True, **options: Any
    ) -> AsyncIterator[tuple[WordnetApp, Pilot[Any]]]:
        given = {"sources": (str(days_text),), "model": str(days_model), **options}
        app = WordnetApp(Options(refreshes_per_second=30.0, **given))
        try:
            async with app.run_test(size=size) as pilot:
                if wait:
                    await wait_for(pilot, lambda: app.dataset and app.network)
                    await wait_for(pilot, lambda: app.loading is None and app.baselines)
                yield app, pilot
        finally:
            app.training.exit_action = ExitAction.DISCARD
            app.shutdown.finish()
            if (thread := app.training.thread) is not None:
                thread.join(30)
                assert not thread.is_alive()

    return open_it
