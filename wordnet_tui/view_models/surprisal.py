"""A text as a network reads it: which words it knows, and how much each surprised it.

It is shown as each word over its figure, with a shade that grows with the surprise.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from wordnet_tui.charts.cell_text import Line, Piece, left
from wordnet_tui.core.errors import printable
from wordnet_tui.core.inference.prediction import Predictor, perplexity

SHADES = (" ", "░", "▒", "▓", "█")
ASCII_SHADES = (" ", ".", ":", "%", "#")
STEPS = (1.0, 2.5, 4.0, 6.0)
"""Nats from which the next shade is used. Of V words a blind guess has ln V: 5.5 for 250."""
SURPRISE_ROLES = ("muted", "muted", "plain", "plain", "strong")
UNKNOWN = "unknown"
NOTHING_YET = (
    "Nothing yet. Your words will appear here,",
    "each over its surprise to the network in nats.",
)


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


def text_lines(
    reading: TextReading, width: int, height: int, ascii_only: bool = False
) -> list[Line]:
    """The end of the text that fits into `width` x `height` cells, two rows for a line."""
    if not reading.words:
        return [((text, "muted"),) for text in NOTHING_YET[:height]]
    pairs: list[tuple[list[Piece], list[Piece]]] = []
    used = width + 1
    for cell in zip(reading.words, reading.known, reading.surprises, strict=True):
        word, figure = word_over_figure(*cell, ascii_only)
        cells = min(width, max(cell_len(word[0]), cell_len(figure[0])))
        if used + cells > width:
            pairs.append(([], []))
            used = 0
        used += cells + 2
        for row, (text, role) in zip(pairs[-1], (word, figure), strict=True):
            row.append((left(text, cells) + "  ", role))
    room = max(1, height // 2)
    if len(pairs) > room:
        pairs = pairs[-room:]
        pairs[0][0].insert(0, ("… ", "muted"))
        pairs[0][1].insert(0, ("  ", "muted"))
    return [tuple(row) for pair in pairs for row in pair][:height]


def word_over_figure(
    word: str, known: bool, surprise: float | None, ascii_only: bool
) -> tuple[Piece, Piece]:
    """A word and what is shown under it: its surprise and a shade, or that it is unknown."""
    if not known:
        return (f"{printable(word)}?", "warning"), (UNKNOWN, "warning")
    if surprise is None:
        return (printable(word), "plain"), ("", "muted")
    level = sum(surprise >= step for step in STEPS)
    shade = (ASCII_SHADES if ascii_only else SHADES)[level]
    return (printable(word), "plain"), (f"{surprise:.2f}{shade}", SURPRISE_ROLES[level])


def shade_key(ascii_only: bool = False) -> str:
    """What the shades mean, in a few words."""
    shades = ASCII_SHADES if ascii_only else SHADES
    steps = (f"{shade}>{step:g}" for shade, step in zip(shades[1:], STEPS, strict=True))
    return f"nats {' '.join(steps)}"
