"""Checkpoints of small real runs, and the comparison of what is read with what was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.history.history import History
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.trained_network import Provenance
from wordnet_tui.core.training.trainer import Trainer
from wordnet_tui.runs.status import RateChange
from wordnet_tui.runs.storage.checkpoints import Checkpoint

GoOn = Callable[..., Checkpoint]
MakeCheckpoint = Callable[..., Checkpoint]
AssertSame = Callable[..., None]


@pytest.fixture
def go_on(toy_dataset: Callable[..., Dataset]) -> GoOn:
    """Trains until a mini-batch is done, or to the end: anew, or from a checkpoint."""

    def train(until: int, start: Checkpoint | Hyperparameters) -> Checkpoint:
        dataset = toy_dataset()
        if isinstance(start, Checkpoint):
            trainer = Trainer(dataset, start.hyperparameters, state=start.state)
            history = History(state=start.history)
        else:
            trainer, history = Trainer(dataset, start), History()
        for progress in trainer.run():
            history.add(progress)
            if progress.batch == until:
                break
        return Checkpoint(
            trainer.state(),
            trainer.hyperparameters,
            dataset.vocabulary,
            Provenance(
                "caf\udce9", dataset.fingerprint, (400, 70, 70), {"loss": 2.5}, "0.3.0"
            ),
            history.state(),
            (RateChange(7, 0.5), RateChange(9, float("inf"))),
            as_original=False,
            attempt=2,
        )

    return train


@pytest.fixture
def make_checkpoint(go_on: GoOn) -> MakeCheckpoint:
    """Makes the checkpoint of a run of three epochs of 25 mini-batches, after some of them."""

    def make(batch: int = 10, **changes: Any) -> Checkpoint:
        shape = {"vocabulary_size": 10, "context_size": 2, "embedding_size": 3}
        course = {"hidden_size": 4, "epochs": 3, "batch_size": 16, "validate_every": 4}
        return go_on(batch, Hyperparameters(**{**shape, **course, **changes}))

    return make


@pytest.fixture
def checkpoint(make_checkpoint: MakeCheckpoint) -> Checkpoint:
    return make_checkpoint(optimizer="adam", dropout=0.1)


@pytest.fixture(scope="session")
def at_batch() -> Callable[[Checkpoint, int], Checkpoint]:
    """Makes a checkpoint that differs from another only in the mini-batch it tells."""

    def make(checkpoint: Checkpoint, batch: int) -> Checkpoint:
        return replace(checkpoint, state=replace(checkpoint.state, batch=batch))

    return make


@pytest.fixture(scope="session")
def assert_same() -> AssertSame:
    """Fails unless two values are equal to the last bit, NaN to NaN, and arrays read-only."""

    def compare(actual: Any, expected: Any, where: str = "") -> None:
        if isinstance(expected, np.ndarray):
            assert (actual.shape, actual.dtype) == (expected.shape, expected.dtype), where
            assert actual.tobytes() == expected.tobytes(), where
            assert not actual.flags.writeable, where
        elif is_dataclass(expected):
            assert type(actual) is type(expected), where
            for field in fields(expected):
                inner = getattr(actual, field.name), getattr(expected, field.name)
                compare(*inner, f"{where}.{field.name}")
        elif isinstance(expected, Mapping):
            assert actual.keys() == expected.keys(), where
            for key, value in expected.items():
                compare(actual[key], value, f"{where}.{key}")
        else:
            assert actual == expected or repr(actual) == repr(expected), where

    return compare
