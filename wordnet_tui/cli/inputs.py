"""From what a user typed to an open network, a corpus, or words that a vocabulary holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from wordnet_tui.cli.output import progress_display
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.data.readers.ngram_folder import read_vocabulary
from wordnet_tui.core.data.tokenizer import tokenize
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import ModelFileError, printable
from wordnet_tui.core.formats.model_files import read_network, resolve
from wordnet_tui.core.model.trained_network import TrainedNetwork

DEFAULT_SOURCE = "chitchat"


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


def open_dataset_for(network: TrainedNetwork, sources: Sequence[str]) -> Dataset:
    """Load a corpus as windows of the words of `network`, split as when it was trained."""
    hyperparameters = network.hyperparameters
    return open_dataset(
        sources,
        context_size=hyperparameters.context_size,
        vocabulary_size=hyperparameters.vocabulary_size,
        seed=hyperparameters.seed,
        vocabulary=network.vocabulary,
    )


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
    path = resolve(model)
    network = read_network(path, None if vocab is None else read_vocabulary(vocab))
    if network.vocabulary is None and sources:
        return with_words_of(open_dataset_for(network, sources), network, model)
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
