"""The runs that the Runs screen lists, and those of them that it shows in full."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from textual.screen import Screen

from wordnet_tui.runs.listing import RunLister, RunSummary
from wordnet_tui.screens.background_query import BackgroundQuery
from wordnet_tui.screens.runs.reading import FollowedCurves
from wordnet_tui.view_models.run_comparison import Marks, RunCurves
from wordnet_tui.view_models.run_list import RunQuery, RunRow, rows_of


class RunSelection:
    """The runs of a folder, and the marked ones among them.

    Args:
        screen: Ends the reading when it goes away.
        on_runs: Called when the runs were listed.
        on_curves: Called when curves were read.
        on_list_error: Gets a sentence when the runs cannot be listed.

    Attributes:
        runs: The newest first; None until they are listed.
        curves: By the names of the runs, as far as they have been read.
        marks: Of the runs that are laid over one another.
        branched_off: The run whose next branch is to be marked beside it; empty if there is
            none.
    """

    def __init__(
        self,
        screen: Screen[None],
        on_runs: Callable[[], None],
        on_curves: Callable[[], None],
        on_list_error: Callable[[str], None],
    ) -> None:
        self.runs: Sequence[RunSummary] | None = None
        self.curves: Mapping[str, RunCurves] = {}
        self.marks = Marks()
        self.branched_off = ""
        self._on_runs = on_runs
        self._on_curves = on_curves
        self._listed_at = 0.0
        self._folder = RunLister()
        self._listing = BackgroundQuery(
            screen, self._take_runs, on_error=on_list_error, one_at_a_time=True
        )
        self._followed = FollowedCurves()
        self._reading = BackgroundQuery(screen, self._take_curves, one_at_a_time=True)

    def list_anew(self, root: Path) -> None:
        """Read the folder of runs."""
        now = time.time()
        self._listing.ask(lambda: (self._folder.list_runs(root, now), now))

    def _take_runs(self, found: tuple[Sequence[RunSummary], float]) -> None:
        runs, now = found
        self._mark_branch(runs)
        self.runs, self._listed_at = runs, now
        self.marks.keep(run.folder.name for run in runs)
        self._on_runs()

    def _mark_branch(self, runs: Sequence[RunSummary]) -> None:
        known = {run.folder.name for run in self.runs or ()}
        for run in runs:
            parent = run.manifest.parent if run.manifest else None
            is_new = run.folder.name not in known
            if parent is not None and parent[0] == self.branched_off and is_new:
                self.marks.add(self.branched_off)
                self.marks.add(run.folder.name)
                self.branched_off = ""

    def rows(self, query: RunQuery) -> list[RunRow]:
        """Those that fit, in order."""
        return rows_of(self.runs or (), query, self._listed_at)

    def shown(self, chosen: RunRow | None) -> list[RunRow]:
        """Several marked runs, in the order of their letters; else the chosen one."""
        letters = self.marks.letters
        marked = [run for run in self.runs or () if run.folder.name in letters]
        if len(marked) > 1:
            marked.sort(key=lambda run: letters[run.folder.name])
            return [RunRow(run, None) for run in marked]
        return [chosen] if chosen else []

    def read_curves(self, rows: Sequence[RunRow]) -> None:
        """Read what is new of the curves of runs."""
        if rows:
            self._reading.ask(partial(self._followed.read, [row.summary for row in rows]))

    def _take_curves(self, curves: Mapping[str, RunCurves]) -> None:
        self.curves = curves
        self._on_curves()
