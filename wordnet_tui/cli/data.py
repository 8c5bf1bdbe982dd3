"""`wordnet-tui data info` and `wordnet-tui data fetch`."""

from __future__ import annotations

import click
import numpy as np

from wordnet_tui.cli.figures import baseline_payload, baseline_row
from wordnet_tui.cli.inputs import open_dataset
from wordnet_tui.cli.options import count_option, json_option, shaping_options
from wordnet_tui.cli.output import print_columns, print_json, progress_display, say
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.data.fetch import fetch_corpus
from wordnet_tui.core.errors import printable
from wordnet_tui.core.inference.baselines import Baseline, baselines
from wordnet_tui.core.paths import FETCHED_SOURCES


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
