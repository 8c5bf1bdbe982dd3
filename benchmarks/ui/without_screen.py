"""The same training without a screen, in a process of its own.

`python -m benchmarks.ui.without_screen N` trains N mini-batches with the settings that the app
is given, and prints as JSON how many seconds after the first were gone after each
`MARK`-th. The trainer holds the matrix products to one thread, here and in the app.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

from benchmarks.ui.program import EPOCHS
from benchmarks.ui.terminal import ROOT

MARK = 50
"""Mini-batches between two times."""


def moments_without_screen(mini_batches: int) -> list[tuple[int, float]]:
    """Train in another process; gives mini-batch and seconds."""
    command = [sys.executable, "-m", "benchmarks.ui.without_screen", str(mini_batches)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return [(MARK * (index + 1), at) for index, at in enumerate(json.loads(done.stdout))]


def main() -> None:
    """Train so many mini-batches, and print the times."""
    from wordnet_tui.core.corpora import load_dataset
    from wordnet_tui.core.hyperparameters import PRESETS
    from wordnet_tui.core.trainer import Trainer

    wanted = int(sys.argv[1])
    moments = []
    settings = PRESETS["default"].changed(epochs=EPOCHS)
    for progress in Trainer(load_dataset("chitchat"), settings).run():
        if progress.batch % MARK == 0:
            moments.append(time.perf_counter())
        if progress.batch >= wanted:
            break
    json.dump([moment - moments[0] for moment in moments], sys.stdout)


if __name__ == "__main__":
    main()
