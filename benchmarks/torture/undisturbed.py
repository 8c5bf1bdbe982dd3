"""What a training comes to when nobody disturbs it: what the others are compared with."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.torture.program import (
    batch_of,
    end_of,
    expect_same_bits,
    expect_whole_metrics,
    run_in,
    running,
)
from benchmarks.torture.proof import expect, wait_until
from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.runs.listing import summarise
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.storage.folder import RunFolder


@dataclass(frozen=True)
class Undisturbed:
    """A training that went to its end in one go."""

    out: Path
    """The model file that it wrote."""
    folder: RunFolder
    seconds: float
    """From the moment that its folder was a run until it was over."""

    def expect_same(self, folder: RunFolder, out: Path | None = None) -> None:
        """Another run with the same settings must have come to the same, bit for bit.

        Args:
            folder: Of the other.
            out: The model file that it was to write, if any.
        """
        for mine, other in (
            (self.folder.last_file.path, folder.last_file.path),
            (self.folder.best_file.path, folder.best_file.path),
            (self.out, out),
        ):
            if other is not None:
                expect(other.exists(), f"there is no {other}")
                expect_same_bits(other, mine)
        summary = summarise(folder, time.time())
        expect(
            summary.condition is RunCondition.ENDED and not summary.problem,
            f"{folder.path} is {summary.condition}: {summary.problem}",
        )
        expect_whole_metrics(folder, batch_of(summary.status))


def train_undisturbed(root: Path, options: Sequence[str]) -> Undisturbed:
    """Train to the end, in folders below `root`."""
    out, runs = root / "undisturbed.safetensors", root / "undisturbed"
    with running("train", out, "--runs", runs, "--log", "none", *options) as process:
        folder = wait_until(lambda: run_in(runs), "a run begins")
        started = time.perf_counter()
        ended = end_of(process)
        seconds = time.perf_counter() - started
    expect(ended.status == 0, f"an undisturbed training failed: {ended.errors}")
    assert folder is not None
    read_network(out)
    return Undisturbed(out, folder, seconds)
