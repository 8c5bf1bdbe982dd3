"""Offers and precedents as rows of a candidate list."""

from __future__ import annotations

from collections.abc import Container

from wordnet_tui.core.offers import Offer
from wordnet_tui.core.precedents import Followed
from wordnet_tui.widgets.candidate_list import Choice, change_text

MOST_FOLLOWED = 50


def offer_rows(
    offer: Offer,
    count: int,
    followed: Container[str],
    before: Offer | None = None,
    ascii_only: bool = False,
) -> list[Choice]:
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
            Choice(
                " ".join(item.words),
                figure,
                item.probability,
                change,
                item.words[0] in followed,
            )
        )
    return rows


def followed_rows(followed: Followed | None, offered: Container[str]) -> list[Choice]:
    """The words that really came next, those that are offered marked."""
    if followed is None:
        return []
    return [
        Choice(word, f"{count:,}", count / followed.total, in_both=word in offered)
        for word, count in followed.words[:MOST_FOLLOWED]
    ]
