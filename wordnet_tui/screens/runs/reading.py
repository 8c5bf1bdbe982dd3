"""What the Runs screen has read and done for it in threads, each answer as a message.

One question of a kind is open at a time, so that a slow disk is never asked twice over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from textual import on
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker

from wordnet_tui.core.errors import RunError, WordnetError, printable
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.runs.cached_listing import RunsListing
from wordnet_tui.runs.listing import RunSummary
from wordnet_tui.runs.remote.curves import Curves
from wordnet_tui.runs.remote.weights import best_network, last_network
from wordnet_tui.runs.removal import remove_run
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.lock import RunLock
from wordnet_tui.screens.failures import failure
from wordnet_tui.view_models.run_comparison import RunCurves, run_curves
from wordnet_tui.view_models.run_list import RunRow


@dataclass
class RunsListed(Message):
    """What lies in the folder of runs."""

    summaries: tuple[RunSummary, ...]
    at: float
    """When, in seconds since 1970."""


@dataclass
class CurvesRead(Message):
    """The curves of runs were read."""

    curves: Mapping[str, RunCurves]
    """By the names of the runs."""


@dataclass
class NetworkRead(Message):
    """The network of a run was opened."""

    network: TrainedNetwork
    name: str
    path: Path | None


@dataclass
class RunRemoved(Message):
    """A run was deleted."""

    name: str


@dataclass
class ReadingFailed(Message):
    """A question has no answer; the sentence says why."""

    kind: str
    sentence: str


class FollowedRun:
    """The curves of a run, followed from one look to the next.

    Args:
        folder: The run's.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._curves = Curves(folder)
        self._shown: RunCurves | None = None

    def follow(self, summary: RunSummary) -> RunCurves:
        """Read what is new. Not for an event loop."""
        status = summary.status
        progress, attempt = (status.view.progress, status.attempt) if status else (None, 1)
        self._curves.follow(progress, attempt)
        self._shown = run_curves(self._curves.history, self._curves.problem, self._shown)
        return self._shown


class RunsReading(Screen[None]):
    """A screen that can ask for runs."""

    def __init__(self) -> None:
        super().__init__()
        self._asking: set[str] = set()
        self._runs = RunsListing()
        self._followed: dict[str, FollowedRun] = {}

    def ask_runs(self, root: Path) -> None:
        """Answered by `RunsListed`."""

        def look() -> Message:
            now = time.time()
            return RunsListed(self._runs.look(root, now), now)

        self._ask("runs", look)

    def ask_curves(self, wanted: Sequence[RunSummary]) -> None:
        """Answered by `CurvesRead`. Runs that are not wanted are followed no longer."""

        def follow() -> Message:
            names = [summary.folder.name for summary in wanted]
            self._followed = {
                name: self._followed.get(name) or FollowedRun(summary.folder)
                for name, summary in zip(names, wanted, strict=True)
            }
            return CurvesRead(
                {
                    name: self._followed[name].follow(summary)
                    for name, summary in zip(names, wanted, strict=True)
                }
            )

        self._ask("curves", follow)

    def ask_network(self, row: RunRow) -> None:
        """Answered by `NetworkRead`: the best if a validation was measured, else the last."""
        folder, status = row.summary.folder, row.summary.status

        def read() -> Message:
            if row.best is not None:
                path = folder.best_path if folder.best_path.exists() else None
                return NetworkRead(best_network(folder), f"best of {folder.name}", path)
            if status is None:
                raise RunError(f"{printable(folder.name)} has no network yet")
            return NetworkRead(
                last_network(folder, status.view), f"last of {folder.name}", None
            )

        self._ask("network", read)

    def ask_removal(self, folder: RunFolder) -> None:
        """Answered by `RunRemoved`; refused while anybody trains it."""

        def remove() -> Message:
            lock = RunLock(folder)
            lock.acquire()
            try:
                remove_run(folder)
            finally:
                lock.release()
            return RunRemoved(folder.name)

        self._ask("removal", remove)

    def _ask(self, kind: str, compute: Callable[[], Message]) -> None:
        if kind in self._asking:
            return
        self._asking.add(kind)

        def work() -> Message:
            try:
                return compute()
            except WordnetError as error:
                return ReadingFailed(kind, str(error))

        self.run_worker(work, group=kind, thread=True, exit_on_error=False)

    @on(Worker.StateChanged)
    def _close_question(self, message: Worker.StateChanged) -> None:
        if message.worker.is_finished:
            self._asking.discard(message.worker.group)
        if isinstance(answer := message.worker.result, Message):
            self.post_message(answer)
        elif sentence := failure(message):
            self.notify(sentence, severity="error", markup=False)
