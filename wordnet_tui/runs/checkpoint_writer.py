"""When a checkpoint of a run is taken, and how it gets from the trainer to the disk.

    trainer's thread     hands out a copy of its state between two steps, into a slot of one
    recorder's thread    asks for it, and writes what is in the slot

A newer copy takes the place of one that could not be written. While the disk is full or gone,
writing is tried once a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from wordnet_tui.core.errors import RunError
from wordnet_tui.core.formats.model_files import write_network
from wordnet_tui.core.model.trained_network import Provenance, TrainedNetwork
from wordnet_tui.core.training.state import unpacked
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.status import RunState
from wordnet_tui.runs.storage.checkpoints import Checkpoint, write_checkpoint
from wordnet_tui.runs.storage.folder import RunFolder

SECONDS_BETWEEN_CHECKPOINTS = 9.5
"""With the time to write one, a crash costs at most 10 s of work."""
SECONDS_BETWEEN_TRIES = 1.0
"""Least time between two tries to write, after one that failed."""


class CheckpointWriter:
    """Has checkpoints of a run taken and writes them, with the best network beside.

    Args:
        run: The run.
        folder: Its own.
        take: Makes a checkpoint; called in the trainer's thread between two steps.
        on_taken: Called there when one is in the slot.
        interval: Seconds between two checkpoints of a run that goes on.

    Attributes:
        written_at: The mini-batch of the newest that was written; None before the first.
    """

    def __init__(
        self,
        run: Run,
        folder: RunFolder,
        take: Callable[[], Checkpoint],
        on_taken: Callable[[], None],
        interval: float,
    ) -> None:
        self.written_at: int | None = None
        self._run = run
        self._folder = folder
        self._take = take
        self._on_taken = on_taken
        self._interval = interval
        self._slot: Checkpoint | None = None
        self._is_asked = False
        self._due = time.monotonic() + interval
        self._next_try = 0.0
        self._failure = ""
        self._best_at: int | None = None

    def ask(self) -> None:
        """Have one taken soon; from any thread."""
        if not self._is_asked:
            self._is_asked = True
            self._run.do_between_steps(self._hand_out)

    def ask_if_due(self) -> None:
        """Have one taken if the time has come, or if a pause has just begun."""
        if time.monotonic() >= self._due or self._is_paused_beyond():
            self._due = time.monotonic() + self._interval
            self.ask()

    def take_now(self) -> None:
        """Take one; in the trainer's thread, or before its start or after its end."""
        self._slot = self._take()
        self._next_try = 0.0

    def write(self, write_rows: Callable[[], object]) -> None:
        """Write what is in the slot, unless a try has just failed.

        Args:
            write_rows: Writes the rows of the metrics up to it: they come first, or a kill in
                between would leave a gap.

        Raises:
            WordnetError: It could not be written; it stays in the slot.
        """
        checkpoint = self._slot
        if checkpoint is None:
            return
        if time.monotonic() < self._next_try:
            raise RunError(self._failure)
        write_rows()
        for file in (self._folder.metrics_file, self._folder.events_file):
            with suppress(OSError):  # what a checkpoint counts on is on the disk before it
                file.flush()
        try:
            write_checkpoint(self._folder, checkpoint)
        except (OSError, RunError) as error:
            self._failure = str(error)
            self._next_try = time.monotonic() + SECONDS_BETWEEN_TRIES
            raise
        self._due = time.monotonic() + self._interval
        if self._slot is checkpoint:  # else the trainer has handed out a newer one
            self._slot = None
        self.written_at = checkpoint.state.batch
        best_at = checkpoint.state.validation.best_at
        if best_at is not None and best_at != self._best_at:
            write_network(self._folder.best_file, self._best_of(checkpoint))
            self._best_at = best_at

    def _hand_out(self) -> None:
        self._is_asked = False
        self._slot = self._take()
        self._on_taken()

    def _is_paused_beyond(self) -> bool:
        """Whether it is paused at a mini-batch of which there is no checkpoint."""
        status, waiting = self._run.status(), self._slot
        batch = status.progress.batch if status.progress else 0
        newest = waiting.state.batch if waiting is not None else self.written_at
        return status.state is RunState.PAUSED and batch != newest

    def _best_of(self, checkpoint: Checkpoint) -> TrainedNetwork:
        state, hyperparameters = checkpoint.state, checkpoint.hyperparameters
        figures = state.progress.figures(of_best=True) if state.progress else {}
        return TrainedNetwork(
            hyperparameters,
            unpacked(state.validation.best_parameters, hyperparameters),
            checkpoint.vocabulary,
            Provenance.of(self._run.dataset, figures),
        )
