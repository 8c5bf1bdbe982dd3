"""What is loaded when the first picture is drawn: it is to come soon."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

OPEN = """
import asyncio, sys
from wordnet_tui.app.app import Options, WordnetApp
from wordnet_tui.app.corpus_loader import CorpusLoader
loaded = []
def note(self, name, or_default):  # the first thing that is done after the picture
    loaded.extend(sys.modules)
CorpusLoader.read_network = note
async def main():
    app = WordnetApp(Options(screen="train"))
    async with app.run_test() as pilot:
        while not loaded:
            await pilot.pause()
    app.shutdown.finish()
asyncio.run(main())
print(*loaded)
"""
THAT_TRAIN = (
    "core.training.trainer",
    "core.training.train_step",
    "runs.local",
    "runs.recorder",
)
THAT_READ = ("core.data.load", "core.formats.model_files", "runs.lifecycle", "runs.listing")


def test_it_needs_nothing_that_trains_or_reads() -> None:
    done = subprocess.run(
        [sys.executable, "-c", OPEN],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "wordnet_tui.screens.train.screen" in loaded
    to_come = {f"wordnet_tui.{name}" for name in (*THAT_TRAIN, *THAT_READ)}
    assert all(map(find_spec, to_come))
    assert not loaded & to_come
    assert not loaded & {"scipy", "filelock", "pooch", "textual_fspicker", "threadpoolctl"}
