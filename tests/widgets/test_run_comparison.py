"""Runs beside the table: their curves over one another, and what differs between them."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

import wordnet_tui
from wordnet_tui.core.history.history import History
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.runs.listing import RunSummary
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.status import RunState, RunStatus
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.manifest import Manifest
from wordnet_tui.runs.storage.status_file import StatusRecord
from wordnet_tui.view_models.run_comparison import RunCurves, run_curves
from wordnet_tui.view_models.run_list import RunRow
from wordnet_tui.widgets.curve_overlay import CurveOverlay
from wordnet_tui.widgets.loss_chart import LossChart
from wordnet_tui.widgets.run_comparison import RunComparison

ROOT = Path(wordnet_tui.__file__).parent
WaitFor = Callable[..., Awaitable[None]]


def progress(batch: int, end: float) -> TrainingProgress:
    """A run that falls from 5 to `end`, validated after each 20 of its 400 mini-batches."""
    at = batch - batch % 20
    figure = end + (5 - end) * math.exp(-at / 80) if at else None
    epoch, place = divmod(batch - 1, 100)
    head = (batch, 400, epoch + 1, 4, place + 1, 100, 3.0, 3.0, figure, at or None)
    return TrainingProgress(*head, figure, at or None, 0, 0.1, 1.0, 1.0, None)


def curves_of(end: float, batches: int = 400) -> RunCurves:
    history = History()
    for batch in range(1, batches + 1):
        history.add(progress(batch, end))
    return run_curves(history, "", None)


def row_of(name: str, end: float, **settings: Any) -> RunRow:
    manifest = Manifest(
        1.8e9,
        Hyperparameters(epochs=4).changed(**settings),
        ("chitchat",),
        "chitchat",
        "0" * 64,
        (40_000, 1, 1),
        "1",
        "vm",
        "wordnet-tui train OUT.safetensors --data chitchat --seed 1",
        parent=("2026-11-22-080000", 1_200),
    )
    view = RunStatus(RunState.ENDED, progress(400, end), (), 1.0, 0, 0.0, "")
    status = StatusRecord(view, 1.8e9, "vm", 1, 1, 61.0, 400)
    folder = RunFolder(Path("/runs") / name)
    return RunRow(RunSummary(folder, manifest, status, RunCondition.ENDED), 7_300.0)


FIRST, SECOND = "2026-11-23-143005", "2026-11-23-150102"
ROWS = (row_of(FIRST, 3.0), row_of(SECOND, 2.5, learning_rate=0.05, dropout=0.1))
CURVES = {FIRST: curves_of(3.0), SECOND: curves_of(2.5)}


class Pane(App[None]):
    CSS_PATH: ClassVar[Any] = [
        ROOT / "styles" / "shared.tcss",
        ROOT / "styles" / "runs.tcss",
    ]

    def __init__(self, markers: str = "braille") -> None:
        super().__init__()
        self.pane = RunComparison(markers)

    def compose(self) -> ComposeResult:
        with Horizontal():  # as on the screen, beside the table
            yield self.pane

    @property
    def words(self) -> list[str]:
        return str(self.pane.query_one("#run-facts", Static).content).splitlines()

    def shown(self) -> list[str]:
        """What is on the screen, row by row."""
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]


async def test_a_run_alone_has_its_curves_and_its_facts(wait_for: WaitFor) -> None:
    app = Pane()
    async with app.run_test(size=(80, 40)) as pilot:
        app.pane.show_one(ROWS[0], None)
        await wait_for(pilot, lambda: any("Reading its curves" in row for row in app.shown()))
        app.pane.show_one(ROWS[0], CURVES[FIRST])
        await wait_for(pilot, lambda: any("validation  " in row for row in app.shown()))
        facts = "\n".join(app.words)
        assert facts.startswith(f"{FIRST}  ended")
        assert "3.0135 nats per word at mini-batch 400 of 400" in facts
        assert "(2 h ago)" in facts
        assert "trained 1:01" in facts
        assert "from 2026-11-22-080000 at mini-batch 1,200" in facts
        assert f"/runs/{FIRST}" in facts
        assert "wordnet-tui train OUT.safetensors --data chitchat --seed 1" in facts


async def test_why_there_are_no_curves_is_said_where_they_would_be(wait_for: WaitFor) -> None:
    app = Pane()
    async with app.run_test(size=(80, 40)) as pilot:
        damaged = RunCurves(History(), CURVES[FIRST].validation, "the checkpoint is [damaged]")
        app.pane.show_one(ROWS[0], damaged)
        await wait_for(pilot, lambda: any("is [damaged]" in row for row in app.shown()))


@pytest.mark.parametrize("markers", ["braille", "block", "ascii"])
@pytest.mark.parametrize("size", [(120, 40), (60, 16)])
async def test_runs_over_one_another_are_told_apart_without_colours(
    markers: str, size: tuple[int, int], wait_for: WaitFor
) -> None:
    app = Pane(markers)
    async with app.run_test(size=size) as pilot:
        app.pane.show_several(ROWS, "ac", CURVES)
        await wait_for(pilot, lambda: any("mini-batches" in row for row in app.shown()))
        rows = app.shown()
        chart = rows[: app.pane.query_one(CurveOverlay).size.height]
        ends = [row.strip()[-1] for row in chart[1:-2] if row.strip()[-1:] in ("a", "c")]
        assert ends == ["a", "c"]  # the lower curve ends lower
        heading = next(row for row in app.words if "a " in row and "c " in row)
        samples = heading.split("c ")
        assert samples[0].strip().removeprefix("a ") != samples[1].strip()
        if markers == "ascii":
            assert all(row[1:].isascii() for row in chart)  # but for the border


async def test_only_what_differs_is_shown_and_the_best_is_starred(
    wait_for: WaitFor,
) -> None:
    app = Pane()
    async with app.run_test(size=(80, 40)) as pilot:
        app.pane.show_several(ROWS, "ab", CURVES)
        await wait_for(pilot, lambda: app.words)
        cells = [line.split() for line in app.words[1:]]
        assert cells == [
            ["run", "…143005", "…150102"],
            ["hidden", "dropout", "0", "0.1"],
            ["learning", "rate", "0.5", "0.05"],
            ["best", "validation", "3.0135", "2.5168*"],
        ]


async def test_curves_come_as_they_are_read_and_problems_too(
    wait_for: WaitFor,
) -> None:
    app = Pane()
    async with app.run_test(size=(80, 40)) as pilot:
        app.pane.show_several(ROWS, "ab", {})
        await wait_for(pilot, lambda: any("validated yet" in row for row in app.shown()))
        broken = RunCurves(History(), CURVES[FIRST].validation, "it cannot be read")
        app.pane.show_several(ROWS, "ab", {FIRST: broken, SECOND: CURVES[SECOND]})
        await wait_for(pilot, lambda: "a: it cannot be read" in app.words)
        assert any("mini-batches" in row for row in app.shown())


async def test_epochs_take_the_place_of_mini_batches_and_all_that_of_the_main_part(
    wait_for: WaitFor,
) -> None:
    app = Pane()
    async with app.run_test(size=(80, 40)) as pilot:
        app.pane.show_several(ROWS, "ab", CURVES)
        await wait_for(pilot, lambda: any("mini-batches" in row for row in app.shown()))
        assert "f: all" in app.shown()[0]
        app.pane.switch_unit()
        app.pane.switch_part()
        await wait_for(pilot, lambda: any("4 epochs" in row for row in app.shown()))
        assert "f: main part" in app.shown()[0]


async def test_others_are_drawn_after_one_was_shown_alone(wait_for: WaitFor) -> None:
    app = Pane()
    async with app.run_test(size=(80, 40)) as pilot:
        app.pane.show_several(ROWS, "ab", CURVES)
        await wait_for(pilot, lambda: any("nats per word (" in row for row in app.shown()))
        app.pane.show_one(ROWS[1], CURVES[SECOND])
        await wait_for(pilot, lambda: any("training" in row for row in app.shown()))
        app.pane.show_several(ROWS, "gh", CURVES)
        await wait_for(pilot, lambda: any(row.endswith("h") for row in app.shown()))


async def test_a_zoom_into_a_run_is_not_taken_into_another(wait_for: WaitFor) -> None:
    app = Pane()
    async with app.run_test(size=(80, 40)) as pilot:
        chart = app.pane.query_one(LossChart)
        app.pane.show_one(ROWS[0], CURVES[FIRST])
        await wait_for(pilot, lambda: chart.shown_axes)
        chart.action_zoom_x(closer=True)
        app.pane.show_one(ROWS[0], CURVES[FIRST])
        assert chart.view.fixed_x is not None
        app.pane.show_one(ROWS[1], CURVES[SECOND])
        assert chart.view.fixed_x is None
