"""What a network makes of words: `predict`, `generate`, `neighbors` and `distance`."""

from __future__ import annotations

from pathlib import Path

import click

from wordnet_tui.cli.inputs import open_network, vocabulary_of, words_known_to
from wordnet_tui.cli.options import (
    cosine_option,
    count_option,
    json_option,
    network_arguments,
    words_argument,
)
from wordnet_tui.cli.output import bar, print_columns, print_json, say
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import printable
from wordnet_tui.core.inference.embedding_space import EmbeddingSpace, Metric
from wordnet_tui.core.inference.prediction import Predictor


@click.command(epilog='Example:  wordnet-tui predict chitchat "how are you" -k 3')
@network_arguments
@words_argument
@count_option(5, "words")
@json_option
def predict(
    model: str,
    vocab: Path | None,
    data: tuple[str, ...],
    words: tuple[str, ...],
    count: int,
    as_json: bool,
) -> None:
    """Show the words most likely to come next.

    MODEL is a file or the name of a network that ships. Of WORDS, the last D are read.

    Keys of --json: model, context (words), candidates (word and probability of each).
    """
    network = open_network(model, vocab, data)
    given = words_known_to(vocabulary_of(network, model), " ".join(words))
    predictor = Predictor(network)
    candidates = predictor.candidates(given, count)
    if as_json:
        print_json(
            {
                "model": model,
                "context": given[-predictor.context_size :],
                "candidates": [candidate._asdict() for candidate in candidates],
            }
        )
        return
    print_columns(
        [
            (
                str(rank),
                candidate.word,
                f"{candidate.probability:.6f}",
                bar(candidate.probability),
            )
            for rank, candidate in enumerate(candidates, start=1)
        ],
        align="><><",
    )


@click.command(epilog='Example:  wordnet-tui generate chitchat "how are you" -n 20 --seed 1')
@network_arguments
@words_argument
@click.option(
    "-n", "count", type=click.IntRange(min=1), default=30, show_default=True, help="New words."
)
@click.option(
    "--temperature",
    type=click.FloatRange(min=0.0),
    default=1.0,
    show_default=True,
    help="Below 1 likely words become likelier, above 1 less so; 0 takes the likeliest.",
)
@click.option("--top-k", type=click.IntRange(min=1), help="Draw from the K likeliest only.")
@click.option("--seed", type=click.IntRange(min=0), help="The same seed, the same words.")
@json_option
def generate(
    model: str,
    vocab: Path | None,
    data: tuple[str, ...],
    words: tuple[str, ...],
    count: int,
    temperature: float,
    top_k: int | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Write on from the words given, word by word.

    The words given come first, then each new one as it is drawn.

    Keys of --json: model, context (the words given), words (the new ones).
    """
    network = open_network(model, vocab, data)
    given = words_known_to(vocabulary_of(network, model), " ".join(words))
    new_words = Predictor(network).generate(
        given, count, temperature=temperature, top_k=top_k, seed=seed
    )
    if as_json:
        print_json({"model": model, "context": given, "words": list(new_words)})
        return
    say(printable(" ".join(given)), end="")
    for word in new_words:
        say(f" {printable(word)}", end="")
    say()


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
