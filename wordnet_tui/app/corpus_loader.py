"""The part of the app that reads corpora and networks in the background.

What it reads with is imported where that is done: the first picture does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import work
from textual.worker import Worker, get_current_worker

from wordnet_tui.core.errors import WordnetError, printable
from wordnet_tui.screens.failures import failure
from wordnet_tui.session import Loading, Session

if TYPE_CHECKING:
    from wordnet_tui.core.data.dataset import Dataset
    from wordnet_tui.core.inference.baselines import Baseline
    from wordnet_tui.core.model.trained_network import TrainedNetwork

DEFAULT_SEED = 1
"""What a corpus is split by where nobody asks for another seed."""

LARGEST_BASELINE = 4_000_000
"""Training windows up to which the baselines are counted; more would take minutes."""


class ReadingCancelledError(Exception):
    """What is being read is no longer wanted."""


class LoadingSession(Session):
    """A session that can fill itself."""

    _read_as: tuple[tuple[str, ...], dict[str, Any]] | None = None

    # ---- networks

    @work(thread=True, exclusive=True, group="network", exit_on_error=False)
    def read_network(self, name: str) -> None:
        """Open a model file, or a network that ships by its name."""
        from wordnet_tui.core.formats.model_files import read_network, resolve

        worker = get_current_worker()
        try:
            path = resolve(name)
            network = self._with_words(read_network(path), path)
        except WordnetError as error:
            self._answer(worker, self.complain, str(error))
        else:
            self._answer(worker, self.use_network, network, path.stem, path)

    def _with_words(self, network: TrainedNetwork, path: Path) -> TrainedNetwork:
        """Words for a `.bin`: from a vocab.txt beside it, else those of the open corpus."""
        from wordnet_tui.core.data.readers.ngram_folder import read_vocabulary
        from wordnet_tui.core.formats.model_files import read_network

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
        from wordnet_tui.core.data.load import load_dataset

        worker = get_current_worker()

        def show(doing: str, share: float | None) -> None:
            if worker.is_cancelled:
                raise ReadingCancelledError
            self._answer(worker, self._show_loading, Loading(doing, share))

        try:
            dataset = load_dataset(
                sources if len(sources) > 1 else sources[0], on_progress=show, **sizes
            )
        except ReadingCancelledError:
            return
        except WordnetError as error:
            self._answer(worker, self._reading_failed, str(error))
            return
        if worker.is_cancelled:
            return
        self._answer(worker, self._corpus_is_there, dataset, sources, sizes, then)
        self._measure_baselines(dataset)

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

    def is_read_as(self, sources: tuple[str, ...], sizes: dict[str, Any]) -> bool:
        """Whether the open corpus is this one, in these sizes."""
        return self.dataset is not None and self._read_as == (sources, sizes)

    def take_corpus(
        self, dataset: Dataset, sources: tuple[str, ...], sizes: dict[str, Any]
    ) -> None:
        """Make a corpus that was read elsewhere the open one."""
        self._corpus_is_there(dataset, sources, sizes, None)
        self._count_baselines(dataset)

    @work(thread=True, exclusive=True, group="corpus", exit_on_error=False)
    def _count_baselines(self, dataset: Dataset) -> None:
        self._measure_baselines(dataset)

    def _measure_baselines(self, dataset: Dataset) -> None:
        from wordnet_tui.core.inference.baselines import baselines

        if len(dataset.validation) and 0 < len(dataset.training) <= LARGEST_BASELINE:
            found = baselines(dataset.training, dataset.validation, len(dataset.vocabulary))
            self.call_later(self._show_baselines, dataset, tuple(found))

    def _show_baselines(self, dataset: Dataset, found: tuple[Baseline, ...]) -> None:
        if dataset is self.dataset:
            self.baselines = found

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker failed: say so, and wait for nothing that will not come."""
        if sentence := failure(event):
            if event.worker.group == "corpus":
                self.loading = None
            self.complain(sentence)

    def _answer(
        self, worker: Worker[None], act: Callable[..., object], *arguments: object
    ) -> None:
        """From a worker's thread: do it, unless something else has been asked for since."""
        self.call_later(lambda: None if worker.is_cancelled else act(*arguments))

    def complain(self, sentence: str) -> None:
        """Show what went wrong; a sentence of the core, taken as it is."""
        self.notify(sentence, severity="error", markup=False, timeout=10)
