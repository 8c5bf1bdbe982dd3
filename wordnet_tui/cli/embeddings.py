"""`wordnet-tui neighbors` and `wordnet-tui distance`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from wordnet_tui.cli.inputs import open_network, vocabulary_of, words_known_to
from wordnet_tui.cli.options import (
    cosine_option,
    count_option,
    json_option,
    network_arguments,
)
from wordnet_tui.cli.output import print_columns, print_json, say
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.inference.embedding_space import EmbeddingSpace

Metric = Literal["euclidean", "cosine"]


@click.command(epilog="Example:  wordnet-tui neighbors reference day -k 5")
@network_arguments
@click.argument("word")
@count_option(10, "words")
@cosine_option
@json_option
def neighbors(
    model: str,
    vocab: Path | None,
    data: tuple[str, ...],
    word: str,
    count: int,
    metric: Metric,
    as_json: bool,
) -> None:
    """Show the words whose embeddings lie nearest.

    MODEL is a file or the name of a network that ships.

    Keys of --json: model, word, metric, neighbors (word and distance of each, nearest first).
    """
    network = open_network(model, vocab, data)
    word = _one_word(vocabulary_of(network, model), word)
    found = EmbeddingSpace(network).neighbors(word, count, metric)
    if as_json:
        nearest = [neighbor._asdict() for neighbor in found]
        print_json({"model": model, "word": word, "metric": metric, "neighbors": nearest})
        return
    print_columns(
        [
            (str(rank), neighbor.word, f"{neighbor.distance:.6f}")
            for rank, neighbor in enumerate(found, start=1)
        ],
        align="><>",
    )


@click.command(epilog="Example:  wordnet-tui distance reference day week")
@network_arguments
@click.argument("first")
@click.argument("second")
@cosine_option
@json_option
def distance(
    model: str,
    vocab: Path | None,
    data: tuple[str, ...],
    first: str,
    second: str,
    metric: Metric,
    as_json: bool,
) -> None:
    """Show how far apart the embeddings of two words lie.

    MODEL is a file or the name of a network that ships.

    Keys of --json: model, first, second, metric, distance.
    """
    network = open_network(model, vocab, data)
    vocabulary = vocabulary_of(network, model)
    first, second = _one_word(vocabulary, first), _one_word(vocabulary, second)
    apart = EmbeddingSpace(network).distance(first, second, metric)
    if as_json:
        words = {"model": model, "first": first, "second": second}
        print_json({**words, "metric": metric, "distance": apart})
    else:
        say(f"{apart:.6f}")


def _one_word(vocabulary: Vocabulary, typed: str) -> str:
    """The word that was typed, as the vocabulary spells it.

    Raises:
        UnknownWordError: It is none, or several.
    """
    words = words_known_to(vocabulary, typed)
    word = words[0] if len(words) == 1 else typed
    vocabulary.id_of(word)
    return word
