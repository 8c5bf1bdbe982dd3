"""The lines that draw themselves: progress, text that changes."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from wordnet_tui.widgets.lines import ChangingText, ProgressLine


class Lines(App[None]):
    CSS = "ChangingText { height: auto; }"

    def compose(self) -> ComposeResult:
        yield ChangingText()
        yield ProgressLine()

    def row(self, number: int) -> str:
        strips = self.screen._compositor.render_strips()
        return strips[number].text.rstrip()


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
