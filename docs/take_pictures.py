"""`make pictures`: the screens, as SVG, from real runs on the built-in corpus."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from wordnet_tui.app.app import Options, WordnetApp
from wordnet_tui.app.training_controller import ExitAction
from wordnet_tui.core.model.hyperparameters import PRESETS, Hyperparameters
from wordnet_tui.core.paths import runs_folder
from wordnet_tui.runs.storage.folder import run_folders
from wordnet_tui.widgets.form.form import HyperparameterForm

FOLDER = Path(__file__).parent
SIZE = 110, 34
MINI_BATCHES = 9_000
"""How far the training is when its pictures are taken."""
RATES = 0.1, 1.0
"""Of two shorter runs to compare it with."""


class Photographer:
    """An app without a terminal, its keys and its pictures."""

    def __init__(self, app: WordnetApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the app work until `condition` holds."""
        while not condition():
            await self.pilot.pause(0.1)

    async def press(self, *keys: str, seconds: float = 1.0) -> None:
        """Press keys, and let the app draw."""
        await self.pilot.press(*keys)
        await self.pilot.pause(seconds)

    async def train(self, settings: Hyperparameters, mini_batches: int) -> None:
        """Train until it has come so far."""
        form = self.app.screen.query_one(HyperparameterForm)
        form.fill(settings, ("chitchat",))
        await self.press("f5")
        await self.until(lambda: self.batch >= mini_batches)

    @property
    def batch(self) -> int:
        """How far the run has come."""
        run = self.app.current_run
        progress = run.status().progress if run else None
        return progress.batch if progress else 0

    def save(self, name: str) -> None:
        """Take a picture."""
        (FOLDER / f"{name}.svg").write_text(self.app.export_screenshot(), encoding="utf-8")


async def take_pictures() -> None:
    """Train, and go from screen to screen."""
    app = WordnetApp(Options(sources=("chitchat",), model="chitchat", theme="dark"))
    async with app.run_test(size=SIZE) as pilot:
        at = Photographer(app, pilot)
        await at.until(lambda: app.dataset is not None and app.baselines)
        for rate in RATES:
            settings = PRESETS["default"].changed(learning_rate=rate, validate_every=1_000)
            await at.train(settings, 12_000)
            await at.press("s")
            await at.until(lambda: app.current_run and app.current_run.status().saved_to)
        await at.train(PRESETS["default"].changed(validate_every=1_000), MINI_BATCHES)
        at.save("train")
        await at.press("f4")
        await at.press(*"how are you", "space", seconds=2.0)
        at.save("predict")
        await at.press("f3", seconds=2.0)
        await at.press("slash", *"good", seconds=2.0)
        await at.press("escape", seconds=2.0)
        at.save("vocabulary")
        await at.press("f7", seconds=3.0)
        await at.press("space", "down", "space", "down", "space", seconds=3.0)
        at.save("runs")
        app.training.exit_action = ExitAction.DISCARD
    app.shutdown.finish()


async def take_picture_of_watching() -> None:
    """Another process trains, and is watched."""
    command = [sys.executable, "-m", "wordnet_tui", "train", "--detach", "--preset", "taste"]
    folder = runs_folder()
    subprocess.run([*command, str(folder / "network.safetensors")], check=True)
    watched = run_folders(folder)[0]
    app = WordnetApp(Options(sources=("chitchat",), model="chitchat", watch=watched.path))
    async with app.run_test(size=SIZE) as pilot:
        at = Photographer(app, pilot)
        await at.until(lambda: app.dataset is not None and app.baselines)
        await at.until(lambda: at.batch > MINI_BATCHES)
        await at.press("less_than_sign", seconds=2.0)
        at.save("watch")
        await at.press("s", seconds=2.0)


def main() -> None:
    """Take them all; the runs lie in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORDNET_TUI_RUNS"] = folder
        os.environ["WORDNET_TUI_DATA"] = folder
        asyncio.run(take_pictures())
        asyncio.run(take_picture_of_watching())


if __name__ == "__main__":
    main()
