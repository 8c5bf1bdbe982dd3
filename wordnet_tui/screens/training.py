"""Train: a form of hyperparameters, the curves of the run, and a hand on it."""

from __future__ import annotations

import time
from typing import ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Button, ProgressBar, Static
from textual.worker import Worker

from wordnet_tui.core.baselines import Baseline, baselines
from wordnet_tui.core.dataset import Dataset
from wordnet_tui.core.evaluation import Evaluation, evaluate
from wordnet_tui.core.hyperparameters import PRESETS
from wordnet_tui.core.trend import in_words
from wordnet_tui.failures import failure
from wordnet_tui.run import Run, RunState, RunView
from wordnet_tui.screens.training_texts import (
    chart_baselines,
    figures_on_test,
    headline,
    invitation,
    patience_phrase,
    summary,
)
from wordnet_tui.session import Session
from wordnet_tui.widgets.hyperparameter_form import HyperparameterForm
from wordnet_tui.widgets.key_line import KeyLine
from wordnet_tui.widgets.loss_chart import LossChart
from wordnet_tui.widgets.status_line import StatusLine

NARROW = 110
"""Columns below which form and curves take turns."""


class TrainingScreen(Screen[None]):
    """Watches one training run at a time, and steers it."""

    HELP_TITLE = "Train"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "start", "Start"),
        Binding("g", "start", "Start (go)", show=False),
        Binding("p", "pause", "Pause"),
        Binding("full_stop", "step", "One mini-batch (while paused)", show=False),
        Binding("s", "stop", "Stop early"),
        Binding("v", "validate", "Validate now", show=False),
        Binding("less_than_sign,h", "scale_rate(0.5)", "Halve the learning rate", show=False),
        Binding(
            "greater_than_sign,d", "scale_rate(2.0)", "Double the learning rate", show=False
        ),
        Binding("e", "toggle_form", "Set-up"),
        Binding("t", "test", "Test figures (after the end)", show=False),
        Binding("u", "use", "Use the network on the other screens", show=False),
        Binding("k", "train_on", "Train on for the epochs of the form", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._timer: Timer | None = None
        self._shown: RunView | None = None
        self._evaluated: tuple[Run, Evaluation, tuple[Baseline, ...]] | None = None

    @property
    def session(self) -> Session:
        """The app."""
        return cast("Session", self.app)

    def compose(self) -> ComposeResult:
        """Form on the left, curves on the right; in a narrow terminal one at a time."""
        with Horizontal(id="train"):
            with Vertical(id="set-up"):
                yield HyperparameterForm(PRESETS["default"], self.session.sources)
                yield Button("Start (F5)", id="start", variant="primary", compact=True)
            with Vertical(id="curves"):
                yield Static(id="headline", markup=False)
                yield ProgressBar(id="progress", show_eta=False)
                yield LossChart(self.session.markers)
                yield Static(id="words", markup=False)
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
        view = run.look()
        if view == self._shown:
            return
        was_over = self._shown is not None and self._shown.is_over
        self._shown = view
        chart = self.query_one(LossChart)
        chart.rate_changes = tuple(
            (change.batch, change.factor) for change in view.rate_changes
        )
        chart.update()
        self._show_text(run, view)
        if view.is_over and not was_over:
            self._session_changed()

    def _session_changed(self, *_: object) -> None:
        """A corpus came, a run began or ended."""
        if not self.is_mounted:
            return
        run, loading = self.session.run_of_training, self.session.loading
        chart, bar = self.query_one(LossChart), self.query_one("#progress", ProgressBar)
        chart.baselines = chart_baselines(self.session.baselines)
        if run is not None and chart.history is not run.history:
            self._shown = None
            chart.history = run.history
            chart.batches_per_epoch = (
                len(run.dataset.training) // run.hyperparameters.batch_size
            )
        going = run is not None and not run.look().is_over
        self.query_one(HyperparameterForm).locked = going
        self.query_one("#start", Button).disabled = going or loading is not None
        if loading is not None:
            bar.update(
                total=None if loading.share is None else 1.0, progress=loading.share or 0
            )
            self.query_one("#headline", Static).update(Content(f"{loading.doing} ..."))
        bar.display = loading is not None or going
        if run is None and loading is None:
            self.query_one("#headline", Static).update(
                Content(invitation(self.session.dataset))
            )
        self.look()
        self.refresh_bindings()

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

    def _show_text(self, run: Run, view: RunView) -> None:
        progress, words = view.progress, ""
        if view.is_over:
            text = summary(view, self._figures_of(run))
        elif progress is None:
            text = "starting ..."
        else:
            text, words = headline(view, progress), in_words(run.history)
            if view.patience:
                words += patience_phrase(progress, view.patience)
        self.query_one("#headline", Static).update(Content(text))
        self.query_one("#words", Static).update(Content(words))
        if progress is not None and not view.is_over:
            self.query_one("#progress", ProgressBar).update(
                total=progress.batches, progress=progress.batch
            )

    def _figures_of(self, run: Run) -> str:
        if self._evaluated is None or self._evaluated[0] is not run:
            return ""
        return figures_on_test(*self._evaluated[1:])

    def _lay_out(self) -> None:
        """In a narrow terminal show the form until a run is going, then the curves."""
        narrow = self.size.width < NARROW
        self.set_class(narrow, "narrow")

    # ---- what the user wants

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that make no sense now are neither shown nor heeded."""
        del parameters
        run = self.session.run_of_training
        going = run is not None and not run.look().is_over
        if action in ("pause", "step", "stop", "validate", "scale_rate"):
            return going
        if action in ("test", "use", "train_on"):
            return run is not None and not going
        return not going if action == "start" else True

    @on(Button.Pressed, "#start")
    def action_start(self) -> None:
        """Train with the settings of the form, from new weights."""
        form = self.query_one(HyperparameterForm)
        if form.hyperparameters is None:
            self.notify("; ".join(form.problems), severity="error", markup=False)
            return
        self.session.start_run(form.hyperparameters, form.sources)
        self.add_class("watching")
        self.query_one(LossChart).focus()

    def action_pause(self) -> None:
        """Pause, or go on."""
        if run := self._going():
            if run.look().state is RunState.PAUSED:
                run.resume()
            else:
                run.pause()
            self.look()

    def action_step(self) -> None:
        """One mini-batch, while paused."""
        if (run := self._going()) and run.look().state is RunState.PAUSED:
            run.step()

    def action_stop(self) -> None:
        """End the run at the next mini-batch; best and last weights are kept."""
        if run := self._going():
            run.stop()

    def action_validate(self) -> None:
        """Measure the validation loss now."""
        if run := self._going():
            run.validate()

    def action_scale_rate(self, factor: float) -> None:
        """Change the learning rate while training."""
        if run := self._going():
            run.scale_rate(factor)

    def action_toggle_form(self) -> None:
        """Form or curves, where there is no room for both."""
        self.toggle_class("watching")
        watching = self.has_class("watching")
        (self.query_one(LossChart) if watching else self.query_one(HyperparameterForm)).focus()

    def action_use(self) -> None:
        """Let the other screens use the network that was trained."""
        if run := self._over():
            name = f"run of {time.strftime('%H:%M')}"
            self.session.use_network(run.outcome(), name)
            self.notify("Vocabulary (F3) and Predict (F4) use it now; Ctrl-S saves it.")

    def action_train_on(self) -> None:
        """Go on from the weights of the last run, with the settings of the form."""
        form = self.query_one(HyperparameterForm)
        if (run := self._over()) and form.hyperparameters is not None:
            self.session.start_run(
                form.hyperparameters, form.sources, run.outcome().parameters
            )

    def action_test(self) -> None:
        """Measure the network on the test part, beside the baselines."""
        if run := self._over():
            if not len(run.dataset.test):
                self.notify("This corpus has no test part.")
                return
            self._measure(run)

    @work(thread=True, exclusive=True, group="test", exit_on_error=False)
    def _measure(self, run: Run) -> None:
        dataset, network = run.dataset, run.outcome()
        reached = evaluate(
            network.parameters, dataset.test, network.hyperparameters.activation
        )
        compared = baselines(dataset.training, dataset.test, len(dataset.vocabulary))
        self.app.call_later(self._show_figures, run, reached, compared)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A measurement failed: say so."""
        if sentence := failure(event):
            self.notify(sentence, severity="error", markup=False)

    def _show_figures(self, run: Run, reached: Evaluation, compared: list[Baseline]) -> None:
        self._evaluated = run, reached, tuple(compared)
        self._shown = None
        self.look()

    @on(HyperparameterForm.LiveChanged)
    def change_live(self, message: HyperparameterForm.LiveChanged) -> None:
        """A setting that may change during a run was changed in the form."""
        if run := self._going():
            run.set_live(message.name, message.value)

    def _going(self) -> Run | None:
        """The run, if one is going on."""
        run = self.session.run_of_training
        return run if run is not None and not run.look().is_over else None

    def _over(self) -> Run | None:
        """The run, if there was one and it is over."""
        run = self.session.run_of_training
        return run if run is not None and run.look().is_over else None
