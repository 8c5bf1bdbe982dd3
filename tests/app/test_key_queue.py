"""Keys that come all at once, as over a slow line, do what they do when typed slowly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Input

from wordnet_tui.app import key_queue
from wordnet_tui.app.app import WordnetApp
from wordnet_tui.app.key_queue import KeyQueue
from wordnet_tui.screens.predict.screen import PredictionScreen
from wordnet_tui.widgets.word_input import WordInput

OpenApp = Callable[..., Any]
WaitFor = Callable[..., Awaitable[None]]
NAMES = {" ": "space", "/": "slash"}


def send(app: App[None], *keys: str) -> None:
    """Names of keys and texts, in one packet."""
    for key in keys:
        for each in [key] if key.startswith("f") and key[1:].isdigit() else key:
            name = NAMES.get(each, each)
            app.post_message(events.Key(name, each if len(each) == 1 else None))


async def test_a_text_right_after_the_key_of_a_screen_is_for_that_screen(
    open_app: OpenApp, wait_for: WaitFor, start_run: Callable[..., Any]
) -> None:
    """None of it steers the run: on Train s stops it, h halves its rate, v validates."""
    app: WordnetApp
    async with open_app() as (app, pilot):
        app.current_run = run = start_run()
        send(app, "f4", "she have a v")
        await wait_for(pilot, lambda: isinstance(app.screen, PredictionScreen))
        await wait_for(pilot, lambda: app.screen.query_one(WordInput).value == "v")
        assert not run.status().is_over
        assert run.status().rate_factor == 1.0
        send(app, "f3", "/day")
        await wait_for(pilot, lambda: app.screen.query("#filter"))
        await wait_for(pilot, lambda: app.screen.query_one("#filter", Input).value == "day")


class Fields(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self._keys = KeyQueue(self, super().on_event)

    async def on_event(self, event: events.Event) -> None:
        await self._keys.take(event)

    def compose(self) -> ComposeResult:
        yield Input(id="one")
        yield Input(id="other")

    def value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value


async def test_nothing_is_lost_and_all_keeps_its_order(wait_for: WaitFor) -> None:
    app = Fields()
    async with app.run_test() as pilot:
        await wait_for(pilot, lambda: app.focused)
        text = "all of this is typed at once and yet in order " * 3
        send(app, text)
        app.post_message(events.Paste("and pasted"))
        app.post_message(events.Key("tab", None))
        send(app, "elsewhere")
        await wait_for(pilot, lambda: app.value("other") == "elsewhere")
        assert app.value("one") == text + "and pasted"


async def test_a_key_that_is_never_done_with_holds_up_the_next_only_for_a_while(
    monkeypatch: pytest.MonkeyPatch, wait_for: WaitFor
) -> None:
    monkeypatch.setattr(key_queue, "LONGEST_TURN", 0.05)
    app = Fields()
    async with app.run_test() as pilot:
        await wait_for(pilot, lambda: app.focused)
        done = asyncio.Event()

        async def wait(_: events.Key) -> None:
            await done.wait()

        monkeypatch.setattr(app.query_one("#one", Input), "_on_key", wait)
        send(app, "x")
        app.query_one("#other").focus()
        send(app, "yz")
        await wait_for(pilot, lambda: app.value("other") == "yz")
        done.set()


async def test_a_widget_that_goes_away_with_a_key_on_its_way_holds_up_nothing(
    wait_for: WaitFor,
) -> None:
    app = Fields()
    async with app.run_test() as pilot:
        await wait_for(pilot, lambda: app.focused)
        send(app, "x")
        await app.query_one("#one").remove()
        app.query_one("#other").focus()
        send(app, "yz")
        await wait_for(pilot, lambda: "yz" in app.value("other"))
