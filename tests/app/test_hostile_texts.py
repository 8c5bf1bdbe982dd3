"""A run whose every text would steer a terminal, on the screens that show runs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.hostile import HOSTILE, has_planted_texts, hostile_copy, is_harmless
from tests.support.waiting import wait_until
from wordnet_tui.app.app import WordnetApp
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.owner import this_process, write_owner
from wordnet_tui.runs.storage.status_file import read_status, write_status

OpenApp = Callable[..., AbstractAsyncContextManager[tuple[WordnetApp, Any]]]
TrainRecorded = Callable[..., tuple[Any, RunFolder]]
WaitFor = Callable[..., Awaitable[None]]

KEYS = ("", "f2", "f7", "space", "down", "space", "u", "escape", "d", "escape", "b", "escape")
KEYS += ("delete", "escape", "x", "escape", "o", "c", "enter", "f2", "f3", "f4")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such names there")


@pytest.fixture
def ended(train_recorded: TrainRecorded) -> RunFolder:
    """A run that has come to its end."""
    _, folder = train_recorded(paused=False, epochs=2)
    wait_until(lambda: not folder.owner_file.path.exists())
    return folder


def drawn(app: WordnetApp) -> str:
    """All that is on the screen, and its notices."""
    strips = app.screen._compositor.render_strips()
    notices = [notice.message for notice in app._notifications]
    return "\n".join([*(strip.text for strip in strips), *notices])


@pytest.mark.parametrize("state", ["paused", "failed", "interrupted"])
@pytest.mark.parametrize("is_watched", [True, False])
async def test_what_a_screen_shows_of_it_is_harmless(
    is_watched: bool,
    state: str,
    open_app: OpenApp,
    ended: RunFolder,
    tmp_path: Path,
    wait_for: WaitFor,
) -> None:
    root = tmp_path / "hostile"
    raw = {"sources": (HOSTILE,), "out": HOSTILE, "parent": (HOSTILE, 1)}
    folder = hostile_copy(ended, root, state, **raw)
    shutil.copytree(folder.path, f"{folder.path}\x1b[2J")
    if is_watched:
        write_owner(folder, replace(this_process(1.0), host=HOSTILE))
        status = read_status(folder)
        assert status is not None
        write_status(folder, replace(status, written_at=4e9))  # it lives
    options: dict[str, Any] = {"watch": folder.path} if is_watched else {"screen": "runs"}
    async with open_app((120, 40), runs_root=root, wait=False, **options) as (app, pilot):
        await wait_for(pilot, lambda: has_planted_texts(drawn(app)))
        for key in KEYS:
            if key:
                await pilot.press(key)
            for _ in range(3):
                await pilot.pause()
            assert is_harmless(drawn(app)), repr(drawn(app))
