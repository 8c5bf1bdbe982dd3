"""What the Runs screen shows: the runs that fit, and the chosen one or the marked ones."""

from __future__ import annotations

from typing import cast

from textual import on
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from wordnet_tui.core.errors import printable
from wordnet_tui.screens.runs.reading import (
    CurvesRead,
    ReadingFailed,
    RunsListed,
    RunsReading,
)
from wordnet_tui.session import Session
from wordnet_tui.view_models.run_comparison import LETTERS, Marks, RunCurves
from wordnet_tui.view_models.run_list import RunQuery, RunRow, rows_of
from wordnet_tui.view_models.run_text import invitation, reason
from wordnet_tui.widgets.filter_bar import FilterBar
from wordnet_tui.widgets.run_comparison import RunComparison
from wordnet_tui.widgets.run_table import RunTable

SECONDS_BETWEEN_LOOKS = 2.0
"""At the folder of runs."""


class ShownRuns(RunsReading):
    """Follows the folder of runs; while hidden, nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._listed: RunsListed | None = None
        self._marks = Marks()
        self._curves: dict[str, RunCurves] = {}
        self._branched_off = ""  # the run whose new branch is to be marked beside it
        self._trouble = ""  # why the folder of runs cannot be read
        self._looks: Timer | None = None

    @property
    def session(self) -> Session:
        """The app."""
        return cast("Session", self.app)

    @property
    def table(self) -> RunTable:
        """Of the runs that fit."""
        return self.query_one(RunTable)

    @property
    def bar(self) -> FilterBar[RunQuery]:
        """What is typed to find them."""
        return self.query_one(FilterBar)

    @property
    def pane(self) -> RunComparison:
        """Of the chosen run, or the marked ones."""
        return self.query_one(RunComparison)

    # ---- looking

    def on_mount(self) -> None:
        """The first look is when the screen is shown."""
        self._looks = self.set_interval(SECONDS_BETWEEN_LOOKS, self.look, pause=True)

    def on_screen_resume(self) -> None:
        """See what changed while another screen was shown."""
        if self._looks is not None:
            self._looks.resume()
        self.look()

    def on_screen_suspend(self) -> None:
        """Look at nothing while hidden."""
        if self._looks is not None:
            self._looks.pause()

    def look(self) -> None:
        """Have the runs listed anew."""
        self.ask_runs(self.session.runs_root)

    @on(RunsListed)
    def _take_runs(self, message: RunsListed) -> None:
        self._mark_branch(message)
        self._listed, self._trouble = message, ""
        self._marks.keep(each.folder.name for each in message.summaries)
        root = str(self.session.runs_root)
        self._say_instead("" if message.summaries else invitation(root))
        self._list()
        self._follow_curves()

    def _say_instead(self, sentence: str) -> None:
        """Say why there is no table; nothing if there is one."""
        told = self.query_one("#no-runs", Static)
        if str(told.content) != sentence:
            told.update(Content(sentence))
            self.set_class(bool(sentence), "-empty")

    @on(FilterBar.Changed)
    def _list(self) -> None:
        """Show the runs that fit, in order."""
        if self._listed is None:
            return
        query = self.bar.wanted
        rows = rows_of(self._listed.summaries, query, self._listed.at)
        self.table.show(rows, query, "no run fits the filter")
        self._show_marks()

    def _show_marks(self) -> None:
        of = len(self._listed.summaries) if self._listed else 0
        letters = self._marks.letters
        self.table.mark(letters)
        self.bar.show_found(len(self.table.rows), of, len(letters))
        self._show_details()

    @on(RunTable.Chosen)
    def _show_details(self) -> None:
        """Show the marked runs, or the chosen one, and have read what is missing of them."""
        shown = self._shown()
        if len(shown) > 1:
            letters = "".join(self._marks.letters[row.name] for row in shown)
            self.pane.show_several(shown, letters, self._curves)
        elif shown:
            self.pane.show_one(shown[0], self._curves.get(shown[0].name))
        else:
            self.pane.show_nothing()
        if any(row.name not in self._curves for row in shown):
            self._follow_curves()

    def _follow_curves(self) -> None:
        if shown := self._shown():
            self.ask_curves([row.summary for row in shown])

    def _shown(self) -> list[RunRow]:
        """The marked runs, if there are several; else the chosen one."""
        marked, chosen = self._marked(), self.table.chosen
        return marked if len(marked) > 1 else [chosen] if chosen else []

    def _marked(self) -> list[RunRow]:
        """The marked runs in the order of their letters, whatever the filter."""
        if self._listed is None:
            return []
        letters = self._marks.letters
        marked = [each for each in self._listed.summaries if each.folder.name in letters]
        marked.sort(key=lambda each: letters[each.folder.name])
        return [RunRow(each, None) for each in marked]

    @on(CurvesRead)
    def _take_curves(self, message: CurvesRead) -> None:
        self._curves = dict(message.curves)
        self._show_details()

    @on(ReadingFailed)
    def _show_failure(self, message: ReadingFailed) -> None:
        if message.kind == "runs":  # asked again and again: said once
            known, self._trouble = self._trouble, message.sentence
            if self._listed is None:
                self._say_instead(message.sentence)
            if self._listed is None or known == message.sentence:
                return
        self.notify(message.sentence, severity="error", markup=False)

    # ---- finding and marking

    @on(RunTable.SortWanted)
    def _sort(self, message: RunTable.SortWanted) -> None:
        self.bar.sort_by(message.column)

    def action_sort_next(self) -> None:
        """Sort by the column to the right."""
        self.bar.sort_by(self.bar.wanted.column.next)

    def action_reverse(self) -> None:
        """Sort the other way round."""
        self.bar.sort_by(self.bar.wanted.column)

    def action_filter(self) -> None:
        """Type to find runs."""
        self.set_focus(self.query_one("#filter", Input))

    @on(Input.Submitted, "#filter")
    def _leave_filter(self) -> None:
        self.table.focus()

    def action_back(self) -> None:
        """To the table; from there, to all runs; from those, to no marks."""
        if self.has_class("-details"):
            self.action_toggle_details()
            return
        if not self.table.has_focus:
            self.table.focus()
        elif self.bar.wanted.typed:
            self.bar.clear()
        else:
            self._marks.clear()
            self._show_marks()

    async def action_table(self, action: str, amount: int) -> None:
        """Move in the table while the filter is typed."""
        await self.table.run_action(f"{action}({amount})")

    def action_mark(self) -> None:
        """Lay the chosen run over the other marked ones, or no longer."""
        if (row := self.table.chosen) is None:
            return
        if row.summary.manifest is None:
            self.refuse(row, reason(row.summary))
        elif not self._marks.toggle(row.name):
            self.notify(f"{len(LETTERS)} runs are marked; Esc takes the marks away.")
        self._show_marks()

    def action_switch_unit(self) -> None:
        """Draw the marked runs against mini-batches, or against epochs."""
        self.pane.switch_unit()

    def action_switch_part(self) -> None:
        """Draw the main part of the marked runs, or all."""
        self.pane.switch_part()

    def action_toggle_details(self) -> None:
        """All room for the details, or for the table too."""
        alone = not self.has_class("-details")
        if alone:
            self.set_focus(None)  # the keys of the table work on, though it is hidden
        self.set_class(alone, "-details")
        if not alone:
            self.table.focus()

    def mark_branch_of(self, name: str) -> None:
        """Mark a run and its next branch, as soon as that is there."""
        self._branched_off = name

    def _mark_branch(self, message: RunsListed) -> None:
        known = {each.folder.name for each in self._listed.summaries} if self._listed else ()
        for summary in message.summaries:
            parent = summary.manifest.parent if summary.manifest else None
            is_new = summary.folder.name not in known
            if parent is not None and parent[0] == self._branched_off and is_new:
                self._marks.add(self._branched_off)
                self._marks.add(summary.folder.name)
                self._branched_off = ""

    def refuse(self, row: RunRow, why: str) -> None:
        """Say why something is not done with a run."""
        self.notify(printable(f"{row.name}: {why}"), severity="warning", markup=False)
