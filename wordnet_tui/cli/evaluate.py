"""`wordnet-tui evaluate`, and how figures are shown."""

from __future__ import annotations

import math
from pathlib import Path

import click

from wordnet_tui.cli.completion import complete_model
from wordnet_tui.cli.inputs import open_dataset_for, open_network, with_words_of
from wordnet_tui.cli.options import data_option, json_option, vocab_option
from wordnet_tui.cli.output import print_columns, print_json, say
from wordnet_tui.core.data.dataset import Dataset, Part
from wordnet_tui.core.errors import DataError, printable
from wordnet_tui.core.inference import evaluation
from wordnet_tui.core.inference.baselines import Baseline, baselines


@click.command(
    epilog="Examples:  wordnet-tui evaluate chitchat   "
    "wordnet-tui evaluate book.safetensors --data other.txt"
)
@click.argument("model", shell_complete=complete_model)
@vocab_option
@data_option("what MODEL was trained on")
@click.option(
    "--part",
    type=click.Choice(["training", "validation", "test"]),
    default="test",
    show_default=True,
    help="Which windows to measure on.",
)
@json_option
def evaluate(
    model: str, vocab: Path | None, data: tuple[str, ...], part: Part, as_json: bool
) -> None:
    """Measure a network beside baselines on the same rows.

    MODEL is a file or the name of a network that ships. Without --data it is measured on the
    data that it was trained on; a .bin does not say what that is, and needs --data. A text is
    split by the seed that MODEL was trained with. Cross-entropies are in nats a word; the
    baselines have counted the training part.

    Keys of --json: model, data, part, rows, cross_entropy, perplexity, top1, top5 (shares),
    baselines (name, order, cross_entropy and perplexity of each).
    """
    network = open_network(model, vocab)
    dataset = open_dataset_for(network, model, data)
    if network.vocabulary is None:
        network = with_words_of(dataset, network, model)
    windows = dataset.part(part)
    if not len(windows):
        raise DataError(f"{printable(dataset.name)} has no windows in its {part} part")
    measured = evaluation.evaluate(
        network.parameters, windows, network.hyperparameters.activation
    )
    compared = baselines(dataset.training, windows, len(dataset.vocabulary))
    if as_json:
        print_json(_payload(model, dataset, part, measured, compared))
        return
    say(f"{printable(dataset.name)}, {part} part, {measured.rows:,} windows")
    shares = f"{measured.top1:.2%}", f"{measured.top5:.2%}"
    print_columns(
        [
            ("", "cross-entropy", "perplexity", "top-1", "top-5"),
            (model, *figures(measured.cross_entropy, measured.perplexity), *shares),
            *((*baseline_row(item), "", "") for item in compared),
        ],
        align="<>>>>",
    )


def _payload(
    model: str,
    dataset: Dataset,
    part: Part,
    measured: evaluation.Evaluation,
    compared: list[Baseline],
) -> dict[str, object]:
    return {
        "model": model,
        "data": dataset.name,
        "part": part,
        "rows": measured.rows,
        "cross_entropy": measured.cross_entropy,
        "perplexity": measured.perplexity,
        "top1": measured.top1,
        "top5": measured.top5,
        "baselines": list(map(baseline_payload, compared)),
    }


def figures(cross_entropy: float, perplexity: float) -> tuple[str, str]:
    """A cross-entropy in nats a word and the perplexity that it is, as both are shown."""
    return f"{cross_entropy:.4f}", f"{perplexity:.2f}"


def baseline_row(baseline: Baseline) -> tuple[str, str, str]:
    """A baseline's name and figures, as shown."""
    return baseline.name, *figures(baseline.cross_entropy, math.exp(baseline.cross_entropy))


def baseline_payload(baseline: Baseline) -> dict[str, object]:
    """A baseline as JSON."""
    return {**baseline._asdict(), "perplexity": math.exp(baseline.cross_entropy)}
