"""A training under somebody's hand: trained in one thread, watched and steered from others.

    trainer's thread    train(): takes the steps, notes each, does what was asked between two
    any other thread    send(command), stop, leave, status(), when and as often as it likes

The trainer never waits for a watcher. Controls are flags and small jobs that it obeys between
two mini-batches; what it reports lies under a lock that nobody holds for longer than
microseconds.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.errors import WordnetError
from wordnet_tui.core.history.history import History, HistoryState
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import Provenance, TrainedNetwork
from wordnet_tui.core.training.progress import StopReason, TrainingProgress
from wordnet_tui.core.training.state import TrainingState
from wordnet_tui.core.training.trainer import Trainer
from wordnet_tui.runs.commands import Command, CommandKind, refuse_rate
from wordnet_tui.runs.pause_gate import PauseGate
from wordnet_tui.runs.status import RateChange, RunState, RunStatus

SNAPSHOT_SECONDS = 1.0
"""Least time between two copies of the weights, while somebody wants them."""


class RunListener(Protocol):
    """Who writes a run down while it is trained."""

    def on_progress(self, progress: TrainingProgress) -> None:
        """A mini-batch was done, or a validation in a pause.

        Called in the trainer's thread, so it must be quick.
        """

    def ask_for_checkpoint(self) -> None:
        """Have a checkpoint written soon."""


class Run:
    """One training run; make it, then call `run_to_end` in a thread of its own.

    Args:
        dataset: What to learn from.
        hyperparameters: How.
        start: Weights to go on from; drawn by the seed if None.
        as_original: Measure as the original does, see `Trainer`.
        state: Where an earlier process left this run, to go on from there bit for bit.
        history: The curves up to there.
        rate_changes: The changes of rate up to there.

    Attributes:
        name: Of its folder; empty until it has one.
        history: The curves; read them from any thread.
        snapshots_wanted: Whether a screen follows the network while it learns.
        listener: Its recorder, if it has one.

    Raises:
        WordnetError: As `Trainer`.
    """

    is_ours = True

    def __init__(
        self,
        dataset: Dataset,
        hyperparameters: Hyperparameters,
        start: Parameters | None = None,
        *,
        as_original: bool = False,
        state: TrainingState | None = None,
        history: HistoryState | None = None,
        rate_changes: Sequence[RateChange] = (),
    ) -> None:
        self.name = ""
        self.dataset = dataset
        self.hyperparameters = hyperparameters
        self.as_original = as_original
        self.history = History(state=history)
        self.snapshots_wanted = False
        self.listener: RunListener | None = None
        self._trainer = Trainer(
            dataset, hyperparameters, start, as_original=as_original, state=state
        )
        self._gate = PauseGate()
        self._lock = threading.Lock()
        self._progress: TrainingProgress | None = state.progress if state else None
        self._leaving = False
        self._failure: str | None = None
        self._saved_to: tuple[str, ...] = ()
        self._write_error = ""
        self._message = ""
        self._rate_changes = list(rate_changes)
        self._snapshot: TrainedNetwork | None = None
        self._snapshot_at = -SNAPSHOT_SECONDS
        self._over = threading.Event()

    # ---- in the trainer's thread

    def run_to_end(self) -> None:
        """Train until the end, or until asked to stop. A failure becomes a state."""
        for _ in self.train():
            pass

    def train(self) -> Iterator[TrainingProgress]:
        """The same as an iterator, for who wants to see every mini-batch."""
        try:
            for progress in self._trainer.run():
                self._note(progress)
                yield progress
                if progress.stop_reason is None:
                    self._gate.pass_through(self._take_snapshot)
                    if self._leaving:
                        break
        except Exception as error:  # a bug here must cost neither the screen nor the curves
            logging.getLogger(__name__).exception("the training failed")
            self._failure = f"an error in the engine: {type(error).__name__}: {error}"
        finally:
            self._over.set()

    def _note(self, progress: TrainingProgress) -> None:
        self.history.add(progress)
        if progress.stop_reason is StopReason.DIVERGED:
            self._failure = "the loss is no longer finite; try a lower learning rate"
        if self.listener is not None:
            self.listener.on_progress(progress)
        now = time.monotonic()
        if self.snapshots_wanted and now - self._snapshot_at >= SNAPSHOT_SECONDS:
            self._take_snapshot()
        with self._lock:
            self._progress = progress

    def _validate_now(self) -> None:
        progress = self._trainer.validate_now()  # without the lock: it takes a moment
        if progress is not None:
            self.history.add_validation(progress)
            if self.listener is not None:
                self.listener.on_progress(progress)
        with self._lock:
            self._progress = progress

    def _take_snapshot(self) -> None:
        self._snapshot = self._as_network(self._trainer.snapshot())
        self._snapshot_at = time.monotonic()

    # ---- from any other thread

    def status(self) -> RunStatus:
        """What it does now."""
        with self._lock:
            progress = self._progress
            if self._failure is not None:
                state = RunState.FAILED
            elif progress is not None and progress.stop_reason is not None:
                state = RunState.ENDED
            elif self._over.is_set():
                state = RunState.INTERRUPTED
            else:
                state = RunState.PAUSED if self._gate.is_closed else RunState.TRAINING
            return RunStatus(
                state,
                progress,
                tuple(self._rate_changes),
                self._trainer.rate_factor,
                self._trainer.validation.patience,
                self._trainer.validation.min_delta,
                self._failure or "",
                self._saved_to,
                self._write_error,
                self._message,
            )

    def send(self, command: Command) -> None:
        """Obey; if that cannot be, `RunStatus.message` says why."""
        try:
            self.obey(command)
        except WordnetError as error:
            self.note(message=f"not done: {error}")

    def obey(self, command: Command) -> None:
        """Do what is asked: at once, or between two mini-batches.

        Raises:
            HyperparameterError: The learning rate would be one that a run must not have.
        """
        value = command.value or 0.0
        match command.kind:
            case CommandKind.PAUSE:
                self._gate.close()
            case CommandKind.RESUME:
                self._gate.open()
            case CommandKind.STEP:
                self._gate.let_one_pass()
            case CommandKind.STOP:
                self.stop()
            case CommandKind.VALIDATE if self._gate.is_closed:
                self.do_between_steps(self._validate_now)
            case CommandKind.VALIDATE:
                self._trainer.request_validation()
            case CommandKind.CHECKPOINT:
                if self.listener is not None:
                    self.listener.ask_for_checkpoint()
            case CommandKind.SCALE_RATE:
                self._change_rate(lambda factor: factor * value)
            case CommandKind.LEARNING_RATE:
                self._change_rate(lambda _: value / self.hyperparameters.learning_rate)
            case CommandKind.PATIENCE:
                self._trainer.validation.patience = int(value)
            case CommandKind.MIN_DELTA:
                self._trainer.validation.min_delta = value

    def _change_rate(self, change: Callable[[float], float]) -> None:
        """Multiply the scheduled rate by another factor, now and for the rest of the run."""
        with self._lock:
            factor = change(self._trainer.rate_factor)
            refuse_rate(self.hyperparameters.learning_rate * factor)
            self._trainer.rate_factor = factor
            batch = self._progress.batch if self._progress else 0
            self._rate_changes.append(RateChange(batch, self._trainer.rate_factor))

    def stop(self, *, hurried: bool = False) -> None:
        """End after the mini-batch under way, paused or not.

        Args:
            hurried: Without a last validation.
        """
        self._trainer.request_stop(validate=not hurried)
        self._gate.take_away()

    def leave(self) -> None:
        """Take no further mini-batch, and yet do not end: another process may go on here."""
        self._leaving = True
        self._gate.take_away()

    def do_between_steps(self, job: Callable[[], None]) -> None:
        """Have the trainer's thread do something short between two mini-batches, or paused."""
        self._gate.do(job)

    def note(
        self,
        *,
        saved_to: Sequence[str] = (),
        write_error: str | None = None,
        message: str = "",
    ) -> None:
        """Take note of what is done around the training; see the fields of `RunStatus`."""
        with self._lock:
            self._saved_to = tuple(saved_to) or self._saved_to
            self._write_error = self._write_error if write_error is None else write_error
            self._message = message or self._message

    @property
    def data_fingerprint(self) -> str:
        """Of its corpus."""
        return self.dataset.fingerprint

    def wait(self, seconds: float) -> bool:
        """Wait until the thread has come to its end; False if it has not in that time."""
        return self._over.wait(seconds)

    # ---- weights

    def snapshot(self) -> TrainedNetwork | None:
        """The newest copy of the weights that was handed out; the last ones after the end."""
        return self.last() if self._over.is_set() else self._snapshot

    def state(self) -> TrainingState:
        """All it takes to go on from here: in the trainer's thread, or after the end."""
        return self._trainer.state()

    def last(self) -> TrainedNetwork:
        """The weights of the last mini-batch. Only after the end: they are not a copy."""
        return self._as_network(self._trainer.parameters)

    def best(self) -> TrainedNetwork:
        """The weights of the best validation, or of the start; only after the end."""
        return self._as_network(self._trainer.validation.best_parameters)

    def outcome(self) -> TrainedNetwork:
        """The weights to keep, after the end: see `Trainer.outcome`."""
        return self._as_network(self._trainer.outcome)

    def _as_network(self, parameters: Parameters) -> TrainedNetwork:
        of_best = parameters is self._trainer.validation.best_parameters
        figures = self._progress.figures(of_best=of_best) if self._progress else {}
        return TrainedNetwork(
            self.hyperparameters,
            parameters,
            self.dataset.vocabulary,
            Provenance.of(self.dataset, figures),
        )
