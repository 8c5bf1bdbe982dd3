"""What can be done with a run from the Runs screen."""

from __future__ import annotations

import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Button, Input, Static

from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.lock import RunLock
from wordnet_tui.runs.storage.manifest import read_manifest, write_manifest
from wordnet_tui.screens.dialogs import Question
from wordnet_tui.screens.runs.branch_dialog import BranchDialog

WaitFor = Callable[..., Awaitable[None]]
OpenRuns = Callable[..., Any]
TrainRecorded = Callable[..., tuple[Run, RunFolder]]
Opened = tuple[Any, Pilot[None]]
"""The session and its pilot."""

LEFT = "2026-11-23-140003"
"""The newest run: left before its end."""
ADAM = "2026-11-23-140002"
FIRST = "2026-11-23-140001"
BROKEN = "2026-11-23-140000"


# ---- what can be done with a run


async def test_enter_and_w_watch_the_chosen_run_on_the_train_screen(opened: Opened) -> None:
    app, pilot = opened
    for key in ("enter", "w"):
        await pilot.press(key)
        assert app.asked.pop() == ("watch", RunFolder(app.runs_root / LEFT))
        assert app.current_mode == "train"
        await app.switch_mode("runs")


async def test_the_run_of_this_process_is_gone_to_and_not_opened(
    opened: Opened, train_recorded: TrainRecorded, wait_for: WaitFor
) -> None:
    app, pilot = opened
    run, folder = train_recorded()
    app.current_run = run
    await wait_for(pilot, lambda: folder.name in app.names)
    await pilot.press("home", "enter")
    assert not app.asked
    assert app.current_mode == "train"


async def test_c_continues_what_was_left_and_refuses_the_rest(
    opened: Opened, wait_for: WaitFor
) -> None:
    app, pilot = opened
    await pilot.press("c")
    assert app.asked.pop() == ("resume", RunFolder(app.runs_root / LEFT))
    await pilot.press("down", "c")
    await wait_for(pilot, lambda: "cannot be continued (ended: all epochs" in app.notices)
    assert not app.asked


async def test_o_opens_its_best_network(opened: Opened, wait_for: WaitFor) -> None:
    app, pilot = opened
    await pilot.press("down", "o")
    await wait_for(pilot, lambda: app.network)
    assert app.network is not None
    best = RunFolder(app.runs_root / ADAM).best_file.path
    assert app.network.path == best
    assert app.network.name == f"best of {ADAM}"
    given = app.network.network.parameters.embedding
    assert (given == read_network(best).parameters.embedding).all()


async def test_where_there_is_no_network_that_is_said(
    opened: Opened, wait_for: WaitFor
) -> None:
    app, pilot = opened
    for path in (app.runs_root / ADAM).glob("*.safetensors"):
        path.unlink()
    await pilot.press("down", "o")
    await wait_for(pilot, lambda: "safetensors" in app.notices)
    assert app.network is None


async def test_delete_asks_first_and_removes_the_folder(
    opened: Opened, wait_for: WaitFor
) -> None:
    app, pilot = opened
    folder = app.runs_root / ADAM
    await pilot.press("down", "delete")
    await wait_for(pilot, lambda: isinstance(app.screen, Question))
    await pilot.press("escape")
    await wait_for(pilot, lambda: app.screen is app.runs)
    assert folder.exists()
    await pilot.press("delete")
    await wait_for(pilot, lambda: isinstance(app.screen, Question))
    await pilot.press("d")
    await wait_for(pilot, lambda: app.names == [LEFT, FIRST, BROKEN])
    assert not folder.exists()
    assert app.chosen == FIRST  # the one that took its place


async def test_a_living_run_is_not_deleted(
    open_runs: OpenRuns, runs: Path, train_recorded: TrainRecorded, wait_for: WaitFor
) -> None:
    _, folder = train_recorded()
    async with open_runs(runs) as (app, pilot):
        await wait_for(pilot, lambda: app.names[:1] == [folder.name])
        await wait_for(pilot, lambda: "paused" in app.line(folder.name))
        await pilot.press("delete")
        await wait_for(pilot, lambda: "it is being trained" in app.notices)
        assert app.screen is app.runs
        await pilot.press("c")
        await wait_for(pilot, lambda: "w watches it" in app.notices)
    assert folder.status_file.path.exists()


async def test_a_run_that_was_taken_up_after_the_question_is_not_deleted(
    opened: Opened, wait_for: WaitFor
) -> None:
    app, pilot = opened
    await pilot.press("delete")
    await wait_for(pilot, lambda: isinstance(app.screen, Question))
    lock = RunLock(RunFolder(app.runs_root / LEFT))
    lock.acquire()
    try:
        await pilot.press("d")
        await wait_for(pilot, lambda: "is trained by process" in app.notices)
    finally:
        lock.release()
    assert RunFolder(app.runs_root / LEFT).checkpoint_file.path.exists()


async def test_a_link_among_the_runs_is_not_deleted_and_neither_is_what_it_leads_to(
    open_runs: OpenRuns, runs: Path, tmp_path: Path, wait_for: WaitFor
) -> None:
    moved = (runs / LEFT).rename(tmp_path / "moved")
    (runs / LEFT).symlink_to(moved)
    async with open_runs(runs) as (app, pilot):
        await wait_for(pilot, lambda: app.chosen == LEFT)
        await pilot.press("delete")
        await wait_for(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("d")
        await wait_for(pilot, lambda: f"{LEFT} is a link; delete the link" in app.notices)
    assert (moved / "run.json").exists()


async def test_c_says_why_what_was_left_cannot_be_continued(
    open_runs: OpenRuns, runs: Path, wait_for: WaitFor
) -> None:
    for checkpoint in (runs / LEFT).glob("checkpoint*.safetensors"):
        checkpoint.unlink()
    async with open_runs(runs) as (app, pilot):
        await wait_for(pilot, lambda: app.chosen == LEFT)
        await pilot.press("c")
        await wait_for(pilot, lambda: "has no checkpoint to go on from" in app.notices)
        assert not app.asked


# ---- branching


async def test_a_branch_is_typed_checked_at_once_and_begun(
    opened: Opened, wait_for: WaitFor
) -> None:
    app, pilot = opened
    await pilot.press("b")
    await wait_for(pilot, lambda: isinstance(app.screen, BranchDialog))
    await pilot.press(*"learning_rate=0")

    def shown(name: str) -> str:
        return str(app.screen.query_one(name, Static).content)

    await wait_for(pilot, lambda: "must be a number above 0" in shown("#problems"))
    await pilot.press("enter")
    assert isinstance(app.screen, BranchDialog)
    await pilot.press(*".05")
    await wait_for(pilot, lambda: shown("#problems") == "")
    assert "learning_rate 0.5 -> 0.05  a number above 0" in shown("#settings Static")
    await pilot.press("enter")
    await wait_for(pilot, lambda: app.asked)
    folder = RunFolder(app.runs_root / LEFT)
    assert app.asked == [("branch", folder, {"learning_rate": 0.05})]


async def test_run_and_branch_are_laid_over_one_another_when_it_is_there(
    opened: Opened, wait_for: WaitFor
) -> None:
    app, pilot = opened
    await pilot.press("down", "b")
    await wait_for(pilot, lambda: isinstance(app.screen, BranchDialog))
    assert app.screen.query_one("#changes", Input).value == "epochs=3 "  # 2 are done
    await pilot.press(*"momentum=0.5", "enter")
    await wait_for(pilot, lambda: app.asked)
    branch = RunFolder(app.runs_root / "2026-11-24-090000")
    shutil.copytree(app.runs_root / ADAM, branch.path)
    manifest = read_manifest(branch)
    write_manifest(branch, replace(manifest, parent=(ADAM, 9), created_at=time.time()))
    await wait_for(pilot, lambda: app.marked() == {ADAM: "a", branch.name: "b"})


async def test_who_thinks_better_of_a_branch_begins_none(
    opened: Opened, wait_for: WaitFor
) -> None:
    app, pilot = opened
    for way in ("escape", "back"):
        await pilot.press("b")
        await wait_for(pilot, lambda: isinstance(app.screen, BranchDialog))
        await pilot.press(*"patience=3")
        if way == "back":
            app.screen.query_one("#back", Button).press()
        else:
            await pilot.press(way)
        await wait_for(pilot, lambda: app.screen is app.runs)
    await pilot.press("end", "b")  # damaged
    await wait_for(pilot, lambda: "damaged: " in app.notices)
    assert not app.asked
