"""Starts, resumes, branches and watches runs, and ends the one that is trained here.

That one has a thread of its own, and a recorder beside it. What becomes of it when the app
goes is its `exit_action`. What a run needs is imported when there is one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.screen import ModalScreen

from wordnet_tui.app.corpus_loader import CorpusLoader, loading_query
from wordnet_tui.core.errors import WordnetError
from wordnet_tui.runs.status import RunState
from wordnet_tui.screens.background_query import BackgroundQuery, show_error
from wordnet_tui.screens.dialogs import Question
from wordnet_tui.session import Loading, Session

if TYPE_CHECKING:
    from wordnet_tui.core.data.dataset import Dataset
    from wordnet_tui.core.model.hyperparameters import Hyperparameters
    from wordnet_tui.core.model.network import Parameters
    from wordnet_tui.runs.handle import RunHandle
    from wordnet_tui.runs.listing import RunSummary
    from wordnet_tui.runs.local import Run
    from wordnet_tui.runs.recorder import Recorder
    from wordnet_tui.runs.remote.watched_run import WatchedRun
    from wordnet_tui.runs.storage.folder import RunFolder

SECONDS_TO_STOP = 3.0
"""How long leaving waits for the mini-batch under way and the disk."""


class ExitAction(Enum):
    """What becomes of the run that is going on when the app goes."""

    STOP = "it ends, and its networks are saved"
    LEAVE = "it is left where it is, to be resumed"
    DETACH = "it goes on in the background"
    DISCARD = "nothing is saved"
    TRAIN_ON = "this process trains it to its end without a screen"


class TrainingController:
    """See `TrainingActions` for what screens know of it.

    Attributes:
        run: What is trained in this process.
        thread: Where.
        exit_action: What becomes of it when the app goes.
    """

    def __init__(self, session: Session, loader: CorpusLoader) -> None:
        self.run: Run | None = None
        self.thread: threading.Thread | None = None
        self.exit_action = ExitAction.LEAVE
        self._session = session
        self._loader = loader
        self._watched: WatchedRun | None = None
        self._reopening = loading_query(session, self._begin_reopened, one_at_a_time=True)

        self._unfinished = BackgroundQuery(session, self._offer_to_resume)

    @property
    def is_training(self) -> bool:
        """Whether a run is going on in this process."""
        return self.run is not None and not self.run.status().is_over

    # ---- beginning

    def start(
        self,
        hyperparameters: Hyperparameters,
        sources: tuple[str, ...],
        weights: Parameters | None = None,
    ) -> None:
        """Begin to train, on another corpus after it is read."""
        begin_it = partial(self._begin_new, hyperparameters, weights)
        dataset, sizes = self._session.dataset, _sizes(hyperparameters)
        if dataset is not None and self._loader.is_read_as(sources, sizes):
            begin_it(dataset)
        else:
            self._loader.read_corpus(sources, sizes, begin_it)

    def _begin_new(
        self, hyperparameters: Hyperparameters, weights: Parameters | None, dataset: Dataset
    ) -> None:
        from wordnet_tui.runs.lifecycle import begin
        from wordnet_tui.runs.local import Run

        if self._is_refused():
            return
        session = self._session
        # A text with fewer words than asked for has a smaller vocabulary.
        fitted = hyperparameters.changed(vocabulary_size=len(dataset.vocabulary))
        try:
            run = Run(dataset, fitted, weights)
        except WordnetError as error:
            show_error(session, str(error))
            return
        before = session.current_run if weights is not None else None
        path = session.runs_root / before.name / "last.safetensors" if before else ""
        root, sources = session.runs_root, session.sources
        self._train(run, lambda: begin(run, root, sources, start=str(path)))

    def resume(self, folder: RunFolder) -> None:
        """Read the checkpoint and the corpus in the background, then go on."""
        from wordnet_tui.runs.lifecycle import reopen

        self._reopen(partial(reopen, folder, self._reopening.report))

    def branch(self, folder: RunFolder, changes: Mapping[str, object]) -> None:
        """The same, with other hyperparameters and a folder of its own."""
        from wordnet_tui.runs.lifecycle import branch

        root = self._session.runs_root
        self._reopen(partial(branch, folder, changes, root, self._reopening.report))

    def watch(self, folder: RunFolder) -> None:
        """Show the run of another process; nothing here waits for its folder."""
        from wordnet_tui.runs.remote.watched_run import WatchedRun

        if not self._is_refused():
            run = WatchedRun(folder)
            self._show(run)
            self._watched = run

    def look_for_unfinished(self) -> None:
        """Find out whether the newest run was cut off, and ask whether to go on with it."""
        self._unfinished.ask(partial(_unfinished_run, self._session.runs_root))

    def _offer_to_resume(self, run: RunSummary | None) -> None:
        from wordnet_tui.view_models.run_text import unfinished

        if run is None or self.is_training or isinstance(self._session.screen, ModalScreen):
            return
        question = Question(unfinished(run), {"resume": "Continue it"}, stay="Not now")
        self._session.push_screen(
            question, lambda answer: self.resume(run.folder) if answer else None
        )

    def _reopen(self, open_it: Callable[[], tuple[Run, Recorder | None]]) -> None:
        if not self._is_refused():
            self._session.loading = Loading("reading the run", None)
            self._reopening.ask(open_it)

    def _begin_reopened(self, opened: tuple[Run, Recorder | None]) -> None:
        run, recorder = opened
        self._session.loading = None
        if self._is_refused():
            if recorder is not None:
                recorder.give_back()
            return
        sources = recorder.manifest.sources if recorder else self._session.sources
        self._loader.open_corpus(run.dataset, sources, _sizes(run.hyperparameters))
        self._train(run, lambda: recorder)

    def _is_refused(self) -> bool:
        """Whether a run is going on here already; says so."""
        if self.is_training:
            show_error(self._session, "a training is going on already; stop it first (s)")
        return self.is_training

    def _train(self, run: Run, record: Callable[[], Recorder | None]) -> None:
        self.run = run
        self._show(run)
        # A thread of our own: Textual's workers would hold the program back when it ends.
        self.thread = threading.Thread(
            target=self._train_and_save, args=(run, record), name="training", daemon=True
        )
        self.thread.start()

    def _show(self, run: RunHandle) -> None:
        self._stop_watching()
        self._session.current_run = run

    def _stop_watching(self) -> None:
        if self._watched is not None:
            self._watched.close()
            self._watched = None

    # ---- in the trainer's thread

    def _train_and_save(self, run: Run, record: Callable[[], Recorder | None]) -> None:
        from wordnet_tui.runs.lifecycle import train_and_save

        train_and_save(run, record(), lambda: self.exit_action is ExitAction.DISCARD)

    # ---- leaving

    def request_exit(self) -> None:
        """Have the run end or be left as `exit_action` says, without waiting for it."""
        if self.run is None or self.exit_action is ExitAction.TRAIN_ON:
            return
        if self.exit_action is ExitAction.STOP:
            self.run.stop(hurried=True)
        else:
            self.run.leave()

    def finish_run(self, seconds: float = SECONDS_TO_STOP) -> list[str]:
        """Do with the run what `exit_action` says, and wait until that is done.

        Args:
            seconds: How long to wait for the mini-batch under way and the disk; longer where
                the disk makes it try again.

        Returns:
            What came of it, in sentences.
        """
        self._stop_watching()
        run, thread = self.run, self.thread
        if run is None or thread is None:
            return []
        if thread.is_alive():
            self.request_exit()
            thread.join(None if self.exit_action is ExitAction.TRAIN_ON else seconds)
            if run.status().is_over:
                from wordnet_tui.runs.recorder import SECONDS_TO_RETRY

                thread.join(SECONDS_TO_RETRY + seconds)
            if thread.is_alive():
                further = f"; `wordnet-tui resume {run.name}` goes on" if run.name else ""
                why = f"the training did not stop within {seconds:g} s: it was not saved"
                return [f"{why}{further}"]
        if self.exit_action is ExitAction.DISCARD:
            return []
        sentences = list(run.status().saved_to)
        if run.name:
            sentences += filter(None, [run.status().write_error])
        if run.status().state is RunState.INTERRUPTED and run.name:
            sentences.append(f"`wordnet-tui resume {run.name}` goes on with the training")
        return sentences


def _unfinished_run(root: Path) -> RunSummary | None:
    """The newest run, if it was cut off."""
    from wordnet_tui.runs.listing import list_runs

    newest = list_runs(root, time.time())[:1]
    return newest[0] if newest and newest[0].can_be_continued else None


def _sizes(hyperparameters: Hyperparameters) -> dict[str, Any]:
    """What decides how a corpus is read."""
    return {
        "context_size": hyperparameters.context_size,
        "vocabulary_size": hyperparameters.vocabulary_size,
        "seed": hyperparameters.seed,
    }
