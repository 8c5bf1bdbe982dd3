"""`wordnet-tui occurrences`."""

from __future__ import annotations

from functools import partial

import click

from wordnet_tui.cli.inputs import open_dataset, words_known_to
from wordnet_tui.cli.options import (
    count_option,
    data_option,
    json_option,
    shaping_options,
    words_argument,
)
from wordnet_tui.cli.output import bar, print_columns, print_json, say
from wordnet_tui.core.data.tokenizer import tokenize
from wordnet_tui.core.errors import DataError, printable
from wordnet_tui.core.inference.occurrences import followers
from wordnet_tui.core.paths import DEFAULT_SOURCE

MOST_CONTEXT_WORDS = 8


@click.command(epilog='Example:  wordnet-tui occurrences "how are" --data chitchat -k 5')
@words_argument
@data_option(DEFAULT_SOURCE)
@click.option(
    "--context-size",
    type=int,
    metavar="D",
    help="Words of a window before its last.  [default: as many as are given, up to 8]",
)
@shaping_options
@count_option(10, "words")
@json_option
def occurrences(
    words: tuple[str, ...],
    data: tuple[str, ...],
    context_size: int | None,
    vocabulary_size: int | None,
    seed: int,
    count: int,
    as_json: bool,
) -> None:
    """Count what follows some words in the training part.

    Keys of --json: data, words (those looked for), windows (in the training part), occurrences
    (of the words), followers (word and count of each, most frequent first).
    """
    text = " ".join(words)
    open_with = partial(open_dataset, data, vocabulary_size=vocabulary_size, seed=seed)
    given_words = min(len(tokenize(text)), MOST_CONTEXT_WORDS)
    try:
        dataset = open_with(context_size=given_words if context_size is None else context_size)
    except DataError:
        if context_size is not None:
            raise
        dataset = open_with()  # a source of windows has a D of its own
    vocabulary = dataset.vocabulary
    given = words_known_to(vocabulary, text)[-dataset.context_size :]
    found = [
        (vocabulary.words[word_id], times)
        for word_id, times in followers(dataset.training, vocabulary.ids_of(given))
    ]
    total = sum(times for _, times in found)
    if as_json:
        print_json(
            {
                "data": dataset.name,
                "words": given,
                "windows": len(dataset.training),
                "occurrences": total,
                "followers": [{"word": word, "count": times} for word, times in found[:count]],
            }
        )
        return
    say(
        f'"{printable(" ".join(given))}" occurs {total:,} times in the training part of '
        f"{printable(dataset.name)} ({len(dataset.training):,} windows)"
    )
    print_columns(
        [
            (word, f"{times:,}", f"{times / total:.2%}", bar(times / total))
            for word, times in found[:count]
        ],
        align="<>><",
    )
