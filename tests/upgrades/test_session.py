"""What the app of an earlier version remembered, as the app of today opens."""

from __future__ import annotations

from pathlib import Path

from tests.support.waiting import until
from wordnet_tui.app.app import WordnetApp
from wordnet_tui.app.preferences import Preferences


def test_all_that_was_remembered_is_recalled(home: Path) -> None:
    assert Preferences.load() == Preferences(
        sources=(str(home / "letters.txt"),),
        model="models/letters.safetensors",
        folder=".",
        theme="textual-light",
    )


async def test_the_app_opens_as_it_was_left(home: Path) -> None:
    app = WordnetApp()
    try:
        async with app.run_test(size=(100, 30)):
            await until(lambda: app.network and app.dataset)
            assert app.network.path == Path("models/letters.safetensors")
            assert app.dataset.name == str(home / "letters.txt")
            assert app.theme == "textual-light"
    finally:
        app.shutdown.finish()
