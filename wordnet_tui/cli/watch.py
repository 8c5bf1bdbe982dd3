"""`wordnet-tui watch`: a training that another process does, in the app or in plain lines."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from wordnet_tui.cli.open import open_app, there_is_a_terminal
from wordnet_tui.cli.options import run_argument, runs_option
from wordnet_tui.cli.outcome import INTERRUPTED
from wordnet_tui.cli.output import is_terminal
from wordnet_tui.cli.watch_lines import WatchLines
from wordnet_tui.core.paths import runs_folder, source_exists
from wordnet_tui.runs.listing import list_runs
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.storage.folder import RunFolder, find_run
from wordnet_tui.runs.storage.manifest import read_manifest

SECONDS_BETWEEN_LOOKS = 0.3
GOING_ON = (RunCondition.TRAINING, RunCondition.PAUSED, RunCondition.SILENT)


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
        while not lines.look():
            time.sleep(SECONDS_BETWEEN_LOOKS)
    except KeyboardInterrupt:
        if is_terminal(sys.stderr):
            click.echo(err=True)  # ends the line that shows ^C
        raise click.exceptions.Exit(INTERRUPTED) from None
