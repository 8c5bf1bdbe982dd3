"""A run trained in this terminal or in the background, and what is said of it."""

from __future__ import annotations

import dataclasses
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from wordnet_tui.cli.group import INTERRUPTED
from wordnet_tui.cli.interruptions import Interruptions
from wordnet_tui.cli.output import print_json, say
from wordnet_tui.cli.training_display import training_display
from wordnet_tui.core.errors import RunError, WordnetError, cannot, printable
from wordnet_tui.core.formats.folder_file import FolderFile
from wordnet_tui.core.inference.evaluation import cross_entropy, evaluate
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.core.training.progress import StopReason, TrainingProgress, clock
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.recorder import Recorder
from wordnet_tui.runs.saved_networks import outcome_path, save_or_rescue
from wordnet_tui.runs.status import RunState
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.removal import remove_run
from wordnet_tui.runs.storage.status_file import read_status

POLL_SECONDS = 0.05
LONGEST_REASON = 1 << 20
"""Bytes that are read of what a process printed that did not begin to train."""


def train_here(
    run: Run,
    recorder: Recorder | None,
    out: Path | None,
    *,
    log: str,
    plot: bool,
    as_json: bool,
) -> None:
    """Train to the end, or until a signal asks to leave; save, and say what came of it.

    Args:
        run: Not yet begun.
        recorder: Of its folder, if it has one.
        out: The model file to write; None where those in the run's folder are enough.
        log: "progress", "original" or "none".
        plot: Whether to plot the curves after the last line.
        as_json: Whether to say it as one JSON object.
    """
    if as_json and log == "progress":
        log = "none"
    started = time.perf_counter()
    if recorder is None:
        say(f"wordnet-tui: {run.status().write_error}", err=True)
    else:
        recorder.start()
    with Interruptions(run) as interruptions:
        try:
            progress = show_training(run, log)
            interruptions.saving()
            seconds = time.perf_counter() - started
            if recorder is not None:
                recorder.save(_say_why_it_waits)
            network = _measured(run, progress, log, lambda: interruptions.is_hurried)
            saved_to = _saved(network, out, recorder, progress, log)
        except BaseException as error:
            if recorder is not None and _is_settled(run, error):
                interruptions.saving()
                recorder.finish(_say_why_it_waits)
            raise
        if recorder is not None:
            recorder.finish(_say_why_it_waits)
    is_whole = recorder is None or not recorder.unwritten
    if recorder is not None and not is_whole:
        say(f"wordnet-tui: {recorder.unwritten}", err=True)
    _report(run, progress, network, saved_to, seconds, log=log, plot=plot, as_json=as_json)
    if not is_whole:
        raise click.exceptions.Exit(1)


def _is_settled(run: Run, error: BaseException) -> bool:
    """Whether an error leaves nothing to be done but to write the run down.

    Otherwise its folder stays as after a kill, for `resume` to finish: OUT is not written, or
    a signal came in the middle of a step.
    """
    if isinstance(error, WordnetError):  # then OUT never will be
        return True
    return isinstance(error, Exception) and run.status().state is RunState.INTERRUPTED


def _say_why_it_waits(sentence: str) -> None:
    say(f"wordnet-tui: {sentence}", err=True)


def _saved(
    network: TrainedNetwork,
    out: Path | None,
    recorder: Recorder | None,
    progress: TrainingProgress,
    log: str,
) -> Path:
    """Write OUT, if there is to be one; where the outcome is."""
    if out is not None:
        if log == "original":
            say(f"# Saving model to {printable(str(out))}")
        return save_or_rescue(network, out)
    assert recorder is not None, "a run that is resumed has a folder"
    return outcome_path(recorder.folder, progress)


def show_training(run: Run, log: str) -> TrainingProgress:
    """Train, and show it; returns the last record."""
    if log == "original":
        say("# Start training ...")
    with training_display(log) as display:
        for each in run.train():
            display.show(each)
    view = run.status()
    progress = view.progress  # of an earlier process, if that was killed after the last step
    if progress is None or (view.state is RunState.FAILED and progress.stop_reason is None):
        raise WordnetError(view.failure)
    if log == "original":
        say("# Finish training ...")
    return progress


def _report(
    run: Run,
    progress: TrainingProgress,
    network: TrainedNetwork,
    saved_to: Path,
    seconds: float,
    *,
    log: str,
    plot: bool,
    as_json: bool,
) -> None:
    """Say what came of it."""
    figures = network.provenance.figures
    if as_json:
        print_json(
            {
                "out": str(saved_to),
                "run": run.name,
                "stop_reason": str(progress.stop_reason or "interrupted"),
                "mini_batches": progress.batch,
                "seconds": seconds,
                **{name.replace(" ", "_").replace("-", "_"): x for name, x in figures.items()},
            }
        )
    elif log == "progress" and progress.stop_reason is not None:
        say(f"{progress.stop_reason}; {progress.batch:,} mini-batches, {clock(seconds)}")
        for name, figure in figures.items():
            say(f"  {name:<26}  {figure:.4f}")
        say(f"saved to {printable(str(saved_to))}")
    if plot:
        from wordnet_tui.cli.plot import PlottedRun, print_plot  # plotext: 50 ms

        print_plot([PlottedRun(run.name, run.history.picture())])
    if progress.stop_reason is StopReason.DIVERGED:
        raise WordnetError(
            f"the loss was no longer finite at mini-batch {progress.batch:,}: the best "
            f"weights, of mini-batch {progress.best_at:,}, were saved to "
            f"{printable(str(saved_to))}; try a lower learning rate"
        )
    if progress.stop_reason is None:
        further = f"; `wordnet-tui resume {run.name}` goes on" if run.name else ""
        say(
            f"wordnet-tui: interrupted; what was trained is in {printable(str(saved_to))}"
            f"{further}",
            err=True,
        )
        raise click.exceptions.Exit(INTERRUPTED)


def _measured(
    run: Run, progress: TrainingProgress, log: str, is_hurried: Callable[[], bool]
) -> TrainedNetwork:
    """The network to keep, with its figure on the test part among the others.

    Raises:
        WordnetError: There is none.
    """
    if progress.stop_reason is StopReason.DIVERGED and progress.best_at is None:
        raise WordnetError(
            f"the loss was no longer finite at mini-batch {progress.batch:,}, before any "
            f"validation: nothing was saved; try a lower learning rate"
        )
    network, dataset = run.outcome(), run.dataset
    activation = run.hyperparameters.activation
    test = math.nan
    if log == "original":
        batch_size = run.hyperparameters.batch_size
        whole = dataset.test[: len(dataset.test) // batch_size * batch_size]
        test = cross_entropy(network.parameters, whole, activation, as_original=True)
        say(f"##Start testing ...\n##Test CE = {test:.8f}")
    elif progress.stop_reason is not None and len(dataset.test):
        test = evaluate(network.parameters, dataset.test, activation, is_hurried).cross_entropy
        if is_hurried():  # then it is of some rows only
            test = math.nan
    if not math.isfinite(test):
        return network
    figures = {**network.provenance.figures, "test cross-entropy": test}
    provenance = dataclasses.replace(network.provenance, figures=figures)
    return dataclasses.replace(network, provenance=provenance)


def start_detached(folder: RunFolder, arguments: Sequence[str]) -> int:
    """Run `wordnet-tui ARGUMENTS` without a terminal, its output in the log of the run.

    Waits until it trains, so that what is wrong with its data is said here and now.

    Args:
        folder: Of the run that it is going to train.
        arguments: The command.

    Returns:
        Its process id.

    Raises:
        RunError: It ended before it trained, for the reason that it gave; or the folder cannot
            be written.
    """
    before = _written_at(folder)
    process: subprocess.Popen[bytes] | None = None
    try:
        with folder.log_file.open_to_append() as log:
            begins = log.seek(0, os.SEEK_END)
            process = subprocess.Popen(
                [sys.executable, "-m", "wordnet_tui", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # what ends this terminal does not reach it
                # Windows: a hidden console; with DETACHED_PROCESS a venv's Python opens a
                # window.
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        while _written_at(folder) == before:
            if process.poll() is not None:
                raise RunError(_last_words(folder.log_file, begins))
            time.sleep(POLL_SECONDS)
    except BaseException as error:
        if process is not None:
            process.kill()
            process.wait()
        if not folder.manifest_file.exists():  # it never became a run
            remove_run(folder)
        if isinstance(error, OSError):
            where = error.filename or folder.path
            raise RunError(cannot("write", where, error)) from error
        raise
    return process.pid


def announce(folder: RunFolder, process: int, as_json: bool) -> None:
    """Say that a run goes on in the background, and how to see it."""
    if as_json:
        print_json({"run": folder.name, "folder": str(folder.path), "process": process})
        return
    name = printable(folder.name)
    say(f"run {name} trains in the background, as process {process}")
    for command, what in (
        (f"watch {name}", "shows it, from any terminal"),
        (f"watch --plain {name}", "the same in plain lines"),
        ("runs", "lists all runs"),
    ):
        say(f"  wordnet-tui {command:<32}  {what}")


def _written_at(folder: RunFolder) -> float | None:
    try:
        status = read_status(folder)
    except WordnetError:
        return None
    return status.written_at if status else None


def _last_words(log: FolderFile, begins: int) -> str:
    """Why it ended: the last line that it printed."""
    with log.open() as file:
        file.seek(begins)
        lines = file.read(LONGEST_REASON).decode(errors="replace").strip().splitlines()
    said = lines[-1].removeprefix("wordnet-tui: ") if lines else "it said nothing"
    return f"the training did not begin: {said}"
