"""What is open now, for all screens: a corpus, a network, a run.

`Session` is the part of the app that screens and widgets know. They watch its reactives
(`self.watch(self.session, "network", ...)`) and never set one themselves; what they want done
they ask of `use_network` and `training`. `wordnet_tui.app.app.WordnetApp` is the whole of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

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


class TrainingActions(Protocol):
    """What can be done about runs. A problem is shown to the user, not raised.

    While a run is going on in this process, none is begun or shown instead.
    """

    def start(
        self,
        hyperparameters: Hyperparameters,
        sources: tuple[str, ...],
        weights: Parameters | None = None,
    ) -> None:
        """Read the corpus, if another is asked for, and begin to train, from `weights` on."""

    def resume(self, folder: RunFolder) -> None:
        """Go on, here, with a run that was left or cut off."""

    def branch(self, folder: RunFolder, changes: Mapping[str, object]) -> None:
        """Begin, here, a new run as a copy of another, with other hyperparameters."""

    def watch(self, folder: RunFolder) -> None:
        """Show a run that another process trains, or that is over, on the Train screen."""


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
    current_run: reactive[RunHandle | None] = reactive(None)
    """The run that is shown: trained here or by another process, going on or over."""
    training: TrainingActions
    """Starts, resumes, branches and watches runs."""
    runs_root: Path
    """Where the folders of runs lie."""
    markers: str = "braille"
    """What pictures are made of: braille, block or ascii."""
    refresh_seconds: float = 0.5
    """Seconds between two updates of a screen that shows a run."""

    def use_network(
        self, network: TrainedNetwork, name: str, path: Path | None = None
    ) -> None:
        """Make it the open one on all screens."""
        self.network = OpenNetwork(network, name, path)
