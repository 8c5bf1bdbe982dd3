"""Runs: all trainings that there are, to be compared, watched, continued and branched off.

A table of runs; beside it the chosen one, or those that are marked, laid over one another:
see `ShownRuns`. Here is what can be done with a run. Styled by `styles/runs.tcss`.
"""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from wordnet_tui.core.errors import printable
from wordnet_tui.runs.cached_listing import LIVING
from wordnet_tui.screens.dialogs import Question
from wordnet_tui.screens.runs.branch_dialog import BranchDialog
from wordnet_tui.screens.runs.reading import NetworkRead, RunRemoved
from wordnet_tui.screens.runs.shown import ShownRuns
from wordnet_tui.view_models.run_list import RunQuery
from wordnet_tui.view_models.run_text import reason
from wordnet_tui.widgets.filter_bar import FilterBar
from wordnet_tui.widgets.footer import KeyLine, StatusLine
from wordnet_tui.widgets.run_comparison import RunComparison
from wordnet_tui.widgets.run_table import RunTable

BY_WIDTH = [(0, "-narrow"), (110, "-wide")]
BY_HEIGHT = [(0, "-short"), (20, "-high")]
"""From how many columns and rows on the screen has which class."""


class RunsScreen(ShownRuns):
    """The table of runs, and the chosen one or the marked ones."""

    HELP_TITLE = "Runs"
    AUTO_FOCUS = "RunTable"
    HORIZONTAL_BREAKPOINTS = BY_WIDTH
    VERTICAL_BREAKPOINTS = BY_HEIGHT
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,w", "watch", "Watch"),
        Binding("c", "continue_run", "Continue"),
        Binding("b", "branch", "Branch"),
        Binding("o", "load", "Use its best network on the other screens", show=False),
        Binding("space", "mark", "Mark"),
        Binding("delete", "remove", "Delete it", show=False),
        Binding("d", "toggle_details", "Details"),
        Binding("slash", "filter", "Filter", key_display="/", show=False),
        Binding("s", "sort_next", "Sort by the next column", show=False),
        Binding("r", "reverse", "Sort the other way round", show=False),
        Binding("x", "switch_unit", "Marked: mini-batches or epochs", show=False),
        Binding("f", "switch_part", "Marked: main part or all", show=False),
        Binding("escape", "back", "Back to the runs; then: no filter, no marks", show=False),
        Binding("up", "table('move', -1)", "Run above", show=False),
        Binding("down", "table('move', 1)", "Run below", show=False),
        Binding("pageup", "table('page', -1)", "Page up", show=False),
        Binding("pagedown", "table('page', 1)", "Page down", show=False),
    ]

    def compose(self) -> ComposeResult:
        """The filter; below it runs and details."""
        yield FilterBar(RunQuery(), "runs")
        yield Static(id="no-runs", markup=False)
        with Horizontal(id="runs"):
            yield RunTable(plain=self.session.markers == "ascii")
            yield RunComparison(self.session.markers)
        yield StatusLine()
        yield KeyLine()

    # ---- what the user wants with a run

    def action_watch(self) -> None:
        """Open it on the Train screen."""
        if (row := self.table.chosen) is None:
            return
        shown = self.session.run_of_training
        if shown is None or shown.name != row.name:
            self.session.watch_run(row.summary.folder)
        self.app.switch_mode("train")

    def action_continue_run(self) -> None:
        """Go on with it where it was left."""
        if (row := self.table.chosen) is None:
            return
        if row.summary.can_be_continued:
            self.session.continue_run(row.summary.folder)
        elif row.summary.condition in LIVING:
            self.refuse(row, "it is being trained; w watches it")
        else:
            self.refuse(row, f"it cannot be continued ({reason(row.summary)}); b branches off")

    def action_load(self) -> None:
        """Use its best network on the other screens."""
        if row := self.table.chosen:
            self.ask_network(row)

    @on(NetworkRead)
    def _use_network(self, message: NetworkRead) -> None:
        self.session.use_network(message.network, message.name, message.path)
        text = f"Vocabulary (F3) and Predict (F4) use the {printable(message.name)} now."
        self.notify(text, markup=False)

    @work
    async def action_remove(self) -> None:
        """Delete it, if nobody trains it and the user means it."""
        if (row := self.table.chosen) is None:
            return
        if row.summary.condition in LIVING:
            self.refuse(row, "it is being trained; stop it first")
            return
        sentence = f"Delete {printable(row.name)}, its curves, checkpoints and networks?"
        question = Question(sentence, {"delete": "Delete it"}, stay="Keep it")
        if await self.app.push_screen_wait(question):
            self.ask_removal(row.summary.folder)

    @on(RunRemoved)
    def _show_removal(self, message: RunRemoved) -> None:
        self.notify(f"{printable(message.name)} is deleted", markup=False)
        self.look()

    @work
    async def action_branch(self) -> None:
        """Begin a new run where this one is, with something changed."""
        if (row := self.table.chosen) is None:
            return
        manifest = row.summary.manifest
        if manifest is None:
            self.refuse(row, reason(row.summary))
            return
        dialog = BranchDialog(row.name, manifest.hyperparameters, row.least_epochs)
        changes = await self.app.push_screen_wait(dialog)
        if changes:
            self.mark_branch_of(row.name)
            self.session.branch_run(row.summary.folder, changes)
