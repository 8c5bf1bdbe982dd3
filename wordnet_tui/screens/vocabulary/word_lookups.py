"""What the Vocabulary screen has computed for it in threads, each answer as a message.

A newer question cancels an older one of its kind; the screen still checks that an answer is
to what it wants to know now, as a thread cannot be stopped at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from textual import on
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker, WorkerState, get_current_worker

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.errors import WordnetError
from wordnet_tui.core.inference.embedding_space import EmbeddingSpace, Metric, Neighbor
from wordnet_tui.core.model.network import WordIds
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.view_models.word_facts import (
    NearWord,
    Numbers,
    Pair,
    Plane,
    WordInCorpus,
    in_corpus,
    is_finite,
    near,
    numbers,
    plane_of,
)
from wordnet_tui.view_models.word_list import WordList, WordQuery

NEIGHBORS = 10
"""How many words are looked up near a word, before and after it, and as answers."""


@dataclass
class WordsRead(Message):
    """The words of a network are ready to be listed."""

    network: TrainedNetwork
    dataset: Dataset | None
    words: WordList


@dataclass
class RowsFound(Message):
    """Which words to list."""

    words: WordList
    query: WordQuery
    rows: WordIds


@dataclass
class WordLookedUp(Message):
    """What a network knows of a word, and of a second one."""

    network: TrainedNetwork
    near: NearWord
    numbers: tuple[Numbers, ...]


@dataclass
class CorpusLookedUp(Message):
    """What a corpus knows of a word; `facts` is None if the corpus does not hold it."""

    fingerprint: str
    """Of the corpus."""
    word: str
    facts: WordInCorpus | None


@dataclass
class PlaneFound(Message):
    """Where the words lie on the map."""

    network: TrainedNetwork
    plane: Plane


@dataclass
class AnalogyAnswered(Message):
    """Words that are to the third as the second is to the first."""

    words: tuple[str, ...]
    answers: list[Neighbor]
    metric: Metric


@dataclass
class LookupFailed(Message):
    """A question has no answer; the sentence says why."""

    kind: str
    sentence: str


class WordLookups(Screen[None]):
    """A screen that can ask about words."""

    def ask_words(
        self, network: TrainedNetwork, dataset: Dataset | None, like: WordList | None
    ) -> None:
        """Answered by `WordsRead`."""

        def read() -> Message:
            if not is_finite(network):
                raise WordnetError("the network holds features that are not finite numbers")
            return WordsRead(network, dataset, WordList(network, dataset, like))

        self._ask("words", read)

    def ask_rows(self, words: WordList, query: WordQuery) -> None:
        """Answered by `RowsFound`."""

        def find() -> Message:
            rows = words.rows(query)
            return RowsFound(words, query, rows)

        self._ask("rows", find)

    def ask_word(
        self, network: TrainedNetwork, word: str, second: str | None, metric: Metric
    ) -> None:
        """Answered by `WordLookedUp`."""

        def look_up() -> Message:
            shown = [word] if second in (None, word) else [word, second]
            return WordLookedUp(
                network,
                near(network, word, second, metric, NEIGHBORS),
                tuple(numbers(network, each) for each in shown if each is not None),
            )

        self._ask("word", look_up)

    def ask_corpus(self, dataset: Dataset, word: str) -> None:
        """Answered by `CorpusLookedUp`."""

        def look_up() -> Message:
            worker = get_current_worker()
            facts = in_corpus(dataset, word, NEIGHBORS, lambda: worker.is_cancelled)
            return CorpusLookedUp(dataset.fingerprint, word, facts)

        self._ask("corpus", look_up)

    def ask_plane(
        self,
        network: TrainedNetwork,
        pairs: tuple[Pair | None, Pair | None],
        before: Plane | None,
    ) -> None:
        """Answered by `PlaneFound`."""
        self._ask("plane", lambda: PlaneFound(network, plane_of(network, *pairs, before)))

    def ask_analogy(
        self, network: TrainedNetwork, words: tuple[str, ...], metric: Metric
    ) -> None:
        """Answered by `AnalogyAnswered`."""

        def answer() -> Message:
            a, b, c = words
            answers = EmbeddingSpace(network).analogy(a, b, c, NEIGHBORS, metric)
            return AnalogyAnswered(words, answers, metric)

        self._ask("analogy", answer)

    def is_asking(self, *kinds: str) -> bool:
        """Whether a question of these kinds is still open."""
        return any(
            worker.group in kinds and not worker.is_finished
            for worker in self.app.workers
            if worker.node is self
        )

    def _ask(self, kind: str, compute: Callable[[], Message]) -> None:
        def work() -> None:
            worker = get_current_worker()
            if worker.is_cancelled:
                return
            try:
                message = compute()
            except WordnetError as error:
                message = LookupFailed(kind, str(error))
            if not worker.is_cancelled:
                self.post_message(message)

        self.run_worker(work, group=kind, exclusive=True, thread=True, exit_on_error=False)

    @on(Worker.StateChanged)
    def _show_bug(self, message: Worker.StateChanged) -> None:
        """Anything but a `WordnetError` is a bug: to the log, and a word to the user."""
        if message.state is WorkerState.ERROR and message.worker.error is not None:
            error = message.worker.error
            logging.getLogger(__name__).error("a lookup failed", exc_info=error)
            sentence = f"an error in the program: {type(error).__name__}: {error}"
            self.notify(sentence, severity="error", markup=False)
