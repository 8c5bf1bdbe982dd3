"""What a run must come to, whatever happened to it: a training with nothing around it."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.training.state import TrainingState
from wordnet_tui.core.training.trainer import Trainer
from wordnet_tui.runs.commands import Command, CommandKind
from wordnet_tui.runs.status import RateChange
from wordnet_tui.runs.storage.checkpoints import Checkpoint


class Change(NamedTuple):
    """Made by hand in a pause: of rate or patience, or the end of it."""

    after: int
    """Mini-batches."""
    command: Command


Changes = tuple[Change, ...]


class PlainTraining:
    """One that is changed at given mini-batches, with all its states.

    Args:
        dataset: What to learn from.
        hyperparameters: How.
    """

    def __init__(self, dataset: Dataset, hyperparameters: Hyperparameters) -> None:
        self._dataset = dataset
        self._hyperparameters = hyperparameters
        self.states = cache(self._states)

    def _states(self, changes: Changes) -> list[TrainingState]:
        """After each mini-batch, changes made there included, from 0 to the end."""
        trainer = Trainer(self._dataset, self._hyperparameters)
        states = [trainer.state()]
        for progress in trainer.run():
            for change in changes:
                if change.after == progress.batch:
                    make(trainer, change.command)
            states.append(trainer.state())
        return states

    def end(self, changes: Changes) -> int:
        """The last mini-batch."""
        return len(self.states(changes)) - 1

    def changes_in(self, checkpoint: Checkpoint, changes: Changes) -> Changes:
        """The first of the changes, which the checkpoint holds; it holds nothing else.

        Raises:
            AssertionError: It is of another training.
        """
        batch = checkpoint.state.batch
        possible = [change for change in changes if is_known(change, batch)]
        for count in range(len(possible), -1, -1):
            first = tuple(possible[:count])
            if self.is_of(checkpoint, batch, first):
                return first
        raise AssertionError(f"the checkpoint of mini-batch {batch} is of another training")

    def is_of(self, checkpoint: Checkpoint, batch: int, changes: Changes) -> bool:
        """Whether it holds just what has come of that."""
        factor, rates = 1.0, []
        for after, command in changes:
            if command.kind is CommandKind.SCALE_RATE:
                factor *= command.value or 0.0
                rates.append(RateChange(after, factor))
        return (
            batch <= self.end(changes)
            and list(checkpoint.rate_changes) == rates
            and facts(checkpoint.state) == facts(self.states(changes)[batch])
        )


def is_known(change: Change, batch: int) -> bool:
    """Whether a checkpoint of that mini-batch can hold it: to be stopped is no state."""
    return change.after < batch + (change.command.kind is not CommandKind.STOP)


def make(trainer: Trainer, command: Command) -> None:
    """Change a training between two steps."""
    value = command.value or 0.0
    if command.kind is CommandKind.SCALE_RATE:
        trainer.rate_factor *= value
    elif command.kind is CommandKind.PATIENCE:
        trainer.validation.patience = int(value)
    else:
        trainer.request_stop()


def facts(state: TrainingState) -> tuple[object, ...]:
    """All of a state that no clock decides, to the bit."""
    progress, validation = state.progress, vars(state.validation)
    best = {"best_parameters": state.validation.best_parameters.tobytes()}
    return (
        state.parameters.tobytes(),
        {name: array.tobytes() for name, array in state.memory.items()},
        state.recent_losses.tobytes(),
        (state.batch, state.epoch, state.batch_in_epoch, state.epoch_loss),
        (state.rate_factor, state.order, state.dropout),
        {**validation, **best},
        progress and progress.stop_reason,
    )
