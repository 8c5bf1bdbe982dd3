"""The last rows of every screen: when the status changes, and which keys there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from wordnet_tui.charts.cell_text import short
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.runs.commands import RESUME
from wordnet_tui.runs.local import Run
from wordnet_tui.session import Loading, Session
from wordnet_tui.widgets.footer import KeyLine, StatusLine


class Lined(Screen[None]):
    def compose(self) -> ComposeResult:
        yield StatusLine()

    @property
    def line(self) -> str:
        return str(self.query_one(StatusLine).content)


class Watched(Session):
    MODES: ClassVar[Any] = {"one": Lined, "other": Lined}
    DEFAULT_MODE = "one"
    refresh_seconds = 0.01

    @property
    def lined(self) -> Lined:
        assert isinstance(self.screen, Lined)
        return self.screen


async def test_it_follows_session_and_run(
    wait_for: Callable[..., Any], start_run: Callable[..., Run], days: Dataset
) -> None:
    app = Watched()
    async with app.run_test(size=(120, 24)) as pilot:
        await wait_for(pilot, lambda: app.lined.line.startswith("no run  data none  net none"))
        app.loading = Loading("reading", 0.5)
        await wait_for(pilot, lambda: "data reading 50%" in app.lined.line)
        app.loading, app.dataset = None, days
        await wait_for(pilot, lambda: short(days.name) in app.lined.line)
        run = start_run(epochs=5)
        app.current_run = run
        await wait_for(pilot, lambda: app.lined.line.startswith("‖ paused"))
        assert "epoch 1/5  train 2." in app.lined.line
        run.send(RESUME)
        assert run.wait(30)
        await wait_for(pilot, lambda: app.lined.line.startswith("■ ended 100%  epoch 5/5"))


async def test_on_a_screen_that_is_not_shown_it_does_not_look(
    wait_for: Callable[..., Any],
) -> None:
    app = Watched()
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "data none" in app.lined.line)
        hidden = app.lined
        await app.switch_mode("other")
        app.loading = Loading("reading", None)
        await wait_for(pilot, lambda: "data reading" in app.lined.line)
        assert "data none" in hidden.line
        await app.switch_mode("one")
        await wait_for(pilot, lambda: "data reading" in hidden.line)


# ---- the keys


class Keys(App[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "press('x')", "Nothing much"),
        Binding("f7", "press('f7')", "Seven"),
        Binding("f1", "press('f1')", "One"),
        Binding("y", "press('y')", "Hidden", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.pressed: list[str] = []

    def compose(self) -> ComposeResult:
        yield KeyLine()

    def action_press(self, key: str) -> None:
        self.pressed.append(key)

    @property
    def last_row(self) -> str:
        return self.screen._compositor.render_strips()[-1].text.rstrip()


@pytest.mark.parametrize(
    ("columns", "shown"), [(40, "f1 One f7 Seven x Nothing much"), (29, "f1 One f7 Seven")]
)
async def test_the_keys_that_fit_are_shown_the_same_everywhere_first(
    columns: int, shown: str
) -> None:
    app = Keys()
    async with app.run_test(size=(columns, 6)) as pilot:
        await pilot.pause()
        assert app.last_row.startswith(shown)
        assert "Hidden" not in app.last_row
        assert "Nothing" not in app.last_row or columns == 40


async def test_a_click_presses_the_key_under_the_pointer(wait_for: Any) -> None:
    app = Keys()
    async with app.run_test(size=(60, 6)) as pilot:
        await pilot.click(KeyLine, offset=(2, 0))
        await pilot.click(KeyLine, offset=(8, 0))
        await wait_for(pilot, lambda: app.pressed == ["f1", "f7"])
        await pilot.click(KeyLine, offset=(59, 0))
        await pilot.pause()
        assert app.pressed == ["f1", "f7"]
