"""The chosen word of the Vocabulary screen: how it is chosen, what is looked up about it."""

from __future__ import annotations

from textual import on
from textual.timer import Timer

from wordnet_tui.core.errors import printable
from wordnet_tui.core.inference.embedding_space import Metric
from wordnet_tui.screens.vocabulary.word_lookups import (
    AnalogyAnswered,
    CorpusLookedUp,
    WordLookedUp,
)
from wordnet_tui.screens.vocabulary.word_source import WordSource
from wordnet_tui.widgets.bar_list import BarList
from wordnet_tui.widgets.embedding_map import EmbeddingMap
from wordnet_tui.widgets.filter_bar import WordFilterBar
from wordnet_tui.widgets.map_pane import MapPane
from wordnet_tui.widgets.word_details import WordDetails
from wordnet_tui.widgets.word_table import WordTable

REST = 0.06
"""Seconds that a word stays chosen before it is looked up: a held arrow key asks once."""


class ChosenWord(WordSource):
    """One word is chosen in the table, on the map or in a list; a second may be marked."""

    def __init__(self) -> None:
        super().__init__()
        self.word: str | None = None
        self.second: str | None = None
        self.metric: Metric = "euclidean"
        self._asked_corpus: tuple[str, str] | None = None  # its fingerprint, and the word
        self._rest: Timer | None = None

    @property
    def filter_bar(self) -> WordFilterBar:
        """What is typed to find words."""
        return self.query_one(WordFilterBar)

    @property
    def word_table(self) -> WordTable:
        """The list of words."""
        return self.query_one(WordTable)

    @property
    def map_pane(self) -> MapPane:
        """The map of words, shown or not."""
        return self.query_one(MapPane)

    @property
    def details(self) -> WordDetails:
        """All about the chosen word."""
        return self.query_one(WordDetails)

    @on(WordTable.Chosen)
    def _choose_in_table(self, message: WordTable.Chosen) -> None:
        self.choose(message.word_id)

    @on(EmbeddingMap.Chosen)
    def _choose_on_map(self, message: EmbeddingMap.Chosen) -> None:
        if self.words is not None:
            self._go_to(self.words.vocabulary.words[message.word_id])

    @on(BarList.Taken)
    def _choose_in_list(self, message: BarList.Taken) -> None:
        self._go_to(message.word)

    def _go_to(self, word: str) -> None:
        """Choose a word, and list all words again if the filter leaves it out."""
        if self.words is None or word not in self.words.vocabulary:
            self.notify(f'this network does not know "{printable(word)}"', markup=False)
        elif not self.word_table.choose(self.words.vocabulary.id_of(word)):
            self.word = word
            self.filter_bar.clear()
            self.look_up()

    def choose(self, word_id: int | None) -> None:
        """Name the word at once; look it up when it stays chosen for a moment."""
        if self.words is None or word_id is None:
            return
        row = self.words.row(word_id)
        self.details.show_word(row, self.second)
        self.map_pane.name_words(row.word, self.second)
        if row.word != self.word:
            self.word = row.word
            if self._rest is not None:
                self._rest.stop()
            self._rest = self.set_timer(REST, self.look_up)

    def look_up(self) -> None:
        """Ask what the network and the corpus know of the chosen word."""
        if self.shown_network is None or self.words is None or self.word is None:
            return
        if self.word not in self.words.vocabulary:
            return
        self.ask_word(self.shown_network, self.word, self.second, self.metric)
        if self.dataset is None:
            self.details.show_corpus(None, "the corpus is not read yet")
        elif self._asked_corpus != (self.dataset.fingerprint, self.word):
            self._asked_corpus = (self.dataset.fingerprint, self.word)
            self.ask_corpus(self.dataset, self.word)

    @on(WordLookedUp)
    def _show_word(self, message: WordLookedUp) -> None:
        near = message.near
        asked = (self.word, self.metric)
        if message.network is not self.shown_network or (near.word, near.metric) != asked:
            return
        self.details.show_near(near)
        self.details.show_numbers(*message.numbers)
        if self.words is not None:
            names = [neighbor.word for neighbor in near.neighbors]
            self.map_pane.select(self.words, near.word, names, self.second)

    @on(CorpusLookedUp)
    def _show_corpus(self, message: CorpusLookedUp) -> None:
        if (message.fingerprint, message.word) == self._asked_corpus:
            self.details.show_corpus(message.facts, "the corpus does not have this word")

    @on(WordDetails.AnalogyAsked)
    def _answer(self, message: WordDetails.AnalogyAsked) -> None:
        if self.shown_network is not None:
            self.ask_analogy(self.shown_network, message.words, self.metric)

    @on(AnalogyAnswered)
    def _show_answers(self, message: AnalogyAnswered) -> None:
        self.details.show_analogy(message.words, message.answers, message.metric)

    def action_mark(self) -> None:
        """Make the chosen word the second of comparisons and axes, or no longer."""
        if self.word is None or self.words is None:
            return
        self.second = None if self.second == self.word else self.word
        vocabulary = self.words.vocabulary
        self.word_table.mark(vocabulary.id_of(self.second) if self.second else None)
        self.choose(self.word_table.chosen)
        self.look_up()

    def action_switch_metric(self) -> None:
        """Measure distances the other way."""
        self.metric = "cosine" if self.metric == "euclidean" else "euclidean"
        self.look_up()
