"""SIGTERM while training: a checkpoint, the terminal as it was, and gone within a second."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.torture.program import batch_of, begun_run, status_of
from benchmarks.torture.proof import Proof, Settings, expect, try_all
from benchmarks.torture.small import OPTIMIZERS, small_training, write_small_text
from benchmarks.torture.terminal import TorturedTerminal, open_and_train
from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.runs.listing import summarise
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.storage.checkpoints import read_checkpoint
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.metrics_file import read_metrics

TRIALS = 20
EPOCHS = 100_000
"""So many that none comes to its end."""
LONGEST_WAIT = 1.5
"""Seconds of training before the signal."""
MOST_SECONDS = 1.0
APP_STATUS, COMMAND_STATUS = 143, 130
"""The exit status: 128 + SIGTERM, and that the training was left."""


def sigterm(settings: Settings) -> Iterator[Proof]:
    """The app and the command, one after the other."""
    root = settings.folder / "sigterm"
    root.mkdir()
    text = write_small_text(root / "small.txt")

    def trial(number: int) -> float:
        chance = random.Random(f"{settings.seed} sigterm {number}")
        optimizer = OPTIMIZERS[number // 2 % len(OPTIMIZERS)]
        options = small_training(text, optimizer, patience=0, epochs=EPOCHS)
        place = root / f"trial-{number}"
        place.mkdir()
        in_app = number % 2 == 0
        return _terminate(text, place, options, chance, in_app)

    trials = try_all(settings.at_most(TRIALS), trial)
    seconds = trials.results or [0.0]
    median, worst = statistics.median(seconds), max(seconds)
    yield Proof(
        "SIGTERM while training, app and command",
        f"{trials.share}, gone after {median:.2f} s, at most {worst:.2f} s",
        goal=f"all leave in order, within {MOST_SECONDS:.0f} s",
        holds=trials.all_went_well and worst <= MOST_SECONDS,
        problems=trials.problems,
    )


def _terminate(
    text: Path, place: Path, options: list[str], chance: random.Random, in_app: bool
) -> float:
    """Seconds from the signal until the process is gone."""
    runs = place / "runs"
    with (
        open_and_train(text, runs, options, EPOCHS)
        if in_app
        else TorturedTerminal("train", place / "out.safetensors", "--runs", runs, *options)
    ) as terminal:
        if not in_app:
            terminal.wait_for(lambda seen: "training " in seen.text)
        folder = begun_run(runs)
        terminal.read_for(chance.uniform(0.0, LONGEST_WAIT))
        sent_at = time.perf_counter()
        terminal.terminate()
        seconds = terminal.wait_for_end() - sent_at
        expected = APP_STATUS if in_app else COMMAND_STATUS
        expect(terminal.status == expected, f"it ended with status {terminal.status}")
        left = terminal.what_was_left()
        expect(not left, f"the terminal is not as it was: {', '.join(left)}")
    _expect_left_in_order(folder)
    return seconds


def _expect_left_in_order(folder: RunFolder) -> None:
    """The checkpoint must be of the last mini-batch that was done, and so must all else."""
    summary = summarise(folder, time.time())
    expect(
        summary.condition is RunCondition.INTERRUPTED and not summary.problem,
        f"{folder.path} is {summary.condition}: {summary.problem}",
    )
    checkpoint = read_checkpoint(folder)
    assert checkpoint is not None
    done = batch_of(status_of(folder))
    in_metrics = int(read_metrics(folder.metrics_file).rows[-1, 0])
    expect(
        checkpoint.state.batch == done == in_metrics and not checkpoint.remark,
        f"the checkpoint is of mini-batch {checkpoint.state.batch}, the status of {done}, "
        f"the metrics of {in_metrics}",
    )
    _, vector = read_network(folder.last_file.path).parameters.packed()
    expect(
        np.array_equal(vector, checkpoint.state.parameters),
        f"{folder.last_file.path} is not the network of the checkpoint",
    )
