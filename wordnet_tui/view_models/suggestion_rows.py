"""Offers and precedents as rows of a candidate list."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from wordnet_tui.view_models.precedents import Followed
from wordnet_tui.view_models.suggestions import Offer

MOST_FOLLOWED = 50
SMALLEST_CHANGE = 0.0005
"""Of a probability; less would be shown as 0.000."""


@dataclass(frozen=True)
class CandidateRow:
    """One row of the list."""

    text: str
    figure: str = ""
    """A probability or a count, as it is shown."""
    share: float | None = None
    """Length of the bar, 0 to 1."""
    change: str = ""
    """As `change_text` makes it."""
    in_both: bool = False
    """Whether the other list has it too."""


def offer_rows(
    offer: Offer,
    count: int,
    followed: Container[str],
    before: Offer | None = None,
    ascii_only: bool = False,
) -> list[CandidateRow]:
    """The first `count` items.

    Args:
        offer: What is offered.
        count: Rows wanted.
        followed: Words that really came next; these are marked.
        before: The offer at the last look, if changes are wanted.
        ascii_only: With signs that every terminal has.
    """
    earlier = {item.words: item.probability for item in before.items} if before else {}
    rows = []
    for item in offer.items[:count]:
        figure = f"{item.count:,}" if item.count is not None else ""
        change = ""
        if item.probability is not None:
            figure = f"{item.probability:.3f}"
            if before is not None and before.is_like(offer):
                change = change_text(item.probability, earlier.get(item.words), ascii_only)
        rows.append(
            CandidateRow(
                " ".join(item.words),
                figure,
                item.probability,
                change,
                item.words[0] in followed,
            )
        )
    return rows


def followed_rows(followed: Followed | None, offered: Container[str]) -> list[CandidateRow]:
    """The words that really came next, those that are offered marked."""
    if followed is None:
        return []
    return [
        CandidateRow(word, f"{count:,}", count / followed.total, in_both=word in offered)
        for word, count in followed.words[:MOST_FOLLOWED]
    ]


def change_text(now: float, before: float | None, ascii_only: bool = False) -> str:
    """How far a probability went since the last look; "new" if it had no place in the list."""
    if before is None:
        return "new"
    change = now - before
    if abs(change) < SMALLEST_CHANGE:
        return "="
    up, down = ("+", "-") if ascii_only else ("▲", "▼")
    return f"{up if change > 0 else down}{abs(change):.3f}"
