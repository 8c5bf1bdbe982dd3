"""Train: a form of hyperparameters, the curves of the run, and a hand on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Button

from wordnet_tui.core.model.hyperparameters import PRESETS
from wordnet_tui.screens.train.run_controls import RunControls
from wordnet_tui.view_models.training_text import (
    chart_baselines,
    curve_in_words,
    figures_on_test,
    headline,
    invitation,
    patience_phrase,
    summary,
)
from wordnet_tui.widgets.footer import KeyLine, StatusLine
from wordnet_tui.widgets.form.form import HyperparameterForm
from wordnet_tui.widgets.lines import ChangingText, ProgressLine
from wordnet_tui.widgets.loss_chart import LossChart

if TYPE_CHECKING:
    from wordnet_tui.core.data.dataset import Dataset
    from wordnet_tui.core.inference.baselines import Baseline
    from wordnet_tui.core.inference.evaluation import Evaluation
    from wordnet_tui.runs.handle import RunHandle
    from wordnet_tui.runs.status import RunStatus

NARROW = 110
"""Columns below which form and curves take turns."""
CELLS_OF_FORM = 41
"""Where they do not; `styles/train.tcss` makes it so wide, with a border."""


class TrainingScreen(RunControls):
    """Watches one training run at a time, and steers it."""

    HELP_TITLE = "Train"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "start", "Start"),
        Binding("g", "start", "Start (go)", show=False),
        Binding("e", "toggle_form", "Set-up"),
        Binding("k", "train_on", "Train on for the epochs of the form", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._timer: Timer | None = None
        self._shown: RunStatus | None = None
        self._run: RunHandle | None = None  # the one that is shown
        self._started_here = False  # whether the next one is by the form
        self._unlike_form = False  # whether its settings are to be put into the form
        self._evaluated: tuple[RunHandle, Evaluation, tuple[Baseline, ...]] | None = None

    def compose(self) -> ComposeResult:
        """Form on the left, curves on the right; in a narrow terminal one at a time."""
        # Before there are parts, whose styles would all have to be found anew.
        columns = self.app.size.width
        self.set_class(columns < NARROW, "narrow", update=False)
        cells = columns if columns < NARROW else CELLS_OF_FORM
        with Horizontal(id="train"):
            with Vertical(id="set-up"):
                yield HyperparameterForm(PRESETS["default"], self.session.sources, cells)
                yield Button("Start (F5)", id="start", variant="primary", compact=True)
            with Vertical(id="curves"):
                yield ChangingText(id="headline")
                yield ProgressLine(id="progress")
                yield LossChart(self.session.markers)
                yield ChangingText(id="words")
        yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to watch the session and the run."""
        self._timer = self.set_interval(self.session.seconds_between_looks, self.look)
        self.watch(self.session, "dataset", self._fit_form_to)
        for name in ("loading", "dataset", "run_of_training", "baselines"):
            self.watch(self.session, name, self._session_changed)
        self._lay_out()

    def on_screen_suspend(self) -> None:
        """Nobody sees this screen: it neither looks nor draws."""
        if self._timer is not None:
            self._timer.pause()

    def on_screen_resume(self) -> None:
        """Catch up with the run."""
        if self._timer is not None:
            self._timer.resume()
            self._session_changed()

    def on_resize(self) -> None:
        """Form and curves side by side, or one at a time."""
        self._lay_out()

    # ---- what is shown

    def look(self) -> None:
        """Show the run as it stands, if it is not the picture that is shown."""
        run = self.session.run_of_training
        if run is None:
            return
        view, chart = run.status(), self.query_one(LossChart)
        if view == self._shown and chart.history is run.history:
            return
        before, self._shown = self._shown, view
        if before is not None and view.message != before.message:
            self.notify(view.message, markup=False)
        if self._unlike_form and view.progress is not None:
            self._unlike_form = False
            self.query_one(HyperparameterForm).fill(run.hyperparameters)
        chart.history, chart.baselines = run.history, self._baselines_of(run)
        chart.rate_changes = tuple(
            (change.batch, change.factor) for change in view.rate_changes
        )
        if view.progress is not None:
            chart.batches_per_epoch = view.progress.batches_per_epoch
        chart.update()
        self._show_text(run, view)
        if view.is_over and not (before is not None and before.is_over):
            self._session_changed()

    def _session_changed(self, *_: object) -> None:
        """A corpus came, a run began or ended."""
        if not self.is_mounted:
            return
        run, loading = self.session.run_of_training, self.session.loading
        chart, bar = self.query_one(LossChart), self.query_one(ProgressLine)
        chart.baselines = self._baselines_of(run)
        if run is not None and run is not self._run:
            self._begin_to_show(run)
        going = run is not None and not run.status().is_over
        self.query_one(HyperparameterForm).locked = going
        self.query_one("#start", Button).disabled = going or loading is not None
        if loading is not None:
            bar.show(loading.share)
            self._headline.show(f"{loading.doing} ...")
        bar.display = loading is not None or going
        if run is None and loading is None:
            self._headline.show(invitation(self.session.dataset))
        self.look()
        self.refresh_bindings()

    def _baselines_of(self, run: RunHandle | None) -> tuple[tuple[str, float], ...]:
        """The level lines, if they are of what the run learns from."""
        fingerprint = self.session.dataset.fingerprint if self.session.dataset else ""
        if run is not None and run.data_fingerprint != fingerprint:
            return ()
        return chart_baselines(self.session.baselines)

    def _begin_to_show(self, run: RunHandle) -> None:
        """Another run than before: its curves, and its settings if they are others."""
        self._run, self._shown = run, None
        self._unlike_form, self._started_here = not self._started_here, False
        self.query_one(LossChart).history = run.history
        self.add_class("watching")
        if self.is_current:
            self.query_one(LossChart).focus()

    def _fit_form_to(self, dataset: Dataset | None) -> None:
        """A corpus of another shape was opened: its sizes are those to train with."""
        form = self.query_one(HyperparameterForm)
        if dataset is None or form.locked or form.hyperparameters is None:
            return
        sizes = {"context_size": dataset.context_size}
        if dataset.report.tokens is None:  # windows alone: their vocabulary is what it is
            sizes["vocabulary_size"] = len(dataset.vocabulary)
        fitted = form.hyperparameters.changed(**sizes)
        if fitted != form.hyperparameters or form.sources != self.session.sources:
            form.fill(fitted, self.session.sources)

    @property
    def _headline(self) -> ChangingText:
        return self.query_one("#headline", ChangingText)

    def _show_text(self, run: RunHandle, view: RunStatus) -> None:
        progress, words = view.progress, ""
        if view.is_over:
            text = summary(view, self._figures_of(run))
        elif progress is None:
            text = "starting ..."
        else:
            text, words = headline(view, progress), curve_in_words(run.history)
            if view.patience:
                words += patience_phrase(progress, view.patience)
        self._headline.show(text)
        self.query_one("#words", ChangingText).show(words)
        if progress is not None and not view.is_over:
            self.query_one(ProgressLine).show(progress.batch / progress.batches)

    def _figures_of(self, run: RunHandle) -> str:
        if self._evaluated is None or self._evaluated[0] is not run:
            return ""
        return figures_on_test(*self._evaluated[1:])

    def _lay_out(self) -> None:
        """In a narrow terminal show the form until a run is going, then the curves."""
        narrow = self.size.width < NARROW
        self.set_class(narrow, "narrow")

    # ---- what the user wants

    @on(Button.Pressed, "#start")
    def action_start(self) -> None:
        """Train with the settings of the form, from new weights."""
        form = self.query_one(HyperparameterForm)
        if form.hyperparameters is None:
            self.notify("; ".join(form.problems), severity="error", markup=False)
            return
        self._started_here = True
        self.session.start_run(form.hyperparameters, form.sources)
        self.add_class("watching")
        self.query_one(LossChart).focus()

    def action_toggle_form(self) -> None:
        """Form or curves, where there is no room for both."""
        self.toggle_class("watching")
        watching = self.has_class("watching")
        (self.query_one(LossChart) if watching else self.query_one(HyperparameterForm)).focus()

    def action_train_on(self) -> None:
        """Go on from the weights of the last run, with the settings of the form."""
        form = self.query_one(HyperparameterForm)
        if (run := self.over()) and form.hyperparameters is not None:
            self._started_here = True
            self.session.start_run(
                form.hyperparameters, form.sources, run.outcome().parameters
            )

    def show_test_figures(
        self, run: RunHandle, reached: Evaluation, compared: list[Baseline]
    ) -> None:
        """Show them with the summary."""
        self._evaluated = run, reached, tuple(compared)
        self._shown = None
        self.look()
