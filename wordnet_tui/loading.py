"""The part of the app that reads corpora and networks in the background, and starts runs."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual import work
from textual.worker import Worker, get_current_worker

from wordnet_tui.core.baselines import Baseline, baselines
from wordnet_tui.core.corpora import load_dataset
from wordnet_tui.core.corpora.ngram_folder import read_vocabulary
from wordnet_tui.core.dataset import Dataset
from wordnet_tui.core.errors import WordnetError, printable
from wordnet_tui.core.hyperparameters import Hyperparameters
from wordnet_tui.core.model_files import read_network
from wordnet_tui.core.model_files.shipped import resolve
from wordnet_tui.core.network import Parameters
from wordnet_tui.core.trained_network import TrainedNetwork
from wordnet_tui.failures import failure
from wordnet_tui.keeping import keep_networks
from wordnet_tui.run import Run
from wordnet_tui.session import Loading, Session

DEFAULT_SEED = 1
"""What a corpus is split by where nobody asks for another seed."""

SECONDS_TO_STOP = 3.0
"""How long leaving waits for the mini-batch under way and the disk."""

LARGEST_BASELINE = 4_000_000
"""Training windows up to which the baselines are counted; more would take minutes."""


class ReadingCancelledError(Exception):
    """What is being read is no longer wanted."""


class LoadingSession(Session):
    """A session that can fill itself.

    Attributes:
        training_thread: Where the run is trained.
        discard_run: Whether the run that is going on need not be kept.
    """

    training_thread: threading.Thread | None = None
    discard_run = False
    _read_as: tuple[tuple[str, ...], dict[str, Any]] | None = None

    # ---- networks

    @work(thread=True, exclusive=True, group="network", exit_on_error=False)
    def read_network(self, name: str) -> None:
        """Open a model file, or a network that ships by its name."""
        try:
            path = resolve(name)
            network = self._with_words(read_network(path), path)
        except WordnetError as error:
            self.call_later(self.complain, str(error))
        else:
            self.call_later(self.use_network, network, path.stem, path)

    def _with_words(self, network: TrainedNetwork, path: Path) -> TrainedNetwork:
        """Words for a `.bin`: from a vocab.txt beside it, else those of the open corpus."""
        beside = path.parent / "vocab.txt"
        if network.vocabulary is not None:
            return network
        if beside.is_file():
            return read_network(path, read_vocabulary(beside))
        if self.dataset is not None:
            return read_network(path, self.dataset.vocabulary)
        raise WordnetError(
            f"{printable(path.name)} holds no words; put its vocab.txt beside it"
        )

    # ---- corpora

    def read_corpus(
        self,
        sources: tuple[str, ...],
        sizes: dict[str, Any] | None = None,
        then: Callable[[Dataset], None] | None = None,
    ) -> None:
        """Read a corpus behind a progress bar.

        Args:
            sources: A name, or paths.
            sizes: `context_size`, `vocabulary_size`, `seed`, where they are asked for.
            then: Called with the corpus once it is there.
        """
        self.loading = Loading("reading", None)
        self._read_corpus(sources, sizes or {}, then)

    @work(thread=True, exclusive=True, group="corpus", exit_on_error=False)
    def _read_corpus(
        self,
        sources: tuple[str, ...],
        sizes: dict[str, Any],
        then: Callable[[Dataset], None] | None,
    ) -> None:
        worker = get_current_worker()

        def show(doing: str, share: float | None) -> None:
            if worker.is_cancelled:
                raise ReadingCancelledError
            self.call_later(self._show_loading, Loading(doing, share))

        try:
            dataset = load_dataset(
                sources if len(sources) > 1 else sources[0], on_progress=show, **sizes
            )
        except ReadingCancelledError:
            return
        except WordnetError as error:
            self.call_later(self._reading_failed, str(error))
            return
        if worker.is_cancelled:
            return
        self.call_later(self._corpus_is_there, dataset, sources, sizes, then)
        if len(dataset.validation) and 0 < len(dataset.training) <= LARGEST_BASELINE:
            found = baselines(dataset.training, dataset.validation, len(dataset.vocabulary))
            self.call_later(self._show_baselines, dataset, tuple(found))

    def _show_loading(self, loading: Loading) -> None:
        if self.loading is not None:
            self.loading = loading

    def _reading_failed(self, sentence: str) -> None:
        self.loading = None
        self.complain(sentence)

    def _corpus_is_there(
        self,
        dataset: Dataset,
        sources: tuple[str, ...],
        sizes: dict[str, Any],
        then: Callable[[Dataset], None] | None,
    ) -> None:
        self.loading = None
        self.sources = sources
        as_it_came = {
            "context_size": dataset.context_size,
            "vocabulary_size": len(dataset.vocabulary),
            "seed": DEFAULT_SEED,
        }
        self._read_as = (sources, sizes or as_it_came)
        self.baselines = ()
        self.dataset = dataset
        if then is not None:
            then(dataset)

    def _show_baselines(self, dataset: Dataset, found: tuple[Baseline, ...]) -> None:
        if dataset is self.dataset:
            self.baselines = found

    # ---- runs

    def start_run(
        self,
        hyperparameters: Hyperparameters,
        sources: tuple[str, ...],
        start: Parameters | None = None,
    ) -> None:
        """Begin to train, on another corpus after it is read."""
        begin = functools.partial(self._begin_run, hyperparameters, start)
        sizes = {
            "context_size": hyperparameters.context_size,
            "vocabulary_size": hyperparameters.vocabulary_size,
            "seed": hyperparameters.seed,
        }
        if self.dataset is not None and self._read_as == (sources, sizes):
            begin(self.dataset)
        else:
            self.read_corpus(sources, sizes, begin)

    def _begin_run(
        self, hyperparameters: Hyperparameters, start: Parameters | None, dataset: Dataset
    ) -> None:
        if self.run_of_training is not None and not self.run_of_training.look().is_over:
            self.complain("a training is going on already; stop it first (s)")
            return
        # A text with fewer words than asked for has a smaller vocabulary.
        fitted = hyperparameters.changed(vocabulary_size=len(dataset.vocabulary))
        try:
            run = Run(dataset, fitted, start)
        except WordnetError as error:
            self.complain(str(error))
            return
        self.run_of_training = run
        # A thread of our own: Textual's workers would hold the program back when it ends.
        self.training_thread = threading.Thread(
            target=self._train_and_keep, args=(run,), name="training", daemon=True
        )
        self.training_thread.start()

    def _train_and_keep(self, run: Run) -> None:
        run.run_to_end()
        if not self.discard_run:
            run.note_kept(keep_networks(run))

    @property
    def kept(self) -> tuple[str, ...] | None:
        """Where the networks of the run were put away; None until they were."""
        return (self.run_of_training.look().kept or None) if self.run_of_training else None

    def put_away(self, seconds: float = SECONDS_TO_STOP) -> list[str]:
        """Stop what is going on, and wait until it is kept; say in sentences where.

        Args:
            seconds: How long to wait for the mini-batch under way and the disk.
        """
        run, thread = self.run_of_training, self.training_thread
        if run is None or thread is None:
            return []
        if thread.is_alive():
            run.stop(hurried=True)
            if self.discard_run:
                return []
            thread.join(seconds)
            if thread.is_alive():
                return [f"the training did not stop within {seconds:g} s: it was not saved"]
        return list(run.look().kept)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker failed: say so, and wait for nothing that will not come."""
        if sentence := failure(event):
            if event.worker.group == "corpus":
                self.loading = None
            self.complain(sentence)

    def complain(self, sentence: str) -> None:
        """Show what went wrong; a sentence of the core, taken as it is."""
        self.notify(sentence, severity="error", markup=False, timeout=10)
