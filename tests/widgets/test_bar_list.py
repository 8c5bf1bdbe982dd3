"""The list of words: its rows as plain text, and what the mouse does to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest
from rich.cells import cell_len
from textual import on
from textual.app import App, ComposeResult

import wordnet_tui
from wordnet_tui.view_models.prediction_text import BarRow, change_text
from wordnet_tui.widgets.bar_list import BarList, choice_line

STYLES = Path(wordnet_tui.__file__).parent / "styles"
CHOICES = [BarRow(f"word{rank}", f"0.{rank:03}", rank / 100) for rank in range(1, 41)]


def as_text(choice: BarRow, width: int, **how: object) -> str:
    return "".join(text for text, _ in choice_line(choice, width, **how))


def test_a_row_has_number_sign_word_figure_and_bar() -> None:
    choice = BarRow("time", "0.332", 0.5, in_both=True)
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
    own = choice_line(BarRow(word, "0.100", 0.1, "▲0.010"), width, with_changes=with_changes)
    plain = choice_line(
        BarRow("abc", "0.100", 0.1, "▲0.010"), width, with_changes=with_changes
    )
    assert [cell_len(text) for text, _ in own] == [cell_len(text) for text, _ in plain]
    assert all(text.isprintable() for text, _ in own)
    if width >= 24:
        assert sum(cell_len(text) for text, _ in own) == width


def test_of_the_smallest_probability_a_sliver_is_seen() -> None:
    assert as_text(BarRow("a", "0.000", 1e-9), 40).rstrip().endswith("▏")
    assert as_text(BarRow("a", "0.000", 1e-9), 40, ascii_only=True).rstrip().endswith("#")
    assert as_text(BarRow("a", "0.000", 0.0), 40).rstrip().endswith("0.000")


def test_a_change_is_reported_by_sign_and_figure() -> None:
    assert change_text(0.3, 0.2) == "▲0.100"
    assert change_text(0.2, 0.3) == "▼0.100"
    assert change_text(0.2, 0.3, ascii_only=True) == "-0.100"
    assert change_text(0.2, 0.2001) == "="
    assert change_text(0.2, None) == "new"


class Shown(App[None]):
    CSS_PATH: ClassVar[Any] = [STYLES / "shared.tcss", STYLES / "predict.tcss"]

    def __init__(self, *, numbers: bool = True) -> None:
        super().__init__()
        self.list = BarList(numbers=numbers)
        self.picked: list[int] = []

    def compose(self) -> ComposeResult:
        yield self.list

    @on(BarList.Taken)
    def note(self, message: BarList.Taken) -> None:
        self.picked.append(message.row)


async def test_a_click_picks_the_row_under_the_mouse_also_after_scrolling() -> None:
    app = Shown()
    async with app.run_test(size=(50, 10)) as pilot:
        app.list.show(CHOICES)
        await pilot.click(BarList, offset=(5, 3))
        await pilot.pause()
        assert app.picked == [3]
        app.list.action_move(30)
        await pilot.pause()
        assert app.list.scroll_offset.y == 21
        await pilot.click(BarList, offset=(5, 3))
        await pilot.pause()
        assert app.picked == [3, 24]


async def test_what_really_followed_cannot_be_picked() -> None:
    app = Shown(numbers=False)
    async with app.run_test(size=(50, 10)) as pilot:
        app.list.show(CHOICES)
        await pilot.click(BarList, offset=(5, 3))
        await pilot.pause()
        assert app.picked == []
        assert ">" not in app.list.text


async def test_the_mark_stays_within_the_list_and_goes_to_the_top_with_new_rows() -> None:
    app = Shown()
    async with app.run_test(size=(50, 10)):
        app.list.show(CHOICES[:3])
        app.list.action_move(-1)
        assert app.list.cursor == 0
        app.list.action_move(99)
        assert app.list.cursor == 2
        app.list.show(CHOICES[:2])
        assert app.list.cursor == 1
        app.list.show(CHOICES[:2], keep=False)
        assert app.list.cursor == 0
        app.list.show([], keep=False)
        app.list.action_move(1)
        assert (app.list.cursor, app.list.text) == (0, "")


async def test_only_rows_that_changed_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Shown()
    async with app.run_test(size=(50, 10)):
        app.list.show(CHOICES[:8])
        drawn: list[int] = []
        monkeypatch.setattr(app.list, "refresh_line", drawn.append)
        app.list.show(CHOICES[:8])
        assert drawn == []
        app.list.show([*CHOICES[:5], BarRow("other"), *CHOICES[6:8]])
        assert drawn == [5]
