"""The Runs screen alone, on folders of runs that were really trained."""

from __future__ import annotations

import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

import wordnet_tui
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.paths import runs_folder
from wordnet_tui.runs.lifecycle import begin, train_and_save
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.storage.folder import RunFolder, create_run
from wordnet_tui.runs.storage.manifest import read_manifest, write_manifest
from wordnet_tui.screens.runs import screen as runs_screen
from wordnet_tui.screens.runs.screen import RunsScreen
from wordnet_tui.session import Session
from wordnet_tui.widgets.loss_chart import LossChart
from wordnet_tui.widgets.run_table import RunTable

ROOT = Path(wordnet_tui.__file__).parent
WaitFor = Callable[..., Awaitable[None]]

LEFT = "2026-11-23-140003"
"""The newest run: left before its end."""
ADAM = "2026-11-23-140002"
FIRST = "2026-11-23-140001"
BROKEN = "2026-11-23-140000"
ALL = [LEFT, ADAM, FIRST, BROKEN]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of four runs: one left, two ended, one damaged. To be copied."""
    root = tmp_path_factory.mktemp("trained")
    text = root / "days.txt"
    text.write_text("he have a good day .\nshe have a good day .\nthe day is bad .\n" * 80)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORDNET_TUI_CACHE", str(root / "cache"))
        days = load_dataset(str(text))
        small = Hyperparameters(embedding_size=4, hidden_size=5, batch_size=8, epochs=2)
        base = small.changed(vocabulary_size=len(days.vocabulary), validate_every=5)
        for second, settings in enumerate(
            ({}, {}, {"optimizer": "adam", "learning_rate": 0.01}, {"epochs": 90_000})
        ):
            run = Run(days, base.changed(**settings))
            folder = create_run(root / "runs", datetime(2026, 11, 23, 14, 0, second))
            recorder = begin(run, root, [str(text)], folder=folder)
            assert recorder is not None
            if "epochs" in settings:
                run.leave()
            train_and_save(run, recorder)
            age = 60.0 * (9 - second)
            manifest = replace(read_manifest(folder), created_at=time.time() - age)
            write_manifest(folder, manifest)
    damage(RunFolder(root / "runs" / BROKEN))
    return root / "runs"


def damage(folder: RunFolder) -> None:
    text = folder.manifest_file.path.read_text()
    folder.manifest_file.path.write_text(text.replace("momentum", "momentun", 1))


@pytest.fixture(autouse=True)
def frequent_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Often enough that no test waits for one."""
    monkeypatch.setattr(runs_screen, "REFRESH_SECONDS", 0.1)


@pytest.fixture
def runs(trained: Path) -> Path:
    """A folder of its own with those runs."""
    return Path(shutil.copytree(trained, runs_folder()))


class Asked(list[tuple[Any, ...]]):
    """What was asked of runs."""

    def start(self, *what: Any) -> None:
        self.append(("start", *what))

    def watch(self, folder: RunFolder) -> None:
        self.append(("watch", folder))

    def resume(self, folder: RunFolder) -> None:
        self.append(("resume", folder))

    def branch(self, folder: RunFolder, changes: Mapping[str, object]) -> None:
        self.append(("branch", folder, dict(changes)))


class Browsing(Session):
    CSS_PATH: ClassVar[Any] = [
        ROOT / "styles" / "shared.tcss",
        *sorted((ROOT / "styles").glob("[!s]*.tcss")),
    ]
    MODES: ClassVar[Any] = {"runs": RunsScreen, "train": Screen}

    def __init__(self, root: Path, markers: str = "braille") -> None:
        super().__init__()
        self.runs_root = root
        self.markers = markers
        self.training = self.asked = Asked()

    async def on_mount(self) -> None:
        await self.switch_mode("runs")

    @property
    def runs(self) -> RunsScreen:
        screen = next(each for each in self.screen_stack if isinstance(each, RunsScreen))
        assert isinstance(screen, RunsScreen)
        return screen

    @property
    def table(self) -> RunTable:
        return self.runs.query_one(RunTable)

    @property
    def chosen(self) -> str:
        return self.table.chosen.name if self.table.chosen else ""

    @property
    def names(self) -> list[str]:
        return [row.name for row in self.table.rows]

    def line(self, name: str) -> str:
        """The row of a run as it is drawn."""
        return self.table.render_line(1 + self.names.index(name)).text

    def marked(self) -> dict[str, str]:
        """Name -> letter of the marked runs, as they are drawn."""
        letters = {name: self.line(name)[1] for name in self.names}
        return {name: letter for name, letter in letters.items() if letter != " "}

    def text(self, name: str) -> str:
        return str(self.runs.query_one(f"#{name}", Static).content)

    @property
    def notices(self) -> str:
        return "\n".join(notice.message for notice in self._notifications)


OpenRuns = Callable[..., AbstractAsyncContextManager[tuple[Browsing, Pilot[None]]]]


@pytest.fixture
def open_runs() -> OpenRuns:
    """Opens the screen alone on a folder of runs; takes that, a size, and markers."""

    @asynccontextmanager
    async def open_it(
        root: Path, size: tuple[int, int] = (80, 24), markers: str = "braille"
    ) -> AsyncIterator[tuple[Browsing, Pilot[None]]]:
        app = Browsing(root, markers)
        async with app.run_test(size=size) as pilot:
            yield app, pilot

    return open_it


@pytest.fixture
async def opened(
    open_runs: OpenRuns, runs: Path, wait_for: WaitFor
) -> AsyncIterator[tuple[Browsing, Pilot[None]]]:
    """The screen at 80x24, with the runs listed and the curves of the newest read."""
    async with open_runs(runs) as (app, pilot):
        await wait_for(pilot, lambda: app.names == ALL)
        await wait_for(pilot, lambda: app.runs.query_one(LossChart).history)
        yield app, pilot
