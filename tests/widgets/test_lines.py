"""The lines that draw themselves: keys, progress, text that changes."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.pilot import Pilot

from wordnet_tui.widgets.changing_text import ChangingText
from wordnet_tui.widgets.key_line import KeyLine
from wordnet_tui.widgets.progress_line import ProgressLine


class Lines(App[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "press('x')", "Nothing much"),
        Binding("f7", "press('f7')", "Seven"),
        Binding("f1", "press('f1')", "One"),
        Binding("y", "press('y')", "Hidden", show=False),
    ]
    CSS = "ChangingText { height: auto; }"

    def __init__(self) -> None:
        super().__init__()
        self.pressed: list[str] = []

    def compose(self) -> ComposeResult:
        yield ChangingText()
        yield ProgressLine()
        yield KeyLine()

    def action_press(self, key: str) -> None:
        self.pressed.append(key)

    def row(self, number: int) -> str:
        strips = self.screen._compositor.render_strips()
        return strips[number].text.rstrip()


@pytest.mark.parametrize(
    ("columns", "shown"), [(40, "f1 One f7 Seven x Nothing much"), (29, "f1 One f7 Seven")]
)
async def test_the_keys_that_fit_are_shown_the_same_everywhere_first(
    columns: int, shown: str
) -> None:
    app = Lines()
    async with app.run_test(size=(columns, 6)) as pilot:
        await pilot.pause()
        assert app.row(-1).startswith(shown)
        assert "Hidden" not in app.row(-1)
        assert "Nothing" not in app.row(-1) or columns == 40


async def test_a_click_presses_the_key_under_the_pointer(wait_for: Any) -> None:
    app = Lines()
    async with app.run_test(size=(60, 6)) as pilot:
        await pilot.click(KeyLine, offset=(2, 0))
        await pilot.click(KeyLine, offset=(8, 0))
        await wait_for(pilot, lambda: app.pressed == ["f1", "f7"])
        await pilot.click(KeyLine, offset=(59, 0))
        await pilot.pause()
        assert app.pressed == ["f1", "f7"]


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (None, "━" * 20),
        (0.0, "━" * 20 + "   0%"),
        (0.525, "━" * 10 + "╸" + "━" * 9 + "  52%"),
        (1.0, "━" * 20 + " 100%"),
        (1.5, "━" * 20 + " 100%"),
    ],
)
async def test_progress_fills_the_line(share: float | None, shown: str) -> None:
    app = Lines()
    async with app.run_test(size=(25, 6)) as pilot:
        app.query_one(ProgressLine).show(0.25)
        app.query_one(ProgressLine).show(share)
        await pilot.pause()
        assert shown in {app.row(number) for number in range(3)}


async def test_a_text_takes_the_rows_it_needs_and_is_not_laid_out_for_less() -> None:
    app = Lines()
    async with app.run_test(size=(30, 8)) as pilot:
        text = app.query_one(ChangingText)
        await shown(pilot, text, "one [row]")
        assert text.size.height == 1
        layouts = count_layouts(app)
        await shown(pilot, text, "another [row]")
        assert app.row(0) == "another [row]"
        assert layouts == []
        await shown(pilot, text, "so many words that they need two rows")
        assert text.size.height == 2
        assert layouts


async def shown(pilot: Pilot[Any], text: ChangingText, words: str) -> None:
    text.show(words)
    await pilot.pause()


def count_layouts(app: App[None]) -> list[bool]:
    """One entry for each layout of the screen from now on."""
    layouts: list[bool] = []
    reflow = app.screen._compositor.reflow

    def counted(*arguments: Any, **options: Any) -> Any:
        layouts.append(True)
        return reflow(*arguments, **options)

    app.screen._compositor.reflow = counted  # type: ignore[method-assign]
    return layouts
