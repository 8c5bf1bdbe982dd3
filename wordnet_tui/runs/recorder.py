"""A run written into its folder while it is trained, by a thread beside the trainer's.

    trainer's thread      gathers rows of the metrics; hands out a copy of its state when asked
    recorder's thread     writes rows, events, status, checkpoints; does what watchers ask for

The training never waits for a disk. What cannot be written now (a full disk, a folder that is
gone or read-only) is kept and tried again; `RunStatus.trouble` says so meanwhile.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from wordnet_tui.core.errors import WordnetError
from wordnet_tui.core.model.trained_network import Provenance, TrainedNetwork
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.core.training.state import unpacked
from wordnet_tui.runs.inbox import RequestInbox
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.saving import keep_network, keep_networks, networks_of
from wordnet_tui.runs.status import RunState, RunStatus
from wordnet_tui.runs.storage.checkpoints import Checkpoint, write_checkpoint
from wordnet_tui.runs.storage.events import Event, append_events, changes
from wordnet_tui.runs.storage.folder import RunFolder, remove_run
from wordnet_tui.runs.storage.lock import RunLock
from wordnet_tui.runs.storage.manifest import Manifest
from wordnet_tui.runs.storage.metrics import MetricsRow, RowGatherer
from wordnet_tui.runs.storage.metrics_file import MetricsWriter
from wordnet_tui.runs.storage.status_file import StatusRecord, write_status

SECONDS_BETWEEN_CHECKPOINTS = 9.5
"""With the time to write one, a crash costs at most 10 s of work."""
SECONDS_BETWEEN_TICKS = 0.2
SECONDS_BETWEEN_REPORTS = 0.5
"""Least time between two statuses that tell nothing but further mini-batches."""
SECONDS_BETWEEN_HEARTBEATS = 5.0
"""Most time between two statuses, though there is nothing to tell."""


class Recorder:
    """Keeps the folder of one run true; `start` it before the training, `finish` it after.

    Args:
        run: Not yet begun.
        folder: Its own.
        manifest: What lies in it.
        lock: Of the folder, held; given back at the end.
        attempt: How many processes have trained it, this one included.
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
        seconds_between_checkpoints: float = SECONDS_BETWEEN_CHECKPOINTS,
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self._run = run
        self._lock = lock
        self._attempt = attempt
        self._interval = seconds_between_checkpoints
        self._inbox = RequestInbox(run, folder)
        self._gatherer = RowGatherer(run.status().progress)
        self._rows: deque[MetricsRow] = deque()
        self._metrics = MetricsWriter(folder.metrics_path)
        self._events: list[Event] = []
        self._told: RunStatus | None = None  # what the events have told of
        self._reported: RunStatus | None = None  # what the status says
        self._reported_at = 0.0
        self._checkpoint: Checkpoint | None = None  # handed out, not yet written
        self._checkpoint_at: int | None = None
        self._checkpoint_asked = False
        self._checkpoint_due = time.monotonic() + self._interval
        self._best_at: int | None = None
        self._troubles: dict[str, str] = {}
        self._wake = threading.Event()
        self._finishing = False
        self._thread = threading.Thread(target=self._keep_true, name="recorder", daemon=True)
        run.name = folder.name
        run.listener = self

    # ---- in the trainer's thread

    def on_progress(self, progress: TrainingProgress) -> None:
        """Gather what was done."""
        row = self._gatherer.note(progress, progress.seconds_trained, time.monotonic())
        if row is not None:
            self._rows.append(row)

    def _hand_out(self) -> None:
        self._checkpoint = self._checkpoint_now()
        self._wake.set()

    def _checkpoint_now(self) -> Checkpoint:
        progress = self._run.status().progress
        if progress is not None:  # so that the metrics have a row that ends here
            row = self._gatherer.flush(progress, progress.seconds_trained, time.monotonic())
            self._rows += [] if row is None else [row]
        network = self._run.last()
        return Checkpoint(
            state=self._run.state(),
            hyperparameters=self._run.hyperparameters,
            vocabulary=self._run.dataset.vocabulary,
            provenance=network.provenance,
            history=self._run.history.state(),
            rate_changes=self._run.status().rate_changes,
            as_original=self._run.as_original,
            attempt=self._attempt,
        )

    # ---- from any other thread

    def start(self) -> None:
        """Write a first checkpoint, so that it can always begin again; go on beside."""
        progress = self._run.status().progress
        done = progress.batch if progress else 0
        self._try("metrics", lambda: self._metrics.cut_after(done))  # those trained once more
        self._checkpoint = self._checkpoint_now()
        self._tick()
        self._thread.start()

    def ask_for_checkpoint(self) -> None:
        """Have one written soon."""
        if not self._checkpoint_asked:
            self._checkpoint_asked = True
            self._run.do_between_steps(self._hand_out)

    def finish(self, *, gives_back: bool = True) -> list[str]:
        """Write all there is, after the training; say in sentences where the weights are.

        Args:
            gives_back: Whether this was all; else `give_back` has to follow.
        """
        self._stop()
        if self._run.status().state is not RunState.FAILED:  # then the one before is sounder
            self._checkpoint = self._checkpoint_now()
            self._try("checkpoint", self._write_checkpoint)
        kept = self._keep()
        self._run.note(saved_to=kept)
        self._tick(is_last=True)
        if gives_back:
            self.give_back()
        return kept

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
        self._finishing = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _keep(self) -> list[str]:
        """The networks as model files; elsewhere, if they cannot be written in the folder."""
        told, refused = [], networks_of(self._run)
        paths = {"last": self.folder.last_path, "best": self.folder.best_path}
        for name, network in list(refused.items()):
            try:
                told.append(keep_network(name, network, paths[name]))
            except WordnetError as error:
                self._troubles[name] = str(error)
            else:
                del refused[name]
        return told + keep_networks(refused) if refused or not told else told

    # ---- in the recorder's thread

    def _keep_true(self) -> None:
        while not self._finishing:
            self._wake.wait(SECONDS_BETWEEN_TICKS)
            self._wake.clear()
            try:
                self._tick()
            except Exception:  # a bug here must not end the record of the run
                logging.getLogger(__name__).exception("recording failed")

    def _tick(self, *, is_last: bool = False) -> None:
        answered = self._try("requests", self._inbox.serve)
        if time.monotonic() >= self._checkpoint_due or self._stands_beyond_the_record():
            self._checkpoint_due = time.monotonic() + self._interval
            self.ask_for_checkpoint()
        self._try("checkpoint", self._write_checkpoint)
        self._try("metrics", self._write_rows)
        view = self._run.status()
        self._try("events", lambda: self._write_events(view))
        self._run.note(write_error="; ".join(dict.fromkeys(self._troubles.values())))
        self._try(
            "status", lambda: self._write_status(self._run.status(), bool(answered) or is_last)
        )

    def _try(self, what: str, write: Callable[[], object]) -> object:
        """Write, or remember why that could not be; its next time clears it."""
        try:
            result = write()
        except (OSError, WordnetError) as error:
            if what not in self._troubles:
                logging.getLogger(__name__).warning("%s: %s", what, error)
            self._troubles[what] = str(error)
            return None
        self._troubles.pop(what, None)
        return result

    def _stands_beyond_the_record(self) -> bool:
        """Whether it is paused, and not at the mini-batch of the newest checkpoint."""
        view = self._run.status()
        batch = view.progress.batch if view.progress else 0
        return view.state is RunState.PAUSED and batch != self._checkpoint_at

    def _write_checkpoint(self) -> None:
        if (checkpoint := self._checkpoint) is None:
            return
        self._checkpoint_asked = False
        self._checkpoint_due = time.monotonic() + self._interval
        self._try("metrics", self._write_rows)  # or a kill in between would leave a gap
        write_checkpoint(self.folder, checkpoint)
        self._checkpoint = None
        self._checkpoint_at = checkpoint.state.batch
        best_at = checkpoint.state.validation.best_at
        if best_at is not None and best_at != self._best_at:
            keep_network("best", self._best_of(checkpoint), self.folder.best_path)
            self._best_at = best_at

    def _best_of(self, checkpoint: Checkpoint) -> TrainedNetwork:
        state, hyperparameters = checkpoint.state, checkpoint.hyperparameters
        figures = state.progress.figures(of_best=True) if state.progress else {}
        return TrainedNetwork(
            hyperparameters,
            unpacked(state.validation.best_parameters, hyperparameters),
            checkpoint.vocabulary,
            Provenance.of(self._run.dataset, figures),
        )

    def _write_rows(self) -> None:
        self._metrics.append([self._rows.popleft() for _ in range(len(self._rows))])

    def _write_events(self, view: RunStatus) -> None:
        batch = view.progress.batch if view.progress else 0
        now = time.time()
        who = self._inbox.latest_asker
        self._events += [
            Event(at=now, batch=batch, kind=kind, text=text, who=who)
            for kind, text in changes(self._told, view)
        ]
        self._told = view
        append_events(self.folder.events_path, self._events)

    def _write_status(self, view: RunStatus, at_once: bool) -> None:
        now = time.monotonic()
        since = now - self._reported_at
        before = self._reported
        is_news = (
            before is None
            or before.state is not view.state
            or before.write_error != view.write_error
        )
        changed = view != before and since >= SECONDS_BETWEEN_REPORTS
        if at_once or is_news or changed or since >= SECONDS_BETWEEN_HEARTBEATS:
            progress = view.progress
            write_status(
                self.folder,
                StatusRecord(
                    view=view,
                    written_at=time.time(),
                    host=self._lock.host,
                    pid=self._lock.pid,
                    attempt=self._attempt,
                    elapsed_seconds=progress.seconds_trained if progress else 0.0,
                    checkpoint_at=self._checkpoint_at,
                    acknowledged=self._inbox.acknowledged,
                ),
            )
            self._reported, self._reported_at = view, now
