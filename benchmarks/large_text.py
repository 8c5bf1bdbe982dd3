"""A text file of a gigabyte: reading, memory, and training from the memory map."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure, Settings

GIBIBYTE = 1 << 30

_READ_AND_TRAIN = """
import json, resource, sys, time
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.training.trainer import Trainer

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

started = time.perf_counter()
dataset = load_dataset(sys.argv[1])
reading, read_peak = time.perf_counter() - started, peak()
started = time.perf_counter()
run = Trainer(dataset, Hyperparameters(validate_every=0)).run()
for _ in range(20_000):
    next(run)
print(json.dumps({
    "seconds": reading, "tokens": dataset.report.tokens, "rows": len(dataset.training),
    "peak": read_peak, "peak_trained": peak(), "training": time.perf_counter() - started,
}))
"""


def large_text(settings: Settings) -> Iterator[Figure]:
    """Peak memory and tokens a second for 1 GB of made-up text."""
    del settings
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "large.txt"
        _write_text(text, GIBIBYTE)
        output = subprocess.run(
            [sys.executable, "-c", _READ_AND_TRAIN, str(text)],
            check=True,
            capture_output=True,
            text=True,
            env={"WORDNET_TUI_CACHE": folder},
        ).stdout
    found = json.loads(output)
    yield Figure("1 GB of text: tokens", found["tokens"])
    yield Figure("reading it", found["seconds"], "s")
    yield Figure("tokens a second", found["tokens"] / found["seconds"])
    yield Figure("peak memory, reading", found["peak"] / GIBIBYTE, "GiB", "below 1")
    yield Figure("windows to train on", found["rows"])
    yield Figure(
        "peak memory, training too", found["peak_trained"] / GIBIBYTE, "GiB", "below 1"
    )


def _write_text(path: Path, size: int) -> None:
    """Lines of made-up words, 200,000 of them, distributed as in a text (Zipf)."""
    random = np.random.default_rng(8)
    letters = np.array(list("etaoinshrdlucmfwygpbvk"))
    words = np.array(
        ["".join(random.choice(letters, 2 + number % 9)) for number in range(200_000)]
    )
    shares = 1.0 / np.arange(1, len(words) + 1)
    shares /= shares.sum()
    with path.open("w", encoding="utf-8") as file:
        while file.tell() < size:
            lines = random.choice(words, (20_000, 15), p=shares)
            file.writelines(f"{' '.join(line)} .\n" for line in lines)
