"""A text as a network reads it: which words it knows, and how much each surprised it."""

from __future__ import annotations

from dataclasses import dataclass

from wordnet_tui.core.inference.prediction import Predictor, perplexity


@dataclass(frozen=True)
class TextReading:
    """The words of a text, with one entry for each in `known` and `surprises`."""

    words: tuple[str, ...] = ()
    known: tuple[bool, ...] = ()
    """Whether the vocabulary holds it."""
    surprises: tuple[float | None, ...] = ()
    """Nats; None where the D words before it, or it itself, are not there or not known."""

    @property
    def perplexity(self) -> float | None:
        """Of all words that have a surprise; None if none has."""
        return perplexity(self.surprises)

    @property
    def words_read(self) -> int:
        """How many words have a surprise."""
        return sum(surprise is not None for surprise in self.surprises)


def read(
    predictor: Predictor, words: tuple[str, ...], earlier: TextReading | None = None
) -> TextReading:
    """Read a text, any words of which may be unknown.

    Args:
        predictor: Of the network that reads.
        words: The text.
        earlier: What the same network made of an earlier text. As far as that began with the
            same words it is not read again.

    Raises:
        WordnetError: The weights are too large to compute with.
    """
    known = tuple(word in predictor.vocabulary for word in words)
    start = words_in_common(words, earlier.words) if earlier else 0
    surprises: list[float | None] = list(earlier.surprises[:start]) if earlier else []
    size = predictor.context_size
    first = max(0, start - size)  # of the stretch of known words that is read next
    for end in range(first, len(words) + 1):
        if end < len(words) and known[end]:
            continue
        stretch = predictor.surprise(words[first:end])
        surprises += stretch[max(0, len(surprises) - first) :]
        surprises += [None] * (end + 1 - len(surprises))  # the unknown word
        first = end + 1
    return TextReading(words, known, tuple(surprises[: len(words)]))


def words_in_common(first: tuple[str, ...], second: tuple[str, ...]) -> int:
    """How many words two texts begin with together."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count
