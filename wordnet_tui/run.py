"""A training under somebody's hand: trained in one thread, watched and steered from others.

    trainer's thread    run_to_end(): takes the steps, notes each, hands out copies of the
    weights any other thread    pause, step, stop, ... and look(), when and as often as it
    likes

The trainer never waits for a watcher. Controls are flags that it reads between two
mini-batches; what it reports lies under a lock that nobody holds for longer than microseconds.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from wordnet_tui import __version__
from wordnet_tui.core.dataset import Dataset
from wordnet_tui.core.history import History
from wordnet_tui.core.hyperparameters import Hyperparameters
from wordnet_tui.core.network import Parameters
from wordnet_tui.core.progress import StopReason, TrainingProgress
from wordnet_tui.core.trained_network import Provenance, TrainedNetwork
from wordnet_tui.core.trainer import Trainer

SNAPSHOT_SECONDS = 1.0
"""Least time between two copies of the weights, while somebody wants them."""


class RunState(StrEnum):
    """What a run is doing."""

    TRAINING = "training"
    PAUSED = "paused"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True)
class RateChange:
    """The learning rate was scaled by hand."""

    batch: int
    factor: float
    """What the scheduled rate is multiplied by from here on."""


@dataclass(frozen=True)
class RunView:
    """A picture of a run at one moment, complete in itself."""

    state: RunState
    progress: TrainingProgress | None
    """None until the first mini-batch is done."""
    rate_changes: tuple[RateChange, ...]
    rate_factor: float
    patience: int
    min_delta: float
    failure: str
    """Why it failed, in one sentence; empty if it did not."""
    kept: tuple[str, ...] = ()
    """Where its networks were put away, in sentences; empty until they were."""

    @property
    def is_over(self) -> bool:
        """Whether no further mini-batch will come."""
        return self.state in (RunState.ENDED, RunState.FAILED)


class Run:
    """One training run; make it, then call `run_to_end` in a thread of its own.

    Args:
        dataset: What to learn from.
        hyperparameters: How.
        start: Weights to go on from; drawn by the seed if None.

    Attributes:
        history: The curves; read them from any thread.
        snapshots_wanted: Whether a screen follows the network while it learns.

    Raises:
        WordnetError: As `Trainer`.
    """

    def __init__(
        self,
        dataset: Dataset,
        hyperparameters: Hyperparameters,
        start: Parameters | None = None,
    ) -> None:
        self.dataset = dataset
        self.hyperparameters = hyperparameters
        self.history = History()
        self.snapshots_wanted = False
        self._trainer = Trainer(dataset, hyperparameters, start)
        self._changed = threading.Condition()
        self._progress: TrainingProgress | None = None
        self._paused = False
        self._steps_allowed = 0
        self._stopping = False
        self._validation_wanted = False
        self._failure: str | None = None
        self._kept: tuple[str, ...] = ()
        self._rate_changes: list[RateChange] = []
        self._snapshot: TrainedNetwork | None = None
        self._snapshot_at = -SNAPSHOT_SECONDS
        self._over = threading.Event()

    # ---- in the trainer's thread

    def run_to_end(self) -> None:
        """Train until the end, or until asked to stop. A failure becomes a state."""
        try:
            for progress in self._trainer.run():
                self._note(progress)
                if progress.stop_reason is None:
                    self._wait_while_paused()
        except Exception as error:  # a bug here must cost neither the screen nor the curves
            logging.getLogger(__name__).exception("the training failed")
            self._failure = f"an error in the engine: {type(error).__name__}: {error}"
        finally:
            self._over.set()

    def _note(self, progress: TrainingProgress) -> None:
        self.history.add(progress)
        if progress.stop_reason is StopReason.DIVERGED:
            self._failure = "the loss is no longer finite; try a lower learning rate"
        now = time.monotonic()
        if self.snapshots_wanted and now - self._snapshot_at >= SNAPSHOT_SECONDS:
            self._take_snapshot()
        with self._changed:
            self._progress = progress

    def _wait_while_paused(self) -> None:
        if not self._paused:
            return
        self._take_snapshot()
        while self._held():
            progress = self._trainer.validate_now()  # without the lock: it takes a moment
            if progress is not None:
                self.history.add_validation(progress)
            with self._changed:
                self._progress = progress

    def _held(self) -> bool:
        """Wait until there is something to do; True if that is a validation, not a step."""
        with self._changed:
            while self._paused and not (
                self._steps_allowed or self._validation_wanted or self._stopping
            ):
                self._changed.wait()
            validate, self._validation_wanted = self._validation_wanted, False
            if not validate:
                self._steps_allowed = max(0, self._steps_allowed - 1)
            return validate

    def _take_snapshot(self) -> None:
        self._snapshot = self._as_network(self._trainer.snapshot())
        self._snapshot_at = time.monotonic()

    # ---- from any other thread

    def look(self) -> RunView:
        """The run as it stands."""
        with self._changed:
            progress = self._progress
            if self._failure is not None:
                state = RunState.FAILED
            elif progress is not None and progress.stop_reason is not None:
                state = RunState.ENDED
            else:
                state = RunState.PAUSED if self._paused else RunState.TRAINING
            return RunView(
                state,
                progress,
                tuple(self._rate_changes),
                self._trainer.rate_factor,
                self._trainer.validation.patience,
                self._trainer.validation.min_delta,
                self._failure or "",
                self._kept,
            )

    def pause(self) -> None:
        """Hold after the mini-batch under way."""
        self._set(paused=True)

    def resume(self) -> None:
        """Go on after a pause."""
        self._set(paused=False)

    def step(self) -> None:
        """Take one mini-batch while paused."""
        with self._changed:
            self._steps_allowed += 1
            self._changed.notify_all()

    def stop(self, *, hurried: bool = False) -> None:
        """End after the mini-batch under way, paused or not.

        Args:
            hurried: Without a last validation.
        """
        self._trainer.request_stop(validate=not hurried)
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def validate(self) -> None:
        """Measure the validation loss after this mini-batch, or at once while paused."""
        with self._changed:
            if self._paused:
                self._validation_wanted = True
                self._changed.notify_all()
            else:
                self._trainer.request_validation()

    def scale_rate(self, factor: float) -> None:
        """Multiply the learning rate, now and for the rest of the schedule."""
        with self._changed:
            self._trainer.rate_factor *= factor
            batch = self._progress.batch if self._progress else 0
            self._rate_changes.append(RateChange(batch, self._trainer.rate_factor))

    def set_live(self, name: str, value: float) -> None:
        """Change a setting that may change during a run.

        Args:
            name: "learning_rate" (its peak; the schedule stays), "patience" or "min_delta".
            value: Within the limits of the hyperparameter.
        """
        if name == "learning_rate":
            asked = value / self.hyperparameters.learning_rate
            self.scale_rate(asked / self._trainer.rate_factor)
        elif name == "patience":
            self._trainer.validation.patience = int(value)
        elif name == "min_delta":
            self._trainer.validation.min_delta = value

    def note_kept(self, sentences: Sequence[str]) -> None:
        """Take note of where the networks of this run were put away."""
        with self._changed:
            self._kept = tuple(sentences)

    def wait(self, seconds: float) -> bool:
        """Wait until the thread has come to its end; False if it has not in that time."""
        return self._over.wait(seconds)

    def snapshot(self) -> TrainedNetwork | None:
        """The newest copy of the weights that was handed out; the last ones after the end."""
        return self.last() if self._over.is_set() else self._snapshot

    def last(self) -> TrainedNetwork:
        """The weights of the last mini-batch. Only after the end: they are not a copy."""
        return self._as_network(self._trainer.parameters)

    def best(self) -> TrainedNetwork:
        """The weights of the best validation, or of the start; only after the end."""
        return self._as_network(self._trainer.validation.best_parameters)

    def outcome(self) -> TrainedNetwork:
        """The weights to keep, after the end: see `Trainer.outcome`."""
        return self._as_network(self._trainer.outcome)

    def _set(self, *, paused: bool) -> None:
        with self._changed:
            self._paused = paused
            self._steps_allowed = 0
            self._changed.notify_all()

    def _as_network(self, parameters: Parameters) -> TrainedNetwork:
        figures: dict[str, float] = {}
        if (progress := self._progress) is not None:
            figures["training cross-entropy"] = progress.epoch_cross_entropy
            validation = (
                progress.best_cross_entropy
                if parameters is self._trainer.validation.best_parameters
                else progress.validation_cross_entropy
            )
            if validation is not None:
                figures["validation cross-entropy"] = validation
        provenance = Provenance(
            data_name=self.dataset.name,
            data_fingerprint=self.dataset.fingerprint,
            data_rows=self.dataset.rows,
            figures=figures,
            program_version=__version__,
        )
        return TrainedNetwork(
            self.hyperparameters, parameters, self.dataset.vocabulary, provenance
        )
