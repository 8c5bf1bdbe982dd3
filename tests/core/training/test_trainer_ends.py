"""Every reason to stop, reached by a real run, and the weights that are kept then."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.inference.evaluation import cross_entropy
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.training.progress import StopReason, TrainingProgress
from wordnet_tui.core.training.trainer import Trainer

MakeDataset = Callable[..., Dataset]
BATCHES = 20
"""Mini-batches in an epoch of the toy data."""


def settings(**changed: object) -> Hyperparameters:
    small = {
        "context_size": 2,
        "vocabulary_size": 10,
        "embedding_size": 4,
        "hidden_size": 12,
        "batch_size": 20,
        "epochs": 2,
        "learning_rate": 0.3,
        "weight_decay": 0.0,
        "schedule": "linear",
        "validate_every": 5,
    }
    return Hyperparameters.checked(**{**small, **changed})


def last_record(trainer: Trainer) -> TrainingProgress:
    """The last record of a run, which alone has a reason to stop."""
    *before, last = trainer.run()
    assert all(record.stop_reason is None for record in before)
    assert trainer.progress is last
    return last


def weights_after(
    dataset: Dataset, hyperparameters: Hyperparameters, steps: int
) -> Parameters:
    """The weights after some steps of a run that goes on."""
    trainer = Trainer(dataset, hyperparameters)
    for _ in itertools.islice(trainer.run(), steps):
        pass
    return trainer.snapshot()


def same(left: Parameters, right: Parameters) -> bool:
    """Whether all weights are equal bit for bit."""
    return all(a.tobytes() == b.tobytes() for a, b in zip(left, right, strict=True))


def test_a_run_ends_when_all_epochs_are_done_with_its_last_weights(
    toy_dataset: MakeDataset,
) -> None:
    trainer = Trainer(toy_dataset(), settings(epochs=3))
    last = last_record(trainer)
    assert last.stop_reason is StopReason.EPOCHS_DONE
    assert (last.batch, last.epoch) == (3 * BATCHES, 3)
    assert trainer.outcome is trainer.parameters


@pytest.mark.parametrize("asked_after", [0, 1, 7, 20, 38])
def test_a_run_can_be_stopped_between_any_two_mini_batches(
    toy_dataset: MakeDataset, asked_after: int
) -> None:
    """It takes the mini-batch under way, validates, and keeps the weights as they are."""
    dataset = toy_dataset()
    trainer = Trainer(dataset, settings())
    run = trainer.run()
    for _ in range(asked_after):
        next(run)
    trainer.request_stop()
    last = next(run)
    assert next(run, None) is None
    assert last.batch == asked_after + 1
    assert last.stop_reason is StopReason.REQUESTED
    assert last.validated_now
    assert same(trainer.outcome, weights_after(dataset, settings(), asked_after + 1))


@pytest.mark.parametrize("epochs", [1, 2])
@pytest.mark.parametrize("iteration", [0, 1, 5, 19])
def test_the_early_stop_iteration_of_the_last_epoch_ends_before_the_update(
    toy_dataset: MakeDataset, epochs: int, iteration: int
) -> None:
    """So the weights are those of a run that is one mini-batch shorter."""
    dataset = toy_dataset()
    hyperparameters = settings(epochs=epochs, early_stop_iteration=iteration)
    trainer = Trainer(dataset, hyperparameters)
    last = last_record(trainer)
    steps = (epochs - 1) * BATCHES + iteration
    assert last.stop_reason is StopReason.EARLY_STOP_ITERATION
    assert (last.epoch, last.batch) == (epochs, steps + 1)
    unstopped = weights_after(dataset, settings(epochs=epochs), steps)
    assert same(trainer.outcome, unstopped)
    figure = cross_entropy(unstopped, dataset.validation, "sigmoid")
    assert last.validation_cross_entropy == figure


@pytest.mark.parametrize("iteration", [-1, BATCHES, 3000])
def test_an_early_stop_iteration_beyond_the_epoch_is_never_reached(
    toy_dataset: MakeDataset, iteration: int
) -> None:
    last = last_record(Trainer(toy_dataset(), settings(early_stop_iteration=iteration)))
    assert last.stop_reason is StopReason.EPOCHS_DONE


def contrary(dataset: Dataset) -> np.ndarray:
    """Validation rows on which it only does harm to learn the training rows."""
    windows = dataset.validation.copy()
    windows[:, -1] = (windows[:, -1] + 1) % 10
    return windows


@pytest.mark.parametrize("patience", [1, 3])
def test_patience_ends_a_run_that_overfits_and_gives_back_the_best_weights(
    toy_dataset: MakeDataset, patience: int
) -> None:
    dataset = toy_dataset(validation=contrary(toy_dataset()))
    trainer = Trainer(dataset, settings(patience=patience, epochs=50))
    last = last_record(trainer)
    assert last.stop_reason is StopReason.PATIENCE
    assert last.batch < 50 * BATCHES
    assert last.validations_without_gain == patience
    assert last.best_cross_entropy is not None
    assert last.validation_cross_entropy is not None
    assert last.best_cross_entropy < last.validation_cross_entropy
    kept, reached = (
        cross_entropy(parameters, dataset.validation, "sigmoid")
        for parameters in (trainer.outcome, trainer.parameters)
    )
    assert kept == last.best_cross_entropy
    assert reached == last.validation_cross_entropy
    assert last.best_at is not None
    assert same(
        trainer.outcome, weights_after(dataset, settings(epochs=50, patience=0), last.best_at)
    )


def test_patience_can_be_lowered_during_a_run(toy_dataset: MakeDataset) -> None:
    dataset = toy_dataset(validation=contrary(toy_dataset()))
    trainer = Trainer(dataset, settings(epochs=50))
    for progress in trainer.run():
        if progress.batch == 100:
            assert progress.validations_without_gain > 2
            trainer.validation.patience = 2
    assert progress.stop_reason is StopReason.PATIENCE
    assert progress.batch == 101


@pytest.mark.parametrize("activation", ["relu", "identity"])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
def test_an_absurd_rate_diverges_without_a_warning_and_keeps_finite_weights(
    toy_dataset: MakeDataset, activation: str, optimizer: str
) -> None:
    """Warnings are errors in these tests, those of an overflow included."""
    dataset = toy_dataset()
    recipe = {"activation": activation, "optimizer": optimizer}
    trainer = Trainer(dataset, settings(**recipe, learning_rate=1000.0, epochs=50))
    last = last_record(trainer)
    assert last.stop_reason is StopReason.DIVERGED
    assert last.batch < 50 * BATCHES
    assert all(np.isfinite(array).all() for array in trainer.outcome)


def test_after_a_divergence_the_best_weights_are_kept(toy_dataset: MakeDataset) -> None:
    dataset = toy_dataset()
    trainer = Trainer(dataset, settings(activation="relu", epochs=50))
    for progress in trainer.run():
        if progress.batch == 30:
            good = progress.best_cross_entropy
            trainer.rate_factor = 1e6
    assert progress.stop_reason is StopReason.DIVERGED
    assert not math.isfinite(progress.epoch_cross_entropy)
    assert good is not None
    assert progress.best_cross_entropy is not None
    assert progress.best_cross_entropy <= good
    kept = cross_entropy(trainer.outcome, dataset.validation, "relu")
    assert kept == progress.best_cross_entropy


def test_a_divergence_that_only_the_validation_sees_ends_the_run_too(
    toy_dataset: MakeDataset,
) -> None:
    """Three mini-batches in all: the update of the last one is the one that goes wrong."""
    dataset = toy_dataset(training=toy_dataset().training[:60])
    recipe = {"activation": "identity", "schedule": "constant", "epochs": 1}
    trainer = Trainer(dataset, settings(**recipe, learning_rate=1000.0))
    last = last_record(trainer)
    assert last.batch == last.batches == 3
    assert math.isfinite(last.epoch_cross_entropy)
    assert last.stop_reason is StopReason.DIVERGED
    assert last.validation_cross_entropy is None
    assert math.isfinite(cross_entropy(trainer.outcome, dataset.validation, "identity"))


def test_a_data_set_without_validation_rows_trains_to_its_end(
    toy_dataset: MakeDataset,
) -> None:
    dataset = toy_dataset(validation=toy_dataset().validation[:0])
    trainer = Trainer(dataset, settings(patience=1))
    last = last_record(trainer)
    assert last.stop_reason is StopReason.EPOCHS_DONE
    assert last.validation_cross_entropy is last.best_cross_entropy is None
    assert trainer.outcome is trainer.parameters


def test_a_divergence_without_validation_rows_is_seen_in_the_training_loss(
    toy_dataset: MakeDataset,
) -> None:
    """Nothing was ever measured, so the weights of the start are the ones that are kept."""
    dataset = toy_dataset(validation=toy_dataset().validation[:0])
    trainer = Trainer(dataset, settings(activation="relu", learning_rate=1000.0))
    start = trainer.snapshot()
    last = last_record(trainer)
    assert last.stop_reason is StopReason.DIVERGED
    assert not math.isfinite(last.epoch_cross_entropy)
    assert last.batch < BATCHES
    assert same(trainer.outcome, start)


@pytest.mark.parametrize("optimizer", ["adagrad", "rmsprop", "adam"])
def test_a_gradient_whose_square_is_beyond_all_floats_gives_no_warning(
    toy_dataset: MakeDataset, random_parameters: Callable[..., Parameters], optimizer: str
) -> None:
    """Features of 1e25 that no hidden unit listens to: the first loss is an ordinary one."""
    start = random_parameters(V=10, D=2, E=4, H=12)
    start.embedding[:] *= 1e25
    start.hidden_weights[:] = 0.0
    trainer = Trainer(
        toy_dataset(), settings(activation="identity", optimizer=optimizer), start
    )
    first, *_, last = trainer.run()
    assert first.epoch_cross_entropy < 100.0
    assert last.stop_reason is not None
    assert all(np.isfinite(array).all() for array in trainer.outcome)
