"""A training that is left between two steps goes on elsewhere as if nothing had been."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
from collections.abc import Callable, Iterator
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from wordnet_tui.core.data import dataset as module
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.errors import HyperparameterError
from wordnet_tui.core.model.hyperparameters import Hyperparameters, OptimizerName
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.training.progress import StopReason, TrainingProgress
from wordnet_tui.core.training.state import GeneratorState, TrainingState, unpacked
from wordnet_tui.core.training.trainer import Trainer

MakeDataset = Callable[..., Dataset]
BATCHES = 20
"""Mini-batches in an epoch of the toy data."""
EPOCHS = 3
OPTIMIZERS = get_args(OptimizerName)
TIMES = {"examples_per_second": 0.0, "seconds_left": 0.0, "seconds_trained": 0.0}


def settings(**changed: object) -> Hyperparameters:
    small = {
        "context_size": 2,
        "vocabulary_size": 10,
        "embedding_size": 4,
        "hidden_size": 12,
        "batch_size": 20,
        "epochs": EPOCHS,
        "learning_rate": 0.1,
        "weight_decay": 1e-3,
        "dropout": 0.2,
        "embedding_dropout": 0.1,
        "validate_every": 6,
    }
    return Hyperparameters.checked(**{**small, **changed})


def steered(trainer: Trainer, steps: int | None = None) -> Iterator[TrainingProgress]:
    """Records without their times; somebody changes rate and patience at the same places."""
    for progress in itertools.islice(trainer.run(), steps):
        if progress.batch == 9:
            trainer.rate_factor *= 0.75
        if progress.batch == 26:
            trainer.rate_factor *= 1.5
            trainer.validation.min_delta = 1e-3
        yield dataclasses.replace(progress, **TIMES)


def left_at(trainer: Trainer, step: int) -> TrainingState:
    """The state after so many steps of that trainer."""
    for _ in steered(trainer, step):
        pass
    return trainer.state()


def same(left: Parameters, right: Parameters) -> bool:
    """Whether all weights are equal bit for bit."""
    return all(a.tobytes() == b.tobytes() for a, b in zip(left, right, strict=True))


def plain(value: Any) -> Any:
    """A state as nested tuples that can be compared; refuses what is no plain value."""
    if dataclasses.is_dataclass(value):
        return tuple(plain(getattr(value, field.name)) for field in dataclasses.fields(value))
    if isinstance(value, dict):
        return tuple((name, plain(entry)) for name, entry in value.items())
    if isinstance(value, np.ndarray):
        assert not value.flags.writeable
        return value.dtype.name, value.shape, value.tobytes()
    assert value is None or type(value) in (int, float, StopReason)
    return value


def without_times(state: TrainingState) -> Any:
    progress = state.progress and dataclasses.replace(state.progress, **TIMES)
    timeless = {"seconds": 0.0, "recent_seconds": state.recent_losses, "progress": progress}
    return plain(dataclasses.replace(state, **timeless))


@contextlib.contextmanager
def small_pools() -> Iterator[None]:
    """Pools of 15 blocks of 7 rows, as if the rows were too many for the memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK_ROWS", 7)
        patch.setattr(module, "POOL_ROWS", 105)
        yield


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@examples(
    max_examples=examples().max_examples // 5,  # each trains twice
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # it makes, it keeps nothing
)
@given(
    step=st.integers(0, BATCHES * EPOCHS)
    | st.sampled_from([0, 1, BATCHES - 1, BATCHES, BATCHES + 1, 2 * BATCHES, 60]),
    longer=st.integers(0, 25),
    pooled=st.booleans(),
    as_original=st.booleans(),
    changed=st.fixed_dictionaries(
        {
            "dtype": st.sampled_from(["float32", "float64"]),
            "shuffle": st.booleans(),
            "dropout": st.sampled_from([0.0, 0.3]),
            "embedding_dropout": st.sampled_from([0.0, 0.3]),
            "warmup_batches": st.sampled_from([0, 33]),
            "schedule": st.sampled_from(["constant", "linear", "cosine"]),
            "patience": st.sampled_from([0, 3]),
            "early_stop_iteration": st.sampled_from([-1, 15]),
        }
    ),
)
def test_it_goes_on_bit_for_bit_from_any_mini_batch(
    toy_dataset: MakeDataset,
    optimizer: str,
    step: int,
    longer: int,
    pooled: bool,
    as_original: bool,
    changed: dict[str, object],
) -> None:
    """The one it was taken from goes on too, which leaves the state as it was."""
    dataset, hyperparameters = toy_dataset(), settings(optimizer=optimizer, **changed)
    with small_pools() if pooled else contextlib.nullcontext():
        undisturbed = Trainer(dataset, hyperparameters, as_original=as_original)
        records = list(steered(undisturbed))

        first = Trainer(dataset, hyperparameters, as_original=as_original)
        state = left_at(first, step)
        before = plain(state)
        for _ in itertools.islice(first.run(), longer):
            pass
        assert plain(state) == before

        second = Trainer(dataset, hyperparameters, as_original=as_original, state=state)
        third = Trainer(
            dataset, hyperparameters, as_original=as_original, state=second.state()
        )
        assert list(steered(third)) == records[step:]
    assert same(third.parameters, undisturbed.parameters)
    assert same(third.validation.best_parameters, undisturbed.validation.best_parameters)
    assert without_times(third.state()) == without_times(undisturbed.state())


@pytest.mark.parametrize("pooled", [False, True])
def test_it_may_be_left_and_taken_up_after_every_single_step(
    toy_dataset: MakeDataset, pooled: bool
) -> None:
    dataset, hyperparameters = toy_dataset(), settings(optimizer="adam")
    with small_pools() if pooled else contextlib.nullcontext():
        undisturbed = Trainer(dataset, hyperparameters)
        records = list(steered(undisturbed))
        state, gathered = Trainer(dataset, hyperparameters).state(), []
        for _ in records:
            trainer = Trainer(dataset, hyperparameters, state=state)
            gathered += steered(trainer, 1)
            state = trainer.state()
    assert gathered == records
    assert same(trainer.parameters, undisturbed.parameters)


def test_what_patience_is_left_and_what_has_to_be_beaten_is_not_forgotten(
    toy_dataset: MakeDataset,
) -> None:
    """Validation rows on which it only does harm to learn: the patience is used up."""
    contrary = toy_dataset().validation.copy()
    contrary[:, -1] = (contrary[:, -1] + 1) % 10
    dataset = toy_dataset(validation=contrary)
    hyperparameters = settings(epochs=20, patience=4, learning_rate=0.3, dropout=0.0)
    undisturbed = Trainer(dataset, hyperparameters)
    records = list(steered(undisturbed))
    assert records[-1].stop_reason is StopReason.PATIENCE
    at = next(record.batch for record in records if record.validations_without_gain == 2)
    assert at < len(records)
    state = left_at(Trainer(dataset, hyperparameters), at)
    resumed = Trainer(dataset, hyperparameters, state=state)
    assert list(steered(resumed)) == records[at:]
    assert same(resumed.outcome, undisturbed.outcome)


def test_times_go_on_too(toy_dataset: MakeDataset) -> None:
    state = left_at(Trainer(toy_dataset(), settings()), 30)
    assert len(state.recent_seconds) == 30
    assert 0 < state.recent_seconds.sum() <= state.seconds
    progress = next(Trainer(toy_dataset(), settings(), state=state).run())
    assert progress.seconds_trained > state.seconds
    assert progress.seconds_left > 0


def test_a_validation_in_a_pause_does_not_count_as_speed(toy_dataset: MakeDataset) -> None:
    """It takes far longer than all mini-batches together, whose speed is above 0."""
    long = np.repeat(toy_dataset().validation, 800, axis=0)
    trainer = Trainer(toy_dataset(validation=long), settings(validate_every=0))
    run = trainer.run()
    before = next(run)
    trainer.validate_now()
    after = next(run)
    assert after.examples_per_second > 0
    assert after.seconds_trained > 2 * before.seconds_trained


def test_nothing_follows_the_state_of_a_training_that_ended(toy_dataset: MakeDataset) -> None:
    trainer = Trainer(toy_dataset(), settings())
    trainer.request_stop()
    state = left_at(trainer, 5)
    assert state.batch == 1
    ended = Trainer(toy_dataset(), settings(), state=state)
    assert list(ended.run()) == []
    assert ended.progress == trainer.progress
    assert same(ended.outcome, trainer.outcome)


def test_the_weights_of_a_state_are_those_of_the_network(toy_dataset: MakeDataset) -> None:
    trainer = Trainer(toy_dataset(), settings())
    state = left_at(trainer, 7)
    assert same(unpacked(state.parameters, settings()), trainer.parameters)


def test_a_generator_goes_on_where_its_state_was_taken() -> None:
    random = np.random.Generator(np.random.PCG64(3))
    random.integers(0, 9, 5, np.uint16)  # leaves half of a 64-bit number to be used
    state = GeneratorState.of(random)
    assert state.has_uint32 == 1
    other = np.random.Generator(np.random.PCG64(4))
    state.restore(other)
    expected, found = (each.integers(0, 2**16, 9, np.uint16) for each in (random, other))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"hidden_size": 13}, "has 278 weights in float32, asked for are 297 in float32"),
        ({"dtype": "float64"}, "weights in float32, asked for are 278 in float64"),
        ({"optimizer": "adam"}, "of another optimizer than Adam"),
        ({"optimizer": "sgd"}, "of another optimizer than SGD"),
        ({"batch_size": 16}, "after mini-batch 27, number 7 of epoch 2, which is no place in"),
        ({"epochs": 1}, "which is no place in 1 epochs of 20"),
    ],
)
def test_the_state_of_another_training_is_refused(
    toy_dataset: MakeDataset, changed: dict[str, object], said: str
) -> None:
    state = left_at(Trainer(toy_dataset(), settings()), 27)
    with pytest.raises(HyperparameterError, match=said):
        Trainer(toy_dataset(), settings(**changed), state=state)
