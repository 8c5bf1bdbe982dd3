"""A run written into its folder while it is trained, by a thread beside the trainer's.

    trainer's thread      gathers rows of the metrics; hands out a copy of its state when asked
    recorder's thread     writes rows, events, status, checkpoints; does what watchers ask for

The training never waits for a disk. What cannot be written now (a full disk, a folder that is
gone or read-only) waits in memory and is tried again; `RunStatus.write_error` says why.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Set
from dataclasses import replace

from wordnet_tui.core.errors import printable
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.runs.attempts import Attempts
from wordnet_tui.runs.checkpoint_writer import SECONDS_BETWEEN_CHECKPOINTS, CheckpointWriter
from wordnet_tui.runs.inbox import RequestInbox
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.saved_networks import save_networks
from wordnet_tui.runs.status import RunState, RunStatus
from wordnet_tui.runs.storage.checkpoints import Checkpoint
from wordnet_tui.runs.storage.events import Event, append_events, changes, read_events
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.lock import RunLock
from wordnet_tui.runs.storage.manifest import Manifest
from wordnet_tui.runs.storage.metrics import MetricsRow, RowGatherer
from wordnet_tui.runs.storage.metrics_file import MetricsWriter
from wordnet_tui.runs.storage.removal import remove_run
from wordnet_tui.runs.storage.status_file import StatusRecord, write_status

SECONDS_BETWEEN_TICKS = 0.2
SECONDS_BETWEEN_STATUSES = 0.5
"""Least time between two statuses that say nothing but further mini-batches."""
SECONDS_BETWEEN_HEARTBEATS = 5.0
"""Most time between two statuses, though nothing has changed."""
SECONDS_TO_RETRY = 5.0
"""How long it is tried again, at the end, to write what cannot be written."""


class Recorder:
    """Writes one run down; `start` it before the training, `finish` it after.

    Args:
        run: Not yet begun.
        folder: Its own.
        manifest: What lies in it.
        lock: Of the folder, held; given back at the end.
        attempt: How many processes have trained it, this one included.
        meant_for_another: Ids of requests that lay there when this process took the run.
        seconds_between_checkpoints: How much work a crash may cost.
    """

    def __init__(
        self,
        run: Run,
        folder: RunFolder,
        manifest: Manifest,
        lock: RunLock,
        *,
        attempt: int = 1,
        meant_for_another: Set[str] = frozenset(),
        seconds_between_checkpoints: float = SECONDS_BETWEEN_CHECKPOINTS,
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self._run = run
        self._lock = lock
        self._attempt = attempt
        self._inbox = RequestInbox(run, folder, meant_for_another)
        self._gatherer = RowGatherer(run.status().progress)
        self._rows: deque[MetricsRow] = deque()
        self._metrics = MetricsWriter(folder.metrics_file)
        self._events: list[Event] = []
        self._in_events: RunStatus | None = None  # up to which the events go
        self._of_before: set[tuple[str, str]] = set()  # kind and text of events at the end
        self._in_file: RunStatus | None = None  # which was written last
        self._written_at = 0.0
        self._attempts = Attempts()
        self._wake = threading.Event()
        self._checkpoints = CheckpointWriter(
            run, folder, self._checkpoint, self._wake.set, seconds_between_checkpoints
        )
        self._is_finishing = False
        self._writing = threading.Lock()
        self._is_saved = False
        self._thread = threading.Thread(target=self._record, name="recorder", daemon=True)
        run.name = folder.name
        run.listener = self

    # ---- in the trainer's thread

    def on_progress(self, progress: TrainingProgress) -> None:
        """Gather what was done."""
        row = self._gatherer.note(progress, progress.seconds_trained, time.monotonic())
        if row is not None:
            self._rows.append(row)

    def _checkpoint(self) -> Checkpoint:
        status = self._run.status()
        progress = status.progress
        if progress is not None:  # so that the metrics have a row that ends here
            row = self._gatherer.flush(progress, progress.seconds_trained, time.monotonic())
            self._rows += [] if row is None else [row]
        return Checkpoint(
            state=self._run.state(),
            hyperparameters=self._run.hyperparameters,
            vocabulary=self._run.dataset.vocabulary,
            provenance=self._run.last().provenance,
            history=self._run.history.state(),
            rate_changes=status.rate_changes,
            as_original=self._run.as_original,
            attempt=self._attempt,
        )

    # ---- from any other thread

    def start(self) -> None:
        """Write a first checkpoint, so that it can always begin again; go on beside."""
        status = self._run.status()
        done = status.progress.batch if status.progress else 0
        # Those of mini-batches that are trained once more go.
        self._attempts.make("metrics", lambda: self._metrics.cut_after(done))
        self._checkpoints.take_now()
        if status.is_over:  # an earlier process ended it and was killed then
            self._attempts.make("events", self._read_events)
        self._tick()
        self._thread.start()

    def ask_for_checkpoint(self) -> None:
        """Have one written soon."""
        self._checkpoints.ask()

    def save(self, on_wait: Callable[[str], None] = lambda _: None) -> list[str]:
        """Write the last checkpoint and the networks; say in sentences where those are.

        After the training. What cannot be written is tried again for a while, by `finish` too.

        Args:
            on_wait: Called, if need be, with a sentence that says why it takes longer.
        """

        def wait(sentence: str) -> None:
            self._run.note(write_error=sentence)
            on_wait(sentence)

        attempts = self._attempts
        attempts.limit(SECONDS_TO_RETRY, wait)
        with self._writing:
            if self._run.status().state is not RunState.FAILED:  # else that before is sounder
                self._checkpoints.take_now()
            attempts.insist("checkpoint", self._write_checkpoint)
            saved_to = save_networks(
                self._run, self.folder, lambda why: attempts.again("networks", why)
            )
        self._is_saved = True
        self._run.note(saved_to=saved_to)
        return saved_to

    def finish(self, on_wait: Callable[[str], None] = lambda _: None) -> list[str]:
        """Write all there is, that the run is over last; leave the folder to others.

        Args:
            on_wait: As of `save`, which is called if it was not.

        Returns:
            Sentences that say where the networks are.
        """
        if not self._is_saved:
            self.save(on_wait)
        self._stop()
        for is_last in (False, True):
            self._tick(is_last=is_last)
            while self._attempts.again(""):
                self._tick(is_last=is_last)
        if self._attempts.lost:
            self._run.note(write_error=self.unwritten)
            self._lock.abandon()  # `resume` writes the rest
        else:
            if self._run.status().write_error:  # the status tells of what is over by now
                self._tick(is_last=True)
            self.give_back()
        return list(self._run.status().saved_to)

    @property
    def unwritten(self) -> str:
        """What could not be written in the end, in one sentence; empty if all was."""
        if not self._attempts.lost:
            return ""
        name, saved_to = printable(self.folder.name), "; ".join(self._run.status().saved_to)
        return f"the folder of run {name} lacks {self._attempts.lost}; {saved_to}"

    def give_back(self) -> None:
        """Leave the folder to others, which `finish` does if all is written."""
        self._lock.release()

    def discard(self) -> None:
        """Leave no trace, after the training: the folder goes.

        Raises:
            RunError: It cannot be deleted.
        """
        self._stop()
        self._lock.release()
        remove_run(self.folder)

    def _stop(self) -> None:
        self._is_finishing = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    # ---- in the recorder's thread

    def _record(self) -> None:
        while not self._is_finishing:
            self._wake.wait(SECONDS_BETWEEN_TICKS)
            self._wake.clear()
            try:
                self._tick()
            except Exception:  # a bug here must not end the record of the run
                logging.getLogger(__name__).exception("recording failed")

    def _tick(self, *, is_last: bool = False) -> None:
        with self._writing:
            has_answered = self._attempts.make("requests", self._inbox.serve)
            if not is_last:
                self._checkpoints.ask_if_due()
            self._attempts.make("checkpoint", self._write_checkpoint)
            self._attempts.make("metrics", self._write_rows)
            status = self._run.status()
            if is_last or not status.is_over:  # the end counts with its checkpoint
                self._attempts.make("events", lambda: self._write_events(status))
            self._run.note(write_error=self._attempts.why)
            status = self._status(is_last=is_last)
            at_once = bool(has_answered) or is_last
            self._attempts.make("status", lambda: self._write_status(status, at_once=at_once))

    def _status(self, *, is_last: bool) -> RunStatus:
        """What to write of the run; that it is over is the last of all."""
        status, before = self._run.status(), self._in_events
        if is_last or not status.is_over:
            return status
        progress = status.progress and replace(status.progress, stop_reason=None)
        state = before.state if before else RunState.TRAINING
        return replace(status, state=state, progress=progress, failure="")

    def _write_checkpoint(self) -> None:
        self._checkpoints.write(lambda: self._attempts.make("metrics", self._write_rows))

    def _write_rows(self) -> None:
        self._metrics.append([self._rows.popleft() for _ in range(len(self._rows))])

    def _read_events(self) -> None:
        events = read_events(self.folder.events_file).events
        self._of_before = {(event.kind, event.text) for event in events}

    def _write_events(self, status: RunStatus) -> None:
        batch = status.progress.batch if status.progress else 0
        now, who = time.time(), self._inbox.latest_asker
        self._events += [
            Event(at=now, batch=batch, kind=kind, text=text, who=who)
            for kind, text in changes(self._in_events, status)
            if (kind, text) not in self._of_before
        ]
        self._in_events = status
        append_events(self.folder.events_file, self._events)

    def _write_status(self, status: RunStatus, *, at_once: bool) -> None:
        now, before = time.monotonic(), self._in_file
        since = now - self._written_at
        is_news = (
            before is None
            or before.state is not status.state
            or before.write_error != status.write_error
        )
        has_changed = status != before and since >= SECONDS_BETWEEN_STATUSES
        if not (at_once or is_news or has_changed or since >= SECONDS_BETWEEN_HEARTBEATS):
            return
        progress = status.progress
        write_status(
            self.folder,
            StatusRecord(
                view=status,
                written_at=time.time(),
                host=self._lock.host,
                pid=self._lock.pid,
                taken_at=self._lock.taken_at,
                attempt=self._attempt,
                elapsed_seconds=progress.seconds_trained if progress else 0.0,
                checkpoint_at=self._checkpoints.written_at,
                acknowledged=self._inbox.acknowledged,
            ),
        )
        self._in_file, self._written_at = status, now
