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

from wordnet_tui.core.errors import WordnetError
from wordnet_tui.core.training.progress import TrainingProgress
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
        self._errors: dict[str, str] = {}
        self._wake = threading.Event()
        self._checkpoints = CheckpointWriter(
            run, folder, self._checkpoint, self._wake.set, seconds_between_checkpoints
        )
        self._is_finishing = False
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
        self._try("metrics", lambda: self._metrics.cut_after(done))  # those trained once more
        self._checkpoints.take_now()
        if status.is_over:  # an earlier process ended it and was killed then
            self._try("events", self._read_events)
        self._tick()
        self._thread.start()

    def ask_for_checkpoint(self) -> None:
        """Have one written soon."""
        self._checkpoints.ask()

    def finish(self, *, gives_back: bool = True) -> list[str]:
        """Write all there is, after the training; say in sentences where the weights are.

        Args:
            gives_back: Whether this was all; else `give_back` has to follow.
        """
        self._stop()
        if self._run.status().state is not RunState.FAILED:  # then the one before is sounder
            self._checkpoints.take_now()
            self._try("checkpoint", self._write_checkpoint)
        saved_to = save_networks(self._run, self.folder)
        self._run.note(saved_to=saved_to)
        self._tick(is_last=True)
        if gives_back:
            self.give_back()
        return saved_to

    def give_back(self) -> None:
        """Leave the folder to others; a kill before that leaves the run unfinished."""
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
        has_answered = self._try("requests", self._inbox.serve)
        if not is_last:
            self._checkpoints.ask_if_due()
        self._try("checkpoint", self._write_checkpoint)
        self._try("metrics", self._write_rows)
        status = self._run.status()
        if is_last or not status.is_over:  # the end counts with its checkpoint
            self._try("events", lambda: self._write_events(status))
        self._run.note(write_error="; ".join(dict.fromkeys(self._errors.values())))
        at_once = bool(has_answered) or is_last
        self._try("status", lambda: self._write_status(self._run.status(), at_once=at_once))

    def _try(self, what: str, write: Callable[[], object]) -> object:
        """Write, or remember why that could not be, until it can again."""
        try:
            result = write()
        except (OSError, WordnetError) as error:
            if what not in self._errors:
                logging.getLogger(__name__).warning("%s: %s", what, error)
            self._errors[what] = str(error)
            return None
        self._errors.pop(what, None)
        return result

    def _write_checkpoint(self) -> None:
        self._checkpoints.write(lambda: self._try("metrics", self._write_rows))

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
