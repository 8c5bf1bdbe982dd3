"""A training that goes on with other settings."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.errors import HyperparameterError
from wordnet_tui.core.inference.evaluation import cross_entropy
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.training.branching import SHARED, branched
from wordnet_tui.core.training.progress import StopReason, TrainingProgress
from wordnet_tui.core.training.state import TrainingState
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
        "epochs": 3,
        "learning_rate": 0.1,
        "dropout": 0.2,
        "validate_every": 6,
    }
    return Hyperparameters.checked(**{**small, **changed})


def left_at(dataset: Dataset, hyperparameters: Hyperparameters, step: int) -> TrainingState:
    """The state of a training after so many steps."""
    trainer = Trainer(dataset, hyperparameters)
    for _ in itertools.islice(trainer.run(), step):
        pass
    return trainer.state()


def goes_on(
    dataset: Dataset, state: TrainingState, old: Hyperparameters, new: Hyperparameters
) -> tuple[Trainer, list[TrainingProgress]]:
    """A branch trained to its end."""
    trainer = Trainer(dataset, new, state=branched(state, old, new))
    return trainer, list(trainer.run())


def test_a_branch_with_the_same_settings_is_the_training_itself(
    toy_dataset: MakeDataset,
) -> None:
    undisturbed = Trainer(toy_dataset(), settings())
    for _ in undisturbed.run():
        pass
    state = left_at(toy_dataset(), settings(), 27)
    branch, _ = goes_on(toy_dataset(), state, settings(), settings())
    assert branch.state().parameters.tobytes() == undisturbed.state().parameters.tobytes()


def test_a_training_that_ended_goes_on_for_more_epochs(toy_dataset: MakeDataset) -> None:
    """At a constant rate to the same weights as one that had as many from the start."""
    longer, constant = settings(epochs=5, schedule="constant"), settings(schedule="constant")
    undisturbed = Trainer(toy_dataset(), longer)
    for _ in undisturbed.run():
        pass
    state = left_at(toy_dataset(), constant, 3 * BATCHES)
    assert state.progress is not None
    assert state.progress.stop_reason is StopReason.EPOCHS_DONE
    branch, records = goes_on(toy_dataset(), state, constant, longer)
    assert [record.batch for record in records] == list(range(61, 101))
    assert records[-1].stop_reason is StopReason.EPOCHS_DONE
    assert branch.state().parameters.tobytes() == undisturbed.state().parameters.tobytes()


def test_its_first_record_is_that_of_a_training_under_way(toy_dataset: MakeDataset) -> None:
    state = left_at(toy_dataset(), settings(), 3 * BATCHES)
    record = branched(state, settings(), settings(epochs=9)).progress
    assert record is not None
    assert state.progress is not None
    assert record.stop_reason is None
    assert (record.batch, record.batches, record.epochs) == (60, 9 * BATCHES, 9)
    assert record.seconds_left == pytest.approx(state.seconds * 2)
    assert record.best_cross_entropy == state.progress.best_cross_entropy


def test_another_optimizer_begins_with_an_empty_memory(toy_dataset: MakeDataset) -> None:
    state = left_at(toy_dataset(), settings(), 20)
    adam = settings(optimizer="adam", learning_rate=0.01)
    branch = Trainer(toy_dataset(), adam, state=branched(state, settings(), adam))
    assert branch.state().memory["steps"] == 0
    assert not branch.state().memory["velocity"].any()
    assert branch.state().parameters.tobytes() == state.parameters.tobytes()
    assert next(branch.run()).batch == 21


def test_what_was_changed_by_hand_stays_unless_the_branch_sets_it(
    toy_dataset: MakeDataset,
) -> None:
    trainer = Trainer(toy_dataset(), settings(patience=5))
    next(trainer.run())
    trainer.rate_factor = 0.5
    trainer.validation.patience, trainer.validation.min_delta = 7, 0.25
    state = trainer.state()
    kept = branched(state, settings(patience=5), settings(patience=5, momentum=0.5))
    assert (kept.rate_factor, kept.validation.patience, kept.validation.min_delta) == (
        (0.5, 7, 0.25)
    )
    new = settings(patience=3, min_delta=0.125, learning_rate=0.2)
    branch = branched(state, settings(patience=5), new)
    assert (branch.rate_factor, branch.validation.patience, branch.validation.min_delta) == (
        (1.0, 3, 0.125)
    )


def test_its_patience_begins_anew_but_the_best_stays_the_one_to_beat(
    toy_dataset: MakeDataset,
) -> None:
    state = left_at(toy_dataset(), settings(), 27)
    spent = dataclasses.replace(
        state, validation=dataclasses.replace(state.validation, without_gain=4, to_beat=1e-9)
    )
    branch = branched(spent, settings(), settings(patience=3))
    assert branch.validation.without_gain == 0
    assert branch.validation.to_beat == 1e-9
    _, records = goes_on(toy_dataset(), spent, settings(), settings(patience=3))
    assert records[-1].stop_reason is StopReason.PATIENCE
    assert [record.validations_without_gain for record in records if record.validated_now] == [
        1,
        2,
        3,
    ]


def test_to_another_activation_the_validations_so_far_say_nothing(
    toy_dataset: MakeDataset,
) -> None:
    state = left_at(toy_dataset(), settings(), 30)
    assert state.validation.best_at is not None
    assert state.validation.best_at < 30
    relu = settings(activation="relu")
    branch = branched(state, settings(), relu)
    assert branch.validation.best_cross_entropy is branch.validation.measured_at is None
    assert branch.validation.to_beat == math.inf
    assert branch.validation.best_parameters is state.parameters
    assert branch.progress is not None
    assert branch.progress.best_cross_entropy is branch.progress.validated_at is None
    trainer, records = goes_on(toy_dataset(), state, settings(), relu)
    best = cross_entropy(trainer.validation.best_parameters, toy_dataset().validation, "relu")
    assert best == records[-1].best_cross_entropy
    assert records[-1].best_at is not None
    assert records[-1].best_at > 30


OTHER = {
    "context_size": 3,
    "vocabulary_size": 11,
    "embedding_size": 5,
    "hidden_size": 13,
    "init": "reference",
    "dtype": "float64",
    "batch_size": 10,
    "shuffle": False,
    "seed": 2,
}


@pytest.mark.parametrize("name", SHARED)
def test_what_shaped_weights_and_order_cannot_change(
    toy_dataset: MakeDataset, name: str
) -> None:
    state = left_at(toy_dataset(), settings(), 5)
    title = Hyperparameters.model_fields[name].title
    with pytest.raises(HyperparameterError) as caught:
        branched(state, settings(), settings(**{name: OTHER[name]}))
    assert str(caught.value).startswith(f"{title} must stay ")


@pytest.mark.parametrize(
    ("step", "epochs", "said"),
    [
        (40, 1, "epochs must be at least 3, not 1: the training has done 2"),
        (40, 2, "epochs must be at least 3, not 2: the training has done 2"),
        (41, 2, "epochs must be at least 3, not 2: the training is in epoch 3"),
        (60, 3, "epochs must be at least 4, not 3: the training has done 3"),
    ],
)
def test_a_branch_without_a_mini_batch_left_is_refused(
    toy_dataset: MakeDataset, step: int, epochs: int, said: str
) -> None:
    state = left_at(toy_dataset(), settings(), step)
    with pytest.raises(HyperparameterError, match=said):
        branched(state, settings(), settings(epochs=epochs))


def test_all_that_is_wrong_is_said_at_once(toy_dataset: MakeDataset) -> None:
    state = left_at(toy_dataset(), settings(), 60)
    with pytest.raises(HyperparameterError) as caught:
        branched(state, settings(), settings(seed=2, dtype="float64"))
    assert len(caught.value.problems) == 3


def test_a_training_that_diverged_has_no_branch(toy_dataset: MakeDataset) -> None:
    wild = settings(activation="relu", learning_rate=1000.0, dropout=0.0)
    state = left_at(toy_dataset(), wild, 60)
    assert state.progress is not None
    assert state.progress.stop_reason is StopReason.DIVERGED
    with pytest.raises(HyperparameterError, match="the training diverged"):
        branched(state, wild, wild.changed(learning_rate=0.1))


def test_before_the_first_mini_batch_a_branch_is_a_new_training(
    toy_dataset: MakeDataset,
) -> None:
    state = Trainer(toy_dataset(), settings()).state()
    branch, _ = goes_on(toy_dataset(), state, settings(), settings(learning_rate=0.2))
    fresh = Trainer(toy_dataset(), settings(learning_rate=0.2))
    for _ in fresh.run():
        pass
    np.testing.assert_array_equal(branch.state().parameters, fresh.state().parameters)
