"""The real program as a process, and what the folder of its run tells."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.torture.proof import DEADLINE, expect, wait_until
from benchmarks.ui.terminal import ROOT
from wordnet_tui.core.errors import RunError
from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.runs.storage.folder import RunFolder, run_folders
from wordnet_tui.runs.storage.metrics_file import read_metrics
from wordnet_tui.runs.storage.status_file import StatusRecord, read_status

PROGRAM = (sys.executable, "-m", "wordnet_tui")

Argument = str | Path


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    output: str
    errors: str


@contextmanager
def running(*arguments: Argument) -> Iterator[subprocess.Popen[str]]:
    """The program, killed at the end if it still runs."""
    with subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def end_of(process: subprocess.Popen[str], deadline: float = DEADLINE) -> Ended:
    """Wait until it ends."""
    output, errors = process.communicate(timeout=deadline)
    return Ended(process.returncode, output, errors)


def run(*arguments: Argument) -> Ended:
    """Run a command to its end."""
    with running(*arguments) as process:
        return end_of(process)


def run_well(*arguments: Argument) -> None:
    """Run a command that must end with status 0."""
    ended = run(*arguments)
    expect(ended.status == 0, f"{arguments[0]} ended with {ended.status}: {ended.errors}")


# ---- what the folder tells


def run_in(root: Path) -> RunFolder | None:
    """The only run of a folder of runs, as soon as it is one."""
    found = run_folders(root)
    return found[0] if found else None


def begun_run(root: Path) -> RunFolder:
    """The same, waited for until it has trained a mini-batch and said so."""
    folder = wait_until(lambda: run_in(root), "a run begins")
    assert folder is not None
    wait_until(lambda: batch_of(status_of(folder)), "a mini-batch is done")
    return folder


def status_of(folder: RunFolder) -> StatusRecord | None:
    """What the run says of itself; None if that cannot be read."""
    try:
        return read_status(folder)
    except RunError:
        return None


def batch_of(status: StatusRecord | None) -> int:
    """How many mini-batches are done."""
    progress = status.view.progress if status else None
    return progress.batch if progress else 0


def bits(path: Path) -> bytes:
    """All weights of a model file, as they are in memory."""
    _, vector = read_network(path).parameters.packed()
    return vector.tobytes()


def expect_same_bits(path: Path, expected: Path) -> None:
    """The two model files must hold the same weights."""
    expect(bits(path) == bits(expected), f"the weights in {path} differ from {expected}")


def expect_whole_metrics(folder: RunFolder, last_batch: int) -> None:
    """The rows of the metrics must tell of each mini-batch once."""
    read = read_metrics(folder.metrics_file)
    batches, counts = read.rows[:, 0], read.rows[:, 1]
    is_whole = not read.dropped and batches[-1] == counts.sum() == last_batch
    expect(
        is_whole and (batches[1:] - counts[1:] == batches[:-1]).all(),
        f"{folder.metrics_file.path} tells of {counts.sum():.0f} of {last_batch} mini-batches",
    )
