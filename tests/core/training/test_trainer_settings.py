"""What weight decay, dropout, shuffling and a changed rate do to the steps of a training."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import get_args

import numpy as np
import pytest

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.model.hyperparameters import Hyperparameters, Schedule
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.training.schedules import scheduled_rate
from wordnet_tui.core.training.trainer import Trainer

MakeDataset = Callable[..., Dataset]
MakeParameters = Callable[..., Parameters]
WEIGHTS = ("embedding", "hidden_weights", "output_weights")
BIASES = ("hidden_bias", "output_bias")
STANDING_STILL = 1e-300
"""A learning rate that moves no weight, so that a loss tells which rows were read."""


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
        "validate_every": 0,
        "optimizer": "sgd",
        "schedule": "constant",
        "dtype": "float64",
    }
    return Hyperparameters.checked(**{**small, **changed})


def after_one_step(
    dataset: Dataset, start: Parameters, rate_factor: float = 1.0, **changed: object
) -> Parameters:
    trainer = Trainer(dataset, settings(**changed), start)
    trainer.rate_factor = rate_factor
    next(trainer.run())
    return trainer.snapshot()


def losses(
    dataset: Dataset, start: Parameters | None = None, **changed: object
) -> list[float]:
    """The loss of each mini-batch of two epochs, before its update."""
    trainer = Trainer(dataset, settings(**changed), start)
    taken: list[float] = []
    for progress in trainer.run():
        mean, count = progress.epoch_cross_entropy, progress.batch_in_epoch
        earlier = sum(taken[len(taken) - count + 1 :])
        taken.append(mean * count - earlier)
    return taken


def test_weight_decay_pulls_weights_towards_0_and_leaves_biases_alone(
    toy_dataset: MakeDataset, random_parameters: MakeParameters
) -> None:
    """One step of SGD by hand: w - rate (g + decay w), where w - rate g is known."""
    start = random_parameters(V=10, D=2, E=4, H=12)
    rate, decay = 0.25, 0.03
    plain = after_one_step(toy_dataset(), start, learning_rate=rate)
    decayed = after_one_step(toy_dataset(), start, learning_rate=rate, weight_decay=decay)
    for name in WEIGHTS:
        expected = getattr(plain, name) - rate * decay * getattr(start, name)
        np.testing.assert_allclose(getattr(decayed, name), expected, rtol=1e-12, atol=1e-15)
    for name in BIASES:
        np.testing.assert_array_equal(getattr(decayed, name), getattr(plain, name))


def test_weight_decay_acts_through_the_update_rule_and_not_beside_it(
    toy_dataset: MakeDataset, random_parameters: MakeParameters
) -> None:
    """It is added to the gradient, so AdaGrad's first step stays as long as the rate."""
    start = random_parameters(V=10, D=2, E=4, H=12)
    recipe = {"optimizer": "adagrad", "learning_rate": 0.01, "weight_decay": 1.0}
    moved = after_one_step(toy_dataset(), start, **recipe)
    for name in WEIGHTS:
        steps = getattr(moved, name) - getattr(start, name)
        np.testing.assert_allclose(np.abs(steps), 0.01, rtol=1e-6)


@pytest.mark.parametrize("schedule", get_args(Schedule))
def test_the_rate_in_a_record_is_the_one_that_the_step_was_taken_with(
    toy_dataset: MakeDataset, schedule: Schedule
) -> None:
    hyperparameters = settings(schedule=schedule, warmup_batches=5)
    trainer = Trainer(toy_dataset(), hyperparameters)
    for index, progress in enumerate(trainer.run()):
        expected = scheduled_rate(hyperparameters, index, progress.batches)
        assert progress.learning_rate == expected * trainer.rate_factor
        trainer.rate_factor = 0.5 if index % 2 else 3.0


@pytest.mark.parametrize("factor", [0.0, 0.5, 4.0])
def test_the_rate_can_be_changed_between_two_steps(
    toy_dataset: MakeDataset, random_parameters: MakeParameters, factor: float
) -> None:
    start = random_parameters(V=10, D=2, E=4, H=12)
    plain = after_one_step(toy_dataset(), start)
    changed = after_one_step(toy_dataset(), start, rate_factor=factor)
    for before, one, other in zip(start, plain, changed, strict=True):
        np.testing.assert_allclose(other - before, factor * (one - before), atol=1e-14)


def test_without_shuffling_each_epoch_reads_the_rows_in_their_order(
    toy_dataset: MakeDataset, random_parameters: MakeParameters
) -> None:
    start = random_parameters(V=10, D=2, E=4, H=12)
    recipe = {"learning_rate": STANDING_STILL, "shuffle": False}
    both = losses(toy_dataset(), start, **recipe)
    np.testing.assert_allclose(both[:20], both[20:], rtol=1e-12)
    reversed_rows = toy_dataset().training[::-1].copy()
    backwards = losses(toy_dataset(training=reversed_rows), start, **recipe)
    np.testing.assert_allclose(backwards[:20], both[19::-1], rtol=1e-12)


def test_with_shuffling_each_epoch_has_another_order_of_the_same_rows(
    toy_dataset: MakeDataset, random_parameters: MakeParameters
) -> None:
    start = random_parameters(V=10, D=2, E=4, H=12)
    taken = losses(toy_dataset(), start, learning_rate=STANDING_STILL, batch_size=1, epochs=2)
    first, second = taken[:400], taken[400:]
    assert not np.allclose(first, second)
    np.testing.assert_allclose(sorted(first), sorted(second), rtol=1e-6)


def test_dropout_does_not_disturb_the_order_of_the_rows(
    toy_dataset: MakeDataset, random_parameters: MakeParameters
) -> None:
    """With W3 = 0 only the output biases speak: the losses tell the targets, mask or not."""
    start = random_parameters(V=10, D=2, E=4, H=12)
    start.output_weights[:] = 0.0
    plain = losses(toy_dataset(), start, learning_rate=STANDING_STILL)
    dropping = {"dropout": 0.5, "embedding_dropout": 0.3}
    dropped = losses(toy_dataset(), start, learning_rate=STANDING_STILL, **dropping)
    assert len(set(plain)) > 30
    assert dropped == plain


def test_the_order_of_the_rows_does_not_disturb_dropout(toy_dataset: MakeDataset) -> None:
    """Where all rows are equal, shuffling changes nothing but what it draws."""
    rows = np.repeat(toy_dataset().training[:1], 400, axis=0)
    dropping = {"dropout": 0.5, "embedding_dropout": 0.3}
    dataset = toy_dataset(training=rows)
    shuffled, in_order = (losses(dataset, shuffle=s, **dropping) for s in (True, False))
    assert shuffled == in_order
    assert shuffled != losses(dataset, seed=2, **dropping)


@pytest.mark.parametrize("share", ["dropout", "embedding_dropout"])
def test_dropout_acts_in_training_and_not_in_use(
    toy_dataset: MakeDataset, random_parameters: MakeParameters, share: str
) -> None:
    """A new mask for each step; the validation figures are those of the whole network."""
    start = random_parameters(V=10, D=2, E=4, H=12)
    rows = np.repeat(toy_dataset().training[:1], 400, axis=0)
    dataset = toy_dataset(training=rows)
    still = {"learning_rate": STANDING_STILL, share: 0.5}
    taken = losses(dataset, start, **still)
    assert len(set(np.round(taken, 9))) == len(taken)
    with_dropout, without = (
        [
            progress.validation_cross_entropy
            for progress in Trainer(dataset, settings(**recipe), start).run()
        ][-1]
        for recipe in (still, {"learning_rate": STANDING_STILL})
    )
    assert with_dropout == without is not None


def test_a_start_drawn_by_the_seed_does_not_depend_on_shuffling_or_dropout(
    toy_dataset: MakeDataset,
) -> None:
    starts = [
        Trainer(toy_dataset(), settings(seed=4, **recipe)).parameters
        for recipe in ({}, {"shuffle": False}, {"dropout": 0.5})
    ]
    for one, other in itertools.pairwise(starts):
        for left, right in zip(one, other, strict=True):
            np.testing.assert_array_equal(left, right)
