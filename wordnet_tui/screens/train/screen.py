"""Train: a form of hyperparameters, the curves of the run, and the keys that steer it."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Button

from wordnet_tui.core.errors import DataError, WordnetError, printable
from wordnet_tui.core.model.hyperparameters import PRESETS
from wordnet_tui.runs.commands import PAUSE, RESUME, Command, CommandKind
from wordnet_tui.runs.status import RunState
from wordnet_tui.screens.background_query import BackgroundQuery, show_error
from wordnet_tui.screens.train.run_pane import RunPane
from wordnet_tui.session import Session
from wordnet_tui.view_models.training_text import chart_baselines, figures_on_test, invitation
from wordnet_tui.widgets.footer import KeyLine, StatusLine
from wordnet_tui.widgets.form.form import HyperparameterForm

if TYPE_CHECKING:
    from wordnet_tui.core.data.dataset import Dataset
    from wordnet_tui.core.model.trained_network import TrainedNetwork
    from wordnet_tui.runs.handle import RunHandle
    from wordnet_tui.runs.status import RunStatus

NARROW = 110
"""Columns below which form and curves take turns."""
CELLS_OF_FORM = 41
"""Where they do not; `styles/train.tcss` makes it so wide, with a border."""


class TrainingScreen(Screen[None]):
    """Watches one training run at a time, and steers it, whoever trains it."""

    HELP_TITLE = "Train"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pause", "Pause"),
        Binding("full_stop", "send('step')", "One mini-batch (while paused)", show=False),
        Binding("s", "send('stop')", "Stop early"),
        Binding("v", "send('validate')", "Validate now", show=False),
        Binding(
            "less_than_sign,h",
            "send('scale_rate', 0.5)",
            "Halve the learning rate",
            show=False,
        ),
        Binding(
            "greater_than_sign,d",
            "send('scale_rate', 2.0)",
            "Double the learning rate",
            show=False,
        ),
        Binding("t", "test", "Test figures (after the end)", show=False),
        Binding("u", "use", "Use the network on the other screens", show=False),
        Binding("f5", "start", "Start"),
        Binding("g", "start", "Start (go)", show=False),
        Binding("e", "toggle_form", "Set-up"),
        Binding("k", "train_on", "Train on for the epochs of the form", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._timer: Timer | None = None
        self._run: RunHandle | None = None  # the one that is shown
        self._status: RunStatus | None = None  # as it is shown
        self._started_here = False  # whether the next one is by the form
        self._unlike_form = False  # whether its settings are to be put into the form
        self._figures: tuple[RunHandle | None, str] = (None, "")  # of a run on the test part
        self._measuring = BackgroundQuery(self, self._show_figures)

    @property
    def session(self) -> Session:
        """The app."""
        return cast("Session", self.app)

    @property
    def _form(self) -> HyperparameterForm:
        return self.query_one(HyperparameterForm)

    @property
    def _pane(self) -> RunPane:
        return self.query_one(RunPane)

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
            yield RunPane(self.session.markers)
        yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to watch the session and the run."""
        self._timer = self.set_interval(self.session.refresh_seconds, self.refresh_run)
        self.watch(self.session, "dataset", self._fit_form_to)
        for name in ("loading", "dataset", "current_run", "baselines"):
            self.watch(self.session, name, self._session_changed)
        self.on_resize()

    def on_screen_suspend(self) -> None:
        """Nobody sees this screen: it neither asks nor draws."""
        if self._timer is not None:
            self._timer.pause()

    def on_screen_resume(self) -> None:
        """Catch up with the run."""
        if self._timer is not None:
            self._timer.resume()
            self._session_changed()

    def on_resize(self) -> None:
        """Form and curves side by side; or the form until a run is going, then the curves."""
        self.set_class(self.size.width < NARROW, "narrow")

    # ---- what is shown

    def refresh_run(self) -> None:
        """Show the run as it is now, if that is not what is shown."""
        run, before = self.session.current_run, self._status
        if run is None:
            return
        status = run.status()
        if status == before and self._pane.chart.history is run.history:
            return
        self._status = status
        if before is not None and status.message != before.message:
            self.notify(status.message, markup=False)
        if self._unlike_form and status.progress is not None:
            self._unlike_form = False
            self._form.fill(run.hyperparameters)
        self._pane.chart.baselines = self._baselines_of(run)
        measured, figures = self._figures
        self._pane.show_run(run, status, figures if measured is run else "")
        if status.is_over and not (before is not None and before.is_over):
            self._session_changed()

    def _session_changed(self, *_: object) -> None:
        """A corpus came, a run began or ended."""
        if not self.is_mounted:
            return
        run, loading = self.session.current_run, self.session.loading
        self._pane.chart.baselines = self._baselines_of(run)
        if run is not None and run is not self._run:
            self._begin_to_show(run)
        is_going = self._run_if(is_over=False) is not None
        self._form.locked = is_going
        self.query_one("#start", Button).disabled = is_going or loading is not None
        self._pane.show_loading(loading, is_going=is_going)
        if run is None and loading is None:
            self._pane.show_headline(invitation(self.session.dataset))
        self.refresh_run()
        self.refresh_bindings()

    def _baselines_of(self, run: RunHandle | None) -> tuple[tuple[str, float], ...]:
        """The level lines, if they are of what the run learns from."""
        fingerprint = self.session.dataset.fingerprint if self.session.dataset else ""
        if run is not None and run.data_fingerprint != fingerprint:
            return ()
        return chart_baselines(self.session.baselines)

    def _begin_to_show(self, run: RunHandle) -> None:
        """Another run than before: its curves, and its settings if they are others."""
        self._run, self._status = run, None
        self._unlike_form, self._started_here = not self._started_here, False
        self._pane.chart.history = run.history
        self.add_class("watching")
        if self.is_current:
            self._pane.chart.focus()

    def _fit_form_to(self, dataset: Dataset | None) -> None:
        """A corpus of another shape was opened: its sizes are those to train with."""
        form = self._form
        if dataset is None or form.locked or form.hyperparameters is None:
            return
        sizes = {"context_size": dataset.context_size}
        if dataset.report.tokens is None:  # windows alone: their vocabulary is what it is
            sizes["vocabulary_size"] = len(dataset.vocabulary)
        fitted = form.hyperparameters.changed(**sizes)
        if fitted != form.hyperparameters or form.sources != self.session.sources:
            form.fill(fitted, self.session.sources)

    # ---- starting

    @on(Button.Pressed, "#start")
    def action_start(self) -> None:
        """Train with the settings of the form, from new weights."""
        form = self._form
        if form.hyperparameters is None:
            self.notify("; ".join(form.problems), severity="error", markup=False)
            return
        self._started_here = True
        self.session.training.start(form.hyperparameters, form.sources)
        self.add_class("watching")
        self._pane.chart.focus()

    def action_train_on(self) -> None:
        """Go on from the weights of the last run, with the settings of the form."""
        form = self._form
        if form.hyperparameters is not None and (network := self._outcome()):
            self._started_here = True
            weights = network.parameters
            self.session.training.start(form.hyperparameters, form.sources, weights)

    def action_toggle_form(self) -> None:
        """Form or curves, where there is no room for both."""
        self.toggle_class("watching")
        (self._pane.chart if self.has_class("watching") else self._form).focus()

    # ---- while it goes, and after

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that make no sense now are neither shown nor obeyed."""
        run = self._run_if(is_over=False)
        if action == "send" and parameters[0] == CommandKind.STEP:
            return run is not None and run.status().state is RunState.PAUSED
        if action in ("pause", "send"):
            return run is not None
        if action in ("test", "use", "train_on"):
            return self._run_if(is_over=True) is not None
        return run is None if action == "start" else True

    def _run_if(self, *, is_over: bool) -> RunHandle | None:
        """The run, if there is one and it is over, or is not."""
        run = self.session.current_run
        return run if run is not None and run.status().is_over is is_over else None

    def _outcome(self) -> TrainedNetwork | None:
        """What the run has learned, once it is over; says so if it cannot be read."""
        run = self._run_if(is_over=True)
        try:
            return run.outcome() if run else None
        except WordnetError as error:
            show_error(self, str(error))
            return None

    def action_send(self, kind: str, value: float | None = None) -> None:
        """Have something done with the run; see `CommandKind`."""
        if run := self._run_if(is_over=False):
            run.send(Command(CommandKind(kind), value))

    def action_pause(self) -> None:
        """Pause, or go on."""
        if run := self._run_if(is_over=False):
            run.send(RESUME if run.status().state is RunState.PAUSED else PAUSE)
            self.refresh_run()

    @on(HyperparameterForm.LiveChanged)
    def _change_live(self, message: HyperparameterForm.LiveChanged) -> None:
        """A setting that may change during a run was changed in the form."""
        self.action_send(message.name, message.value)

    def action_use(self) -> None:
        """Let the other screens use the network that was trained."""
        if network := self._outcome():
            self.session.use_network(network, f"run of {time.strftime('%H:%M')}")
            self.notify("Vocabulary (F3) and Predict (F4) use it now; Ctrl-S saves it.")

    def action_test(self) -> None:
        """Measure the network on the test part, beside the baselines."""
        if run := self._run_if(is_over=True):
            dataset = run.dataset or self.session.dataset
            if dataset is None or not len(dataset.test):
                self.notify("No corpus with a test part is open; Ctrl-D opens one.")
                return
            self._measuring.ask(partial(_measure, run, dataset))

    def _show_figures(self, figures: tuple[RunHandle, str]) -> None:
        self._figures, self._status = figures, None
        self.refresh_run()


def _measure(run: RunHandle, dataset: Dataset) -> tuple[RunHandle, str]:
    """What the network of a run reaches on the test part, in words."""
    from wordnet_tui.core.inference.baselines import baselines
    from wordnet_tui.core.inference.evaluation import evaluate

    network = run.outcome()
    if network.provenance.data_fingerprint != dataset.fingerprint:
        raise DataError(
            f"{printable(dataset.name)} is not what this run was trained on; Ctrl-D opens "
            f"{printable(network.provenance.data_name)}"
        )
    reached = evaluate(network.parameters, dataset.test, network.hyperparameters.activation)
    compared = baselines(dataset.training, dataset.test, len(dataset.vocabulary))
    return run, figures_on_test(reached, compared)
