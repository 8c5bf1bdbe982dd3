"""The whole app on a small text: its frame, its files, and the ways out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual import events
from textual.widgets import Button, Input
from textual_fspicker import FileOpen, FileSave

from tests.support.waiting import until
from wordnet_tui.app.app import WordnetApp
from wordnet_tui.app.preferences import Preferences, preferences_path
from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.core.model.hyperparameters import PRESETS
from wordnet_tui.core.paths import data_folder
from wordnet_tui.runs.commands import PAUSE
from wordnet_tui.runs.local import Run
from wordnet_tui.screens.dialogs import Question
from wordnet_tui.screens.help import HelpScreen
from wordnet_tui.screens.predict.screen import PredictionScreen
from wordnet_tui.screens.too_small import TooSmallScreen
from wordnet_tui.screens.train.screen import TrainingScreen
from wordnet_tui.screens.vocabulary.screen import VocabularyScreen
from wordnet_tui.widgets.footer import StatusLine
from wordnet_tui.widgets.form.form import HyperparameterForm

OpenApp = Callable[..., Any]
LONG = PRESETS["default"].changed(
    embedding_size=4, hidden_size=5, batch_size=8, epochs=100_000, validate_every=5
)


def press(app: WordnetApp, *keys: str) -> None:
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def settled(app: WordnetApp) -> None:
    """Until all that was pressed so far has been done."""
    done: list[int] = []
    timer = app.set_interval(0.03, lambda: done.append(0))
    await until(lambda: len(done) > 3)
    timer.stop()


async def start(app: WordnetApp, **settings: Any) -> Run:
    """Train by the key on what is open."""
    form = app.screen.query_one(HyperparameterForm)
    form.fill(LONG.changed(**settings), app.sources)
    await until(lambda: form.hyperparameters == LONG.changed(**settings))
    press(app, "f5")
    await until(lambda: app.current_run is not None)
    run = app.current_run
    assert run is not None
    # Until the first validation, or the end: before it there are no best weights to keep.
    await until(
        lambda: (view := run.status()).is_over or (view.progress and view.progress.best_at)
    )
    return run


async def start_paused(app: WordnetApp) -> Run:
    run = await start(app)
    run.send(PAUSE)
    await until(run.snapshot)
    return run


def notes(app: WordnetApp) -> str:
    return "\n".join(note.message for note in app._notifications)


def kept() -> list[str]:
    """Best and last, where they were kept."""
    files = (data_folder() / "runs").glob("*/*.safetensors")
    return sorted(file.stem for file in files if not file.stem.startswith("checkpoint"))


# ---- the frame


async def test_the_screens_are_changed_by_keys_and_each_has_the_status(
    open_app: OpenApp, days_text: Path
) -> None:
    async with open_app(size=(120, 40)) as (app, pilot):
        for key, kind in (
            ("f3", VocabularyScreen),
            ("f4", PredictionScreen),
            ("f2", TrainingScreen),
        ):
            await pilot.press(key)
            assert isinstance(app.screen, kind)
            line = app.screen.query_one(StatusLine)
            await until(lambda line=line: days_text.name in str(line.content))
            assert "net small" in str(line.content)


@pytest.mark.parametrize("name", ["train", "vocabulary", "predict"])
async def test_it_opens_on_the_screen_asked_for(name: str, open_app: OpenApp) -> None:
    async with open_app(screen=name, wait=False) as (app, _):
        await until(lambda: app.current_mode == name)


async def test_a_run_goes_on_whatever_screen_is_shown(open_app: OpenApp) -> None:
    async with open_app() as (app, _):
        run = await start(app)
        for key, kind in (
            ("f3", VocabularyScreen),
            ("f4", PredictionScreen),
            ("f1", HelpScreen),
        ):
            press(app, key)
            await until(lambda kind=kind: isinstance(app.screen, kind))
            before = run.status().progress.batch
            await until(
                lambda run=run, before=before: run.status().progress.batch > before + 100
            )


async def test_a_terminal_too_small_says_so_and_comes_back(open_app: OpenApp) -> None:
    async with open_app() as (app, pilot):
        await start_paused(app)
        shown = app.screen
        for size in ((59, 24), (80, 15), (20, 5), (1, 1)):
            await pilot.resize_terminal(*size)
            await until(lambda: isinstance(app.screen, TooSmallScreen))
        await pilot.resize_terminal(60, 16)
        await until(lambda: app.screen is shown)
        press(app, "q")
        await until(lambda: isinstance(app.screen, Question))
        await pilot.resize_terminal(40, 10)
        await until(lambda: isinstance(app.screen, TooSmallScreen))
        await pilot.resize_terminal(80, 24)
        await until(lambda: isinstance(app.screen, Question))


# ---- runs


async def test_two_quick_starts_are_one_run(open_app: OpenApp) -> None:
    async with open_app() as (app, _):
        form = app.screen.query_one(HyperparameterForm)
        form.fill(LONG, app.sources)
        await until(lambda: form.hyperparameters == LONG)
        begun: list[Run] = []
        app.watch(app, "current_run", lambda run: begun.append(run) if run else None)
        press(app, "f5", "f5", "f5")
        await until(lambda: begun)
        await settled(app)
        await until(lambda: app.loading is None)
        assert len(begun) == 1
        assert not begun[0].status().is_over


async def test_a_corpus_that_is_open_is_not_read_again(open_app: OpenApp) -> None:
    async with open_app() as (app, _):
        first = await start(app, epochs=1)
        await until(lambda: first.status().is_over)
        read: list[object] = []
        app.watch(app, "loading", read.append, init=False)
        await settled(app)
        press(app, "f5")
        await until(lambda: app.current_run is not first)
        assert read == []
        assert app.current_run.dataset is first.dataset


# ---- the ways out


async def test_without_a_run_q_leaves_and_the_session_is_remembered(
    open_app: OpenApp, days_text: Path, days_model: Path
) -> None:
    async with open_app(theme="light") as (app, _):
        press(app, "q")
        await until(lambda: not app.is_running)
    left = Preferences.load()
    assert left.sources == (str(days_text),)
    assert Path(left.model) == days_model
    assert left.theme == "textual-light"


@pytest.mark.parametrize("way", ["q", "ctrl+q", "palette"])
async def test_while_a_run_goes_every_way_out_asks(way: str, open_app: OpenApp) -> None:
    async with open_app() as (app, _):
        run = await start(app)
        if way == "palette":
            await app.action_quit()
        else:
            press(app, way)
        await until(lambda: isinstance(app.screen, Question) and app.screen.query(Button))
        labels = [str(button.label) for button in app.screen.query(Button)]
        assert labels == [
            "Stop and save",
            "Keep it training in the background",
            "Leave without saving",
            "Stay",
        ]
        press(app, "escape")
        await until(lambda: not isinstance(app.screen, Question))
        assert app.is_running
        assert not run.status().is_over


async def test_stop_and_save_ends_the_run_and_keeps_it(open_app: OpenApp) -> None:
    async with open_app() as (app, _):
        run = await start(app)
        press(app, "q")
        await until(lambda: isinstance(app.screen, Question))
        press(app, "s")
        await until(lambda: not app.is_running)
        reported = app.shutdown.finish(30)
    assert run.status().is_over
    assert kept() == ["best", "last"]
    assert all(str(data_folder() / "runs") in sentence for sentence in reported)


async def test_leave_without_saving_keeps_nothing(open_app: OpenApp) -> None:
    async with open_app() as (app, _):
        run = await start(app)
        press(app, "q")
        await until(lambda: isinstance(app.screen, Question))
        press(app, "l")
        await until(lambda: not app.is_running)
        assert app.shutdown.finish(30) == []
    assert run.wait(30)
    assert list((data_folder() / "runs").iterdir()) == []


async def test_a_run_saved_twice_is_listed_once(open_app: OpenApp) -> None:
    async with open_app() as (app, _):
        await start(app)
        assert app.shutdown.finish(30) == app.shutdown.finish(30) != []
    assert kept() == ["best", "last"]


async def test_q_pressed_twice_asks_once(open_app: OpenApp) -> None:
    async with open_app() as (app, _):
        await start(app)
        press(app, "q", "q", "ctrl+q")
        await until(lambda: isinstance(app.screen, Question))
        await settled(app)
        assert sum(isinstance(screen, Question) for screen in app.screen_stack) == 1


@pytest.mark.parametrize("dialog", ["q", "f1", "ctrl+o"])
async def test_under_a_dialog_the_file_keys_do_nothing(dialog: str, open_app: OpenApp) -> None:
    async with open_app() as (app, _):
        await start_paused(app)
        press(app, dialog)
        await until(lambda: len(app.screen_stack) > 1 and app.screen.is_modal)
        await until(lambda: app.focused or app.screen.query("Static"))
        depth = len(app.screen_stack)
        press(app, "ctrl+d", "ctrl+o", "ctrl+s")
        await settled(app)
        assert len(app.screen_stack) == depth
        press(app, "escape")
        await until(lambda: not app.screen.is_modal)


# ---- files


@pytest.mark.parametrize(("key", "which"), [("b", "best"), ("l", "last"), ("o", "open")])
async def test_after_a_run_saving_asks_which(
    key: str, which: str, open_app: OpenApp, tmp_path: Path
) -> None:
    async with open_app() as (app, _):
        run = await start(app, epochs=2, learning_rate=5.0)
        await until(lambda: run.status().saved_to)
        opened = app.network.network
        press(app, "ctrl+s")
        await until(lambda: isinstance(app.screen, Question))
        press(app, key)
        await until(lambda: isinstance(app.screen, FileSave) and app.screen.is_mounted)
        await until(lambda: app.screen.query(Input))
        app.screen.query_one(Input).value = str(tmp_path / "saved")
        app.screen.query_one("#select", Button).press()
        path = tmp_path / "saved.safetensors"
        await until(lambda: "saved to" in notes(app))
        expected = {"best": run.best(), "last": run.last(), "open": opened}[which]
        saved = read_network(path)
        for one, other in zip(saved.parameters, expected.parameters, strict=True):
            np.testing.assert_array_equal(one, other)
        assert app.network.path == path


async def test_an_old_file_is_overwritten_only_when_that_is_said(
    open_app: OpenApp, tmp_path: Path
) -> None:
    path = tmp_path / "old.safetensors"
    for answer, stays in (("escape", True), ("o", False)):
        path.write_text("mine")
        async with open_app() as (app, _):
            press(app, "ctrl+s")
            await until(lambda app=app: app.screen.query("FileSave Input"))
            app.screen.query_one(Input).value = str(path)
            app.screen.query_one("#select", Button).press()
            await until(lambda app=app: isinstance(app.screen, Question))
            press(app, answer)
            await until(lambda app=app: not app.screen.is_modal)
            await settled(app)
        assert (path.read_bytes() == b"mine") == stays


async def test_a_network_and_a_corpus_are_opened_by_their_files(
    open_app: OpenApp, days_model: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.safetensors"
    other.write_bytes(days_model.read_bytes())
    text = tmp_path / "other.txt"
    text.write_text("a small text about small words .\nsmall words fill a text .\n" * 60)
    async with open_app() as (app, _):
        for key, path in (("ctrl+o", other), ("ctrl+d", text)):
            press(app, key)
            await until(lambda: isinstance(app.screen, FileOpen) and app.screen.query(Input))
            app.screen.query_one(Input).value = str(path)
            app.screen.query_one("#select", Button).press()
            await until(lambda: not app.screen.is_modal)
        await until(lambda: app.network.path == other)
        await until(lambda: app.sources == (str(text),) and app.loading is None)
        assert "small" in app.dataset.vocabulary.words


# ---- what the last session left


@pytest.mark.parametrize(
    "left",
    ["{", {"sources": []}, {"sources": ["/no/such/text.txt"]}],
    ids=["damaged", "no sources", "a text that is gone"],
)
def test_where_no_corpus_is_remembered_it_opens_the_default(left: Any) -> None:
    leave_behind(left)
    assert WordnetApp().sources == ("chitchat",)


@pytest.mark.parametrize(
    "left",
    [{"theme": "nonsense"}, {"folder": "/no/such"}, {"model": "/no/such.safetensors"}],
    ids=["theme", "folder", "model"],
)
async def test_it_opens_without_what_is_gone(
    left: dict[str, Any], open_app: OpenApp, days_text: Path
) -> None:
    leave_behind({"sources": [str(days_text)], **left})
    async with open_app(sources=(), model="") as (app, _):
        assert app.sources == (str(days_text),)
        assert app.network.name == "chitchat"
        press(app, "ctrl+o")
        await until(lambda: isinstance(app.screen, FileOpen) and app.screen.query(Input))
        assert notes(app) == ""


def leave_behind(left: Any) -> None:
    """As if the last session had."""
    preferences_path().parent.mkdir(parents=True)
    preferences_path().write_text(left if isinstance(left, str) else json.dumps(left))
