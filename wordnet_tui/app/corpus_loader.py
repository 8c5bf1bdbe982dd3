"""Reads corpora and networks in the background, and opens them in the session.

What it reads with is imported where that is done: the first picture does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from wordnet_tui.app.preferences import DEFAULT
from wordnet_tui.core.errors import WordnetError, printable
from wordnet_tui.screens.background_query import BackgroundQuery, show_error
from wordnet_tui.session import Loading, OpenNetwork, Session

if TYPE_CHECKING:
    from wordnet_tui.core.data.dataset import Dataset
    from wordnet_tui.core.inference.baselines import Baseline
    from wordnet_tui.core.model.trained_network import TrainedNetwork

Answer = TypeVar("Answer")

DEFAULT_SEED = 1
"""What a corpus is split by where nobody asks for another seed."""

LARGEST_BASELINE = 4_000_000
"""Training windows up to which the baselines are counted; more would take minutes."""


class CorpusLoader:
    """Fills a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read_as: tuple[tuple[str, ...], dict[str, Any]] | None = None
        self._corpora = loading_query(session, self._open_read)
        self._baselines = BackgroundQuery(session, self._show_baselines)
        self._networks: BackgroundQuery[Callable[[], None]] = BackgroundQuery(
            session, lambda open_it: open_it()
        )

    # ---- networks

    def read_network(self, name: str, *, or_default: bool = False) -> None:
        """Open a model file, or a network that ships by its name.

        With `or_default`, the network of a first session is opened where that fails.
        """
        self._networks.ask(partial(self._read_network, name, or_default))

    def _read_network(self, name: str, or_default: bool) -> Callable[[], None]:
        """Read it; what is still to be done in the event loop."""
        from wordnet_tui.core.formats.model_files import read_network, resolve

        def read(name: str) -> OpenNetwork:
            path = resolve(name)
            return OpenNetwork(self._with_words(read_network(path), path), path.stem, path)

        network, problem = _read_or_default(read, (name,), or_default)

        def open_it() -> None:
            self._session.network = network
            self._show_problem(problem)

        return open_it

    def _with_words(self, network: TrainedNetwork, path: Path) -> TrainedNetwork:
        """Words for a `.bin`: from a vocab.txt beside it, else those of the open corpus."""
        from wordnet_tui.core.data.readers.ngram_folder import read_vocabulary
        from wordnet_tui.core.formats.model_files import read_network

        beside, dataset = path.parent / "vocab.txt", self._session.dataset
        if network.vocabulary is not None:
            return network
        if beside.is_file():
            return read_network(path, read_vocabulary(beside))
        if dataset is not None:
            return read_network(path, dataset.vocabulary)
        raise WordnetError(
            f"{printable(path.name)} holds no words; put its vocab.txt beside it"
        )

    # ---- corpora

    def read_corpus(
        self,
        sources: tuple[str, ...],
        sizes: dict[str, Any] | None = None,
        then: Callable[[Dataset], None] | None = None,
        *,
        or_default: bool = False,
    ) -> None:
        """Read a corpus behind a progress bar.

        Args:
            sources: A name, or paths.
            sizes: `context_size`, `vocabulary_size`, `seed`, where they are asked for.
            then: Called with the corpus once it is there.
            or_default: Whether the corpus of a first session is read where that fails.
        """
        self._session.loading = Loading("reading", None)
        self._corpora.ask(partial(self._read_corpus, sources, sizes or {}, then, or_default))

    def _read_corpus(
        self,
        sources: tuple[str, ...],
        sizes: dict[str, Any],
        then: Callable[[Dataset], None] | None,
        or_default: bool,
    ) -> Callable[[], None]:
        """Read it; what is still to be done in the event loop."""
        from wordnet_tui.core.data.load import load_dataset

        def read(*sources: str) -> tuple[Dataset, tuple[str, ...]]:
            source = sources if len(sources) > 1 else sources[0]
            report = self._corpora.report
            return load_dataset(source, on_progress=report, **sizes), sources

        (dataset, read_as), problem = _read_or_default(read, sources, or_default)

        def open_it() -> None:
            self.open_corpus(dataset, read_as, sizes)
            self._show_problem(problem)
            if then is not None:
                then(dataset)

        return open_it

    def _open_read(self, open_it: Callable[[], None]) -> None:
        self._session.loading = None
        open_it()

    def open_corpus(
        self, dataset: Dataset, sources: tuple[str, ...], sizes: dict[str, Any]
    ) -> None:
        """Make a corpus the open one, and count its baselines."""
        as_it_came = {
            "context_size": dataset.context_size,
            "vocabulary_size": len(dataset.vocabulary),
            "seed": DEFAULT_SEED,
        }
        self._read_as = (sources, sizes or as_it_came)
        self._session.sources = sources
        self._session.baselines = ()
        self._session.dataset = dataset
        self._baselines.ask(partial(_baselines_of, dataset))

    def is_read_as(self, sources: tuple[str, ...], sizes: dict[str, Any]) -> bool:
        """Whether the open corpus is this one, in these sizes."""
        return self._session.dataset is not None and self._read_as == (sources, sizes)

    def _show_problem(self, problem: str) -> None:
        if problem:
            show_error(self._session, problem)

    def _show_baselines(self, found: tuple[Baseline, ...]) -> None:
        self._session.baselines = found


def _read_or_default(
    read: Callable[..., Answer], names: tuple[str, ...], or_default: bool
) -> tuple[Answer, str]:
    """What `read` makes of the names, and ""; or else of the default, and why."""
    try:
        return read(*names), ""
    except WordnetError as error:
        if not or_default or names == (DEFAULT,):
            raise
        return read(DEFAULT), f"{error}; {DEFAULT} is opened instead"


def _baselines_of(dataset: Dataset) -> tuple[Baseline, ...]:
    from wordnet_tui.core.inference.baselines import baselines

    if not len(dataset.validation) or not 0 < len(dataset.training) <= LARGEST_BASELINE:
        return ()
    return tuple(baselines(dataset.training, dataset.validation, len(dataset.vocabulary)))


def loading_query(
    session: Session, on_answer: Callable[[Answer], None], *, one_at_a_time: bool = False
) -> BackgroundQuery[Answer]:
    """A query whose reports and failure are shown as what the session is loading."""

    def show(doing: str, share: float | None) -> None:
        session.loading = Loading(doing, share)

    def fail(sentence: str) -> None:
        session.loading = None
        show_error(session, sentence)

    return BackgroundQuery(
        session, on_answer, on_error=fail, on_report=show, one_at_a_time=one_at_a_time
    )
