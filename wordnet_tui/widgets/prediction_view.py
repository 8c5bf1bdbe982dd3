"""All that the Predict screen shows: a text, a line to type in, two lists, what to do next.

Styled by `styles/predict.tcss`.
"""

from __future__ import annotations

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from wordnet_tui.charts.cell_text import Line, Piece, left
from wordnet_tui.core.errors import printable
from wordnet_tui.view_models.prediction_text import (
    Picture,
    data_title,
    followed_rows,
    heading,
    hint,
    list_title,
    suggestion_rows,
    text_title,
)
from wordnet_tui.view_models.surprisal import TextReading
from wordnet_tui.widgets.bar_list import BarList
from wordnet_tui.widgets.lines import LineView
from wordnet_tui.widgets.word_input import WordInput

SHADES = (" ", "░", "▒", "▓", "█")
ASCII_SHADES = (" ", ".", ":", "%", "#")
STEPS = (1.0, 2.5, 4.0, 6.0)
"""Nats from which the next shade is used. Of V words a blind guess has ln V: 5.5 for 250."""
SURPRISE_ROLES = ("muted", "muted", "plain", "plain", "strong")
UNKNOWN = "unknown"
NOTHING_YET = (
    "Nothing yet. Your words will stand here,",
    "each over its surprise to the network in nats.",
)


class PredictionView(Vertical):
    """Shows a picture; its parts draw what is new in it.

    Args:
        ascii_only: With signs that every terminal has.
    """

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._ascii_only = ascii_only
        self._picture: Picture | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom; the lists side by side."""
        plain = self._ascii_only
        yield LineView(id="text-title")
        yield LineView(id="text")
        yield WordInput(id="input")
        with Horizontal(id="lists"):
            with Vertical(id="offered"):
                yield LineView(id="list-title")
                yield BarList(numbers=True, plain=plain, id="candidates")
            with Vertical(id="really"):
                yield LineView(id="data-title")
                yield BarList(numbers=False, plain=plain, id="followed")
        yield LineView(id="hint")

    @property
    def input(self) -> WordInput:
        """Where one types."""
        return self.query_one("#input", WordInput)

    @property
    def candidates(self) -> BarList:
        """What can be picked."""
        return self.query_one("#candidates", BarList)

    def on_resize(self) -> None:
        """Fit the lines to the new size."""
        if self._picture is not None:
            self.call_after_refresh(self._show_lines, self._picture)

    def show(self, picture: Picture) -> None:
        """Show this."""
        earlier = self._picture.suggestions if self._picture else None
        self._picture, now = picture, picture.suggestions
        really = {word for word, _ in picture.followed.words} if picture.followed else set()
        before = picture.before if picture.live else None
        rows = (
            suggestion_rows(now, picture.rows, really, before, self._ascii_only) if now else []
        )
        same_question = bool(now and earlier and now.is_like(earlier))
        self.candidates.show(rows, with_changes=picture.live, keep=same_question)
        self.input.offer_rest(now.rest if now else "")
        if not picture.searching:  # or the old list would go and come with every word
            followed = followed_rows(picture.followed, {row.text for row in rows})
            self.query_one("#followed", BarList).show(followed, keep=False)
        self._show_lines(picture)

    def show_hint(self) -> None:
        """Say what to do next; it depends on the line one types in, too."""
        if self._picture is None:
            return
        line = self.query_one("#hint", LineView)
        problem = self._picture.problem
        text = problem or hint(
            self._picture.suggestions,
            self.candidates.row_count,
            literal=self.input.literal,
            writing=self._picture.writing,
        )
        line.show_lines([((left(text, line.size.width), "warning" if problem else "plain"),)])

    def _show_lines(self, picture: Picture) -> None:
        text, plain = self.query_one("#text", LineView), self._ascii_only
        text.show_lines(text_lines(picture.reading, text.size.width, text.size.height, plain))
        self._show_title("text-title", text_title(picture.reading), shade_key(plain))
        title = list_title(picture.suggestions, picture.source)
        self._show_title("list-title", title, f"top {picture.rows} (+/-)")
        if not picture.searching:
            title = data_title(picture.followed, picture.loading)
            self._show_title("data-title", title, f"{'*' if plain else '●'} in both")
        self.show_hint()

    def _show_title(self, name: str, title: str, aside: str) -> None:
        line = self.query_one(f"#{name}", LineView)
        line.show_lines([heading(title, aside, line.size.width)])


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
    """A word and what stands under it: its surprise and a shade, or that it is unknown."""
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
