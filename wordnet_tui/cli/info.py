"""`wordnet-tui info` and `convert`: what a model file holds, and another format for it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import click

from wordnet_tui.cli.completion import complete_model
from wordnet_tui.cli.inputs import open_network, vocabulary_of
from wordnet_tui.cli.options import FILE, json_option, network_arguments, vocabulary_options
from wordnet_tui.cli.output import print_json, say
from wordnet_tui.core.errors import printable
from wordnet_tui.core.formats.model_files import check_target, write_network
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork

IN_THE_ORIGINALS_TABLE = {
    "batch_size",
    "embedding_size",
    "hidden_size",
    "epochs",
    "early_stop_iteration",
    "momentum",
    "learning_rate",
    "validate_every",
    "context_size",
    "vocabulary_size",
}
"""Settings that the table has shown already."""

WORDS_SHOWN = 12


@click.command(epilog="Example:  wordnet-tui info reference")
@network_arguments
@json_option
def info(model: str, vocab: Path | None, data: tuple[str, ...], as_json: bool) -> None:
    """Show what a model file holds and where it comes from.

    MODEL is a file or the name of a network that ships. First comes the table of the original
    program, then what that one does not know.

    Keys of --json: model, hyperparameters, shapes, parameters (how many), words (how many, or
    null), figures, data_name, data_sources, data_fingerprint, data_rows, program_version.
    """
    network = open_network(model, vocab, data)
    if as_json:
        print_json(_payload(model, network))
    else:
        _show(network)


def _shapes(network: TrainedNetwork) -> dict[str, tuple[int, ...]]:
    return {
        field.name: getattr(network.parameters, field.name).shape
        for field in fields(Parameters)
    }


def _payload(model: str, network: TrainedNetwork) -> dict[str, object]:
    origin, words = network.provenance, network.vocabulary
    return {
        "model": model,
        "hyperparameters": network.hyperparameters.model_dump(),
        "shapes": _shapes(network),
        "parameters": network.parameters.count,
        "words": None if words is None else len(words),
        "figures": origin.figures,
        "data_name": origin.data_name,
        "data_sources": origin.data_sources,
        "data_fingerprint": origin.data_fingerprint,
        "data_rows": origin.data_rows,
        "program_version": origin.program_version,
    }


def _show(network: TrainedNetwork) -> None:
    for line in model_info_lines(network):
        say(line)
    _section(
        "Further settings",
        [
            (field.title or name, _plain(getattr(network.hyperparameters, name)))
            for name, field in Hyperparameters.model_fields.items()
            if name not in IN_THE_ORIGINALS_TABLE
        ],
    )
    _section(
        "Weights",
        [
            *((name, " x ".join(map(str, shape))) for name, shape in _shapes(network).items()),
            ("parameters in all", f"{network.parameters.count:,}"),
            ("words", _words(network)),
        ],
    )
    origin = network.provenance
    if origin.figures:
        figures = [(name, f"{figure:.4f}") for name, figure in origin.figures.items()]
        _section("Figures", figures)
    _section(
        "Origin",
        [
            ("data", origin.data_name or "unknown"),
            *(("read from", path) for path in origin.data_sources if path != origin.data_name),
            ("fingerprint of the data", origin.data_fingerprint or "unknown"),
            ("version of wordnet-tui", origin.program_version or "none, or unknown"),
        ],
    )


def _section(heading: str, rows: list[tuple[str, str]]) -> None:
    """Lines in the manner of the original's table."""
    say(f"## {heading}")
    for name, value in rows:
        say(printable(f"   {name:<24} = {value}"))


def _plain(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _words(network: TrainedNetwork) -> str:
    if network.vocabulary is None:
        return "not in the file; give them with --vocab FILE or --data SOURCE"
    shown = network.vocabulary.shown
    dots = " ..." if len(shown) > WORDS_SHOWN else ""
    return f"{len(shown):,}: {' '.join(shown[:WORDS_SHOWN])}{dots}"


def model_info_lines(network: TrainedNetwork) -> list[str]:
    """`## Model Info` and its table."""
    settings = network.hyperparameters
    training_rows, validation_rows, test_rows = network.provenance.data_rows
    return [
        "## Model Info",
        f"   Mini-batch size          = {settings.batch_size:8d}",
        f"   Layer 1 Neurons          = {settings.embedding_size:8d}",
        f"   Layer 2 Neurons          = {settings.hidden_size:8d}",
        f"   Training epochs          = {settings.epochs:8d}",
        f"   Early stop @ iteration   = {settings.early_stop_iteration:8d}",
        f"   Momentum                 = {settings.momentum:f}",
        f"   Learning rate            = {settings.learning_rate:f}",
        f"   Verify per iteration     = {settings.validate_every:8d}",
        f"   Raw training data rows   = {training_rows:8d}",
        f"   Raw validation data rows = {validation_rows:8d}",
        f"   Raw test data rows       = {test_rows:8d}",
        f"   Raw data columns         = {settings.context_size + 1:8d}",
        f"   Input dimension          = {settings.context_size:8d}",
        f"   Vocabulary size          = {settings.vocabulary_size:8d}",
    ]


@click.command(epilog="Example:  wordnet-tui convert reference model.bin")
@click.argument("source", metavar="IN", shell_complete=complete_model)
@click.argument("target", metavar="OUT", type=FILE)
@vocabulary_options
def convert(source: str, target: Path, vocab: Path | None, data: tuple[str, ...]) -> None:
    """Convert a model file: .bin to .safetensors, or back.

    The suffix of OUT says which format it gets: .bin is that of the original program, which
    holds no words. A .safetensors needs them: give those of a .bin with --vocab or --data.
    """
    check_target(target)
    network = open_network(source, vocab, data)
    if target.suffix.lower() != ".bin":
        vocabulary_of(network, source)
    write_network(target, network)
    say(f"saved {printable(str(target))}")
