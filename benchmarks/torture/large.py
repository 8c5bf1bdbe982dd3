"""How soon `watch` shows a run of ten million mini-batches, and how much memory it takes."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.torture.long_run import LongRun
from benchmarks.torture.processor import peak_memory
from benchmarks.torture.program import end_of, running
from benchmarks.torture.proof import Proof, Settings, expect
from benchmarks.torture.small import write_small_text
from benchmarks.torture.terminal import TorturedTerminal
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.paths import DEFAULT_SOURCE
from wordnet_tui.runs.status import RunState

MINI_BATCHES = 10_000_000
FEW = 1_000
"""Mini-batches of the run that it is compared with."""
ROUNDS = 5
MOST_SECONDS = 1.0
MOST_MEMORY = 200
"""MiB."""
WATCHED = 2.0
"""Seconds, and memory is looked at once more."""
IMPORTS = "import wordnet_tui.cli.watch"
"""What `watch` needs before it can look at anything."""
MOST_DOTS_IN_LEGEND = 20
_MIB = 1 << 20


def large(settings: Settings) -> Iterator[Proof]:
    """In plain lines and in the app; the median of some rounds, each beside its comparison."""
    root = settings.folder / "large"
    root.mkdir()
    text = write_small_text(root / "small.txt")
    dataset = load_dataset(str(text))
    load_dataset(DEFAULT_SOURCE)  # the app opens with it; only once it has to be made ready
    long = LongRun(root / "runs", text, dataset, MINI_BATCHES)
    short = LongRun(root / "short", text, dataset, FEW)
    rounds = range(settings.at_most(ROUNDS))
    yield _in_lines(long, rounds)
    yield _in_app(long, short, rounds)
    for run in (long, short):
        run.give_back()


def _in_lines(run: LongRun, rounds: range) -> Proof:
    seconds, imports, peaks, whole = [], [], [], []
    for _ in rounds:
        imports.append(_seconds_of_imports())
        run.tell(RunState.TRAINING)
        started = time.perf_counter()
        with running("watch", "--plain", run.folder.path) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            seconds.append(time.perf_counter() - started)
            expect(f"mini-batch {MINI_BATCHES:,} of" in line, f"the first line is {line}")
            time.sleep(WATCHED)
            peaks.append(peak_memory(process.pid) / _MIB)
            run.tell(RunState.ENDED)
            ended = end_of(process)
            whole.append(time.perf_counter() - started - WATCHED)
            expect(ended.status == 0, f"`watch` ended with {ended.status}: {ended.errors}")
    first, peak = statistics.median(seconds), max(peaks)
    return Proof(
        "10 million mini-batches, `watch --plain`",
        f"first line after {first:.2f} s (imports {statistics.median(imports):.2f} s), "
        f"{statistics.median(whole):.1f} s in all, {peak:.0f} MiB",
        goal=f"{MOST_SECONDS:.0f} s, {MOST_MEMORY} MiB",
        holds=first <= MOST_SECONDS and peak <= MOST_MEMORY,
    )


def _in_app(long: LongRun, short: LongRun, rounds: range) -> Proof:
    pairs = [(_open(long, MINI_BATCHES), _open(short, FEW)) for _ in rounds]
    more = statistics.median(here[0] - there[0] for here, there in pairs)
    whole = statistics.median(here[0] for here, _ in pairs)
    peak = max(here[1] for here, _ in pairs)
    return Proof(
        "10 million mini-batches, `watch`",
        f"its curves after {whole:.2f} s, {more:+.2f} s against {FEW:,}, {peak:.0f} MiB",
        goal=f"{MOST_SECONDS:.0f} s more, {MOST_MEMORY} MiB",
        holds=more <= MOST_SECONDS and peak <= MOST_MEMORY,
    )


def _open(run: LongRun, batches: int) -> tuple[float, float]:
    """Seconds until the app shows the run and its curves, and the most MiB that it took."""
    run.tell(RunState.TRAINING)
    with TorturedTerminal("watch", run.folder.path) as terminal:
        seen_at = terminal.wait_for(
            lambda seen: f"mini-batch {batches:,} of" in seen.text and _has_curves(seen.text)
        )
        seconds = seen_at - terminal.started_at
        terminal.read_for(WATCHED)
        return seconds, peak_memory(terminal.pid) / _MIB


def _has_curves(picture: str) -> bool:
    """Whether there are more dots than in the legend."""
    return sum("\u2800" < cell <= "\u28ff" for cell in picture) > MOST_DOTS_IN_LEGEND


def _seconds_of_imports() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", IMPORTS], check=True)
    return time.perf_counter() - started
