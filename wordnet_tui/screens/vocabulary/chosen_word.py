"""The chosen word of the Vocabulary screen, and what is looked up about it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.screen import Screen
from textual.timer import Timer

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.errors import printable
from wordnet_tui.core.inference.embedding_space import EmbeddingSpace, Metric, Neighbor
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.screens.background_query import BackgroundQuery
from wordnet_tui.screens.vocabulary.word_source import WordSource
from wordnet_tui.view_models.word_facts import (
    NearWord,
    Numbers,
    WordInCorpus,
    in_corpus,
    near,
    numbers,
)
from wordnet_tui.widgets.filter_bar import WordFilterBar
from wordnet_tui.widgets.map_pane import MapPane
from wordnet_tui.widgets.word_details import WordDetails
from wordnet_tui.widgets.word_table import WordTable

REST = 0.06
"""Seconds that a word stays chosen before it is looked up: a held arrow key asks once."""
NEIGHBORS = 10
"""How many words are looked up near a word, before and after it, and as answers."""


class ChosenWord:
    """One word is chosen, a second may be marked; shown in the details and on the map.

    Args:
        screen: Has the table, the filter, the map, and the details of words.
        source: Whose words these are.

    Attributes:
        word: The chosen one, if there is one.
        second: The marked one, if there is one.
        metric: How distances are measured.
    """

    def __init__(self, screen: Screen[None], source: WordSource) -> None:
        self.word: str | None = None
        self.second: str | None = None
        self.metric: Metric = "euclidean"
        self._screen = screen
        self._source = source
        self._rest: Timer | None = None
        self._asked_corpus: tuple[str, str] | None = None  # its fingerprint, and the word
        self._near = BackgroundQuery(screen, self._show_near)
        self._in_corpus = BackgroundQuery(screen, self._show_in_corpus)
        self._analogy = BackgroundQuery(
            screen, self._show_analogy, on_error=self._show_analogy_problem
        )

    @property
    def _details(self) -> WordDetails:
        return self._screen.query_one(WordDetails)

    @property
    def _map(self) -> MapPane:
        return self._screen.query_one(MapPane)

    @property
    def _table(self) -> WordTable:
        return self._screen.query_one(WordTable)

    @property
    def is_looking_up(self) -> bool:
        """Whether its neighbours are still being looked up."""
        return self._near.is_open

    def choose(self, word_id: int | None) -> None:
        """Name the word at once; look it up when it stays chosen for a moment."""
        if self._source.words is None or word_id is None:
            return
        row = self._source.words.row(word_id)
        self._details.show_word(row, self.second)
        self._map.name_words(row.word, self.second)
        if row.word != self.word:
            self.word, self._asked_corpus = row.word, None
            self._near.cancel()
            self._in_corpus.cancel()
            if self._rest is not None:
                self._rest.stop()
            self._rest = self._screen.set_timer(REST, self.look_up)

    def go_to(self, word: str) -> None:
        """Choose a word, and list all words again if the filter leaves it out."""
        words = self._source.words
        if words is None or word not in words.vocabulary:
            self._screen.notify(
                f'this network does not know "{printable(word)}"', markup=False
            )
        elif not self._table.choose(words.vocabulary.id_of(word)):
            self.word = word
            self._screen.query_one(WordFilterBar).clear()
            self.look_up()

    def mark(self) -> None:
        """Make the chosen word the second one, or no longer."""
        if self.word is not None and self._source.words is not None:
            self.second = None if self.second == self.word else self.word
            self.show_mark()
            self.choose(self._table.chosen)
            self.look_up()

    def show_mark(self) -> None:
        """Show in the table which word is the second one."""
        if (words := self._source.words) is not None:
            self._table.mark(words.vocabulary.id_of(self.second) if self.second else None)

    def look_up(self) -> None:
        """Ask what the network and the corpus know of the chosen word."""
        self._near.cancel()
        network, words, word = self._source.network, self._source.words, self.word
        if network is None or words is None or word is None or word not in words.vocabulary:
            return
        second, metric, dataset = self.second, self.metric, self._source.dataset
        self._near.ask(lambda: _in_network(network, word, second, metric))
        if dataset is None:
            self._details.show_corpus(None, "the corpus is not read yet")
        elif self._asked_corpus != (dataset.fingerprint, word):
            self._asked_corpus = (dataset.fingerprint, word)
            self._in_corpus.ask(lambda: self._facts_of(dataset, word))

    def _facts_of(self, dataset: Dataset, word: str) -> WordInCorpus | None:
        return in_corpus(dataset, word, NEIGHBORS, lambda: self._in_corpus.is_stale)

    def ask_analogy(self, words: tuple[str, ...]) -> None:
        """Which words are to the third as the second is to the first?"""
        if (network := self._source.network) is not None:
            metric, (a, b, c) = self.metric, words
            self._analogy.ask(
                lambda: (
                    words,
                    EmbeddingSpace(network).analogy(a, b, c, NEIGHBORS, metric),
                    metric,
                )
            )

    def _show_near(self, found: tuple[NearWord, tuple[Numbers, ...]]) -> None:
        facts, embeddings = found
        self._details.show_near(facts)
        self._details.show_numbers(*embeddings)
        if self._source.words is not None:
            names = [neighbor.word for neighbor in facts.neighbors]
            self._map.select(self._source.words, facts.word, names, self.second)

    def _show_in_corpus(self, facts: WordInCorpus | None) -> None:
        self._details.show_corpus(facts, "the corpus does not have this word")

    def _show_analogy(self, found: tuple[tuple[str, ...], Sequence[Neighbor], Metric]) -> None:
        self._details.show_analogy(*found)

    def _show_analogy_problem(self, sentence: str) -> None:
        self._details.show_analogy_problem(sentence)


def _in_network(
    network: TrainedNetwork, word: str, second: str | None, metric: Metric
) -> tuple[NearWord, tuple[Numbers, ...]]:
    """What lies near a word, and its embedding, with that of the second one."""
    shown = [word] if second in (None, word) else [word, second]
    return (
        near(network, word, second, metric, NEIGHBORS),
        tuple(numbers(network, each) for each in shown if each is not None),
    )
