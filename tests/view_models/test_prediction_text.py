"""What the Predict screen says: always the next step, and short enough."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from wordnet_tui.view_models.precedents import Followed
from wordnet_tui.view_models.prediction_text import data_title, heading, hint, text_title
from wordnet_tui.view_models.suggestions import Suggestion, SuggestionKind, Suggestions
from wordnet_tui.view_models.surprisal import TextReading

ITEMS = (Suggestion(("good",)),) * 50
SUGGESTED = [
    Suggestions(SuggestionKind.NEXT, ITEMS, ("have", "a")),
    Suggestions(SuggestionKind.COMPLETIONS, ITEMS, ("have", "a"), "go"),
    Suggestions(SuggestionKind.COMPLETIONS, ITEMS, ("have", "a"), "good"),
    Suggestions(SuggestionKind.COMPLETIONS, (), ("have", "a"), "xq"),
    Suggestions(SuggestionKind.BEGINNINGS, ITEMS, ("have",), missing=7),
    Suggestions(SuggestionKind.SPELLINGS, ITEMS, ("have", "x" * 99), unknown_at=1),
    Suggestions(SuggestionKind.SPELLINGS, (), ("日本語" * 9, "a"), unknown_at=0),
    None,
]


@pytest.mark.parametrize("suggested", SUGGESTED)
@pytest.mark.parametrize("rows", [0, 1, 5, 50])
@pytest.mark.parametrize(("literal", "writing"), [(False, 0), (True, 0), (False, 1_000)])
def test_every_hint_fits_the_smallest_screen(
    suggested: Suggestions | None, rows: int, literal: bool, writing: int
) -> None:
    text = hint(suggested, rows, literal=literal, writing=writing)
    assert 10 < cell_len(text) <= 58


def test_the_hint_names_the_keys_that_pick() -> None:
    assert "1-5 or Enter" in hint(SUGGESTED[0], 5, literal=False, writing=0)
    assert "1-9 or Enter" in hint(SUGGESTED[0], 50, literal=False, writing=0)
    assert "Tab" in hint(SUGGESTED[1], 5, literal=False, writing=0)
    assert "Backspace" in hint(SUGGESTED[6], 0, literal=False, writing=0)


def test_the_data_is_named_as_far_as_it_is_known() -> None:
    assert data_title(None, loading=True) == "In the data: still loading"
    assert data_title(None, loading=False) == "In the data: none open"
    asked = ("have", "a")
    assert (
        data_title(Followed(asked, asked, (("day", 1_200),)), False) == "In the data: 1,200x"
    )
    assert data_title(Followed(("a",), asked, (("day", 2),)), False) == 'After "a" alone: 2x'
    assert data_title(Followed((), asked), False) == "In the data: never"


def test_a_heading_drops_what_is_beside_it_where_there_is_no_room() -> None:
    assert "".join(text for text, _ in heading("Text", "aside", 20)) == "Text           aside"
    assert "".join(text for text, _ in heading("Text", "aside", 9)) == "Text     "
    assert text_title(TextReading(("a",), (True,), (None,))) == "Text: 1 word"
