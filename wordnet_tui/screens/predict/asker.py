"""A network and a corpus that are asked about a text, and what they answered last.

A small network answers at once. A large one, and all that searches the corpus or the
vocabulary, is asked in the background.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from textual.screen import Screen

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.errors import VocabularyError
from wordnet_tui.core.inference.prediction import Predictor
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.screens.background_query import BackgroundQuery
from wordnet_tui.view_models.precedents import (
    Followed,
    beginnings,
    what_followed,
    words_by_frequency,
)
from wordnet_tui.view_models.suggestions import (
    Answer,
    Hints,
    PredictionQuery,
    Suggestions,
    answer,
)
from wordnet_tui.view_models.surprisal import TextReading

PRODUCTS_AT_ONCE = 8_000_000
"""Multiplications that the event loop may wait for: some 5 ms."""
SPELLINGS = 9
BEGINNINGS = 50

Beginnings = Sequence[tuple[tuple[str, ...], int]]
"""How texts go on that begin with some words, and how often."""


class Asker:
    """Asks the network and the corpus.

    Args:
        screen: Ends the work when it goes away.
        on_answer: Called when a large network has answered.
        on_hints: Called when there is more to ask with: spellings, or what the corpus holds.

    Attributes:
        predictor: Of the network; None while there is none that can be asked.
        source: Whose answers these are, for people.
        answer: The latest.
        problem: What keeps the network from answering, in a sentence; else empty.
        before: What the same network suggested when it had learned less.
        corpus: What the training data really holds.
    """

    def __init__(
        self,
        screen: Screen[None],
        on_answer: Callable[[], None],
        on_hints: Callable[[], None],
    ) -> None:
        self.predictor: Predictor | None = None
        self.source = ""
        self.answer: Answer | None = None
        self.problem = ""
        self.before: Suggestions | None = None
        self.corpus = CorpusSearch(screen, on_hints)
        self._on_answer = on_answer
        self._on_hints = on_hints
        self._network: TrainedNetwork | None = None
        self._query: PredictionQuery | None = None
        self._answers = BackgroundQuery(screen, self._take_answer)
        self._spellings: dict[str, list[str]] = {}
        self._spelling = ""
        self._spellers = BackgroundQuery(screen, self._take_spellings)

    @property
    def suggestions(self) -> Suggestions | None:
        """The latest."""
        return self.answer.suggestions if self.answer else None

    @property
    def reading(self) -> TextReading:
        """The latest."""
        return self.answer.reading if self.answer else TextReading()

    def use(
        self, network: TrainedNetwork, source: str, before: Suggestions | None = None
    ) -> None:
        """Ask this one from now on."""
        self._network, self.source, self.before = network, source, before
        try:
            predictor = Predictor(network)
        except VocabularyError as error:
            self.problem, self.predictor = str(error), None
            return
        self.problem = ""
        if self.predictor is None or predictor.vocabulary != self.predictor.vocabulary:
            self._spellings, self._spelling = {}, ""
            self._spellers.cancel()
        self.predictor = predictor

    def ask(self, words: tuple[str, ...], in_hand: str) -> None:
        """Ask what comes after `words` with `in_hand` begun; the answer may come later."""
        self._answers.cancel()
        if self.predictor is None or self._network is None:
            self._query = self.answer = None
            return
        size = self.predictor.context_size
        self.corpus.ask(words[-size:], size)
        latest = self.answer
        self._query = PredictionQuery(
            self.predictor,
            words,
            in_hand,
            Hints(self.corpus.common, self.corpus.beginnings, self._spellings),
            latest.reading if latest and latest.query.predictor is self.predictor else None,
        )
        if self._query.passes * self._network.parameters.count <= PRODUCTS_AT_ONCE:
            self._keep(answer(self._query))
        else:
            self._answers.ask(partial(answer, self._query))

    def suggestions_for(self, words: tuple[str, ...], in_hand: str) -> Suggestions | None:
        """What is on the list; or would be, if the keys were faster than the answer."""
        if self._query is None or self.answer is None:
            return None
        asked = self.answer.query
        if (asked.words, asked.in_hand) == (words, in_hand):
            return self.suggestions
        return answer(replace(self._query, words=words, in_hand=in_hand)).suggestions

    def _take_answer(self, found: Answer) -> None:
        self._keep(found)
        self._on_answer()

    def _keep(self, found: Answer) -> None:
        self.answer, self.problem = found, found.problem
        offer = found.suggestions
        if offer is not None and offer.unknown_at is not None:
            word = offer.before[offer.unknown_at]
            if word not in self._spellings and word != self._spelling:
                self._spelling = word
                vocabulary = found.query.predictor.vocabulary
                self._spellers.ask(lambda: (word, vocabulary.closest(word, SPELLINGS)))

    def _take_spellings(self, found: tuple[str, list[str]]) -> None:
        word, closest = found
        self._spellings[word] = closest
        self._on_hints()


class CorpusSearch:
    """Looks up in a corpus what followed the end of the text, and how beginnings go on.

    Args:
        screen: Ends the work when it goes away.
        on_found: Called when something was found.

    Attributes:
        common: The words of the corpus, the most frequent first; empty until they are counted.
        followed: The words that really came next; None while that is not known.
        beginnings: How texts that begin with the words go on; none while that is not known.
    """

    def __init__(self, screen: Screen[None], on_found: Callable[[], None]) -> None:
        self.common: tuple[str, ...] = ()
        self.followed: Followed | None = None
        self.beginnings: Beginnings = ()
        self._on_found = on_found
        self._dataset: Dataset | None = None
        self._asked: tuple[tuple[str, ...], int] | None = None
        self._counting = BackgroundQuery(screen, self._take_words)
        self._search = BackgroundQuery(screen, self._take_found)

    @property
    def is_searching(self) -> bool:
        """Whether a result is on its way."""
        return self._search.is_open

    def open(self, dataset: Dataset | None) -> None:
        """Search in another corpus from now on."""
        self._dataset, self._asked, self.common = dataset, None, ()
        self.followed, self.beginnings = None, ()
        self._search.cancel()
        self._counting.cancel()
        if dataset is not None:
            self._counting.ask(partial(words_by_frequency, dataset))

    def ask(self, words: tuple[str, ...], length: int) -> None:
        """Search for these, unless that was asked last.

        Args:
            words: The end of the text.
            length: Words that a beginning has; for at least as many none is searched for.
        """
        if self._dataset is not None and (words, length) != self._asked:
            self._asked = words, length
            self.followed, self.beginnings = None, ()
            self._search.ask(partial(self._search_corpus, self._dataset, words, length))

    def _search_corpus(
        self, dataset: Dataset, words: tuple[str, ...], length: int
    ) -> tuple[Followed, Beginnings]:
        followed = what_followed(dataset, words)
        begun: Beginnings = ()
        if len(words) < length and not self._search.is_stale:
            begun = beginnings(dataset, words, length, BEGINNINGS)
        return followed, begun

    def _take_words(self, words: tuple[str, ...]) -> None:
        self.common = words
        self._on_found()

    def _take_found(self, found: tuple[Followed, Beginnings]) -> None:
        self.followed, self.beginnings = found
        self._on_found()
