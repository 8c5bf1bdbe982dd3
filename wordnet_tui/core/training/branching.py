"""A branch: a training that continues from a state of another, with other settings."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from wordnet_tui.core.errors import HyperparameterError
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.training.progress import StopReason
from wordnet_tui.core.training.state import TrainingState, ValidationState

SHARED = (
    "context_size",
    "vocabulary_size",
    "embedding_size",
    "hidden_size",
    "init",
    "dtype",
    "batch_size",
    "shuffle",
    "seed",
)
"""The settings that a branch cannot change: those that decide the shape of the weights, their
start, and the order of the data."""


def branched(
    state: TrainingState, old: Hyperparameters, new: Hyperparameters
) -> TrainingState:
    """The state from which a `Trainer` with other settings continues.

    The training may have ended. What a person changed while it ran (learning rate, patience,
    minimal gain) stays, unless the branch sets it; the count of validations without gain
    begins at 0. Another optimizer begins with an empty memory. Under another activation the
    earlier validation losses mean nothing: they are dropped, and the current weights are the
    best ones.

    Args:
        state: Of the training to continue.
        old: Its settings.
        new: Those of the branch.

    Raises:
        HyperparameterError: A setting of `SHARED` differs, nothing would be left to train, or
            the training diverged; says all of it.
    """
    changed = {
        name for name in type(old).model_fields if getattr(old, name) != getattr(new, name)
    }
    if problems := _problems(state, old, new, changed):
        raise HyperparameterError(problems)
    branch = dataclasses.replace(
        state,
        memory={} if "optimizer" in changed else state.memory,
        rate_factor=1.0 if "learning_rate" in changed else state.rate_factor,
        validation=_validation(state, new, changed),
    )
    return _with_own_record(branch, new.epochs)


def _problems(
    state: TrainingState, old: Hyperparameters, new: Hyperparameters, changed: set[str]
) -> list[str]:
    """Why there can be no such branch, a phrase each."""
    fields = type(old).model_fields
    problems = [
        f"{fields[name].title} must stay {getattr(old, name)} in a branch, not become "
        f"{getattr(new, name)}"
        for name in SHARED
        if name in changed
    ]
    if (last := state.progress) is None:
        return problems
    epoch_is_done = last.batch_in_epoch == last.batches_per_epoch
    if new.epochs < last.epoch + epoch_is_done:
        has_come = f"has done {last.epoch}" if epoch_is_done else f"is in epoch {last.epoch}"
        problems.append(
            f"epochs must be at least {last.epoch + epoch_is_done}, not {new.epochs}: the "
            f"training {has_come}"
        )
    diverged = last.stop_reason is StopReason.DIVERGED
    if diverged or not np.isfinite(state.parameters).all():
        problems.append(
            "the training diverged: nothing goes on from its last weights, start from its best"
        )
    return problems


def _validation(
    state: TrainingState, new: Hyperparameters, changed: set[str]
) -> ValidationState:
    """What is known of the validation loss at the start of the branch."""
    known = dataclasses.replace(
        state.validation,
        without_gain=0,
        patience=new.patience if "patience" in changed else state.validation.patience,
        min_delta=new.min_delta if "min_delta" in changed else state.validation.min_delta,
    )
    if "activation" not in changed:
        return known
    return dataclasses.replace(
        known,
        cross_entropy=None,
        measured_at=None,
        best_cross_entropy=None,
        best_at=None,
        best_parameters=state.parameters,
        to_beat=math.inf,
    )


def _with_own_record(branch: TrainingState, epochs: int) -> TrainingState:
    """The branch with the latest record as its own trainer would have written it."""
    if (last := branch.progress) is None:
        return branch
    batches = epochs * last.batches_per_epoch
    record = dataclasses.replace(
        branch.validation.noted_in(last),
        epochs=epochs,
        batches=batches,
        seconds_left=branch.seconds / branch.batch * (batches - branch.batch),
        stop_reason=None,
    )
    return dataclasses.replace(branch, progress=record)
