"""What to suggest to somebody who types: the next word, the rest of one, a beginning.

    a word is begun                       COMPLETIONS  words that begin so, likeliest first
    one of the last D words is unknown    SPELLINGS    words spelled much like it
    fewer than D words so far             BEGINNINGS   how texts of the corpus go on
    otherwise                             NEXT         what the network takes to come next

What is typed is tokenised as the corpora are, unless the vocabulary holds it as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain, islice

from wordnet_tui.core.data.tokenizer import tokenize
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import WordnetError
from wordnet_tui.core.inference.prediction import Candidate, Predictor
from wordnet_tui.view_models.surprisal import TextReading, read, words_in_common

MOST_SUGGESTIONS = 50
"""Items at one time."""


class SuggestionKind(Enum):
    """What is suggested; see the head of this module."""

    NEXT = auto()
    COMPLETIONS = auto()
    BEGINNINGS = auto()
    SPELLINGS = auto()


@dataclass(frozen=True)
class Suggestion:
    """Words that can be taken."""

    words: tuple[str, ...]
    """More than one only in a beginning."""
    probability: float | None = None
    """0 to 1; None where the network was not asked, having too few words to read."""
    count: int | None = None
    """How often a beginning occurs in the corpus."""


@dataclass(frozen=True)
class Suggestions:
    """What can be taken, best first."""

    kind: SuggestionKind
    items: tuple[Suggestion, ...]
    before: tuple[str, ...]
    """The words that an item comes after. More than the text so far where something like
    "don't" is being typed, which is two words."""
    prefix: str = ""
    """The word that is begun, as far as it is typed."""
    missing: int = 0
    """Words that the network wants before it can answer."""
    unknown_at: int | None = None
    """Where in `before` the unknown word is that the spellings are for."""

    @property
    def rest(self) -> str:
        """What the likeliest longer word adds to the word in hand; empty if there is none."""
        if not self.prefix:
            return ""
        longer = (item.words[0] for item in self.items if item.words[0] != self.prefix)
        return next(longer, self.prefix)[len(self.prefix) :]

    def is_like(self, other: Suggestions) -> bool:
        """Whether both answer the same question, be it by different networks."""
        mine, others = ((each.kind, each.before, each.prefix) for each in (self, other))
        return mine == others


@dataclass(frozen=True)
class Hints:
    """What is known besides the network. All of it may be missing."""

    common: Sequence[str] = ()
    """Words, the most frequent first, to complete from while the network cannot answer."""
    beginnings: Sequence[tuple[tuple[str, ...], int]] = ()
    """How texts that begin with the words so far go on, and how often."""
    spellings: Mapping[str, Sequence[str]] | None = None
    """Unknown word -> the closest spellings."""


NO_HINTS = Hints()


def typed_words(text: str, vocabulary: Vocabulary) -> list[str]:
    """The words of `text`: parted at blanks where all of those are known, else tokenised."""
    words = text.split()
    return words if all(word in vocabulary for word in words) else tokenize(text)


def suggest(
    predictor: Predictor, words: tuple[str, ...], in_hand: str, hints: Hints = NO_HINTS
) -> Suggestions:
    """What to suggest after `words`, with `in_hand` begun; at most `MOST_SUGGESTIONS` items.

    Args:
        predictor: Of the network that is asked.
        words: The text so far; may hold unknown words.
        in_hand: What is typed and not ended yet, without a blank.
        hints: Used where the network cannot answer.

    Raises:
        WordnetError: The weights are too large to compute with.
    """
    vocabulary = predictor.vocabulary
    if in_hand:
        *parted, prefix = _begun(in_hand, vocabulary)
        return _completions(predictor, (*words, *parted), prefix, hints)
    size = predictor.context_size
    missing = max(0, size - len(words))
    if (index := _last_unknown(words, vocabulary, size)) is not None:
        items = _of_words((hints.spellings or {}).get(words[index], ()))
        return Suggestions(
            SuggestionKind.SPELLINGS, items, words, missing=missing, unknown_at=index
        )
    if missing:
        items = tuple(
            Suggestion(more, count=count)
            for more, count in hints.beginnings[:MOST_SUGGESTIONS]
            if all(word in vocabulary for word in more)
        )
        if not items:
            items = _of_words(w for w in _common(hints, vocabulary) if w[0].isalpha())
        return Suggestions(SuggestionKind.BEGINNINGS, items, words, missing=missing)
    candidates = predictor.candidates(words, MOST_SUGGESTIONS)
    return Suggestions(SuggestionKind.NEXT, _of_candidates(candidates), words)


def _begun(in_hand: str, vocabulary: Vocabulary) -> list[str]:
    """The words in `in_hand`, the last of which is not ended."""
    if any(word.startswith(in_hand) for word in vocabulary.words):
        return [in_hand]
    return tokenize(in_hand) or [in_hand]  # nothing but characters that no token has


def _completions(
    predictor: Predictor, before: tuple[str, ...], prefix: str, hints: Hints
) -> Suggestions:
    """Words that begin with `prefix`; itself first, if it is one."""
    size, vocabulary = predictor.context_size, predictor.vocabulary
    missing = max(0, size - len(before))
    if missing or _last_unknown(before, vocabulary, size) is not None:
        begun = (word for word in _common(hints, vocabulary) if word.startswith(prefix))
        longer = (word for word in begun if word != prefix)
        items = _of_words(chain([prefix] if prefix in vocabulary else [], longer))
    else:
        found = predictor.complete(prefix, before, MOST_SUGGESTIONS)
        found.sort(key=lambda candidate: candidate.word != prefix)  # stable
        items = _of_candidates(found)
    return Suggestions(SuggestionKind.COMPLETIONS, items, before, prefix, missing)


def _common(hints: Hints, vocabulary: Vocabulary) -> Iterable[str]:
    """Words of the vocabulary, the most frequent first where that is known."""
    if not hints.common:
        return vocabulary.words
    return (word for word in hints.common if word in vocabulary)


def _of_words(words: Iterable[str]) -> tuple[Suggestion, ...]:
    return tuple(Suggestion((word,)) for word in islice(words, MOST_SUGGESTIONS))


def _of_candidates(candidates: Iterable[Candidate]) -> tuple[Suggestion, ...]:
    return tuple(Suggestion((word,), probability) for word, probability in candidates)


def _last_unknown(words: tuple[str, ...], vocabulary: Vocabulary, size: int) -> int | None:
    """Where the last unknown word is among the last `size`."""
    first = max(0, len(words) - size)
    return next(
        (i for i in range(len(words) - 1, first - 1, -1) if words[i] not in vocabulary), None
    )


@dataclass(frozen=True, eq=False)
class PredictionQuery:
    """What comes after `words`, with `in_hand` begun, and how surprising are they?"""

    predictor: Predictor
    words: tuple[str, ...]
    in_hand: str = ""
    hints: Hints = NO_HINTS
    earlier: TextReading | None = None
    """What the same network made of an earlier text."""

    @property
    def passes(self) -> int:
        """About how many words the network has to predict for the answer."""
        known = words_in_common(self.words, self.earlier.words) if self.earlier else 0
        return 1 + len(self.words) - known


@dataclass(frozen=True, eq=False)
class Answer:
    """What the network says; without suggestions it says what is wrong with it."""

    query: PredictionQuery
    reading: TextReading
    suggestions: Suggestions | None
    problem: str = ""


def answer(query: PredictionQuery) -> Answer:
    """Ask the network; what it cannot compute becomes a sentence."""
    predictor, words = query.predictor, query.words
    try:
        reading = read(predictor, words, query.earlier)
        suggestions = suggest(predictor, words, query.in_hand, query.hints)
    except WordnetError as error:
        known = tuple(word in predictor.vocabulary for word in words)
        return Answer(query, TextReading(words, known, (None,) * len(words)), None, str(error))
    return Answer(query, reading, suggestions)
