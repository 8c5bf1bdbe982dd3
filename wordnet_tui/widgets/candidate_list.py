"""Words to choose from, each with a figure and a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message

from wordnet_tui.charts.cell_text import Line, bar, left
from wordnet_tui.view_models.suggestion_rows import CandidateRow
from wordnet_tui.widgets.line_view import LineView


class CandidateList(LineView):
    """Numbered rows, one of which is chosen: the one that Enter would take.

    Args:
        numbered: Whether rows can be picked. The list of what really followed has no numbers.
        ascii_only: With signs that every terminal has.
    """

    @dataclass
    class Picked(Message):
        """A row was clicked."""

        index: int

    def __init__(
        self,
        *,
        numbered: bool = True,
        ascii_only: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._ascii_only = ascii_only
        self._numbered = numbered
        self._choices: tuple[CandidateRow, ...] = ()
        self._chosen = 0
        self._with_changes = False

    @property
    def choices(self) -> tuple[CandidateRow, ...]:
        """The rows."""
        return self._choices

    @property
    def chosen(self) -> int:
        """The row that Enter takes, from 0."""
        return self._chosen

    def show_choices(
        self,
        choices: Sequence[CandidateRow],
        *,
        with_changes: bool = False,
        keep: bool = False,
    ) -> None:
        """Show these.

        Args:
            choices: The rows, best first.
            with_changes: Whether to leave room for the column of changes.
            keep: Leave the chosen row where it is; otherwise it is the first.
        """
        self._choices = tuple(choices)
        self._with_changes = with_changes
        self._chosen = min(self._chosen, max(0, len(choices) - 1)) if keep else 0
        self._draw()
        self._scroll_to_chosen()

    def move(self, rows: int) -> None:
        """Choose another row, so many further down."""
        last = max(0, len(self._choices) - 1)
        self._chosen = max(0, min(last, self._chosen + rows))
        self._draw()
        self._scroll_to_chosen()

    def on_resize(self) -> None:
        """Fit the new width."""
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """Pick the row under the mouse."""
        index = event.y + self.scroll_offset.y
        if self._numbered and index < len(self._choices):
            self.post_message(self.Picked(index))

    def _draw(self) -> None:
        width = self.scrollable_content_region.width
        self.show_lines(
            [
                choice_line(
                    choice,
                    width,
                    number=index + 1 if self._numbered else None,
                    chosen=self._numbered and index == self._chosen,
                    with_changes=self._with_changes,
                    ascii_only=self._ascii_only,
                )
                for index, choice in enumerate(self._choices)
            ]
        )

    def _scroll_to_chosen(self) -> None:
        top, height = self.scroll_offset.y, self.size.height
        if not top <= self._chosen < top + height:
            self.scroll_to(
                y=max(0, self._chosen - height + 1) if self._chosen else 0, animate=False
            )


def choice_line(
    choice: CandidateRow,
    width: int,
    *,
    number: int | None = None,
    chosen: bool = False,
    with_changes: bool = False,
    ascii_only: bool = False,
) -> Line:
    """A row of exactly `width` cells: number, sign, word, figure, change, bar."""
    sign = "*" if ascii_only else "●"
    rank = "" if number is None else f"{'>' if chosen else ' '}{number:>2} "
    figure = f" {choice.figure:>5}"
    change = f" {choice.change:<7}" if with_changes else ""
    rest = max(0, width - len(rank) - 2 - len(figure) - len(change) - 1)
    word_cells = min(rest, max(8, min(18, rest // 2)))
    if choice.share is None and not choice.figure:  # a long beginning or a spelling
        word_cells = rest
    direction = {"▲": "up", "▼": "down", "+": "up", "-": "down"}.get(
        choice.change[:1], "muted"
    )
    return (
        (rank, "chosen" if chosen else "muted"),
        (f"{sign if choice.in_both else ' '} ", "sign"),
        (left(choice.text, word_cells), "chosen" if chosen else "plain"),
        (figure, "plain"),
        (change, direction),
        (
            " "
            + left(
                _sliver(choice.share or 0.0, rest - word_cells, ascii_only), rest - word_cells
            ),
            "bar",
        ),
    )


def _sliver(share: float, cells: int, ascii_only: bool) -> str:
    """A bar of which something is seen unless `share` is 0."""
    if share and cells:
        share = max(share, (0.51 if ascii_only else 1 / 8) / cells)
    return bar(share, cells, ascii_only)
