"""`wordnet-tui train`: from scratch or from a model file, into a model file."""

from __future__ import annotations

import dataclasses
import math
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from wordnet_tui import __version__
from wordnet_tui.cli.hyperparameter_options import given, hyperparameter_options
from wordnet_tui.cli.inputs import open_dataset, open_network
from wordnet_tui.cli.options import FILE, data_option, json_option, vocab_option
from wordnet_tui.cli.outcome import INTERRUPTED
from wordnet_tui.cli.output import print_json, say
from wordnet_tui.cli.training_display import training_display
from wordnet_tui.core.dataset import Dataset
from wordnet_tui.core.errors import ModelFileError, WordnetError, printable
from wordnet_tui.core.evaluation import cross_entropy, evaluate
from wordnet_tui.core.hyperparameters import PRESETS, Hyperparameters
from wordnet_tui.core.model_files import check_target, write_network
from wordnet_tui.core.paths import data_folder
from wordnet_tui.core.progress import StopReason, TrainingProgress, clock
from wordnet_tui.core.trained_network import Provenance, TrainedNetwork
from wordnet_tui.core.trainer import Trainer

BATCH_SIZE_OF_THE_ORIGINAL = 100


@click.command(
    epilog="Examples:  wordnet-tui train my.safetensors --data book.txt   "
    "wordnet-tui train my.safetensors better.safetensors --epochs 3 --learning-rate 0.05"
)
@click.argument("files", nargs=-1, metavar="[START] OUT", required=True, type=FILE)
@data_option
@vocab_option
@hyperparameter_options
@click.option(
    "--log",
    type=click.Choice(["progress", "original", "none"]),
    default="progress",
    show_default=True,
    help="What to show meanwhile; `original` prints what the C program prints.",
)
@json_option
def train(
    files: tuple[Path, ...],
    data: tuple[str, ...],
    vocab: Path | None,
    log: str,
    as_json: bool,
    **options: Any,
) -> None:
    """Train a network, from scratch or from START, into OUT.

    OUT is a .safetensors file, or a .bin that the original C program can read. With START,
    its hyperparameters hold unless an option says otherwise. Ctrl-C ends the training in order
    and saves what there is.
    """
    if len(files) > 2:
        raise click.UsageError("give OUT, or START and OUT")
    out, start = files[-1], None
    if len(files) == 2:
        if options["preset"]:
            raise click.UsageError("--preset is for a training from scratch, without START")
        start = open_network(str(files[0]), vocab)
        hyperparameters = start.hyperparameters.changed(**given(options))
    else:
        preset = PRESETS[options["preset"] or "default"]
        hyperparameters = preset.changed(**given(options))
    check_target(out)

    dataset = _open_data(data, hyperparameters, start, options)
    if log == "original" and start is not None:
        dataset = _as_the_original_cuts(dataset, hyperparameters.batch_size)
    hyperparameters = hyperparameters.changed(
        context_size=dataset.context_size, vocabulary_size=len(dataset.vocabulary)
    )
    trainer = Trainer(
        dataset,
        hyperparameters,
        start.parameters if start else None,
        as_original=log == "original",
    )
    if as_json and log == "progress":
        log = "none"
    started = time.perf_counter()
    progress = _run(trainer, log)
    seconds = time.perf_counter() - started
    _finish(trainer, progress, out, log, as_json, seconds)


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


def _as_the_original_cuts(dataset: Dataset, batch_size: int) -> Dataset:
    """The rows that the original's fine-tuning visits.

    It counts its mini-batches before it has read START, as if they held 100 rows, so that with
    a smaller N it never comes to the later rows. (With a larger one it reads past the end of
    its arrays; that, ours does not do.)
    """
    if batch_size >= BATCH_SIZE_OF_THE_ORIGINAL:
        return dataset
    parts = {
        part: rows[: len(rows) // BATCH_SIZE_OF_THE_ORIGINAL * batch_size]
        for part in ("training", "validation", "test")
        for rows in [getattr(dataset, part)]
    }
    return dataclasses.replace(dataset, **parts)


def _run(trainer: Trainer, log: str) -> TrainingProgress:
    """Train to the end, or until a signal asks to stop; returns the last record."""
    if log == "original":
        say("# Start training ...")
    with training_display(log) as display, _stop_on_signals(trainer):
        for progress in trainer.run():
            display.show(progress)
    if log == "original":
        say("# Finish training ...")
    return progress


@contextmanager
def _stop_on_signals(trainer: Trainer) -> Iterator[None]:
    """The first SIGINT or SIGTERM ends the training in order, a second one the program."""
    before: dict[int, Any] = {}

    def stop(number: int, _frame: object) -> None:
        trainer.request_stop()
        signal.signal(number, before[number])

    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for signal_number, handler in before.items():
            signal.signal(signal_number, handler)


def _finish(
    trainer: Trainer,
    progress: TrainingProgress,
    out: Path,
    log: str,
    as_json: bool,
    seconds: float,
) -> None:
    """Measure, save, and say what came of it."""
    diverged = progress.stop_reason is StopReason.DIVERGED
    if diverged and progress.best_at is None:
        raise WordnetError(
            f"the loss was no longer finite at mini-batch {progress.batch:,}, before any "
            f"validation: nothing was saved; try a lower learning rate"
        )
    figures = _figures(trainer, progress, log)
    network = TrainedNetwork(
        trainer.hyperparameters,
        trainer.outcome,
        trainer.dataset.vocabulary,
        Provenance(
            data_name=trainer.dataset.name,
            data_fingerprint=trainer.dataset.fingerprint,
            data_rows=trainer.dataset.rows,
            figures=figures,
            program_version=__version__,
        ),
    )
    if log == "original":
        say(f"# Saving model to {printable(str(out))}")
    saved_to = _save(network, out)
    if as_json:
        print_json(
            {
                "out": str(saved_to),
                "stop_reason": str(progress.stop_reason),
                "mini_batches": progress.batch,
                "seconds": seconds,
                **{name.replace(" ", "_").replace("-", "_"): x for name, x in figures.items()},
            }
        )
    elif log == "progress":
        say(f"{progress.stop_reason}; {progress.batch:,} mini-batches, {clock(seconds)}")
        for name, figure in figures.items():
            say(f"  {name:<26}  {figure:.4f}")
        say(f"saved to {printable(str(saved_to))}")
    if diverged:
        raise WordnetError(
            f"the loss was no longer finite at mini-batch {progress.batch:,}: the best "
            f"weights, of mini-batch {progress.best_at:,}, were saved to "
            f"{printable(str(saved_to))}; try a lower learning rate"
        )
    if progress.stop_reason is StopReason.REQUESTED:
        say(
            f"wordnet-tui: interrupted; what was trained is in {printable(str(saved_to))}",
            err=True,
        )
        raise click.exceptions.Exit(INTERRUPTED)


def _figures(trainer: Trainer, progress: TrainingProgress, log: str) -> dict[str, float]:
    """What was reached, in nats per word, by the weights that are kept."""
    dataset, activation = trainer.dataset, trainer.hyperparameters.activation
    figures = {"training cross-entropy": progress.epoch_cross_entropy}
    kept = (
        progress.validation_cross_entropy
        if trainer.outcome is trainer.parameters
        else progress.best_cross_entropy
    )
    if kept is not None:
        figures["validation cross-entropy"] = kept
    if log == "original":
        batch_size = trainer.hyperparameters.batch_size
        whole = dataset.test[: len(dataset.test) // batch_size * batch_size]
        test = cross_entropy(trainer.outcome, whole, activation, as_original=True)
        say(f"##Start testing ...\n##Test CE = {test:.8f}")
    elif progress.stop_reason is not StopReason.REQUESTED and len(dataset.test):
        test = evaluate(trainer.outcome, dataset.test, activation).cross_entropy
    else:
        test = math.nan
    if math.isfinite(test):
        figures["test cross-entropy"] = test
    return {name: figure for name, figure in figures.items() if math.isfinite(figure)}


def _save(network: TrainedNetwork, out: Path) -> Path:
    """Write OUT; if that fails now, after all that work, write it somewhere else."""
    try:
        write_network(out, network)
    except ModelFileError as error:
        rescued = data_folder() / "rescued" / f"{out.stem}-{int(time.time())}.safetensors"
        try:
            rescued.parent.mkdir(parents=True, exist_ok=True)
            write_network(rescued, network)
        except (OSError, WordnetError):
            raise error from None
        raise ModelFileError(f"{error}; the network was saved to {rescued} instead") from None
    return out
