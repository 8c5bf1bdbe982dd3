"""What to put before somebody who chains words: the next word, the rest of one, a beginning.

    a word is begun                       COMPLETIONS  words that begin so, likeliest first
    one of the last D words is unknown    SPELLINGS    words spelled much like it
    fewer than D words so far             BEGINNINGS   how texts of the corpus go on
    otherwise                             NEXT         what the network takes to come next

What is typed is tokenised as the corpora are, unless the vocabulary holds it as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import islice

from wordnet_tui.core.data.tokenizer import tokenize
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.inference.prediction import Candidate, Predictor

LONGEST = 50
"""Items of an offer."""


class OfferKind(Enum):
    """What is on offer; see the head of this module."""

    NEXT = auto()
    COMPLETIONS = auto()
    BEGINNINGS = auto()
    SPELLINGS = auto()


@dataclass(frozen=True)
class Item:
    """Words that can be taken."""

    words: tuple[str, ...]
    """More than one only in a beginning."""
    probability: float | None = None
    """0 to 1; None where the network was not asked, having too few words to read."""
    count: int | None = None
    """How often a beginning stands in the corpus."""


@dataclass(frozen=True)
class Offer:
    """Items to choose from, best first."""

    kind: OfferKind
    items: tuple[Item, ...]
    before: tuple[str, ...]
    """The words that an item comes after. More than the text so far where something like
    "don't" is being typed, which is two words."""
    prefix: str = ""
    """The word in hand, as far as it is typed."""
    missing: int = 0
    """Words that the network wants before it can answer."""
    unknown_at: int | None = None
    """Where in `before` the unknown word stands that the spellings are for."""

    @property
    def rest(self) -> str:
        """What the likeliest longer word adds to the word in hand; empty if there is none."""
        if not self.prefix:
            return ""
        longer = (item.words[0] for item in self.items if item.words[0] != self.prefix)
        return next(longer, self.prefix)[len(self.prefix) :]

    def is_like(self, other: Offer) -> bool:
        """Whether both answer the same question, be it by different networks."""
        return (self.kind, self.before, self.prefix) == (
            other.kind,
            other.before,
            other.prefix,
        )


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


def make_offer(
    predictor: Predictor, words: tuple[str, ...], in_hand: str, hints: Hints = NO_HINTS
) -> Offer:
    """What to offer after `words`, with `in_hand` begun; at most `LONGEST` items.

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
        found = (hints.spellings or {}).get(words[index], ())
        items = tuple(Item((word,)) for word in found)
        return Offer(OfferKind.SPELLINGS, items, words, missing=missing, unknown_at=index)
    if missing:
        items = tuple(
            Item(more, count=count)
            for more, count in hints.beginnings[:LONGEST]
            if all(word in vocabulary for word in more)
        )
        if not items:
            plain = (word for word in _common(hints, vocabulary) if word[0].isalpha())
            items = tuple(Item((word,)) for word in islice(plain, LONGEST))
        return Offer(OfferKind.BEGINNINGS, items, words, missing=missing)
    return Offer(OfferKind.NEXT, _items(predictor.candidates(words, LONGEST)), words)


def _begun(in_hand: str, vocabulary: Vocabulary) -> list[str]:
    """The words in `in_hand`, the last of which is not ended."""
    if any(word.startswith(in_hand) for word in vocabulary.words):
        return [in_hand]
    return tokenize(in_hand) or [in_hand]  # nothing but characters that no token has


def _completions(
    predictor: Predictor, before: tuple[str, ...], prefix: str, hints: Hints
) -> Offer:
    """Words that begin with `prefix`; itself first, if it is one."""
    size, vocabulary = predictor.context_size, predictor.vocabulary
    missing = max(0, size - len(before))
    if missing or _last_unknown(before, vocabulary, size) is not None:
        longer = (
            word
            for word in _common(hints, vocabulary)
            if word.startswith(prefix) and word != prefix
        )
        words = [prefix, *longer] if prefix in vocabulary else longer
        items = tuple(Item((word,)) for word in islice(words, LONGEST))
    else:
        found = predictor.complete(prefix, before, LONGEST)
        found.sort(key=lambda candidate: candidate.word != prefix)  # stable
        items = _items(found)
    return Offer(OfferKind.COMPLETIONS, items, before, prefix, missing)


def _common(hints: Hints, vocabulary: Vocabulary) -> Iterable[str]:
    """Words of the vocabulary, the most frequent first where that is known."""
    if not hints.common:
        return vocabulary.words
    return (word for word in hints.common if word in vocabulary)


def _items(candidates: Iterable[Candidate]) -> tuple[Item, ...]:
    return tuple(Item((word,), probability) for word, probability in candidates)


def _last_unknown(words: tuple[str, ...], vocabulary: Vocabulary, size: int) -> int | None:
    """Where the last unknown word stands among the last `size`."""
    first = max(0, len(words) - size)
    return next(
        (i for i in range(len(words) - 1, first - 1, -1) if words[i] not in vocabulary), None
    )
