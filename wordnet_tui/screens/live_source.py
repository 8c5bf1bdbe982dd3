"""The network of a run, followed while it learns: Predict and Vocabulary show it live."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen
from textual.timer import Timer

from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.runs.handle import RunHandle
from wordnet_tui.runs.local import SNAPSHOT_SECONDS


class LiveSource:
    """Asks a run for copies of its weights while somebody wants to see them.

    Args:
        screen: Owns the timer.
        on_network: Gets each new copy, its name for people, and whether it is the first one
            since it was begun to follow the run.
        is_busy: Whether a copy would come too soon just now.

    Attributes:
        run: The run, if there is one; going on or over.
        is_on: Whether its network is wanted rather than the open one. Call `update` then.
    """

    def __init__(
        self,
        screen: Screen[Any],
        on_network: Callable[[TrainedNetwork, str, bool], None],
        is_busy: Callable[[], bool] = lambda: False,
    ) -> None:
        self.run: RunHandle | None = None
        self.is_on = False
        self._screen = screen
        self._on_network = on_network
        self._is_busy = is_busy
        self._timer: Timer | None = None
        self._is_active = False
        self._shown: Parameters | None = None

    @property
    def is_following(self) -> bool:
        """Whether there is a run and its network is wanted."""
        return self.is_on and self.run is not None

    def switch_to(self, run: RunHandle | None) -> None:
        """Follow another run from now on; the old one need not make copies any more."""
        if run is not self.run:
            if self.run is not None:
                self.run.snapshots_wanted = False
            self.run, self._shown = run, None

    def update(self, *, visible: bool) -> None:
        """Take copies if they are wanted and seen, and only then."""
        if self._timer is None:
            self._timer = self._screen.set_interval(
                SNAPSHOT_SECONDS, self._take_copy, pause=True
            )
        self._is_active = visible and self.is_following
        if self.run is not None:
            self.run.snapshots_wanted = self._is_active
        if not self.is_on:
            self._shown = None  # what comes next is a first one again
        if self._is_active:
            self._timer.resume()
            self._take_copy()
        else:
            self._timer.pause()

    def _take_copy(self) -> None:
        run = self.run
        if run is None or self._timer is None or not self._is_active or self._is_busy():
            return
        is_over = run.wait(0)  # asked first: the end may come in between
        run.snapshots_wanted = not is_over  # another screen that was left may have said no
        network = run.snapshot()
        if network is not None and network.parameters is not self._shown:
            is_first, self._shown = self._shown is None, network.parameters
            progress = run.status().progress
            batch = "" if progress is None else f", batch {progress.batch:,}"
            name = f"{'the run' if is_over else 'learning'}{batch}"
            self._on_network(network, name, is_first)
        elif is_over and network is not None:  # these weights change no more
            self._timer.pause()
