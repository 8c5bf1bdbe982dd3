"""Steering a run by keys: while it goes, and what can be done with it after."""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker

from wordnet_tui.core.errors import DataError, printable
from wordnet_tui.runs.commands import PAUSE, RESUME, Command, CommandKind
from wordnet_tui.runs.status import RunState
from wordnet_tui.screens.failures import failure
from wordnet_tui.session import Session
from wordnet_tui.widgets.form.form import HyperparameterForm

if TYPE_CHECKING:
    from wordnet_tui.core.data.dataset import Dataset
    from wordnet_tui.core.inference.baselines import Baseline
    from wordnet_tui.core.inference.evaluation import Evaluation
    from wordnet_tui.runs.handle import RunHandle


class RunControls(Screen[None]):
    """A hand on the run of the session, whoever trains it."""

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
    ]

    @property
    def session(self) -> Session:
        """The app."""
        return cast("Session", self.app)

    @abstractmethod
    def look(self) -> None:
        """Show the run as it stands."""

    @abstractmethod
    def show_test_figures(
        self, run: RunHandle, reached: Evaluation, compared: list[Baseline]
    ) -> None:
        """Show what the network of a run reached on the test part, beside the baselines."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that make no sense now are neither shown nor heeded."""
        run = self.session.run_of_training
        status = run.status() if run is not None else None
        going = status is not None and not status.is_over
        if action == "send" and parameters[0] == CommandKind.STEP:
            return status is not None and status.state is RunState.PAUSED
        if action in ("pause", "send"):
            return going
        if action in ("test", "use", "train_on"):
            return run is not None and not going
        return not going if action == "start" else True

    def going(self) -> RunHandle | None:
        """The run, if one is going on."""
        run = self.session.run_of_training
        return run if run is not None and not run.status().is_over else None

    def over(self) -> RunHandle | None:
        """The run, if there was one and it is over."""
        run = self.session.run_of_training
        return run if run is not None and run.status().is_over else None

    # ---- while it goes

    def action_send(self, kind: str, value: float | None = None) -> None:
        """Have something done with the run; see `CommandKind`."""
        if run := self.going():
            run.send(Command(CommandKind(kind), value))

    def action_pause(self) -> None:
        """Pause, or go on."""
        if run := self.going():
            run.send(RESUME if run.status().state is RunState.PAUSED else PAUSE)
            self.look()

    @on(HyperparameterForm.LiveChanged)
    def change_live(self, message: HyperparameterForm.LiveChanged) -> None:
        """A setting that may change during a run was changed in the form."""
        self.action_send(message.name, message.value)

    # ---- after its end

    def action_use(self) -> None:
        """Let the other screens use the network that was trained."""
        if run := self.over():
            name = f"run of {time.strftime('%H:%M')}"
            self.session.use_network(run.outcome(), name)
            self.notify("Vocabulary (F3) and Predict (F4) use it now; Ctrl-S saves it.")

    def action_test(self) -> None:
        """Measure the network on the test part, beside the baselines."""
        if run := self.over():
            dataset = run.dataset or self.session.dataset
            if dataset is None or not len(dataset.test):
                self.notify("No corpus with a test part is open; Ctrl-D opens one.")
                return
            self._measure(run, dataset)

    @work(thread=True, exclusive=True, group="test", exit_on_error=False)
    def _measure(self, run: RunHandle, dataset: Dataset) -> None:
        from wordnet_tui.core.inference.baselines import baselines
        from wordnet_tui.core.inference.evaluation import evaluate

        network = run.outcome()
        if network.provenance.data_fingerprint != dataset.fingerprint:
            raise DataError(
                f"{printable(dataset.name)} is not what this run was trained on; Ctrl-D opens "
                f"{printable(network.provenance.data_name)}"
            )
        reached = evaluate(
            network.parameters, dataset.test, network.hyperparameters.activation
        )
        compared = baselines(dataset.training, dataset.test, len(dataset.vocabulary))
        self.app.call_later(self.show_test_figures, run, reached, compared)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A measurement failed: say so."""
        if sentence := failure(event):
            self.notify(sentence, severity="error", markup=False)
