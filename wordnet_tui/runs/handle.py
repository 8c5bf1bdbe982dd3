"""What screens know of a run, trained by this process (`run`) or another (`watching`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from wordnet_tui.core.data.dataset import Dataset
    from wordnet_tui.core.history.history import History
    from wordnet_tui.core.model.hyperparameters import Hyperparameters
    from wordnet_tui.core.model.trained_network import TrainedNetwork
    from wordnet_tui.runs.commands import Command
    from wordnet_tui.runs.status import RunStatus


class RunHandle(Protocol):
    """A run to watch and to steer, from any thread. Nothing here waits for the training.

    What is asked of a run of another process travels through its folder; `RunStatus.message`
    tells what came of it, within a second.
    """

    snapshots_wanted: bool
    """Whether somebody follows the network while it learns."""

    @property
    def name(self) -> str:
        """Of its folder; empty where it has none."""

    @property
    def is_ours(self) -> bool:
        """Whether this process trains it."""

    @property
    def hyperparameters(self) -> Hyperparameters:
        """How it is trained."""

    @property
    def dataset(self) -> Dataset | None:
        """What it learns from; None where the corpus is not at hand."""

    @property
    def data_fingerprint(self) -> str:
        """Of what it learns from; empty where that is not known yet."""

    @property
    def history(self) -> History:
        """The curves. A run of another process can replace them by fuller ones."""

    def status(self) -> RunStatus:
        """What it does now."""

    def send(self, command: Command) -> None:
        """Have something done with it."""

    def wait(self, seconds: float) -> bool:
        """Wait until it is over; False if it is not in that time."""

    def snapshot(self) -> TrainedNetwork | None:
        """The newest copy of the weights that was handed out."""

    def last(self) -> TrainedNetwork:
        """The weights of the last mini-batch; only after the end."""

    def best(self) -> TrainedNetwork:
        """The weights of the best validation; only after the end."""

    def outcome(self) -> TrainedNetwork:
        """The weights to keep, after the end."""
