"""Help is made from the bindings: none is missing, none is ambiguous, all can be read."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widgets import Static

import wordnet_tui
from wordnet_tui.app.app import WordnetApp
from wordnet_tui.screens.help import HelpScreen, keys_of

WaitFor = Callable[..., Awaitable[None]]
OpenApp = Callable[..., Any]


def classes_with_keys() -> list[type[DOMNode]]:
    """Every class of the project that declares bindings."""
    for module in pkgutil.walk_packages(wordnet_tui.__path__, "wordnet_tui."):
        if module.name.startswith(("wordnet_tui.screens.", "wordnet_tui.widgets.")):
            importlib.import_module(module.name)
    kinds, found = [DOMNode], set()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if kind.__module__.startswith("wordnet_tui.") and kind.__dict__.get("BINDINGS"):
            found.add(kind)
    return sorted(found, key=lambda kind: kind.__name__)


def declared(kind: type[DOMNode]) -> list[Binding]:
    return [
        item if isinstance(item, Binding) else Binding(*item)
        for item in kind.__dict__["BINDINGS"]
    ]


def single_keys(kind: type[DOMNode]) -> list[str]:
    return [key.strip() for binding in declared(kind) for key in binding.key.split(",")]


CLASSES = classes_with_keys()
PLACES = [kind for kind in CLASSES if not issubclass(kind, ModalScreen)]
by_class = pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)


def test_there_are_bindings_to_look_at() -> None:
    assert len(CLASSES) > 10
    assert WordnetApp in CLASSES


@by_class
def test_every_binding_says_what_it_does(kind: type[DOMNode]) -> None:
    described = {verb(binding) for binding in declared(kind) if binding.description}
    assert [binding for binding in declared(kind) if verb(binding) not in described] == []


def verb(binding: Binding) -> str:
    """What is done, whatever it is done to: one line is for the keys 1 to 9."""
    return binding.action.partition("(")[0]


@by_class
def test_no_key_means_two_things_in_one_place(kind: type[DOMNode]) -> None:
    assert [key for key, times in Counter(single_keys(kind)).items() if times > 1] == []


@by_class
def test_keys_are_named_as_they_stand_on_a_keyboard(kind: type[DOMNode]) -> None:
    for binding in declared(kind):
        assert "_" not in keys_of(binding)


@pytest.mark.parametrize("kind", PLACES, ids=lambda kind: kind.__name__)
def test_the_keys_of_the_app_mean_the_same_everywhere(kind: type[DOMNode]) -> None:
    if kind is not WordnetApp:
        taken = set(single_keys(kind)) & set(single_keys(WordnetApp))
        assert taken <= {"q"}, taken  # a letter; the field for words takes those as text


def help_text(app: WordnetApp) -> str:
    assert isinstance(app.screen, HelpScreen)
    return str(app.screen.query_one(Static).content)


def sections(text: str) -> dict[str, str]:
    """Title -> the lines under it."""
    blocks = (block.partition("\n") for block in text.split("\n\n"))
    return {title: lines for title, _, lines in blocks}


async def test_every_key_of_every_place_is_in_the_help_of_a_screen(
    open_app: OpenApp, wait_for: WaitFor
) -> None:
    missing = {kind.__name__ for kind in PLACES}
    async with open_app() as (app, pilot):
        for mode in ("f2", "f3", "f4", "f7"):
            await pilot.press(mode)
            screen = app.screen
            nodes = [app, screen, *screen.query("*")]
            here = {base for node in nodes for base in type(node).__mro__} & set(PLACES)
            await pilot.press("f1")
            await wait_for(pilot, lambda: isinstance(app.screen, HelpScreen))
            lines = [line.strip() for line in help_text(app).splitlines()]
            for kind in here:
                for binding in filter(lambda each: each.description, declared(kind)):
                    row = [line for line in lines if line.startswith(keys_of(binding))]
                    assert any(line.endswith(binding.description) for line in row), binding
            missing -= {kind.__name__ for kind in here}
            await pilot.press("escape")
            await wait_for(pilot, lambda: not isinstance(app.screen, HelpScreen))
    assert missing == set()


async def test_help_opens_once_scrolls_and_closes_by_the_same_key(
    open_app: OpenApp, wait_for: WaitFor
) -> None:
    async with open_app(size=(60, 16)) as (app, pilot):
        for close in ("f1", "escape", "q"):
            await pilot.press("f1")
            await wait_for(pilot, lambda: isinstance(app.screen, HelpScreen))
            assert "Everywhere" in sections(help_text(app))
            assert "Ctrl-Z stops the whole program" in help_text(app)
            await pilot.press("pagedown")
            await wait_for(pilot, lambda: app.screen.query_one(VerticalScroll).scroll_y > 0)
            await pilot.press(close)
            await wait_for(pilot, lambda: not isinstance(app.screen, HelpScreen))
            assert app.is_running
