"""The networks of a run that another process trains, read from its folder."""

from __future__ import annotations

from wordnet_tui.core.errors import RunError, WordnetError, cannot, printable
from wordnet_tui.core.formats.folder_file import FolderFile
from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.runs.liveness import was_cut_off
from wordnet_tui.runs.saved_networks import outcome_path
from wordnet_tui.runs.status import RunStatus
from wordnet_tui.runs.storage.checkpoints import read_newest_network
from wordnet_tui.runs.storage.folder import RunFolder


class NewestWeights:
    """Follows the newest network of a run; one thread calls `follow`, any may read `network`.

    Args:
        folder: The run's.

    Attributes:
        network: The newest that was read; None until there is one.
        problem: Why there is no newer one, in one sentence; empty if nothing is wrong.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.network: TrainedNetwork | None = None
        self.problem = ""
        self._folder = folder
        self._read: tuple[object, ...] | None = None

    def follow(self, view: RunStatus, wanted: bool) -> None:
        """Read the newest one, if it is another than before.

        Args:
            view: What the run does; of one that is over, the last network is read.
            wanted: Whether somebody follows the network while it learns.
        """
        if not (wanted or view.is_over):
            return
        files = self._folder.checkpoint_file, self._folder.last_file
        stamps = (file.stamp() for file in files)
        now = (view.is_over, *stamps) if view.is_over else (False, next(stamps))
        if now == self._read or (not view.is_over and now[1] is None):
            return
        self._read = now
        self.problem = ""
        try:
            self.network = (
                last_network(self._folder, view)
                if view.is_over
                else _newest_network(self._folder)
            )
        except WordnetError as error:
            if view.progress is not None:  # else there never was one
                self.problem = str(error)


def last_network(folder: RunFolder, view: RunStatus) -> TrainedNetwork:
    """The weights of the last mini-batch; of a run that is not over, those of a checkpoint.

    Raises:
        WordnetError: They cannot be read.
    """
    is_in_order = view.is_over and not was_cut_off(view)
    if is_in_order:  # else a file of that name is of an earlier interruption
        try:
            return _read(folder.last_file)
        except WordnetError:
            if not folder.checkpoint_file.exists():
                raise
    return _newest_network(folder)


def best_network(folder: RunFolder) -> TrainedNetwork:
    """The weights of the best validation.

    Raises:
        WordnetError: There are none, or they cannot be read.
    """
    return _read(folder.best_file)


def _read(file: FolderFile) -> TrainedNetwork:
    try:
        file.open().close()  # it may be a link, or no file
    except OSError as error:
        raise RunError(cannot("read", file, error)) from error
    return read_network(file.path)


def _newest_network(folder: RunFolder) -> TrainedNetwork:
    network = read_newest_network(folder)
    if network is None:
        raise RunError(
            f"run {printable(folder.name)} has no checkpoint yet: no weights to read"
        )
    return network


def outcome(folder: RunFolder, view: RunStatus) -> TrainedNetwork:
    """The weights to keep; see `StopReason.keeps_best`.

    Raises:
        WordnetError: They cannot be read.
    """
    progress = view.progress
    if progress is None:
        raise RunError(
            f"run {printable(folder.name)} has not done a mini-batch: it has no weights"
        )
    if outcome_path(folder, progress) == folder.best_file.path:
        return best_network(folder)
    return last_network(folder, view)
