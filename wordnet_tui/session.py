"""What is open now, for all screens: a corpus, a network, a run.

`Session` is the part of the app that screens know. They watch its reactives
(`self.watch(self.app, "network", ...)`) and ask it for things by its methods; they never set a
reactive themselves. `wordnet_tui.app.app.WordnetApp` is the whole of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App
from textual.reactive import reactive, var

if TYPE_CHECKING:
    from wordnet_tui.core.data.dataset import Dataset
    from wordnet_tui.core.inference.baselines import Baseline
    from wordnet_tui.core.model.hyperparameters import Hyperparameters
    from wordnet_tui.core.model.network import Parameters
    from wordnet_tui.core.model.trained_network import TrainedNetwork
    from wordnet_tui.runs.handle import RunHandle
    from wordnet_tui.runs.storage.folder import RunFolder


@dataclass(frozen=True)
class OpenNetwork:
    """The network that Vocabulary and Predict use."""

    network: TrainedNetwork
    name: str
    """For people: the name of a file or of a network that ships, or "run of 21:05"."""
    path: Path | None = None
    """Where it lies; None if it was never saved."""


@dataclass(frozen=True)
class Loading:
    """How far a corpus has been read."""

    doing: str
    share: float | None
    """0 to 1, or None where that is not known."""


class Session(App[None]):
    """The app as its screens see it."""

    dataset: reactive[Dataset | None] = reactive(None)
    """The corpus, once it is read."""
    loading: reactive[Loading | None] = reactive(None)
    """What is being read now, if anything."""
    sources: var[tuple[str, ...]] = var(("chitchat",))
    """What the corpus was asked for as: a name, or paths."""
    baselines: reactive[tuple[Baseline, ...]] = reactive(())
    """Of the validation part; empty until they are computed."""
    network: reactive[OpenNetwork | None] = reactive(None)
    """The network that is open."""
    run_of_training: reactive[RunHandle | None] = reactive(None)
    """The run that is shown: trained here or by another process, going on or over."""
    runs_root: Path
    """Where the folders of runs lie."""
    markers: str = "braille"
    """What pictures are made of: braille, block or ascii."""
    seconds_between_looks: float = 0.5
    """How often a screen looks at the run."""

    def start_run(
        self,
        hyperparameters: Hyperparameters,
        sources: tuple[str, ...],
        start: Parameters | None = None,
    ) -> None:
        """Read the corpus, if another is asked for, and begin to train.

        A problem is shown to the user, not raised. Starts nothing while a run is going on.
        """
        raise NotImplementedError

    def watch_run(self, folder: RunFolder) -> None:
        """Show a run that another process trains, or that is over, on the Train screen."""
        raise NotImplementedError

    def continue_run(self, folder: RunFolder) -> None:
        """Go on, here, with a run that was left or cut off."""
        raise NotImplementedError

    def branch_run(self, folder: RunFolder, changes: Mapping[str, object]) -> None:
        """Begin, here, a new run as a copy of another, with other hyperparameters."""
        raise NotImplementedError

    def use_network(
        self, network: TrainedNetwork, name: str, path: Path | None = None
    ) -> None:
        """Make it the open one on all screens."""
        self.network = OpenNetwork(network, name, path)
