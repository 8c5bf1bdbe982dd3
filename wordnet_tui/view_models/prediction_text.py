"""What the Predict screen says: its headings, the rows of its lists, and what to do next."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from rich.cells import cell_len

from wordnet_tui.charts.cell_text import Line, left, shown
from wordnet_tui.core.errors import printable
from wordnet_tui.view_models.lists import BarRow
from wordnet_tui.view_models.precedents import Followed
from wordnet_tui.view_models.suggestions import SuggestionKind, Suggestions
from wordnet_tui.view_models.surprisal import TextReading

NO_NETWORK = "No network is open yet. Ctrl-O opens one."
LIST_TITLES = {
    SuggestionKind.NEXT: "Next word",
    SuggestionKind.COMPLETIONS: "Words that begin so",
    SuggestionKind.BEGINNINGS: "Beginnings",
    SuggestionKind.SPELLINGS: "Close to it",
}
MOST_FOLLOWED = 50
SMALLEST_CHANGE = 0.0005
"""Of a probability; less would be shown as 0.000."""


@dataclass(frozen=True, eq=False)
class Picture:
    """What is to be seen."""

    reading: TextReading
    suggestions: Suggestions | None
    rows: int
    """How many of the suggestions."""
    source: str
    """Whose suggestions they are."""
    live: bool
    """Whether changes since the last answer are shown."""
    before: Suggestions | None
    """Those of the last answer."""
    followed: Followed | None
    """None while it is being searched for, or there is no corpus."""
    searching: bool
    """Whether it is being searched for."""
    loading: bool
    """Whether a corpus is being read."""
    writing: int
    """Words that are still to be written by the network."""
    problem: str
    """What keeps the network from answering."""


def hint(suggested: Suggestions | None, rows: int, *, literal: bool, writing: int) -> str:
    """The next step, in 58 cells, which is what the smallest screen has.

    Args:
        suggested: What is on the list; None without a network.
        rows: How many of its items are shown.
        literal: Whether the next digit is typed.
        writing: Words still to be written by the network, 0 if it does not write.
    """
    if writing:
        return f"Writing, {writing} to come. Esc stops it."
    if suggested is None:
        return NO_NETWORK
    if literal:
        return "The next key is typed, be it a digit, + or -."
    if suggested.kind is SuggestionKind.COMPLETIONS:
        return completion_hint(suggested)
    keys = {0: "", 1: "Enter"}.get(rows, f"1-{min(rows, 9)} or Enter")
    if suggested.kind is SuggestionKind.SPELLINGS:
        word = shown(suggested.before[suggested.unknown_at or 0], 12)
        cure = f"{keys} mends it" if rows else "Backspace takes it back"
        return f'"{word}" is unknown. {cure}.'
    if suggested.kind is SuggestionKind.BEGINNINGS:
        more = "a word" if suggested.missing == 1 else f"{suggested.missing} words"
        return f"Type {more}{' more' if suggested.before else ''}, or take a row: {keys}."
    return f"Take a row: {keys}. Or type; a digit after Space."


def completion_hint(suggested: Suggestions) -> str:
    """The next step with a word in hand."""
    if not suggested.items:
        return "No known word begins so. Space ends it, then mend it."
    if suggested.rest:
        return "Tab types the rest, Enter takes a row, Space ends as is."
    return "Space or Enter ends the word."


def list_title(suggested: Suggestions | None, source: str) -> str:
    """What the list holds, and whose answer it is."""
    kind = suggested.kind if suggested else SuggestionKind.NEXT
    is_answer = kind in (SuggestionKind.NEXT, SuggestionKind.COMPLETIONS) and source
    return LIST_TITLES[kind] + (f" · {printable(source)}" if is_answer else "")


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


def text_title(reading: TextReading) -> str:
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


def suggestion_rows(
    suggested: Suggestions,
    count: int,
    followed: Container[str],
    before: Suggestions | None = None,
    ascii_only: bool = False,
) -> list[BarRow]:
    """The first `count` items.

    Args:
        suggested: What can be taken.
        count: Rows wanted.
        followed: Words that really came next; these are marked.
        before: What was suggested in the last answer, if changes are wanted.
        ascii_only: With signs that every terminal has.
    """
    earlier = {item.words: item.probability for item in before.items} if before else {}
    rows = []
    for item in suggested.items[:count]:
        figure = f"{item.count:,}" if item.count is not None else ""
        change = ""
        if item.probability is not None:
            figure = f"{item.probability:.3f}"
            if before is not None and before.is_like(suggested):
                change = change_text(item.probability, earlier.get(item.words), ascii_only)
        text, in_both = " ".join(item.words), item.words[0] in followed
        rows.append(BarRow(text, figure, item.probability, change, in_both))
    return rows


def followed_rows(followed: Followed | None, suggested: Container[str]) -> list[BarRow]:
    """The words that really came next, those that are suggested marked."""
    if followed is None:
        return []
    return [
        BarRow(word, f"{count:,}", count / followed.total, in_both=word in suggested)
        for word, count in followed.words[:MOST_FOLLOWED]
    ]


def change_text(now: float, before: float | None, ascii_only: bool = False) -> str:
    """How far a probability went since the last answer; "new" if it was not in the list."""
    if before is None:
        return "new"
    change = now - before
    if abs(change) < SMALLEST_CHANGE:
        return "="
    up, down = ("+", "-") if ascii_only else ("▲", "▼")
    return f"{up if change > 0 else down}{abs(change):.3f}"
