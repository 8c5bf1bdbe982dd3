"""A network that is asked about a text, and what it answered last.

A small network answers at once. A large one, and the search for spellings, takes a thread; an
answer that is no longer asked for is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from textual.message import Message
from textual.screen import Screen

from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import VocabularyError
from wordnet_tui.core.inference.prediction import Predictor
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.screens.predict.corpus_search import CorpusSearch
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


class Asker:
    """Asks the network and the corpus.

    Args:
        screen: Owns the workers and gets their messages, which it gives to `take`.

    Attributes:
        predictor: Of the network; None while there is none that can be asked.
        source: Whose answers these are, for people.
        answer: The latest.
        problem: What keeps the network from answering, in a sentence; else empty.
        before_look: What was offered by the same network when it had learned less.
        corpus: What really stands in the training data.
    """

    @dataclass
    class Answered(Message):
        """A large network has answered."""

        answer: Answer

    @dataclass
    class Spelled(Message):
        """The closest spellings of an unknown word were found."""

        vocabulary: Vocabulary
        word: str
        closest: list[str]

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self._network: TrainedNetwork | None = None
        self._question: PredictionQuery | None = None
        self._spellings: dict[str, list[str]] = {}
        self._spelling = ""
        self.predictor: Predictor | None = None
        self.source = ""
        self.answer: Answer | None = None
        self.problem = ""
        self.before_look: Suggestions | None = None
        self.corpus = CorpusSearch(screen)

    @property
    def offer(self) -> Suggestions | None:
        """The latest."""
        return self.answer.suggestions if self.answer else None

    @property
    def reading(self) -> TextReading:
        """The latest."""
        return self.answer.reading if self.answer else TextReading()

    def use(
        self, network: TrainedNetwork, source: str, before: Suggestions | None = None
    ) -> None:
        """Ask this one from now on; `before` as `before_look`."""
        self._network, self.source, self.before_look = network, source, before
        try:
            predictor = Predictor(network)
        except VocabularyError as error:
            self.problem, self.predictor = str(error), None
            return
        self.problem = ""
        if self.predictor is None or predictor.vocabulary != self.predictor.vocabulary:
            self._spellings, self._spelling = {}, ""
        self.predictor = predictor

    def ask(self, words: tuple[str, ...], in_hand: str) -> None:
        """Ask what comes after `words` with `in_hand` begun; the answer may come later."""
        if self.predictor is None or self._network is None:
            self._question = self.answer = None
            return
        size = self.predictor.context_size
        self.corpus.ask(words[-size:], size)
        latest = self.answer
        self._question = PredictionQuery(
            self.predictor,
            words,
            in_hand,
            Hints(self.corpus.common, self.corpus.beginnings, self._spellings),
            latest.reading if latest and latest.query.predictor is self.predictor else None,
        )
        if self._question.passes * self._network.parameters.count <= PRODUCTS_AT_ONCE:
            self._keep(answer(self._question))
        else:
            self._start("answer", partial(self._answer, self._question))

    def offer_for(self, words: tuple[str, ...], in_hand: str) -> Suggestions | None:
        """What is on the list; or would be, if the keys were faster than the answer."""
        if self._question is None or self.answer is None:
            return None
        asked = self.answer.query
        if (asked.words, asked.in_hand) == (words, in_hand):
            return self.offer
        return answer(replace(self._question, words=words, in_hand=in_hand)).suggestions

    def take(self, message: Answered | Spelled) -> bool:
        """Keep what a worker found; False if it is no longer asked for."""
        if isinstance(message, Asker.Answered):
            wanted = message.answer.query is self._question
            if wanted:
                self._keep(message.answer)
            return wanted
        wanted = self.predictor is not None and message.vocabulary is self.predictor.vocabulary
        if wanted:
            self._spellings[message.word] = message.closest
        return wanted

    def _keep(self, answer: Answer) -> None:
        self.answer, self.problem = answer, answer.problem
        offer = answer.suggestions
        if offer is not None and offer.unknown_at is not None:
            word = offer.before[offer.unknown_at]
            if word not in self._spellings and word != self._spelling:
                self._spelling = word
                vocabulary = answer.query.predictor.vocabulary
                self._start("spell", partial(self._spell, vocabulary, word))

    def _start(self, group: str, work: partial[None]) -> None:
        self._screen.run_worker(
            work, group=group, thread=True, exclusive=True, exit_on_error=False
        )

    # ---- in a thread

    def _answer(self, question: PredictionQuery) -> None:
        self._screen.post_message(self.Answered(answer(question)))

    def _spell(self, vocabulary: Vocabulary, word: str) -> None:
        self._screen.post_message(
            self.Spelled(vocabulary, word, vocabulary.closest(word, SPELLINGS))
        )
