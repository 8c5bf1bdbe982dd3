"""The list of words: its rows as plain text, and what the mouse does to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len
from textual import on
from textual.app import App, ComposeResult

import wordnet_tui
from wordnet_tui.view_models.suggestion_rows import CandidateRow, change_text
from wordnet_tui.widgets.candidate_list import CandidateList, choice_line

STYLES = Path(wordnet_tui.__file__).parent / "styles"
CHOICES = [CandidateRow(f"word{rank}", f"0.{rank:03}", rank / 100) for rank in range(1, 41)]


def as_text(choice: CandidateRow, width: int, **how: object) -> str:
    return "".join(text for text, _ in choice_line(choice, width, **how))


def test_a_row_has_number_sign_word_figure_and_bar() -> None:
    choice = CandidateRow("time", "0.332", 0.5, in_both=True)
    text = as_text(choice, 40, number=1, chosen=True)
    assert text.split() == [">", "1", "●", "time", "0.332", "███████"]
    assert as_text(choice, 40, number=10, ascii_only=True).split() == [
        *("10", "*", "time", "0.332"),
        "#######",
    ]


@pytest.mark.parametrize("width", [0, 5, 12, 24, 33, 46, 120])
@pytest.mark.parametrize(
    "word",
    [
        "a",
        "very" * 20,
        "日本語の長い単語です",
        "e\u0301te\u0301",
        "\x1b[31mred",
        "[b]",
        "\u202eabc",
    ],
)
@pytest.mark.parametrize("with_changes", [True, False])
def test_columns_stay_straight_whatever_the_word(
    word: str, width: int, with_changes: bool
) -> None:
    own = choice_line(
        CandidateRow(word, "0.100", 0.1, "▲0.010"), width, with_changes=with_changes
    )
    plain = choice_line(
        CandidateRow("abc", "0.100", 0.1, "▲0.010"), width, with_changes=with_changes
    )
    assert [cell_len(text) for text, _ in own] == [cell_len(text) for text, _ in plain]
    assert all(text.isprintable() for text, _ in own)
    if width >= 24:
        assert sum(cell_len(text) for text, _ in own) == width


def test_of_the_smallest_probability_a_sliver_is_seen() -> None:
    assert as_text(CandidateRow("a", "0.000", 1e-9), 40).rstrip().endswith("▏")
    assert (
        as_text(CandidateRow("a", "0.000", 1e-9), 40, ascii_only=True).rstrip().endswith("#")
    )
    assert as_text(CandidateRow("a", "0.000", 0.0), 40).rstrip().endswith("0.000")


def test_a_change_is_told_by_sign_and_figure() -> None:
    assert change_text(0.3, 0.2) == "▲0.100"
    assert change_text(0.2, 0.3) == "▼0.100"
    assert change_text(0.2, 0.3, ascii_only=True) == "-0.100"
    assert change_text(0.2, 0.2001) == "="
    assert change_text(0.2, None) == "new"


class Shown(App[None]):
    CSS_PATH = STYLES / "prediction.tcss"

    def __init__(self, *, numbered: bool = True) -> None:
        super().__init__()
        self.list = CandidateList(numbered=numbered)
        self.picked: list[int] = []

    def compose(self) -> ComposeResult:
        yield self.list

    @on(CandidateList.Picked)
    def note(self, message: CandidateList.Picked) -> None:
        self.picked.append(message.index)


async def test_a_click_picks_the_row_under_the_mouse_also_after_scrolling() -> None:
    app = Shown()
    async with app.run_test(size=(50, 10)) as pilot:
        app.list.show_choices(CHOICES)
        await pilot.click(CandidateList, offset=(5, 3))
        await pilot.pause()
        assert app.picked == [3]
        app.list.move(30)
        await pilot.pause()
        assert app.list.scroll_offset.y == 21
        await pilot.click(CandidateList, offset=(5, 3))
        await pilot.pause()
        assert app.picked == [3, 24]


async def test_what_really_followed_cannot_be_picked() -> None:
    app = Shown(numbered=False)
    async with app.run_test(size=(50, 10)) as pilot:
        app.list.show_choices(CHOICES)
        await pilot.click(CandidateList, offset=(5, 3))
        await pilot.pause()
        assert app.picked == []
        assert ">" not in app.list.text


async def test_the_mark_stays_within_the_list_and_goes_to_the_top_with_new_rows() -> None:
    app = Shown()
    async with app.run_test(size=(50, 10)):
        app.list.show_choices(CHOICES[:3])
        app.list.move(-1)
        assert app.list.chosen == 0
        app.list.move(99)
        assert app.list.chosen == 2
        app.list.show_choices(CHOICES[:2], keep=True)
        assert app.list.chosen == 1
        app.list.show_choices(CHOICES[:2])
        assert app.list.chosen == 0
        app.list.show_choices([])
        app.list.move(1)
        assert (app.list.chosen, app.list.text) == (0, "")


async def test_only_rows_that_changed_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Shown()
    async with app.run_test(size=(50, 10)):
        app.list.show_choices(CHOICES[:8])
        drawn: list[int] = []
        monkeypatch.setattr(app.list, "refresh_line", drawn.append)
        app.list.show_choices(CHOICES[:8])
        assert drawn == []
        app.list.show_choices([*CHOICES[:5], CandidateRow("other"), *CHOICES[6:8]])
        assert drawn == [5]
