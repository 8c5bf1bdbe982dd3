"""A run that another process trains, as screens know runs: see `handle.RunHandle`.

    watching thread     reads the folder a few times a second, puts there what is asked
    any other thread    send(command) and status(), when and as often as it likes

All that touches the disk is done by the thread, so that no screen waits for a slow one; but
for `best`, `last` and `outcome`, which read a model file. The trainer never learns that
somebody watches, unless it is asked for something.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import replace

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.errors import RunError
from wordnet_tui.core.history.history import History
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.runs.commands import Command
from wordnet_tui.runs.liveness import StatusFollower
from wordnet_tui.runs.remote.curves import Curves
from wordnet_tui.runs.remote.outbox import RequestOutbox
from wordnet_tui.runs.remote.weights import NewestWeights, best_network, last_network, outcome
from wordnet_tui.runs.status import RunStatus
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.manifest import Manifest, read_manifest

SECONDS_TO_CLOSE = 1.0
"""How long closing waits until what was asked for is in the folder."""

SECONDS_TO_SETTLE = 3.0
"""How long the weights of a run that is over are waited for."""


class WatchedRun:
    """One run, watched from its making until `close`.

    Args:
        folder: The run's. None of it need be there, or be sound; what is wrong is in
            `status().write_error`, and is tried again.
        seconds_between_looks: How often the folder is read.

    Attributes:
        folder: The same.
        manifest: What the run is; None until it was read.
        dataset: What it learns from, if somebody has set it.
        snapshots_wanted: Whether somebody follows the network while it learns.
    """

    is_ours = False

    def __init__(self, folder: RunFolder, *, seconds_between_looks: float = 0.3) -> None:
        self.folder = folder
        self.manifest: Manifest | None = None
        self.dataset: Dataset | None = None
        self.snapshots_wanted = False
        self._seconds = seconds_between_looks
        self._follower = StatusFollower(folder)
        self._curves = Curves(folder)
        self._weights = NewestWeights(folder)
        self._outbox = RequestOutbox(folder)
        self._view = self._follower.run_status()
        self._over = threading.Event()
        self._over_since = math.inf
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._watch, name="watching", daemon=True)
        self._thread.start()

    # ---- in the watching thread

    def _watch(self) -> None:
        while not self._closing:
            try:
                self._read_folder()
            except Exception:  # a bug here must not freeze the screen on old news for ever
                logging.getLogger(__name__).exception("watching failed")
            self._wake.wait(self._seconds)
            self._wake.clear()
        self._outbox.put(time.monotonic())

    def _read_folder(self) -> None:
        self._outbox.put(time.monotonic())
        problem = self._read_manifest()
        self._follower.update(time.monotonic(), time.time())
        status = self._follower.record
        progress = status.view.progress if status else None
        self._curves.follow(progress, status.attempt if status else 0)
        view = self._follower.run_status(self._curves.latest)
        self._outbox.hear(status.acknowledged if status else (), view.is_over)
        self._weights.follow(view, self.snapshots_wanted)
        problems = (view.write_error, problem, self._curves.problem, self._weights.problem)
        sentence = "; ".join(dict.fromkeys(filter(None, problems)))
        is_settled = self._is_settled(view)
        if not is_settled:  # before anybody can see a status that goes on
            self._over.clear()
        self._view = replace(view, write_error=sentence)
        if is_settled:
            self._over.set()

    def _is_settled(self, view: RunStatus) -> bool:
        """Whether it is over, and its last weights are where they can be read.

        Between the end of a training and that, its process puts them away.
        """
        if not view.is_over:
            self._over_since = math.inf
            return False
        now = time.monotonic()
        self._over_since = min(self._over_since, now)
        is_put_away = bool(view.saved_to) or self._follower.news.is_given_back
        return is_put_away or now - self._over_since > SECONDS_TO_SETTLE

    def _read_manifest(self) -> str:
        """Find out what the run is, once; what is wrong with that."""
        if self.manifest is None:
            try:
                self.manifest = read_manifest(self.folder)
            except RunError as error:
                return str(error)
        return ""

    # ---- from any other thread

    @property
    def name(self) -> str:
        """Of its folder."""
        return self.folder.name

    @property
    def hyperparameters(self) -> Hyperparameters:
        """How it is trained; the defaults until the folder was read."""
        return self.manifest.hyperparameters if self.manifest else Hyperparameters()

    @property
    def data_fingerprint(self) -> str:
        """Of its corpus; empty until the folder was read."""
        return self.manifest.data_fingerprint if self.manifest else ""

    @property
    def history(self) -> History:
        """The curves; another object when a checkpoint has brought fuller ones."""
        return self._curves.history

    def status(self) -> RunStatus:
        """The run as its folder was read last."""
        now, view = time.monotonic(), self._view
        notice = self._outbox.message(now) or view.message
        return replace(view, silent_for=self._follower.silent_for(now), message=notice)

    def send(self, command: Command) -> None:
        """Ask the process that trains it; `RunStatus.message` says what came of it."""
        if self._view.is_over:
            self._outbox.refuse(f"{command}: not asked, nobody trains this run any more")
        else:
            self._outbox.ask(command, time.time())
            self._wake.set()

    def wait(self, seconds: float) -> bool:
        """Wait until it is over; False if it is not in that time."""
        return self._over.wait(seconds)

    def snapshot(self) -> TrainedNetwork | None:
        """Of the newest checkpoint, while snapshots are wanted; after the end the last one."""
        return self._weights.network

    def last(self) -> TrainedNetwork:
        """The weights of the last mini-batch; of a run that goes on, those of a checkpoint.

        Raises:
            WordnetError: They cannot be read.
        """
        return last_network(self.folder, self._view)

    def best(self) -> TrainedNetwork:
        """The weights of the best validation so far.

        Raises:
            WordnetError: There are none, or they cannot be read.
        """
        return best_network(self.folder)

    def outcome(self) -> TrainedNetwork:
        """The weights to keep.

        Raises:
            WordnetError: They cannot be read.
        """
        return outcome(self.folder, self._view)

    def close(self) -> None:
        """Watch no more; what was asked for reaches the folder first, if it can be written."""
        self._closing = True
        self._wake.set()
        if self._outbox.has_unput:
            self._thread.join(SECONDS_TO_CLOSE)
