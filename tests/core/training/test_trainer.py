"""What a training computes and reports, against steps taken and measured from outside."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import numpy as np
import pytest
import threadpoolctl

from wordnet_tui.core.data.dataset import Dataset, Windows
from wordnet_tui.core.errors import DataError, HyperparameterError
from wordnet_tui.core.inference.evaluation import cross_entropy, evaluate
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.core.training.trainer import Trainer

MakeDataset = Callable[..., Dataset]
MakeParameters = Callable[..., Parameters]
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
        "validate_every": 6,
        "activation": "tanh",
    }
    return Hyperparameters.checked(**{**small, **changed})


def same(left: Parameters, right: Parameters) -> bool:
    """Whether all weights are equal bit for bit."""
    return all(a.tobytes() == b.tobytes() for a, b in zip(left, right, strict=True))


def trained(dataset: Dataset, hyperparameters: Hyperparameters) -> Trainer:
    trainer = Trainer(dataset, hyperparameters)
    for _ in trainer.run():
        pass
    return trainer


def test_what_can_be_learned_is_learned_far_below_the_entropy_of_single_words(
    toy_dataset: MakeDataset,
) -> None:
    """Held-out rows: the last word follows from the one before it, so 0 nats is the limit."""
    dataset = toy_dataset()
    trainer = trained(dataset, settings(epochs=30))
    shares = np.bincount(dataset.test[:, -1]) / len(dataset.test)
    unigram_entropy = -sum(share * math.log(share) for share in shares if share)
    measured = evaluate(trainer.outcome, dataset.test, "tanh")
    assert unigram_entropy > 2.0
    assert measured.cross_entropy < 0.1
    assert measured.top1 == 1.0


@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_same_seed_gives_the_same_weights_bit_for_bit_and_another_one_others(
    toy_dataset: MakeDataset, optimizer: str, dtype: str
) -> None:
    noisy = {"dropout": 0.2, "embedding_dropout": 0.1, "optimizer": optimizer, "dtype": dtype}
    first, again, other = (
        trained(toy_dataset(), settings(seed=seed, **noisy)).parameters for seed in (5, 5, 6)
    )
    assert {array.dtype.name for array in first} == {dtype}
    assert same(first, again)
    assert not same(first, other)


def test_a_memory_map_trains_to_the_same_weights_as_memory(
    toy_dataset: MakeDataset, tmp_path: Path
) -> None:
    in_memory = toy_dataset()
    in_memory.training.tofile(tmp_path / "training")
    shape = in_memory.training.shape
    mapped = np.memmap(tmp_path / "training", np.uint8, mode="r", shape=shape)
    from_map = trained(toy_dataset(training=mapped), settings())
    assert same(from_map.parameters, trained(in_memory, settings()).parameters)


def test_pausing_and_looking_change_nothing(toy_dataset: MakeDataset) -> None:
    """Another training runs in the pauses, and copies are taken."""
    unwatched = trained(toy_dataset(), settings(dropout=0.2))
    paused = Trainer(toy_dataset(), settings(dropout=0.2))
    between = Trainer(toy_dataset(), settings(seed=9, dropout=0.5))
    for _ in zip(paused.run(), between.run(), strict=True):
        paused.snapshot()
    assert same(paused.parameters, unwatched.parameters)


def test_the_running_means_are_those_of_the_losses_before_each_update(
    toy_dataset: MakeDataset,
) -> None:
    """Measured from outside, with the weights as they were and the rows in file order."""
    dataset = toy_dataset()
    trainer = Trainer(dataset, settings(shuffle=False, epochs=6, dtype="float64"))
    batches = np.split(dataset.training, BATCHES)
    losses: list[float] = []
    run = trainer.run()
    for done in range(6 * BATCHES):
        index = done % BATCHES
        losses.append(cross_entropy(trainer.parameters, batches[index], "tanh"))
        progress = next(run)
        this_epoch = losses[-index - 1 :]
        recent = losses[-100:]
        assert progress.epoch_cross_entropy == pytest.approx(np.mean(this_epoch), rel=1e-12)
        assert progress.recent_cross_entropy == pytest.approx(np.mean(recent), rel=1e-12)


def test_a_record_says_how_far_the_training_is(toy_dataset: MakeDataset) -> None:
    records = list(Trainer(toy_dataset(), settings()).run())
    assert [record.batch for record in records] == list(range(1, 2 * BATCHES + 1))
    assert {
        (record.batches, record.batches_per_epoch, record.epochs) for record in records
    } == {(2 * BATCHES, BATCHES, 2)}
    middle = records[BATCHES]
    assert (middle.epoch, middle.batch_in_epoch) == (2, 1)
    assert middle.learning_rate == pytest.approx(0.3 / 2)
    assert middle.examples_per_second > 0
    assert middle.seconds_left > 0
    assert records[-1].seconds_left == 0
    assert [record.stop_reason is None for record in records] == [True] * 39 + [False]
    values = [getattr(middle, field.name) for field in fields(TrainingProgress)]
    assert all(value is None or isinstance(value, int | float) for value in values)
    with pytest.raises(FrozenInstanceError):
        middle.batch = 0  # type: ignore[misc]


def test_validation_comes_after_the_update_when_it_is_due_and_at_the_end(
    toy_dataset: MakeDataset,
) -> None:
    """Due at indices 6, 12, 18 of an epoch (from 0, but not at 0), as in the original."""
    dataset = toy_dataset()
    trainer = Trainer(dataset, settings(dropout=0.3))
    figures: dict[int, float] = {}
    for progress in trainer.run():
        if progress.validated_now:
            figures[progress.batch] = cross_entropy(
                trainer.parameters, dataset.validation, "tanh"
            )
            assert progress.validation_cross_entropy == figures[progress.batch]
        if figures:
            assert progress.validated_at == max(figures)
            assert progress.best_cross_entropy == min(figures.values())
            assert progress.best_at is not None
            assert figures[progress.best_at] == progress.best_cross_entropy
        else:
            assert progress.validation_cross_entropy is progress.best_at is None
    assert list(figures) == [7, 13, 19, 27, 33, 39, 40]


def test_a_validation_can_be_asked_for_at_any_time(toy_dataset: MakeDataset) -> None:
    trainer = Trainer(toy_dataset(), settings(validate_every=0))
    validated = []
    for progress in trainer.run():
        if progress.batch == 10:
            trainer.request_validation()
        if progress.validated_now:
            validated.append(progress.batch)
    assert validated == [11, 40]
    assert same(
        trainer.parameters, trained(toy_dataset(), settings(validate_every=0)).parameters
    )


def test_a_snapshot_cannot_be_written_and_does_not_follow_the_training(
    toy_dataset: MakeDataset,
) -> None:
    trainer = Trainer(toy_dataset(), settings())
    run = trainer.run()
    next(run)
    snapshot = trainer.snapshot()
    assert same(snapshot, trainer.parameters)
    kept = [array.copy() for array in snapshot]
    for _ in run:
        pass
    for array, before, now in zip(snapshot, kept, trainer.parameters, strict=True):
        assert not array.flags.writeable
        assert array.base is None or not array.base.flags.writeable
        np.testing.assert_array_equal(array, before)
        assert not np.array_equal(array, now)


def test_fine_tuning_starts_from_a_copy_of_the_weights_given(
    toy_dataset: MakeDataset, random_parameters: MakeParameters
) -> None:
    start = random_parameters(V=10, D=2, E=4, H=12)
    kept = [array.copy() for array in start]
    trainer = Trainer(toy_dataset(), settings(dtype="float64"), start)
    assert same(trainer.parameters, start)
    for _ in trainer.run():
        pass
    for array, before in zip(start, kept, strict=True):
        np.testing.assert_array_equal(array, before)
    assert not same(trainer.parameters, start)


def test_shapes_that_do_not_fit_are_all_named_at_once(
    toy_dataset: MakeDataset, random_parameters: MakeParameters
) -> None:
    start = random_parameters(V=10, D=2, E=4, H=11)
    with pytest.raises(HyperparameterError) as caught:
        Trainer(toy_dataset(), settings(context_size=3, vocabulary_size=250), start)
    assert len(caught.value.problems) == 3
    for part in ("2 + 1 words, not 3 + 1", "10 words, not 250", "(12, 12)"):
        assert part in str(caught.value)


@pytest.mark.parametrize("rows", [0, 19])
def test_fewer_rows_than_one_mini_batch_are_an_error(
    toy_dataset: MakeDataset, rows: int
) -> None:
    few: Windows = toy_dataset().training[:rows]
    with pytest.raises(
        DataError, match=f"has {rows} windows, fewer than one mini-batch of 20"
    ):
        Trainer(toy_dataset(training=few), settings())
    assert len(
        list(Trainer(toy_dataset(training=toy_dataset().training[:20]), settings()).run())
    )


@pytest.mark.parametrize("steps", [1, None])
def test_matrix_products_use_one_thread_while_training_and_as_many_as_before_after_it(
    toy_dataset: MakeDataset, steps: int | None
) -> None:
    """Whether the run comes to its end or is dropped after a step."""

    def threads() -> set[int]:
        pools = threadpoolctl.threadpool_info()
        return {pool["num_threads"] for pool in pools if pool["user_api"] == "blas"}

    with threadpoolctl.threadpool_limits(2, user_api="blas"):
        before = threads()
        run = Trainer(toy_dataset(), settings()).run()
        for _ in itertools.islice(run, steps):
            assert threads() == {1}
        run.close()
        assert threads() == before
