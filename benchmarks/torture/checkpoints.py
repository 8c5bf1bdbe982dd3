"""What checkpoints cost the training, at their usual interval."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterator
from pathlib import Path

from benchmarks.torture.moments import Moments, follow, time_ratio
from benchmarks.torture.program import Argument, begun_run, running, status_of
from benchmarks.torture.proof import Proof, Settings, expect
from benchmarks.torture.small import write_text_of_many_words
from wordnet_tui.runs.checkpoint_writer import SECONDS_BETWEEN_CHECKPOINTS

ROUNDS = 3
CHECKPOINTS = 2
"""Checkpoints, and so many intervals, in a measurement."""
NEVER = 1e6
"""Seconds."""
LEAST = 0.98
WORDS, LINES = 10_500, 20_000


def checkpoints(settings: Settings) -> Iterator[Proof]:
    """The default network and a large one; with and without checkpoints in turn."""
    root = settings.folder / "checkpoints"
    root.mkdir()
    text = write_text_of_many_words(root / "words.txt", WORDS, LINES)
    sizes = ("--embedding-size", "100", "--hidden-size", "500", "--optimizer", "adam")
    large: tuple[Argument, ...] = ("--data", text, "--vocabulary-size", "10000", *sizes)
    large = (*large, "--learning-rate", "0.001")
    for name, options in (("default network", ()), ("V 10,000, 100/500, Adam", large)):
        ratios = []
        for number in range(settings.at_most(ROUNDS)):
            without = _moments(root, options, NEVER) if number % 2 else None
            with_them = _moments(root, options, SECONDS_BETWEEN_CHECKPOINTS)
            without = without or _moments(root, options, NEVER)
            ratios.append(time_ratio(without, with_them))
        median = statistics.median(ratios)
        yield Proof(
            f"checkpoints every {SECONDS_BETWEEN_CHECKPOINTS} s, {name}",
            f"{median:.3f} of the speed without ({min(ratios):.3f} to {max(ratios):.3f})",
            goal=f"the median at least {LEAST}",
            holds=median >= LEAST,
        )


def _moments(root: Path, options: tuple[Argument, ...], interval: float) -> Moments:
    """Train for so long that two checkpoints would be due, and no third."""
    runs = root / "runs"
    every = ("--runs", runs, "--checkpoint-every", str(interval), "--log", "none")
    endless = ("--epochs", "100000")
    with running("train", root / "out.safetensors", *every, *endless, *options):
        folder = begun_run(runs)
        moments = follow(folder, (CHECKPOINTS + 0.5) * SECONDS_BETWEEN_CHECKPOINTS)
        status = status_of(folder)
        has_some = bool(status and status.checkpoint_at)
    expect(has_some == (interval < NEVER), f"a checkpoint every {interval} s: {has_some}")
    shutil.rmtree(runs)
    return moments
