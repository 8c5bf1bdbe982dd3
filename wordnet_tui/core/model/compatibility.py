"""Whether data, settings and weights belong together."""

from __future__ import annotations

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.errors import DataError, HyperparameterError
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters


def parameter_shapes(hyperparameters: Hyperparameters) -> dict[str, tuple[int, ...]]:
    """The shape of each array of `Parameters` under these settings, in the order declared."""
    V, E = hyperparameters.vocabulary_size, hyperparameters.embedding_size
    D, H = hyperparameters.context_size, hyperparameters.hidden_size
    return {
        "embedding": (V, E),
        "hidden_weights": (D * E, H),
        "output_weights": (H, V),
        "hidden_bias": (H,),
        "output_bias": (V,),
    }


def refuse_misfit(
    dataset: Dataset, hyperparameters: Hyperparameters, start: Parameters | None
) -> None:
    """Raise if a training with these settings cannot begin.

    Raises:
        HyperparameterError: The shape does not fit the data or the start; says all of it.
        DataError: There are fewer training rows than one mini-batch.
    """
    hp, words = hyperparameters, len(dataset.vocabulary)
    problems = []
    if hp.context_size != dataset.context_size:
        problems.append(
            f"the data has windows of {dataset.context_size} + 1 words, "
            f"not {hp.context_size} + 1"
        )
    if hp.vocabulary_size != words:
        problems.append(
            f"the data has a vocabulary of {words} words, not {hp.vocabulary_size}"
        )
    if start is not None:
        shapes = tuple(array.shape for array in start)
        asked_for = tuple(parameter_shapes(hp).values())
        if shapes != asked_for:
            problems.append(
                f"the network to start from has arrays of {shapes}, asked for are {asked_for}"
            )
    if problems:
        raise HyperparameterError(problems)
    if len(dataset.training) < hp.batch_size:
        raise DataError(
            f"the training part has {len(dataset.training)} windows, fewer than one "
            f"mini-batch of {hp.batch_size}: lower the mini-batch size or give more text"
        )
