"""`make pictures`: the three screens, as SVG, from a real run on the built-in corpus."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from wordnet_tui.app import Options, WordnetApp

FOLDER = Path(__file__).parent
SIZE = 110, 34
MINI_BATCHES = 9_000
"""How far the training is when the pictures are taken."""


async def wait_until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Let the app work until `condition` holds."""
    while not condition():
        await pilot.pause(0.1)


async def take_pictures() -> None:
    """Train, and go from screen to screen."""
    app = WordnetApp(Options(sources=("chitchat",), model="chitchat", theme="dark"))

    def batches_done() -> int:
        progress = app.run_of_training and app.run_of_training.look().progress
        return progress.batch if progress else 0

    def save(name: str) -> None:
        (FOLDER / f"{name}.svg").write_text(app.export_screenshot(), encoding="utf-8")

    async with app.run_test(size=SIZE) as pilot:
        await wait_until(pilot, lambda: app.dataset is not None and bool(app.baselines))
        await pilot.press("f5")
        await wait_until(pilot, lambda: batches_done() > MINI_BATCHES)
        await pilot.pause(1.0)
        save("train")
        await pilot.press("f4")
        await pilot.pause(1.0)
        await pilot.press(*"how are you", "space")
        await pilot.pause(2.0)
        save("predict")
        await pilot.press("f3")
        await pilot.pause(2.0)
        await pilot.press("down", "down", "down")
        await pilot.pause(2.0)
        save("vocabulary")
        app.leave(save=False)


if __name__ == "__main__":
    asyncio.run(take_pictures())
