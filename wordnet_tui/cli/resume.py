"""`wordnet-tui resume`: a training that was left or cut off, continued where it was."""

from __future__ import annotations

import time
from pathlib import Path

import click

from wordnet_tui.cli.detached import announce, start_detached
from wordnet_tui.cli.options import (
    checkpoint_option,
    json_option,
    plot_option,
    run_argument,
    runs_option,
)
from wordnet_tui.cli.output import progress_display, say
from wordnet_tui.cli.training import train_here
from wordnet_tui.core.errors import RunError
from wordnet_tui.core.paths import runs_folder
from wordnet_tui.runs.lifecycle import reopen
from wordnet_tui.runs.listing import list_runs
from wordnet_tui.runs.storage.folder import RunFolder, find_run
from wordnet_tui.runs.storage.manifest import read_manifest


@click.command(
    epilog="Examples:  wordnet-tui resume   wordnet-tui resume 2026-11-23-143005 --detach"
)
@run_argument
@click.option("--detach", is_flag=True, help="Go on in the background.")
@runs_option
@checkpoint_option
@plot_option
@json_option
def resume(
    name: str,
    detach: bool,
    runs: Path | None,
    checkpoint_every: float,
    plot: bool,
    as_json: bool,
) -> None:
    """Continue a training that was left or cut off.

    RUN is its name, or a beginning of it; without one, the newest that is unfinished. The
    weights come out the same, bit for bit, as if it had never been interrupted.
    """
    if plot and (detach or as_json):
        raise click.UsageError("--plot goes neither with --detach nor with --json")
    folder = (
        find_run(runs_folder(runs), name) if name else _newest_unfinished(runs_folder(runs))
    )
    if detach:
        announce(folder, start_detached(folder, ["resume", str(folder.path)]), as_json)
        return
    out = Path(read_manifest(folder).out or folder.last_path)
    with progress_display() as on_progress:
        run, recorder = reopen(
            folder, on_progress, seconds_between_checkpoints=checkpoint_every
        )
    progress = run.status().progress
    if not as_json:
        say(f"run {folder.name} goes on at mini-batch {progress.batch if progress else 0:,}")
    train_here(run, recorder, out, log="progress", plot=plot, as_json=as_json)


def _newest_unfinished(root: Path) -> RunFolder:
    """The newest run that can be continued.

    Raises:
        RunError: There is none.
    """
    for summary in list_runs(root, time.time()):
        if summary.can_be_continued:
            return summary.folder
    raise RunError("no run is unfinished; `wordnet-tui runs` lists all")
