"""A mini-batch through the engine, piece by piece, on made-up data of any shape."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wordnet_tui.core.data.dataset import CorpusReport, Dataset, smallest_unsigned
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Deltas, Layers, initial_parameters
from wordnet_tui.core.training.trainer import Trainer


def made_up_dataset(hyperparameters: Hyperparameters, rows: int) -> Dataset:
    """Random windows, words distributed as in a text (Zipf)."""
    hp, random = hyperparameters, np.random.default_rng(5)
    shares = 1.0 / np.arange(1, hp.vocabulary_size + 1)
    windows = random.choice(
        hp.vocabulary_size, (rows, hp.context_size + 1), p=shares / shares.sum()
    ).astype(smallest_unsigned(hp.vocabulary_size))
    vocabulary = Vocabulary(f"w{number}" for number in range(hp.vocabulary_size))
    report = CorpusReport(np.zeros(hp.vocabulary_size, np.int64))
    return Dataset("made up", "", vocabulary, windows, windows[:0], windows[:0], report)


def trainer_steps(hyperparameters: Hyperparameters, dataset: Dataset) -> Callable[[], object]:
    """A function that takes the trainer's next step: all of a step, its report included."""
    endless = hyperparameters.changed(epochs=1_000_000, validate_every=0)
    return Trainer(dataset, endless).run().__next__


def six_products(hyperparameters: Hyperparameters) -> Callable[[], None]:
    """The floor: the six large matrix products of a step, on the engine's own arrays."""
    random = np.random.default_rng(6)
    parameters = initial_parameters(hyperparameters, random)
    gradients, _ = parameters.packed()
    layers = Layers(parameters, hyperparameters.batch_size)
    deltas = Deltas(parameters, hyperparameters.batch_size)
    for array in (layers.embedded, layers.hidden, deltas.d_logits, deltas.d_hidden):
        array[...] = random.normal(size=array.shape)

    def products() -> None:
        np.dot(layers.embedded, parameters.hidden_weights, out=layers.activated)
        np.dot(layers.hidden, parameters.output_weights, out=layers.logits)
        np.dot(layers.hidden.T, deltas.d_logits, out=gradients.output_weights)
        np.dot(deltas.d_logits, parameters.output_weights.T, out=deltas.d_hidden)
        np.dot(layers.embedded.T, deltas.d_hidden, out=gradients.hidden_weights)
        np.dot(deltas.d_hidden, parameters.hidden_weights.T, out=deltas.d_embedded)

    return products
