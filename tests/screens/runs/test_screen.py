"""What the Runs screen shows, and when it looks."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from wordnet_tui.core.errors import RunError
from wordnet_tui.runs import listing
from wordnet_tui.runs.commands import RESUME
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.manifest import read_manifest, write_manifest
from wordnet_tui.widgets.curve_overlay import CurveOverlay
from wordnet_tui.widgets.loss_chart import LossChart
from wordnet_tui.widgets.run_comparison import RunComparison
from wordnet_tui.widgets.run_table import RunTable

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
ALL = [LEFT, ADAM, FIRST, BROKEN]


# ---- the table


async def test_runs_are_listed_newest_first_with_their_state(opened: Opened) -> None:
    app, _ = opened
    assert app.line(LEFT).split()[:3] == [">", "▷", "interrupted"]
    assert app.line(FIRST).split()[:3] == ["■", "ended", FIRST]
    assert "/days.txt " in app.line(FIRST)  # the end of a path, which tells most of it
    assert "2/2" in app.line(FIRST)
    assert "8 min" in app.line(FIRST)
    assert app.line(BROKEN).split()[:2] == ["!", "damaged"]
    assert app.text("found") == "4 runs"


async def test_the_chosen_run_is_shown_in_full(opened: Opened, wait_for: WaitFor) -> None:
    app, pilot = opened
    await pilot.press("end", "up")
    await wait_for(pilot, lambda: app.text("run-facts").startswith(FIRST))
    facts = app.text("run-facts")
    manifest = read_manifest(RunFolder(app.runs_root / FIRST))
    assert "ended: all epochs done" in facts
    assert manifest.command in facts
    assert str(app.runs_root / FIRST) in facts
    history = app.runs.query_one(LossChart).history
    assert history is None or history.picture().latest
    await pilot.press("end")
    await wait_for(pilot, lambda: "damaged: " in app.text("run-facts"))


async def test_keys_and_headings_sort_and_the_cursor_stays_with_its_run(
    opened: Opened, wait_for: WaitFor
) -> None:
    app, pilot = opened
    await pilot.press("down")
    assert app.chosen == ADAM
    await pilot.press("r")
    await wait_for(pilot, lambda: app.names == [FIRST, ADAM, LEFT, BROKEN])
    assert app.chosen == ADAM
    await pilot.press("s", "s")  # from the age, the last column, to the names
    await wait_for(pilot, lambda: app.names == sorted(ALL))
    assert app.line(ADAM).startswith(">")
    await pilot.click(RunTable, offset=(4, 0))
    await wait_for(pilot, lambda: app.names[0] == LEFT)
    assert "state▲" in app.table.render_line(0).text
    assert app.chosen == ADAM


async def test_typing_filters_enter_leaves_the_field_and_escape_shows_all(
    opened: Opened, wait_for: WaitFor
) -> None:
    app, pilot = opened
    await pilot.press("slash", *"adam")
    await wait_for(pilot, lambda: app.names == [ADAM])
    assert app.text("found") == "1 of 4 runs"
    await pilot.press("x")
    await wait_for(pilot, lambda: app.names == [])
    assert "no run fits the filter" in app.table.render_line(1).text
    await pilot.press("backspace", "enter")
    await wait_for(pilot, lambda: app.names == [ADAM])
    assert app.table.has_focus
    assert not app.asked  # Enter left the field and watched nothing
    await pilot.press("escape")
    await wait_for(pilot, lambda: app.names == ALL)
    assert app.runs.query_one("#filter", Input).value == ""


async def test_cursor_and_marks_stay_with_their_runs_when_others_come_and_go(
    opened: Opened, wait_for: WaitFor
) -> None:
    app, pilot = opened
    await pilot.press("down", "space", "down", "space")
    assert app.marked() == {ADAM: "a", FIRST: "b"}
    newest = app.runs_root / "2026-11-24-090000"
    shutil.copytree(app.runs_root / FIRST, newest)
    folder = RunFolder(newest)
    write_manifest(folder, replace(read_manifest(folder), created_at=time.time()))
    await wait_for(pilot, lambda: app.names[0] == newest.name)
    assert app.chosen == FIRST
    assert app.marked() == {ADAM: "a", FIRST: "b"}
    shutil.rmtree(app.runs_root / ADAM)
    await wait_for(pilot, lambda: ADAM not in app.names)
    assert app.marked() == {FIRST: "b"}
    assert app.chosen == FIRST


async def test_the_list_follows_a_run_that_is_trained(
    open_runs: OpenRuns, runs: Path, train_recorded: TrainRecorded, wait_for: WaitFor
) -> None:
    run, folder = train_recorded()
    async with open_runs(runs) as (app, pilot):
        await wait_for(pilot, lambda: folder.name in app.names)
        await wait_for(pilot, lambda: "paused" in app.line(folder.name))
        run.send(RESUME)
        await wait_for(pilot, lambda: "training" in app.line(folder.name))
        run.stop()
        await wait_for(pilot, lambda: "ended" in app.line(folder.name))
        await pilot.press("home")
        await wait_for(pilot, lambda: "stopped early" in app.text("run-facts"))


# ---- looking


async def test_it_reads_only_while_it_is_shown(
    open_runs: OpenRuns, runs: Path, wait_for: WaitFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    real = listing.run_folders

    def counted(root: Path) -> list[RunFolder]:
        looks.append(time.monotonic())
        return real(root)

    monkeypatch.setattr(listing, "run_folders", counted)
    async with open_runs(runs) as (app, pilot):
        await wait_for(pilot, lambda: len(looks) > 3)
        await app.switch_mode("train")
        await pilot.pause()  # until the screen knows that it is hidden
        await app.workers.wait_for_complete()
        seen, turns = len(looks), []
        app.set_interval(0.02, lambda: turns.append(1))
        await wait_for(pilot, lambda: len(turns) > 10)
        assert len(looks) == seen
        await app.switch_mode("runs")
        await wait_for(pilot, lambda: len(looks) > seen + 3)


async def test_a_disk_that_hangs_holds_up_no_key_and_is_asked_once(
    open_runs: OpenRuns, runs: Path, wait_for: WaitFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, asked = threading.Event(), []
    real = listing.run_folders

    def hanging(root: Path) -> list[RunFolder]:
        asked.append(root)
        hangs.wait(30)
        return real(root)

    async with open_runs(runs) as (app, pilot):
        await wait_for(pilot, lambda: app.names == ALL)
        monkeypatch.setattr(listing, "run_folders", hanging)
        try:
            await wait_for(pilot, lambda: asked)
            await pilot.press("down")
            assert app.chosen == ADAM
            assert len(asked) == 1
        finally:
            hangs.set()
        await wait_for(pilot, lambda: len(asked) > 1)


async def test_a_folder_that_cannot_be_read_is_reported_and_read_again(
    open_runs: OpenRuns, runs: Path, wait_for: WaitFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = listing.run_folders

    def failing(root: Path) -> list[RunFolder]:
        raise RunError(f"cannot look for runs in {root}")

    monkeypatch.setattr(listing, "run_folders", failing)
    async with open_runs(runs) as (app, pilot):
        await wait_for(pilot, lambda: "cannot look for runs" in app.text("no-runs"))
        monkeypatch.setattr(listing, "run_folders", real)
        await wait_for(pilot, lambda: app.names == ALL)
        assert not app.runs.has_class("-empty")
        monkeypatch.setattr(listing, "run_folders", failing)
        await wait_for(pilot, lambda: "cannot look for runs" in app.notices)
        await wait_for(pilot, lambda: len(app._notifications) == 1)
        assert app.names == ALL


async def test_without_runs_it_says_how_to_start_one(
    open_runs: OpenRuns, tmp_path: Path, wait_for: WaitFor
) -> None:
    async with open_runs(tmp_path, (60, 16)) as (app, pilot):
        await wait_for(pilot, lambda: "start one with F5" in app.text("no-runs"))
        for key in ("enter", "c", "o", "delete", "b", "space", "d", "escape", "s", "x", "f"):
            await pilot.press(key)
        assert not app.asked
        assert app.screen is app.runs


# ---- comparing


async def test_marked_runs_are_laid_over_one_another_until_escape(
    opened: Opened, wait_for: WaitFor
) -> None:
    app, pilot = opened
    pane = app.runs.query_one(RunComparison)
    await pilot.press("space", "down", "space")
    await wait_for(pilot, lambda: "optimizer" in app.text("run-facts"))
    assert pane.has_class("-several")
    assert app.runs.query_one(CurveOverlay).display
    assert "epochs           90000" in app.text("run-facts")
    assert app.text("found") == "2 marked, 4 runs"
    await pilot.press("down", "space", "end", "space")  # the last is damaged
    await wait_for(pilot, lambda: "damaged: " in app.notices)
    assert app.marked() == {LEFT: "a", ADAM: "b", FIRST: "c"}
    await pilot.press("home", "space", "end", "up", "up", "space")
    assert app.marked() == {FIRST: "c"}
    assert not pane.has_class("-several")
    await pilot.press("escape")
    assert app.marked() == {}


async def test_only_so_many_are_marked_as_can_be_told_apart(
    opened: Opened, wait_for: WaitFor
) -> None:
    app, pilot = opened
    for number in range(8):
        shutil.copytree(app.runs_root / FIRST, app.runs_root / f"2026-11-24-09000{number}")
    await wait_for(pilot, lambda: len(app.names) == 12)
    await pilot.press("home")
    for _ in range(9):
        await pilot.press("space", "down")
    await wait_for(pilot, lambda: "8 runs are marked" in app.notices)
    assert app.text("found") == "8 marked, 12 runs"
    marked = {sign for sign in app.text("run-facts").split() if sign in "abcdefghi"}
    assert marked == set("abcdefgh")


@pytest.mark.parametrize(
    ("size", "table", "pane"),
    [((120, 40), True, True), ((80, 24), True, True), ((60, 16), True, False)],
)
async def test_details_stand_beside_below_or_instead(
    open_runs: OpenRuns,
    runs: Path,
    size: tuple[int, int],
    table: bool,
    pane: bool,
    wait_for: WaitFor,
) -> None:
    async with open_runs(runs, size) as (app, pilot):
        await wait_for(pilot, lambda: app.names == ALL)
        details = app.runs.query_one(RunComparison)

        def seen() -> tuple[bool, bool]:
            return bool(app.table.size), bool(details.size)

        await wait_for(pilot, lambda: seen() == (table, pane))
        assert app.table.size.width + (details.size.width if size[0] > 110 else 0) <= size[0]
        await pilot.press("d")
        await wait_for(pilot, lambda: seen() == (False, True))
        await pilot.press("down")  # the keys of the table work on
        await wait_for(pilot, lambda: app.text("run-facts").startswith(ADAM))
        await pilot.press("escape")
        await wait_for(pilot, lambda: seen() == (table, pane))
        assert app.table.has_focus


async def test_plain_markers_need_no_sign_beyond_ascii_in_the_table(
    open_runs: OpenRuns, runs: Path, wait_for: WaitFor
) -> None:
    async with open_runs(runs, (120, 40), "ascii") as (app, pilot):
        await wait_for(pilot, lambda: app.names == ALL)
        assert all(app.table.render_line(y).text[:34].isascii() for y in range(5))
        assert "age^" in app.table.render_line(0).text
