"""`wordnet-tui data` and `wordnet-tui occurrences`: what a corpus holds."""

from __future__ import annotations

from functools import partial

import click
import numpy as np

from wordnet_tui.cli.evaluate import baseline_payload, baseline_row
from wordnet_tui.cli.inputs import open_dataset, words_known_to
from wordnet_tui.cli.options import (
    count_option,
    data_option,
    json_option,
    shaping_options,
    words_argument,
)
from wordnet_tui.cli.output import bar, print_columns, print_json, progress_display, say
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.data.tokenizer import tokenize
from wordnet_tui.core.errors import DataError, printable
from wordnet_tui.core.inference.baselines import Baseline, baselines
from wordnet_tui.core.inference.occurrences import followers
from wordnet_tui.core.paths import DEFAULT_SOURCE, FETCHED_SOURCES

MOST_CONTEXT_WORDS = 8


@click.group()
def data() -> None:
    """Look into a corpus, or fetch one."""


@data.command(epilog="Example:  wordnet-tui data info book.txt --vocabulary-size 1000")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--context-size",
    type=int,
    metavar="D",
    help="Words of a window before its last.  [default: 3, or what the source says]",
)
@shaping_options
@count_option(10, "frequent words")
@json_option
def info(
    sources: tuple[str, ...],
    context_size: int | None,
    vocabulary_size: int | None,
    seed: int,
    count: int,
    as_json: bool,
) -> None:
    """Show what a corpus holds, and how well the baselines predict it.

    Without a SOURCE it is chitchat; several text files are one corpus.

    Keys of --json: data, fingerprint, context_size, vocabulary_size, sentences, tokens and
    coverage (null for a source of windows), windows (of each part), windows_left_out, dropped
    (reason and how many), frequent_words (word, count), baselines (for validation and test:
    name, order, cross_entropy in nats a word, perplexity).
    """
    dataset = open_dataset(
        sources, context_size=context_size, vocabulary_size=vocabulary_size, seed=seed
    )
    frequent = _frequent(dataset, count)
    compared = {
        part: baselines(dataset.training, windows, len(dataset.vocabulary))
        for part, windows in (("validation", dataset.validation), ("test", dataset.test))
        if len(windows) and len(dataset.training)
    }
    if as_json:
        print_json(_payload(dataset, frequent, compared))
    else:
        _show(dataset, frequent, compared)


@data.command(epilog="Example:  wordnet-tui data fetch reference")
@click.argument("name", type=click.Choice(FETCHED_SOURCES))
def fetch(name: str) -> None:
    """Download the original's data and check it.

    `original` has its training rows in its own order, with which `train --preset original`
    repeats its network; `reference` has the same rows in another order, in which the networks
    that ship were trained.
    """
    from wordnet_tui.core.data.fetch import fetch_corpus  # here, because it imports pooch

    with progress_display() as on_progress:
        folder = fetch_corpus(name, on_progress=on_progress)
    say(f"{name} is in {printable(str(folder))}; use it as --data {name}")


def _frequent(dataset: Dataset, count: int) -> list[tuple[str, int]]:
    """The most frequent words with their counts, ties by id."""
    counts = dataset.report.word_counts
    order = np.argsort(-counts, kind="stable")[:count].tolist()
    return [(dataset.vocabulary.words[word_id], int(counts[word_id])) for word_id in order]


def _show(
    dataset: Dataset, frequent: list[tuple[str, int]], compared: dict[str, list[Baseline]]
) -> None:
    report = dataset.report
    rows = [
        ("data", dataset.name),
        ("vocabulary", f"{len(dataset.vocabulary):,} words"),
        ("context", f"{dataset.context_size} words"),
    ]
    if report.tokens is not None:
        rows.append(("tokens", f"{report.tokens:,}"))
    if report.sentences is not None:
        rows.append(("sentences", f"{report.sentences:,}"))
    if report.coverage is not None:
        rows.append(("in the vocabulary", f"{report.coverage:.2%} of the tokens"))
    rows += [
        ("training", f"{len(dataset.training):,} windows"),
        ("validation", f"{len(dataset.validation):,} windows"),
        ("test", f"{len(dataset.test):,} windows"),
        ("left out", f"{report.windows_left_out:,} windows with a word not in the vocabulary"),
        *(("dropped", f"{times:,} {reason}") for reason, times in report.dropped.items()),
        ("frequent words", "   ".join(f"{word} {times:,}" for word, times in frequent)),
    ]
    print_columns(rows, align="<<")
    for part, reached in compared.items():
        say(f"\nbaselines on the {part} part (nats a word, perplexity)")
        print_columns([baseline_row(item) for item in reached], align="<>>")


def _payload(
    dataset: Dataset, frequent: list[tuple[str, int]], compared: dict[str, list[Baseline]]
) -> dict[str, object]:
    report = dataset.report
    return {
        "data": dataset.name,
        "fingerprint": dataset.fingerprint,
        "context_size": dataset.context_size,
        "vocabulary_size": len(dataset.vocabulary),
        "sentences": report.sentences,
        "tokens": report.tokens,
        "coverage": report.coverage,
        "windows": {
            "training": len(dataset.training),
            "validation": len(dataset.validation),
            "test": len(dataset.test),
        },
        "windows_left_out": report.windows_left_out,
        "dropped": report.dropped,
        "frequent_words": [{"word": word, "count": times} for word, times in frequent],
        "baselines": {
            part: list(map(baseline_payload, reached)) for part, reached in compared.items()
        },
    }


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

    Keys of --json: data, words (those asked for), windows (in the training part), occurrences
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
