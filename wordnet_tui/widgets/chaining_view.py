"""All that the Predict screen shows: a text, a line to type in, two lists, what to do next.

Styled by `styles/prediction.tcss`.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from wordnet_tui.charts.cell_text import left
from wordnet_tui.view_models.precedents import Followed
from wordnet_tui.view_models.prediction_text import (
    data_title,
    heading,
    hint,
    list_title,
    text_title,
)
from wordnet_tui.view_models.suggestion_rows import followed_rows, offer_rows
from wordnet_tui.view_models.suggestions import Offer
from wordnet_tui.view_models.surprisal import Reading
from wordnet_tui.widgets.candidate_list import CandidateList
from wordnet_tui.widgets.chain_input import ChainInput
from wordnet_tui.widgets.chain_text import ChainText, shade_key
from wordnet_tui.widgets.line_view import LineView


@dataclass(frozen=True, eq=False)
class Picture:
    """What is to be seen."""

    reading: Reading
    offer: Offer | None
    rows: int
    """Of the offer."""
    source: str
    """Whose offer it is."""
    live: bool
    """Whether changes since the last look are shown."""
    before: Offer | None
    """The offer at the last look."""
    followed: Followed | None
    """None while it is being looked for, or there is no corpus."""
    searching: bool
    """Whether it is being looked for."""
    loading: bool
    """Whether a corpus is being read."""
    writing: int
    """Words that are still to be written by the network."""
    problem: str
    """What keeps the network from answering."""


class ChainingView(Vertical):
    """Shows a picture; its parts draw what is new in it."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._ascii_only = ascii_only
        self._offer: Offer | None = None
        self._picture: Picture | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom; the lists side by side."""
        yield LineView(id="text-title")
        yield ChainText(ascii_only=self._ascii_only, id="text")
        yield ChainInput(id="input")
        with Horizontal(id="lists"):
            with Vertical(id="offered"):
                yield LineView(id="list-title")
                yield CandidateList(ascii_only=self._ascii_only, id="candidates")
            with Vertical(id="really"):
                yield LineView(id="data-title")
                yield CandidateList(numbered=False, ascii_only=self._ascii_only, id="followed")
        yield LineView(id="hint")

    @property
    def input(self) -> ChainInput:
        """Where one types."""
        return self.query_one("#input", ChainInput)

    @property
    def candidates(self) -> CandidateList:
        """What can be picked."""
        return self.query_one("#candidates", CandidateList)

    def on_resize(self) -> None:
        """Fit titles and the hint to the new width."""
        if self._picture is not None:
            self.call_after_refresh(self._show_lines, self._picture)

    def show(self, picture: Picture) -> None:
        """Show this."""
        self._picture = picture
        offer = picture.offer
        self.query_one("#text", ChainText).show_reading(picture.reading)
        really = {word for word, _ in picture.followed.words} if picture.followed else set()
        before = picture.before if picture.live else None
        rows = (
            offer_rows(offer, picture.rows, really, before, self._ascii_only) if offer else []
        )
        same_question = bool(offer and self._offer and offer.is_like(self._offer))
        self._offer = offer
        self.candidates.show_choices(rows, with_changes=picture.live, keep=same_question)
        self.input.offer_rest(offer.rest if offer else "")
        if not picture.searching:  # or the old list would go and come with every word
            offered = {row.text for row in rows}
            self.query_one("#followed", CandidateList).show_choices(
                followed_rows(picture.followed, offered)
            )
        self._show_lines(picture)

    def show_hint(self) -> None:
        """Say what to do next; it depends on the line one types in, too."""
        if self._picture is None:
            return
        line = self.query_one("#hint", LineView)
        problem = self._picture.problem
        text = problem or hint(
            self._picture.offer,
            len(self.candidates.choices),
            literal=self.input.literal,
            writing=self._picture.writing,
        )
        line.show_lines([((left(text, line.size.width), "warning" if problem else "plain"),)])

    def _show_lines(self, picture: Picture) -> None:
        self._show_title(
            "text-title", text_title(picture.reading), shade_key(self._ascii_only)
        )
        self._show_title(
            "list-title",
            list_title(picture.offer, picture.source),
            f"top {picture.rows} (+/-)",
        )
        if not picture.searching:
            both = f"{'*' if self._ascii_only else '●'} in both"
            self._show_title("data-title", data_title(picture.followed, picture.loading), both)
        self.show_hint()

    def _show_title(self, name: str, title: str, aside: str) -> None:
        line = self.query_one(f"#{name}", LineView)
        line.show_lines([heading(title, aside, line.size.width)])
