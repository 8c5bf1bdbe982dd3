"""`wordnet-tui info`."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import click

from wordnet_tui.cli.inputs import open_network
from wordnet_tui.cli.options import json_option, network_arguments
from wordnet_tui.cli.original_format import model_info_lines
from wordnet_tui.cli.output import print_json, say
from wordnet_tui.core.errors import printable
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


def _count(network: TrainedNetwork) -> int:
    return sum(array.size for array in network.parameters)


def _payload(model: str, network: TrainedNetwork) -> dict[str, object]:
    origin, words = network.provenance, network.vocabulary
    return {
        "model": model,
        "hyperparameters": network.hyperparameters.model_dump(),
        "shapes": _shapes(network),
        "parameters": _count(network),
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
            ("parameters in all", f"{_count(network):,}"),
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
