"""`wordnet-tui watch`: a training that another process does, in the app or in plain lines."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from wordnet_tui.cli.group import INTERRUPTED
from wordnet_tui.cli.open import open_app, there_is_a_terminal
from wordnet_tui.cli.options import run_argument, runs_option
from wordnet_tui.cli.output import is_terminal, say
from wordnet_tui.cli.training_display import PlainLines
from wordnet_tui.core.errors import RunError, printable
from wordnet_tui.core.paths import runs_folder, source_exists
from wordnet_tui.core.training.progress import TrainingProgress, clock
from wordnet_tui.runs.listing import list_runs
from wordnet_tui.runs.liveness import RunCondition, StatusFollower, was_cut_off
from wordnet_tui.runs.status import RunState, RunStatus
from wordnet_tui.runs.storage.events import changes
from wordnet_tui.runs.storage.folder import RunFolder, find_run
from wordnet_tui.runs.storage.manifest import read_manifest
from wordnet_tui.runs.storage.metrics import MetricsRow
from wordnet_tui.runs.storage.metrics_file import metrics_parts, offset_beyond

POLL_SECONDS = 0.3
GOING_ON = (RunCondition.TRAINING, RunCondition.PAUSED, RunCondition.SILENT)
PRINTED_OTHERWISE = {"best", "ended", "failed", RunState.INTERRUPTED}
"""Kinds of changes that are in a report, or in the last lines."""
ASKED_FOR = {RunState.TRAINING, RunState.PAUSED, "rate", "patience", "min_delta"}
"""Kinds of changes that an answer names already."""
UPDATES_TO_SETTLE = 5
"""After its end, how many updates wait for the places of its networks."""


@click.command(
    epilog="Examples:  wordnet-tui watch   wordnet-tui watch 2026-11-23-143005 --plain"
)
@run_argument
@click.option(
    "--plain",
    is_flag=True,
    help="Print a line at each report, for pipes, logs and screen readers.",
)
@runs_option
@click.pass_context
def watch(context: click.Context, name: str, plain: bool, runs: Path | None) -> None:
    """Watch a training that another process does, and steer it.

    RUN is its name, a beginning of it, or the path of its folder; without one, the newest that
    goes on. It opens in the app, with the keys of the Train screen. Any number of people can
    watch, and leaving does nothing to the training. Where there is no terminal it prints
    lines.

    With --plain it ends when the training ends: with status 0, or 1 if that failed, was left
    or was cut off.
    """
    root = runs_folder(runs)
    folder = find_run(root, name) if name else _newest(root)
    manifest = read_manifest(folder)  # what is wrong with it is said here, not on a screen
    if plain or not there_is_a_terminal():
        _print_lines(folder)
    else:
        shared = context.find_root().params
        options = {key: shared[key] for key in ("theme", "marker", "no_mouse", "refresh")}
        data = manifest.sources if all(map(source_exists, manifest.sources)) else ()
        open_app(watch=folder.path, runs=runs, data=data, **options)


def _newest(root: Path) -> RunFolder:
    """The newest run that goes on; if there is none, the newest of all."""
    for summary in list_runs(root, time.time()):
        if summary.condition in GOING_ON:
            return summary.folder
    return find_run(root, "")


def _print_lines(folder: RunFolder) -> None:
    lines = WatchLines(folder)
    try:
        while not lines.update():
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        if is_terminal(sys.stderr):
            click.echo(err=True)  # ends the line that shows ^C
        raise click.exceptions.Exit(INTERRUPTED) from None


class WatchLines:
    """Prints what is new at each `update`.

    Args:
        folder: Of the run.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._follower = StatusFollower(folder)
        self._reports = PlainLines()
        self._printed: RunStatus | None = None
        self._answered: set[str] = set()
        self._attempt = 0
        self._offset = 0
        self._batch = 0  # rows up to here are printed or older than the first update
        self._silent = ""
        self._longest_silence = 0.0
        self._updates_since_end = 0

    def update(self) -> bool:
        """Print what is new; whether the run is over and all of it is printed.

        Raises:
            RunError: It is over, and failed, was left or was cut off.
        """
        now = time.monotonic()
        self._follower.update(now, time.time())
        view = replace(self._follower.run_status(), silent_for=self._follower.silent_for(now))
        self._print_attempt(view)
        problem = self._print_rows(view)
        view = replace(view, write_error="; ".join(filter(None, (view.write_error, problem))))
        self._print_changes(view)
        self._print_silence(view)
        self._printed = view
        return self._print_end(view)

    def _print_attempt(self, view: RunStatus) -> None:
        """The first line; another when another process trains the run."""
        status = self._follower.record
        if status is None or status.attempt == self._attempt:
            return
        progress = view.progress
        batch = progress.batch if progress else 0
        where = f"mini-batch {batch:,} of {progress.batches:,}" if progress else "starting"
        if self._attempt == 0:
            say(f"run {printable(self._folder.name)}: {view.state}, {where}")
            self._batch = batch
        else:
            process = f"process {status.pid} on {printable(status.host)}"
            say(f"continued by {process}: {where}")
            self._batch = min(batch, status.checkpoint_at or 0)
        self._attempt = status.attempt
        self._offset = offset_beyond(self._folder.metrics_file, self._batch)

    def _print_rows(self, view: RunStatus) -> str:
        """A line for each validation and each end of an epoch; why there can be none."""
        progress = view.progress
        if progress is not None:
            try:
                for row in self._new_rows():
                    progress = _progress_at(row, progress)
                    self._reports.show(progress)
            except RunError as error:
                return str(error)
        return ""

    def _new_rows(self) -> Iterator[MetricsRow]:
        for part in metrics_parts(self._folder.metrics_file, self._offset):
            self._offset = part.next_offset
            for figures in part.rows.tolist():
                row = MetricsRow(*figures)
                if row.batch > self._batch or row.batches_in_row == 0:
                    self._batch = int(row.batch)
                    yield row

    def _print_changes(self, view: RunStatus) -> None:
        """What was asked and what came of it; what happened without anybody asking."""
        before = self._printed
        answers = self._new_answers()
        if before is None:
            if (
                view.write_error
            ):  # such as a damaged status, which there may never be news after
                say(printable(view.write_error))
            return
        notice = view.message if view.message != before.message else ""
        if not answers and notice:  # a request that could not even be read
            answers = [notice]
        for sentence in answers:
            say(printable(sentence))
        for kind, sentence in changes(before, view):
            if kind not in PRINTED_OTHERWISE and not (answers and kind in ASKED_FOR):
                say(printable(sentence))

    def _new_answers(self) -> list[str]:
        status = self._follower.record
        acknowledged = status.acknowledged if status else ()
        new = [answer for answer in acknowledged if answer.id not in self._answered]
        self._answered = {answer.id for answer in acknowledged}
        return [f"{answer.sentence} ({answer.who})" for answer in new]

    def _print_silence(self, view: RunStatus) -> None:
        """Once that there is no news, once that it may have crashed, once that it is back."""
        words = view.silence
        kind = words and ("crashed" if words.endswith("?") else "silent")
        if kind and kind != self._silent:
            say(words)
        if not kind and self._silent:
            say(f"news again, after {clock(self._longest_silence)}")
        self._longest_silence = view.silent_for or 0.0 if kind else 0.0
        self._silent = kind

    def _print_end(self, view: RunStatus) -> bool:
        if not view.is_over:
            self._updates_since_end = 0
            return False
        self._updates_since_end += 1
        is_saved = bool(view.saved_to) or self._follower.news.is_given_back
        if not is_saved and self._updates_since_end < UPDATES_TO_SETTLE:
            return False
        progress, status = view.progress, self._follower.record
        if view.state is RunState.ENDED and progress is not None:
            elapsed = clock(status.elapsed_seconds if status else progress.seconds_trained)
            say(f"{progress.stop_reason}; {progress.batch:,} mini-batches, {elapsed}")
        if progress is not None and progress.best_cross_entropy is not None:
            best = f"{progress.best_cross_entropy:.4f} at mini-batch {progress.best_at:,}"
            say(f"best validation {best}")
        for sentence in view.saved_to:
            say(printable(sentence))
        self._raise_unless_ended(view)
        return True

    def _raise_unless_ended(self, view: RunStatus) -> None:
        name = printable(self._folder.name)
        if view.state is RunState.FAILED:
            raise RunError(f"run {name} failed: {view.failure}")
        if was_cut_off(view):
            raise RunError(f"run {name} was {view.failure}")
        if view.state is RunState.INTERRUPTED:
            batch = view.progress.batch if view.progress else 0
            raise RunError(
                f"run {name} was left at mini-batch {batch:,}; "
                f"`wordnet-tui resume {name}` continues it"
            )


def _progress_at(row: MetricsRow, latest: TrainingProgress) -> TrainingProgress:
    """The record that a row of the metrics is of.

    Args:
        row: Its figures.
        latest: An earlier or later record, for what the row does not hold.
    """
    figure = row.validation_cross_entropy
    was_measured = figure is not None and figure == figure  # NaN where it was not
    batch = int(row.batch)
    return replace(
        latest,
        batch=batch,
        epoch=int(row.epoch),
        batch_in_epoch=int(row.batch_in_epoch),
        epoch_cross_entropy=row.epoch_cross_entropy,
        recent_cross_entropy=row.epoch_cross_entropy,
        validation_cross_entropy=figure if was_measured else latest.validation_cross_entropy,
        validated_at=batch if was_measured else None,
        learning_rate=row.learning_rate,
        examples_per_second=row.examples_per_second,
        stop_reason=None,
    )
