"""`wordnet-tui train`, from scratch or from a model file, and `wordnet-tui resume`."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from wordnet_tui.cli.inputs import open_dataset, open_network, sources_for, warn_of_other_data
from wordnet_tui.cli.options import (
    FILE,
    checkpoint_option,
    data_option,
    given,
    hyperparameter_options,
    json_option,
    plot_option,
    run_argument,
    runs_option,
    vocab_option,
)
from wordnet_tui.cli.output import is_terminal, progress_display, say, warn
from wordnet_tui.cli.training import announce, start_detached, train_here
from wordnet_tui.core.data.dataset import Dataset, as_the_original_cuts
from wordnet_tui.core.errors import RunError, printable
from wordnet_tui.core.formats.model_files import check_target
from wordnet_tui.core.model.hyperparameters import PRESET_SOURCES, PRESETS, Hyperparameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.core.paths import DEFAULT_SOURCE, runs_folder
from wordnet_tui.runs.lifecycle import begin, reopen
from wordnet_tui.runs.listing import UNFINISHED, RunSummary, list_runs
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.status import RunState
from wordnet_tui.runs.storage.checkpoints import read_checkpoint
from wordnet_tui.runs.storage.folder import RunFolder, create_run, find_run
from wordnet_tui.runs.storage.manifest import read_manifest
from wordnet_tui.runs.storage.own_runs import is_own
from wordnet_tui.runs.storage.removal import clear_left_overs
from wordnet_tui.runs.train_command import option_words


@click.command(
    epilog="Examples:  wordnet-tui train my.safetensors --data book.txt   "
    "wordnet-tui train my.safetensors better.safetensors --epochs 3 --learning-rate 0.05"
)
@click.argument("files", nargs=-1, metavar="[START] OUT", required=True, type=FILE)
@data_option("what START was trained on; chitchat, or original with --preset original")
@vocab_option
@hyperparameter_options
@click.option(
    "--log",
    type=click.Choice(["progress", "original", "none"]),
    default="progress",
    show_default=True,
    help="What to show meanwhile; `original` prints what the C program prints.",
)
@click.option(
    "--detach", is_flag=True, help="Train in the background, whatever becomes of the terminal."
)
@runs_option
@checkpoint_option
@click.option("--run-folder", type=FILE, hidden=True)  # by `--detach`: made for this training
@plot_option
@json_option
def train(
    files: tuple[Path, ...],
    data: tuple[str, ...],
    vocab: Path | None,
    log: str,
    detach: bool,
    runs: Path | None,
    checkpoint_every: float,
    run_folder: Path | None,
    plot: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Train a network, from scratch or from START, into OUT.

    OUT is a .safetensors file, or a .bin that the original C program can read. With START,
    its hyperparameters hold unless an option says otherwise, and its data unless --data names
    other; a .bin does not say what it was trained on, and needs --data. Ctrl-C ends the
    training in order and saves what there is; `wordnet-tui resume` goes on from there, also
    after a crash. `wordnet-tui watch` shows it from any other terminal.

    `--preset original` gives the original's own network, model9-3000.bin, from nothing, to
    1e-9 in every weight.
    """
    if len(files) > 2:
        raise click.UsageError("give OUT, or START and OUT")
    if plot and (detach or as_json):
        raise click.UsageError("--plot goes neither with --detach nor with --json")
    out, start = files[-1], None
    if len(files) == 2:
        if options["preset"]:
            raise click.UsageError("--preset is for a training from scratch, without START")
        start = open_network(str(files[0]), vocab)
        sources = sources_for(start, str(files[0]), data)
        hyperparameters = start.hyperparameters.changed(**given(options))
    else:
        preset = options["preset"] or "default"
        sources = data or (PRESET_SOURCES.get(preset, DEFAULT_SOURCE),)
        hyperparameters = PRESETS[preset].changed(**given(options))
    check_target(out)
    if detach:
        folder = create_run(runs_folder(runs), datetime.now())
        arguments = ["train", "--run-folder", str(folder.path), "--log", log]
        arguments += ["--checkpoint-every", str(checkpoint_every)]
        arguments += _repeated(files, data, vocab, options)
        announce(folder, start_detached(folder, arguments), as_json)
        return

    dataset = _open_data(sources, hyperparameters, start, options)
    if start is not None:
        warn_of_other_data(start, str(files[0]), dataset)
    if log == "original" and start is not None:
        dataset = as_the_original_cuts(dataset, hyperparameters.batch_size)
    run = Run(
        dataset,
        hyperparameters.changed(
            context_size=dataset.context_size, vocabulary_size=len(dataset.vocabulary)
        ),
        start.parameters if start else None,
        as_original=log == "original",
    )
    recorder = begin(
        run,
        runs_folder(runs),
        sources,
        out=str(out.resolve()),
        start=str(files[0].resolve()) if start else "",
        folder=RunFolder(run_folder) if run_folder else None,
        seconds_between_checkpoints=checkpoint_every,
    )
    train_here(run, recorder, out, log=log, plot=plot, as_json=as_json)


def _repeated(
    files: tuple[Path, ...],
    data: tuple[str, ...],
    vocab: Path | None,
    options: dict[str, Any],
) -> list[str]:
    """What this command trains on and how, as words for a process of its own."""
    words = []
    for source in data:
        words += ["--data", source]
    if vocab is not None:
        words += ["--vocab", str(vocab)]
    if options["preset"]:
        words += ["--preset", options["preset"]]
    for name, value in given(options).items():
        words += option_words(name, value)
    return [*words, "--", *map(str, files)]


def _open_data(
    sources: tuple[str, ...],
    hyperparameters: Hyperparameters,
    start: TrainedNetwork | None,
    options: dict[str, Any],
) -> Dataset:
    """The corpus; its sizes are asked for where START or an option says them."""
    from_start = start is not None

    def asked(name: str) -> int | None:
        value: int = getattr(hyperparameters, name)
        return value if from_start or options[name] is not None else None

    return open_dataset(
        sources,
        context_size=asked("context_size"),
        vocabulary_size=asked("vocabulary_size"),
        seed=hyperparameters.seed,
        vocabulary=start.vocabulary if start else None,
    )


@click.command(
    epilog="Examples:  wordnet-tui resume   wordnet-tui resume 2026-11-23-143005 --detach"
)
@run_argument
@click.option("--detach", is_flag=True, help="Go on in the background.")
@click.option(
    "--out",
    metavar="OUT",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the network there.  [default: where the training was to write it]",
)
@runs_option
@checkpoint_option
@plot_option
@json_option
def resume(
    name: str,
    detach: bool,
    out: Path | None,
    runs: Path | None,
    checkpoint_every: float,
    plot: bool,
    as_json: bool,
) -> None:
    """Continue a training that was left or cut off.

    RUN is its name, or a beginning of it; without one, the newest that can be continued. The
    weights come out the same, bit for bit, as if it had never been interrupted.
    """
    if plot and (detach or as_json):
        raise click.UsageError("--plot goes neither with --detach nor with --json")
    folder = (
        find_run(runs_folder(runs), name) if name else _newest_unfinished(runs_folder(runs))
    )
    manifest = read_manifest(folder)
    if out is not None:
        out = out.absolute()
        check_target(out)
    elif manifest.out and (is_own(manifest) or _is_out_wanted(manifest.out)):
        out = Path(manifest.out)
    if detach:
        words = ["resume", str(folder.path), *(["--out", str(out)] if out else [])]
        announce(folder, start_detached(folder, words), as_json)
        return
    with progress_display() as on_progress:
        run, recorder = reopen(
            folder, on_progress, seconds_between_checkpoints=checkpoint_every
        )
    if manifest.out and out is None:
        warn(
            f"this run was not begun here by you: {manifest.out} is not written, its network "
            "will be in its folder; --out writes it elsewhere"
        )
    progress = run.status().progress
    if not as_json:
        batch = progress.batch if progress else 0
        say(f"run {printable(folder.name)} goes on at mini-batch {batch:,}")
    train_here(
        run,
        recorder,
        out,
        log="progress",
        plot=plot,
        as_json=as_json,
    )


def _is_out_wanted(out: str) -> bool:
    """Whether the file that a stranger's run names is to be written; no, if nobody answers."""
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        return False
    return click.confirm(
        f"This run was not begun here by you. Write its network to {printable(out)}?", err=True
    )


def _newest_unfinished(root: Path) -> RunFolder:
    """The newest run that can be continued; says which newer ones are left out, and why.

    Raises:
        RunError: There is none.
    """
    what = "is unfinished"
    clear_left_overs(root)
    for summary in list_runs(root, time.time()):
        if not _is_unfinished(summary):
            continue
        why = summary.obstacle or _damage(summary)
        if not why:
            return summary.folder
        warn(f"run {summary.folder.name} is left out: {why}")
        what = "can be continued"
    raise RunError(f"no run {what}; `wordnet-tui runs` lists all")


def _is_unfinished(summary: RunSummary) -> bool:
    """Whether it has not come to its end, or one cannot know."""
    if summary.condition is not RunCondition.DAMAGED:
        return summary.condition in UNFINISHED
    state = summary.status.view.state if summary.status else None
    return state not in (RunState.ENDED, RunState.FAILED)


def _damage(summary: RunSummary) -> str:
    """Why an unfinished run cannot be read, in a sentence; empty if it can."""
    if summary.manifest is None:
        return summary.problem
    try:
        read_checkpoint(summary.folder)
    except RunError as error:
        return str(error)
    return ""
