"""A question about a text to a network, and the answer; both are values that cross threads."""

from __future__ import annotations

from dataclasses import dataclass

from wordnet_tui.core.errors import WordnetError
from wordnet_tui.core.inference.prediction import Predictor
from wordnet_tui.view_models.suggestions import NO_HINTS, Hints, Offer, make_offer
from wordnet_tui.view_models.surprisal import Reading, read, words_in_common


@dataclass(frozen=True, eq=False)
class Question:
    """What comes after `words`, with `in_hand` begun, and how surprising are they?"""

    predictor: Predictor
    words: tuple[str, ...]
    in_hand: str = ""
    hints: Hints = NO_HINTS
    earlier: Reading | None = None
    """What the same network made of an earlier text."""

    @property
    def passes(self) -> int:
        """About how many words the network has to predict for the answer."""
        known = words_in_common(self.words, self.earlier.words) if self.earlier else 0
        return 1 + len(self.words) - known


@dataclass(frozen=True, eq=False)
class Answer:
    """What the network says; without an offer it says what is wrong with it."""

    question: Question
    reading: Reading
    offer: Offer | None
    problem: str = ""


def answer(question: Question) -> Answer:
    """Ask the network; what it cannot compute becomes a sentence."""
    predictor, words = question.predictor, question.words
    try:
        reading = read(predictor, words, question.earlier)
        offer = make_offer(predictor, words, question.in_hand, question.hints)
    except WordnetError as error:
        known = tuple(word in predictor.vocabulary for word in words)
        return Answer(question, Reading(words, known, (None,) * len(words)), None, str(error))
    return Answer(question, reading, offer)
