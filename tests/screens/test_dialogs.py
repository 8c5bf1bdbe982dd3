"""Questions over a screen: their answers by arrows, letters, Escape and the mouse."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.widgets import Button, Label

import wordnet_tui
from wordnet_tui.screens.dialogs import Question
from wordnet_tui.session import Session

WaitFor = Callable[..., Awaitable[None]]
ANSWERS = {"save": "Stop and save", "leave": "Leave without saving"}


class RequestOutbox(Session):
    CSS_PATH: ClassVar[Any] = [Path(wordnet_tui.__file__).parent / "styles" / "shared.tcss"]

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str | None] = []

    def on_mount(self) -> None:
        question = Question("A [training] is going on.", ANSWERS, stay="Stay")
        self.push_screen(question, self.given.append)

    @property
    def asks(self) -> bool:
        return isinstance(self.screen, Question)


@pytest.mark.parametrize(
    ("keys", "given"),
    [
        (["s"], "save"),
        (["S"], "save"),
        (["l"], "leave"),
        (["escape"], None),
        (["shift+tab", "enter"], None),
        (["down", "enter"], "leave"),
        (["down", "down", "enter"], None),
        (["down", "up", "enter"], "save"),
        (["tab", "enter"], "leave"),
        (["x", "1", "l"], "leave"),
    ],
)
async def test_a_key_gives_one_answer(
    keys: list[str], given: str | None, wait_for: WaitFor
) -> None:
    app = RequestOutbox()
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.asks and app.focused)
        await pilot.press(*keys)
        await wait_for(pilot, lambda: app.given)
        assert app.given == [given]
        assert not app.asks


async def test_a_letter_pressed_twice_answers_once(wait_for: WaitFor) -> None:
    app = RequestOutbox()
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.asks and app.focused)
        app.simulate_key("s")
        app.simulate_key("s")
        await wait_for(pilot, lambda: app.given)
        assert app.given == ["save"]


@pytest.mark.parametrize(
    ("name", "given"), [("answer-0", "save"), ("answer-1", "leave"), ("stay", None)]
)
async def test_every_answer_can_be_clicked(
    name: str, given: str | None, wait_for: WaitFor
) -> None:
    app = RequestOutbox()
    async with app.run_test(size=(60, 16)) as pilot:
        await wait_for(pilot, lambda: app.asks and app.focused)
        await pilot.click(f"#{name}")
        await wait_for(pilot, lambda: app.given)
        assert app.given == [given]


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 40)])
async def test_sentence_and_answers_stand_whole_one_below_the_other(
    size: tuple[int, int], wait_for: WaitFor
) -> None:
    app = RequestOutbox()
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.asks and app.focused)
        rows = [app.screen.query_one(Label), *app.screen.query(Button)]
        assert [str(row.render()) for row in rows] == [
            "A [training] is going on.",
            *ANSWERS.values(),
            "Stay",
        ]
        regions = [row.region for row in rows]
        assert all(app.screen.region.contains_region(region) for region in regions)
        tops = [region.y for region in regions]
        assert tops == sorted(set(tops))
        assert [region.height for region in regions] == [1] * len(rows)
