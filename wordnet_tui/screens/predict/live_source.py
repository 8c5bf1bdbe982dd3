"""The run whose network is followed while it learns."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen
from textual.timer import Timer

from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.runs.handle import RunHandle
from wordnet_tui.runs.local import SNAPSHOT_SECONDS

Look = Callable[[TrainedNetwork, str, bool], None]
"""Gets the newest copy of a network, its name, and whether it is the first that is seen."""


class LiveSource:
    """Asks a run for copies of its weights while somebody wants to see them.

    Args:
        screen: Owns the timer.
        on_look: Called with every new copy.

    Attributes:
        run: The run, if there is one; going on or over.
        following: Whether its answers are wanted rather than those of the open network.
    """

    def __init__(self, screen: Screen[None], on_look: Look) -> None:
        self._screen = screen
        self._on_look = on_look
        self._timer: Timer | None = None
        self._shown: Parameters | None = None
        self.run: RunHandle | None = None
        self.following = False

    def start(self) -> None:
        """Be ready to look; call it once the screen is mounted."""
        self._timer = self._screen.set_interval(SNAPSHOT_SECONDS, self._look, pause=True)

    def switch_to(self, run: RunHandle | None) -> None:
        """Follow another run from now on; the old one need not make copies any more."""
        if self.run is not None:
            self.run.snapshots_wanted = False
        self.run, self.following, self._shown = run, run is not None, None

    def resume(self, *, visible: bool) -> None:
        """Look for copies if they are wanted and seen, and only then."""
        if self.run is None or self._timer is None:
            return
        wanted = visible and self.following
        self.run.snapshots_wanted = wanted
        if not self.following:
            self._shown = None  # what comes next is a first look again
        if wanted:
            self._timer.resume()
            self._look()
        else:
            self._timer.pause()

    def _look(self) -> None:
        if self.run is None or self._timer is None:
            return
        is_over = self.run.wait(0)  # asked first: the end may come in between
        if is_over:  # these weights change no more
            self.run.snapshots_wanted = False
            self._timer.pause()
        network = self.run.snapshot()
        if network is None or network.parameters is self._shown:
            return
        is_first, self._shown = self._shown is None, network.parameters
        progress = self.run.status().progress
        batch = "" if progress is None else f", batch {progress.batch:,}"
        self._on_look(network, f"{'the run' if is_over else 'learning'}{batch}", is_first)
