"""The same training without a screen, in a process of its own that can be held.

`python -m benchmarks.ui.without_screen` trains with the settings that the app is given, and
prints now and then how many mini-batches are done and what `time.perf_counter()` says then.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from types import TracebackType

from benchmarks.ui.program import EPOCHS, Moments
from benchmarks.ui.terminal import ROOT

LOOK = 0.1
"""Seconds between two looks at the training."""
SETTLED = 0.2
"""Seconds after which a process that was let go is at full speed."""


class WithoutScreen:
    """Trains while `moments` are asked for, and stands still else, until its context is left.

    Args:
        first: Mini-batches to train before anything is asked for.
    """

    def __init__(self, first: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.ui.without_screen"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._moments: Moments = []
        self._warm = threading.Event()
        threading.Thread(target=self._listen, args=(first,), daemon=True).start()
        self._warm.wait()
        self._process.send_signal(signal.SIGSTOP)

    def _listen(self, first: int) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            batch, at = line.split()
            self._moments.append((int(batch), float(at)))
            if int(batch) >= first:
                self._warm.set()

    def moments(self, seconds: float) -> Moments:
        """Mini-batches, and when each was done, of so many seconds."""
        self._process.send_signal(signal.SIGCONT)
        began = time.perf_counter() + SETTLED
        time.sleep(SETTLED + seconds)
        self._process.send_signal(signal.SIGSTOP)
        return [moment for moment in list(self._moments) if moment[1] >= began]

    def __enter__(self) -> WithoutScreen:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()


def main() -> None:
    """Train until somebody puts an end to it."""
    from wordnet_tui.core.data.load import load_dataset
    from wordnet_tui.core.model.hyperparameters import PRESETS
    from wordnet_tui.runs.local import Run

    run = Run(load_dataset("chitchat"), PRESETS["default"].changed(epochs=EPOCHS))
    threading.Thread(target=run.run_to_end, daemon=True).start()
    while True:
        time.sleep(LOOK)
        progress, at = run.status().progress, time.perf_counter()
        if progress is not None:
            print(progress.batch, at, flush=True)


if __name__ == "__main__":
    main()
