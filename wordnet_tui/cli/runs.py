"""`wordnet-tui runs`: the list of runs, and what can be done with one."""

from __future__ import annotations

import re
import time
from pathlib import Path

import click

from wordnet_tui.cli.completion import complete_run
from wordnet_tui.cli.options import json_option, run_argument, runs_option
from wordnet_tui.cli.output import print_columns, print_json, say
from wordnet_tui.cli.run_texts import (
    EVENTS_SHOWN,
    HEADINGS,
    cells,
    event_payload,
    export_metrics,
    facts,
    further_payload,
    hints,
    summary_payload,
)
from wordnet_tui.core.errors import RunBusyError, RunError, printable
from wordnet_tui.core.paths import runs_folder
from wordnet_tui.runs.listing import list_runs, summarise
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.storage.events import read_events
from wordnet_tui.runs.storage.folder import RunFolder, find_run
from wordnet_tui.runs.storage.removal import clear_left_overs, delete_run, refuse_link
from wordnet_tui.view_models.run_list import RunQuery, rows_of

named_run = click.argument("name", metavar="RUN", shell_complete=complete_run)
"""RUN, which must be given."""


@click.group(
    invoke_without_command=True,
    epilog="Examples:  wordnet-tui runs   wordnet-tui runs --json   wordnet-tui runs show",
)
@runs_option
@json_option
@click.pass_context
def runs(context: click.Context, runs: Path | None, as_json: bool) -> None:
    """List runs; show, plot, export or delete one.

    RUN is its name, a beginning of it, or the path of its folder.

    Keys of --json: folder, runs (for each: run, folder, state, mini_batch, mini_batches,
    epoch, epochs, training_cross_entropy, validation_cross_entropy and best_cross_entropy in
    nats a word, best_at, stop_reason, failure, data, begun_at and news_at in seconds since
    1970, seconds_silent, seconds_trained, host, process, can_be_continued, problem). What is
    not known is null.
    """
    if context.invoked_subcommand is not None:
        return
    root, now = runs_folder(runs), time.time()
    found = list_runs(root, now)
    if as_json:
        listed = [summary_payload(summary) for summary in found]
        print_json({"folder": str(root), "runs": listed})
        return
    if not found:
        say(f"no run is in {printable(str(root))} yet; `wordnet-tui train OUT` starts one")
        return
    rows = rows_of(found, RunQuery(), now)
    print_columns([HEADINGS, *map(cells, rows)], align="<<>>>>")
    for hint in hints(found):
        say(hint)


@runs.command(epilog="Example:  wordnet-tui runs show 2026-11-23-143005")
@run_argument
@runs_option
@json_option
def show(name: str, runs: Path | None, as_json: bool) -> None:
    """Show all that is known of a run, the newest if none is named.

    Keys of --json: those of `runs --json` for one run, and hyperparameters, command, sources,
    data_fingerprint, data_rows, program_version, out, start, parent (run and mini-batch, or
    null), attempt, learning_rate, checkpoint_at, write_error, saved_to, events (for each:
    mini_batch, at, kind, text, who), events_damaged (how many lines).
    """
    folder, now = find_run(runs_folder(runs), name), time.time()
    summary = summarise(folder, now)
    events, _, damaged, _ = read_events(folder.events_file)
    if as_json:
        print_json(
            summary_payload(summary)
            | further_payload(summary)
            | {"events": list(map(event_payload, events)), "events_damaged": damaged}
        )
        return
    print_columns(facts(summary, now), align="<<")
    if events:
        say(f"\nlatest of {len(events):,} events")
        lines = [
            (
                time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(event.at)),
                f"{event.batch:,}",
                event.text + (f" ({event.who})" if event.who else ""),
            )
            for event in events[-EVENTS_SHOWN:]
        ]
        print_columns(lines, align="<><")
    if damaged:
        say(f"{damaged:,} damaged lines of {printable(str(folder.events_file))} are left out")


@runs.command(epilog="Example:  wordnet-tui runs rm 2026-11-23-143005 --yes")
@named_run
@click.option("--yes", is_flag=True, help="Delete it without asking.")
@runs_option
def rm(name: str, yes: bool, runs: Path | None) -> None:
    """Delete a run that nobody trains.

    Its curves, checkpoints and networks go; files that are no part of it stay. A symbolic link
    is never followed.
    """
    root = runs_folder(runs)
    clear_left_overs(root)
    folder = find_run(root, name, follows_links=False)
    where = printable(str(folder.path))
    refuse_link(folder)
    summary = summarise(folder, time.time())
    if summary.condition in (RunCondition.TRAINING, RunCondition.PAUSED):
        raise RunBusyError(
            f"run {printable(folder.name)} is {summary.condition}; stop it first, with s in "
            f"`wordnet-tui watch {printable(folder.name)}`"
        )
    if not (yes or _is_wanted(folder, str(summary.condition))):
        say(f"run {printable(folder.name)} stays")
        return
    delete_run(folder)
    if folder.path.exists():
        say(f"the run is deleted; other files stay in {where}")
    else:
        say(f"{where} is deleted")


def _is_wanted(folder: RunFolder, state: str) -> bool:
    try:
        return click.confirm(
            f"Delete run {printable(folder.name)} ({state}), with its networks?", err=True
        )
    except click.Abort:  # nobody answers
        say(err=True)
        raise RunError("nothing is deleted without an answer; --yes does not ask") from None


def _size_of(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> tuple[int, int] | None:
    """COLUMNSxROWS as numbers."""
    if text is None:
        return None
    if match := re.fullmatch(r"(\d{1,4})x(\d{1,4})", text, re.ASCII):
        columns, rows = int(match[1]), int(match[2])
        if 60 <= columns <= 500 and 12 <= rows <= 200:
            return columns, rows
    raise click.BadParameter("it is COLUMNSxROWS, from 60x12 to 500x200, such as 100x30")


@runs.command(epilog="Example:  wordnet-tui runs plot 2026-11-23-143005 --size 100x30")
@click.argument(
    "names", metavar="RUN...", nargs=-1, required=True, shell_complete=complete_run
)
@click.option(
    "--size",
    metavar="COLUMNSxROWS",
    callback=_size_of,
    help="Characters to fill.  [default: the terminal, or 100x30 where there is none]",
)
@click.option("--log-x", is_flag=True, help="Mini-batches in logarithms.")
@click.option("--log-y", is_flag=True, help="Losses in logarithms.")
@runs_option
def plot(
    names: tuple[str, ...],
    size: tuple[int, int] | None,
    log_x: bool,
    log_y: bool,
    runs: Path | None,
) -> None:
    """Plot the curves of a run, or the validation curves of several.

    For pipes, logs, and terminals without the app. In colour only on a terminal, and not where
    NO_COLOR is set; in ASCII where the output can show no more.
    """
    from wordnet_tui.cli.plot import LETTERS, print_plot, read_run  # plotext: 50 ms

    root = runs_folder(runs)
    folders = dict.fromkeys(find_run(root, name) for name in names)
    if len(folders) > len(LETTERS):
        raise click.UsageError(f"a plot has room for {len(LETTERS)} runs")
    print_plot([read_run(folder) for folder in folders], size, log_x=log_x, log_y=log_y)


@runs.command(epilog="Example:  wordnet-tui runs export 2026-11-23-143005 --csv curves.csv")
@named_run
@click.option(
    "--csv",
    "target",
    metavar="FILE",
    required=True,
    help="Where to write them; - is the standard output.",
)
@runs_option
def export(name: str, target: str, runs: Path | None) -> None:
    """Write the metrics of a run as a CSV file.

    A row covers some mini-batches: the last one, how many, losses in nats a word, rate,
    examples a second, and seconds of training. What is not known is left empty.
    """
    folder = find_run(runs_folder(runs), name)
    rows, dropped = export_metrics(folder, target)
    if target != "-":
        say(f"{rows:,} rows are in {printable(target)}")
    if dropped:
        lost = printable(str(folder.metrics_file))
        say(f"wordnet-tui: {dropped:,} damaged lines of {lost} are left out", err=True)
