"""All that the Predict screen shows: a text, a line to type in, two lists, what to do next.

Styled by `styles/predict.tcss`.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from wordnet_tui.charts.cell_text import left
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
from wordnet_tui.view_models.surprisal import shade_key, text_lines
from wordnet_tui.widgets.bar_list import BarList
from wordnet_tui.widgets.lines import LineView
from wordnet_tui.widgets.word_input import WordInput


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
