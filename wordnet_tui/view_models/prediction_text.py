"""What the Predict screen says in words: its headings, and what to do next."""

from __future__ import annotations

from rich.cells import cell_len

from wordnet_tui.charts.cell_text import Line, left, shown
from wordnet_tui.core.errors import printable
from wordnet_tui.view_models.precedents import Followed
from wordnet_tui.view_models.suggestions import Offer, OfferKind
from wordnet_tui.view_models.surprisal import Reading

NO_NETWORK = "No network is open yet. Ctrl-O opens one."


def hint(offer: Offer | None, rows: int, *, literal: bool, writing: int) -> str:
    """The next step, in 58 cells, which is what the smallest screen has.

    Args:
        offer: What is on the list; None without a network.
        rows: How many of its items are shown.
        literal: Whether the next digit is typed.
        writing: Words still to be written by the network, 0 if it does not write.
    """
    if writing:
        return f"Writing, {writing} to come. Esc stops it."
    if offer is None:
        return NO_NETWORK
    if literal:
        return "The next key is typed, be it a digit, + or -."
    if offer.kind is OfferKind.COMPLETIONS:
        return completion_hint(offer)
    keys = {0: "", 1: "Enter"}.get(rows, f"1-{min(rows, 9)} or Enter")
    if offer.kind is OfferKind.SPELLINGS:
        word = shown(offer.before[offer.unknown_at or 0], 12)
        cure = f"{keys} mends it" if rows else "Backspace takes it back"
        return f'"{word}" is unknown. {cure}.'
    if offer.kind is OfferKind.BEGINNINGS:
        more = "a word" if offer.missing == 1 else f"{offer.missing} words"
        return f"Type {more}{' more' if offer.before else ''}, or take a row: {keys}."
    return f"Take a row: {keys}. Or type; a digit after Space."


def completion_hint(offer: Offer) -> str:
    """The next step with a word in hand."""
    if not offer.items:
        return "No known word begins so. Space ends it, then mend it."
    if offer.rest:
        return "Tab types the rest, Enter takes a row, Space ends as is."
    return "Space or Enter ends the word."


def list_title(offer: Offer | None, source: str) -> str:
    """What the list holds, and whose answer it is."""
    titles = {
        OfferKind.NEXT: "Next word",
        OfferKind.COMPLETIONS: "Words that begin so",
        OfferKind.BEGINNINGS: "Beginnings",
        OfferKind.SPELLINGS: "Close to it",
    }
    kind = offer.kind if offer else OfferKind.NEXT
    is_answer = kind in (OfferKind.NEXT, OfferKind.COMPLETIONS) and source
    return f"{titles[kind]} · {printable(source)}" if is_answer else titles[kind]


def data_title(followed: Followed | None, loading: bool) -> str:
    """What the list of what really followed holds."""
    if followed is None:
        return "In the data: still loading" if loading else "In the data: none open"
    if not followed.asked:
        return "In the data"
    if not followed.after:
        return "In the data: never"
    if followed.after == followed.asked:
        return f"In the data: {followed.total:,}x"
    words = " ".join(map(printable, followed.after))
    return f'After "{words}" alone: {followed.total:,}x'


def text_title(reading: Reading) -> str:
    """Length and perplexity of the text."""
    count = len(reading.words)
    words = "1 word" if count == 1 else f"{count} words"
    perplexity = reading.perplexity
    if perplexity is None:
        return f"Text: {words}"
    return f"Text: {words}, perplexity {perplexity:,.1f} over {reading.words_read}"


def heading(title: str, aside: str, width: int) -> Line:
    """A title, and something beside it at the right edge if there is room."""
    room = width - cell_len(aside) - 2
    if not aside or cell_len(title) > room:
        return ((left(title, width), "strong"),)
    return ((left(title, room), "strong"), (f"  {aside}", "muted"))
