"""The part of the app that trains: starts runs, continues, branches and watches them.

A run that is trained here has a thread of its own, and a recorder beside it. What becomes of
it when the app goes is said by `farewell`. What a run needs is imported when there is one.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from textual import work

from wordnet_tui.app.corpus_loader import LoadingSession
from wordnet_tui.core.errors import WordnetError
from wordnet_tui.runs.status import RunState
from wordnet_tui.session import Loading

if TYPE_CHECKING:
    from wordnet_tui.core.data.dataset import Dataset
    from wordnet_tui.core.model.hyperparameters import Hyperparameters
    from wordnet_tui.core.model.network import Parameters
    from wordnet_tui.runs.handle import RunHandle
    from wordnet_tui.runs.local import Run
    from wordnet_tui.runs.recorder import Recorder
    from wordnet_tui.runs.remote.watched_run import WatchedRun
    from wordnet_tui.runs.storage.folder import RunFolder

SECONDS_TO_STOP = 3.0
"""How long leaving waits for the mini-batch under way and the disk."""


class Farewell(Enum):
    """What becomes of the run that is going on when the app goes."""

    STOP = "it ends, and its networks are kept"
    LEAVE = "it is left where it is, to be continued"
    DETACH = "it goes on in the background"
    DISCARD = "nothing is kept"
    TRAIN_ON = "this process trains it to its end without a screen"


class TrainingSession(LoadingSession):
    """A session that can train.

    Attributes:
        training_thread: Where the run is trained.
        own_run: What is trained there.
        farewell: What becomes of it when the app goes.
    """

    training_thread: threading.Thread | None = None
    own_run: Run | None = None
    farewell = Farewell.LEAVE
    _watched_run: WatchedRun | None = None

    @property
    def is_training(self) -> bool:
        """Whether a run is going on in this process."""
        return self.own_run is not None and not self.own_run.status().is_over

    # ---- beginning

    def start_run(
        self,
        hyperparameters: Hyperparameters,
        sources: tuple[str, ...],
        start: Parameters | None = None,
    ) -> None:
        """Begin to train, on another corpus after it is read."""
        begin_it = functools.partial(self._begin_new, hyperparameters, start)
        sizes = _sizes(hyperparameters)
        if self.dataset is not None and self.is_read_as(sources, sizes):
            begin_it(self.dataset)
        else:
            self.read_corpus(sources, sizes, begin_it)

    def _begin_new(
        self, hyperparameters: Hyperparameters, start: Parameters | None, dataset: Dataset
    ) -> None:
        from wordnet_tui.runs.lifecycle import begin
        from wordnet_tui.runs.local import Run

        if self._refused():
            return
        # A text with fewer words than asked for has a smaller vocabulary.
        fitted = hyperparameters.changed(vocabulary_size=len(dataset.vocabulary))
        try:
            run = Run(dataset, fitted, start)
        except WordnetError as error:
            self.complain(str(error))
            return
        before = self.run_of_training if start is not None else None
        path = self.runs_root / before.name / "last.safetensors" if before else ""
        root, sources = self.runs_root, self.sources
        self._train(run, lambda: begin(run, root, sources, start=str(path)))

    def continue_run(self, folder: RunFolder) -> None:
        """Read the checkpoint and the corpus in the background, then go on."""
        from wordnet_tui.runs.lifecycle import reopen

        if not self._refused():
            self._reopen(lambda on_progress: reopen(folder, on_progress))

    def branch_run(self, folder: RunFolder, changes: Mapping[str, object]) -> None:
        """The same, with other hyperparameters and a folder of its own."""
        from wordnet_tui.runs.lifecycle import branch

        if not self._refused():
            root = self.runs_root
            self._reopen(lambda on_progress: branch(folder, changes, root, on_progress))

    def watch_run(self, folder: RunFolder) -> None:
        """Show the run of another process; nothing here waits for its folder."""
        from wordnet_tui.runs.remote.watched_run import WatchedRun

        if not self._refused():
            run = WatchedRun(folder)
            self._show(run)
            self._watched_run = run

    @work(thread=True, exclusive=True, group="reopen", exit_on_error=False)
    def _reopen(self, open_it: Callable[[Any], tuple[Run, Recorder | None]]) -> None:
        def on_progress(doing: str, share: float | None) -> None:
            self.call_later(self._show_loading, Loading(doing, share))

        self.call_later(setattr, self, "loading", Loading("reading the run", None))
        try:
            run, recorder = open_it(on_progress)
        except WordnetError as error:
            self.call_later(self._reading_failed, str(error))
            return
        self.call_later(self._begin_reopened, run, recorder)

    def _begin_reopened(self, run: Run, recorder: Recorder | None) -> None:
        self.loading = None
        if self._refused():
            if recorder is not None:
                recorder.give_back()
            return
        sources = recorder.manifest.sources if recorder else self.sources
        self.take_corpus(run.dataset, sources, _sizes(run.hyperparameters))
        self._train(run, lambda: recorder)

    def _refused(self) -> bool:
        """Whether a run is going on here already; says so."""
        if self.is_training:
            self.complain("a training is going on already; stop it first (s)")
        return self.is_training

    def _train(self, run: Run, record: Callable[[], Recorder | None]) -> None:
        self.own_run = run
        self._show(run)
        # A thread of our own: Textual's workers would hold the program back when it ends.
        self.training_thread = threading.Thread(
            target=self._train_and_save, args=(run, record), name="training", daemon=True
        )
        self.training_thread.start()

    def _show(self, run: RunHandle) -> None:
        self._stop_watching()
        self.run_of_training = run

    def _stop_watching(self) -> None:
        if self._watched_run is not None:
            self._watched_run.close()
            self._watched_run = None

    # ---- in the trainer's thread

    def _train_and_save(self, run: Run, record: Callable[[], Recorder | None]) -> None:
        from wordnet_tui.runs.lifecycle import train_and_save

        train_and_save(run, record(), lambda: self.farewell is Farewell.DISCARD)

    # ---- leaving

    @property
    def kept(self) -> tuple[str, ...] | None:
        """Where the networks of the run were put away; None until they were."""
        return (self.own_run.status().saved_to or None) if self.own_run else None

    def say_farewell(self) -> None:
        """Have the run end or be left as `farewell` says, without waiting for it."""
        if self.own_run is None or self.farewell is Farewell.TRAIN_ON:
            return
        if self.farewell is Farewell.STOP:
            self.own_run.stop(hurried=True)
        else:
            self.own_run.leave()

    def put_away(self, seconds: float = SECONDS_TO_STOP) -> list[str]:
        """Do with the run what `farewell` says, wait until that is done, and say it.

        Args:
            seconds: How long to wait for the mini-batch under way and the disk.
        """
        self._stop_watching()
        run, thread = self.own_run, self.training_thread
        if run is None or thread is None:
            return []
        if thread.is_alive():
            self.say_farewell()
            thread.join(None if self.farewell is Farewell.TRAIN_ON else seconds)
            if thread.is_alive():
                return [f"the training did not stop within {seconds:g} s: it was not saved"]
        if self.farewell is Farewell.DISCARD:
            return []
        told = list(run.status().saved_to)
        if run.status().state is RunState.INTERRUPTED and run.name:
            told.append(f"`wordnet-tui resume {run.name}` goes on with the training")
        return told


def _sizes(hyperparameters: Hyperparameters) -> dict[str, Any]:
    """What decides how a corpus is read."""
    return {
        "context_size": hyperparameters.context_size,
        "vocabulary_size": hyperparameters.vocabulary_size,
        "seed": hyperparameters.seed,
    }
