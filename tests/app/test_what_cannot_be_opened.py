"""A corpus or network that cannot be opened is refused, and not remembered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual import events

from tests.support.hostile_files import MakePipe
from tests.support.waiting import until
from wordnet_tui.app.app import WordnetApp
from wordnet_tui.app.preferences import Preferences
from wordnet_tui.core.data import load as corpora
from wordnet_tui.core.data.dataset import Dataset

OpenApp = Callable[..., Any]

PIPE = "it is a pipe, not a file; save what comes from it to a file first"
INSTEAD = "; chitchat is opened instead"


@pytest.fixture(autouse=True)
def small_default(monkeypatch: pytest.MonkeyPatch, days: Dataset) -> None:
    """The corpus of a first session is a small one; others are read as ever."""
    load = corpora.load_dataset

    def load_small(source: Any, **how: Any) -> Dataset:
        return days if source == "chitchat" else load(source, **how)

    monkeypatch.setattr(corpora, "load_dataset", load_small)


def notes(app: WordnetApp) -> list[str]:
    return [note.message for note in app._notifications]


async def leave(app: WordnetApp) -> Preferences:
    """Leave by the key; what the next session finds."""
    app.post_message(events.Key("q", "q"))
    await until(lambda: app.return_code is not None)
    app.shutdown.finish()
    return Preferences.load()


async def test_a_pipe_named_as_corpus_is_refused_and_not_remembered(
    open_app: OpenApp, days_text: Path, days_model: Path, tmp_path: Path, make_pipe: MakePipe
) -> None:
    Preferences(sources=(str(days_text),)).save()
    pipe = make_pipe(tmp_path / "pipe")
    async with open_app(wait=False, sources=(str(pipe),)) as (app, _):
        await until(lambda: notes(app) and app.network)
        assert notes(app) == [f"cannot read {pipe}: {PIPE}"]
        assert (app.dataset, app.loading) == (None, None)
        remembered = await leave(app)
    assert (remembered.sources, remembered.model) == ((str(days_text),), str(days_model))


async def test_a_pipe_named_as_network_is_refused_and_not_remembered(
    open_app: OpenApp, days_text: Path, days_model: Path, tmp_path: Path, make_pipe: MakePipe
) -> None:
    Preferences(model=str(days_model)).save()
    pipe = make_pipe(tmp_path / "pipe")
    async with open_app(wait=False, model=str(pipe)) as (app, _):
        await until(lambda: notes(app) and app.dataset)
        assert notes(app) == [f"cannot read {pipe}: {PIPE}"]
        assert app.network is None
        remembered = await leave(app)
    assert (remembered.sources, remembered.model) == ((str(days_text),), str(days_model))


async def test_a_pipe_picked_later_leaves_what_is_open(
    open_app: OpenApp, days_text: Path, days_model: Path, tmp_path: Path, make_pipe: MakePipe
) -> None:
    pipe = make_pipe(tmp_path / "pipe")
    async with open_app() as (app, _):
        app.loader.read_corpus((str(pipe),))
        app.loader.read_network(str(pipe))
        await until(lambda: len(notes(app)) == 2)
        assert notes(app) == [f"cannot read {pipe}: {PIPE}"] * 2
        remembered = await leave(app)
    assert (remembered.sources, remembered.model) == ((str(days_text),), str(days_model))


@pytest.mark.parametrize(
    "content", [None, b"", b"no \xff text"], ids=["pipe", "empty", "damaged"]
)
async def test_a_remembered_corpus_that_cannot_be_opened_gives_way_to_the_default(
    content: bytes | None, open_app: OpenApp, tmp_path: Path, make_pipe: MakePipe
) -> None:
    wrong = tmp_path / "wrong.txt"
    Preferences(sources=(str(wrong),)).save()
    if content is None:
        make_pipe(wrong)
    else:
        wrong.write_bytes(content)
    async with open_app(wait=False, sources=()) as (app, _):
        await until(lambda: notes(app) and app.dataset)
        (sentence,) = notes(app)
        assert str(wrong) in sentence
        assert sentence.endswith(INSTEAD)
        assert app.sources == ("chitchat",)
        remembered = await leave(app)
    assert remembered.sources == ("chitchat",)


@pytest.mark.parametrize("content", [None, b"", b"rubbish"], ids=["pipe", "empty", "damaged"])
async def test_a_remembered_network_that_cannot_be_opened_gives_way_to_the_default(
    content: bytes | None, open_app: OpenApp, tmp_path: Path, make_pipe: MakePipe
) -> None:
    wrong = tmp_path / "wrong.safetensors"
    Preferences(model=str(wrong)).save()
    if content is None:
        make_pipe(wrong)
    else:
        wrong.write_bytes(content)
    async with open_app(wait=False, model="") as (app, _):
        await until(lambda: notes(app) and app.network)
        (sentence,) = notes(app)
        assert str(wrong) in sentence
        assert sentence.endswith(INSTEAD)
        assert app.network.name == "chitchat"
        remembered = await leave(app)
    assert Path(remembered.model).name == "chitchat.safetensors"


async def test_where_the_default_cannot_be_opened_either_that_is_said(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wordnet_tui.app.corpus_loader.DEFAULT", "/no/such")
    Preferences(sources=("/dev/null",)).save()
    async with open_app(wait=False, sources=()) as (app, _):
        await until(lambda: notes(app) and app.network)
        assert notes(app)[0].startswith("there is no /no/such; ")
        assert (app.dataset, app.loading) == (None, None)
        await leave(app)
