"""The runs there are: a table; beside it the chosen one, or the marked ones overlaid."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from wordnet_tui.core.errors import printable
from wordnet_tui.runs.listing import LIVING
from wordnet_tui.screens.background_query import BackgroundQuery, show_error
from wordnet_tui.screens.dialogs import Question
from wordnet_tui.screens.runs.branch_dialog import BranchDialog
from wordnet_tui.screens.runs.reading import network_of, remove
from wordnet_tui.screens.runs.selection import RunSelection
from wordnet_tui.session import OpenNetwork, Session
from wordnet_tui.view_models.run_comparison import LETTERS
from wordnet_tui.view_models.run_list import RunQuery, RunRow
from wordnet_tui.view_models.run_text import invitation, reason
from wordnet_tui.widgets.filter_bar import FilterBar
from wordnet_tui.widgets.footer import KeyLine, StatusLine
from wordnet_tui.widgets.run_comparison import RunComparison
from wordnet_tui.widgets.run_table import RunTable

REFRESH_SECONDS = 2.0
"""Between two readings of the folder of runs."""


class RunsScreen(Screen[None]):
    """The table of runs, and the chosen or marked ones; styled by `styles/runs.tcss`."""

    HELP_TITLE = "Runs"
    AUTO_FOCUS = "RunTable"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-high")]  # noqa: RUF012
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

    def __init__(self) -> None:
        super().__init__()
        self._selection = RunSelection(
            self, self._show_runs, self._show_details, self._show_list_error
        )
        self._list_error = ""  # why the folder of runs cannot be read
        self._networks = BackgroundQuery(self, self._use_network, one_at_a_time=True)
        self._removal = BackgroundQuery(self, self._show_removal, one_at_a_time=True)

    @property
    def session(self) -> Session:
        """The app."""
        return cast("Session", self.app)

    @property
    def _table(self) -> RunTable:
        return self.query_one(RunTable)

    @property
    def _bar(self) -> FilterBar[RunQuery]:
        return self.query_one(FilterBar)

    @property
    def _pane(self) -> RunComparison:
        return self.query_one(RunComparison)

    def compose(self) -> ComposeResult:
        """The filter; below it runs and details."""
        yield FilterBar(RunQuery(), "runs")
        yield Static(id="no-runs", markup=False)
        with Horizontal(id="runs"):
            yield RunTable(plain=self.session.markers == "ascii")
            yield RunComparison(self.session.markers)
        yield StatusLine()
        yield KeyLine()

    # ---- looking

    def on_mount(self) -> None:
        """The folder is first read when the screen is shown."""
        self.set_interval(REFRESH_SECONDS, self.on_screen_resume)

    def on_screen_resume(self) -> None:
        """See what changed, also while another screen was shown; hidden, it reads nothing."""
        if self.is_current:
            self._selection.list_anew(self.session.runs_root)

    def _show_runs(self) -> None:
        self._list_error = ""
        root = str(self.session.runs_root)
        self._say_instead("" if self._selection.runs else invitation(root))
        self._show_rows()
        self._selection.read_curves(self._shown)

    def _say_instead(self, sentence: str) -> None:
        """Say why there is no table; nothing if there is one."""
        line = self.query_one("#no-runs", Static)
        if str(line.content) != sentence:
            line.update(Content(sentence))
            self.set_class(bool(sentence), "-empty")

    def _show_list_error(self, sentence: str) -> None:
        """Asked again and again, it is said once."""
        known, self._list_error = self._list_error, sentence
        if self._selection.runs is None:
            self._say_instead(sentence)
        elif known != sentence:
            show_error(self, sentence)

    @on(FilterBar.Changed)
    def _show_rows(self) -> None:
        """Show the runs that fit, in order."""
        if self._selection.runs is not None:
            query = self._bar.wanted
            self._table.show(self._selection.rows(query), query, "no run fits the filter")
            self._show_marks()

    def _show_marks(self) -> None:
        letters = self._selection.marks.letters
        self._table.mark(letters)
        of = len(self._selection.runs or ())
        self._bar.show_found(len(self._table.rows), of, len(letters))
        self._show_details()

    @on(RunTable.Chosen)
    def _show_details(self) -> None:
        """Show the marked runs, or the chosen one, and have read what is missing of them."""
        shown, curves = self._shown, self._selection.curves
        if len(shown) > 1:
            letters = "".join(self._selection.marks.letters[row.name] for row in shown)
            self._pane.show_several(shown, letters, curves)
        elif shown:
            self._pane.show_one(shown[0], curves.get(shown[0].name))
        else:
            self._pane.show_nothing()
        if any(row.name not in curves for row in shown):
            self._selection.read_curves(shown)

    @property
    def _shown(self) -> list[RunRow]:
        """The marked runs, or the chosen one."""
        return self._selection.shown(self._table.chosen)

    # ---- finding and marking

    @on(RunTable.SortWanted)
    def _sort(self, message: RunTable.SortWanted) -> None:
        self._bar.sort_by(message.column)

    def action_sort_next(self) -> None:
        """Sort by the column to the right."""
        self._bar.sort_by(self._bar.wanted.column.next)

    def action_reverse(self) -> None:
        """Sort the other way round."""
        self._bar.sort_by(self._bar.wanted.column)

    def action_filter(self) -> None:
        """Type to find runs."""
        self.set_focus(self.query_one("#filter", Input))

    @on(Input.Submitted, "#filter")
    def _leave_filter(self) -> None:
        self._table.focus()

    def action_back(self) -> None:
        """To the table; from there, to all runs; from those, to no marks."""
        if self.has_class("-details"):
            self.action_toggle_details()
        elif not self._table.has_focus:
            self._table.focus()
        elif self._bar.wanted.typed:
            self._bar.clear()
        else:
            self._selection.marks.clear()
            self._show_marks()

    async def action_table(self, action: str, amount: int) -> None:
        """Move in the table while the filter is typed."""
        await self._table.run_action(f"{action}({amount})")

    def action_mark(self) -> None:
        """Lay the chosen run over the other marked ones, or no longer."""
        if (row := self._table.chosen) is None:
            return
        if row.summary.manifest is None:
            self._refuse(row, reason(row.summary))
        elif not self._selection.marks.toggle(row.name):
            self.notify(f"{len(LETTERS)} runs are marked; Esc takes the marks away.")
        self._show_marks()

    def action_switch_unit(self) -> None:
        """Draw the marked runs against mini-batches, or against epochs."""
        self._pane.switch_unit()

    def action_switch_part(self) -> None:
        """Draw the main part of the marked runs, or all."""
        self._pane.switch_part()

    def action_toggle_details(self) -> None:
        """All room for the details, or for the table too."""
        alone = not self.has_class("-details")
        if alone:
            self.set_focus(None)  # the keys of the table work on, though it is hidden
        self.set_class(alone, "-details")
        if not alone:
            self._table.focus()

    # ---- what the user wants with a run

    def _refuse(self, row: RunRow, why: str) -> None:
        """Say why something is not done with a run."""
        self.notify(printable(f"{row.name}: {why}"), severity="warning", markup=False)

    def action_watch(self) -> None:
        """Open it on the Train screen."""
        if (row := self._table.chosen) is None:
            return
        shown = self.session.current_run
        if shown is None or shown.name != row.name:
            self.session.training.watch(row.summary.folder)
        self.app.switch_mode("train")

    def action_continue_run(self) -> None:
        """Go on with it where it was left."""
        if (row := self._table.chosen) is None:
            return
        if row.summary.can_be_continued:
            self.session.training.resume(row.summary.folder)
        elif row.summary.condition in LIVING:
            self._refuse(row, "it is being trained; w watches it")
        else:
            further = "" if row.summary.obstacle else "; b branches off"
            self._refuse(row, f"it cannot be continued ({reason(row.summary)}){further}")

    def action_load(self) -> None:
        """Use its best network on the other screens."""
        if row := self._table.chosen:
            self._networks.ask(partial(network_of, row))

    def _use_network(self, opened: OpenNetwork) -> None:
        self.session.use_network(opened.network, opened.name, opened.path)
        text = f"Vocabulary (F3) and Predict (F4) use the {printable(opened.name)} now."
        self.notify(text, markup=False)

    @work
    async def action_remove(self) -> None:
        """Delete it, if nobody trains it and the user means it."""
        if (row := self._table.chosen) is None:
            return
        if row.summary.condition in LIVING:
            self._refuse(row, "it is being trained; stop it first")
            return
        sentence = f"Delete {printable(row.name)}, its curves, checkpoints and networks?"
        question = Question(sentence, {"delete": "Delete it"}, stay="Keep it")
        if await self.app.push_screen_wait(question):
            self._removal.ask(partial(remove, row.summary.folder))

    def _show_removal(self, name: str) -> None:
        self.notify(f"{printable(name)} is deleted", markup=False)
        self.on_screen_resume()

    @work
    async def action_branch(self) -> None:
        """Begin a new run where this one is, with something changed."""
        if (row := self._table.chosen) is None:
            return
        manifest = row.summary.manifest
        if manifest is None:
            self._refuse(row, reason(row.summary))
            return
        dialog = BranchDialog(row.name, manifest.hyperparameters, row.least_epochs)
        changes = await self.app.push_screen_wait(dialog)
        if changes:
            self._selection.branched_off = row.name
            self.session.training.branch(row.summary.folder, changes)
