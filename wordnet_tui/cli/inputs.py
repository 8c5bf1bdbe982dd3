"""From what a user typed to an open network, a corpus, or words that a vocabulary holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from wordnet_tui.cli.output import progress_display, warn
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.data.readers.ngram_folder import read_vocabulary
from wordnet_tui.core.data.tokenizer import tokenize
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import ModelFileError, printable
from wordnet_tui.core.formats.model_files import read_network, resolve
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.core.paths import DEFAULT_SOURCE, source_exists


def open_dataset(
    sources: Sequence[str],
    *,
    context_size: int | None = None,
    vocabulary_size: int | None = None,
    seed: int = 1,
    vocabulary: Vocabulary | None = None,
) -> Dataset:
    """Load a corpus, the default one where `sources` is empty; shows progress on a terminal.

    Raises:
        WordnetError: As `load_dataset`.
    """
    with progress_display() as on_progress:
        return load_dataset(
            list(sources) if len(sources) > 1 else (*sources, DEFAULT_SOURCE)[0],
            context_size=context_size,
            vocabulary_size=vocabulary_size,
            seed=seed,
            vocabulary=vocabulary,
            on_progress=on_progress,
        )


def open_dataset_for(network: TrainedNetwork, model: str, sources: Sequence[str]) -> Dataset:
    """Load a corpus as windows of the words of `network`, split as when it was trained.

    Args:
        network: What `model` holds.
        model: What the user called it.
        sources: The corpus that the user named; if empty, the one that `network` names.
    """
    hyperparameters = network.hyperparameters
    dataset = open_dataset(
        sources_for(network, model, sources),
        context_size=hyperparameters.context_size,
        vocabulary_size=hyperparameters.vocabulary_size,
        seed=hyperparameters.seed,
        vocabulary=network.vocabulary,
    )
    warn_of_other_data(network, model, dataset)
    return dataset


def sources_for(
    network: TrainedNetwork, model: str, sources: Sequence[str]
) -> tuple[str, ...]:
    """The corpus that the user named, or else the one that `network` was trained on.

    Raises:
        ModelFileError: The file names no data, or a path that is not there.
    """
    if sources:
        return tuple(sources)
    origin, ask = network.provenance, "name the data with --data SOURCE"
    named = origin.data_sources or tuple(filter(None, [origin.data_name]))
    if not named:
        raise ModelFileError(f"{printable(model)} does not say what it was trained on; {ask}")
    for source in named:
        if not source_exists(source):
            raise ModelFileError(
                f"{printable(model)} was trained on {printable(source)}, "
                f"which is not there; {ask}"
            )
    return named


def warn_of_other_data(network: TrainedNetwork, model: str, dataset: Dataset) -> None:
    """Say it where a corpus is not the one that `network` was trained on."""
    origin = network.provenance
    if origin.data_fingerprint in ("", dataset.fingerprint):
        return
    if dataset.sources == origin.data_sources or dataset.name == origin.data_name:
        what = f"other windows of {dataset.name}: its content, or how it is split, has changed"
    else:
        what = f"{origin.data_name}, not on {dataset.name}"
    warn(f"{model} was trained on {what}")


def open_network(
    model: str, vocab: Path | None = None, sources: Sequence[str] = ()
) -> TrainedNetwork:
    """Open a model file, or a network that ships by its name.

    Args:
        model: A path or a name.
        vocab: A `vocab.txt` for a file that holds no words.
        sources: A corpus that gives such a file its words, where `vocab` does not.

    Raises:
        WordnetError: There is no such file, it is damaged, or the words do not fit it.
    """
    given = None if vocab is None else read_vocabulary(vocab)
    network = read_network(resolve(model), given)
    if network.vocabulary is None:
        if sources:
            dataset = open_dataset_for(network, model, sources)
            return with_words_of(dataset, network, model)
    elif network.vocabulary is given:
        pass
    elif sources:
        warn(f"{model} holds its own words; --data is not needed and was not read")
    elif given not in (None, network.vocabulary):
        warn(f"{model} holds its own words, which are not those of {vocab}; its own are used")
    return network


def with_words_of(dataset: Dataset, network: TrainedNetwork, model: str) -> TrainedNetwork:
    """The network of a file that holds no words, with those of `dataset`.

    Raises:
        ModelFileError: It knows another number of words.
    """
    known, given = network.hyperparameters.vocabulary_size, len(dataset.vocabulary)
    if known != given:
        raise ModelFileError(
            f"{printable(model)} is a network of {known:,} words, but "
            f"{printable(dataset.name)} gives it {given:,}"
        )
    return replace(network, vocabulary=dataset.vocabulary)


def vocabulary_of(network: TrainedNetwork, model: str) -> Vocabulary:
    """The words of `network`, which `model` names.

    Raises:
        ModelFileError: Neither the file nor an option gave any.
    """
    if network.vocabulary is None:
        raise ModelFileError(
            f"{printable(model)} holds no words; give them with --vocab FILE or --data SOURCE"
        )
    return network.vocabulary


def words_known_to(vocabulary: Vocabulary, text: str) -> list[str]:
    """The words of `text`: parted at blanks where all of those are known, else tokenised."""
    words = text.split()
    return words if all(word in vocabulary for word in words) else tokenize(text)
