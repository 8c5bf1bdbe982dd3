"""What the Runs screen has read and done in the background."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wordnet_tui.core.errors import RunError, printable
from wordnet_tui.runs.listing import RunSummary
from wordnet_tui.runs.remote.curves import Curves
from wordnet_tui.runs.remote.weights import best_network, last_network
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.removal import delete_run
from wordnet_tui.session import OpenNetwork
from wordnet_tui.view_models.run_comparison import RunCurves, run_curves
from wordnet_tui.view_models.run_list import RunRow


class FollowedCurves:
    """The curves of runs, followed from one reading to the next."""

    def __init__(self) -> None:
        self._curves: dict[str, Curves] = {}
        self._shown: dict[str, RunCurves] = {}

    def read(self, runs: Sequence[RunSummary]) -> Mapping[str, RunCurves]:
        """Read what is new of these, by name; others are followed no longer."""
        names = [run.folder.name for run in runs]
        self._curves = {
            name: self._curves.get(name) or Curves(run.folder)
            for name, run in zip(names, runs, strict=True)
        }
        self._shown = {
            name: self._follow(name, run) for name, run in zip(names, runs, strict=True)
        }
        return self._shown

    def _follow(self, name: str, run: RunSummary) -> RunCurves:
        curves, status = self._curves[name], run.status
        progress, attempt = (status.view.progress, status.attempt) if status else (None, 1)
        curves.follow(progress, attempt)
        return run_curves(curves.history, curves.problem, self._shown.get(name))


def network_of(row: RunRow) -> OpenNetwork:
    """The best network of a run if a validation was measured, else the last.

    Raises:
        WordnetError: There is none, or it cannot be read.
    """
    folder, status = row.summary.folder, row.summary.status
    if row.best is not None:
        path = folder.best_file.path if folder.best_file.exists() else None
        return OpenNetwork(best_network(folder), f"best of {folder.name}", path)
    if status is None:
        raise RunError(f"{printable(folder.name)} has no network yet")
    return OpenNetwork(last_network(folder, status.view), f"last of {folder.name}")


def remove(folder: RunFolder) -> str:
    """Delete a run; its name.

    Raises:
        WordnetError: Somebody trains it, it is a link, or it cannot be deleted.
    """
    delete_run(folder)
    return folder.name
