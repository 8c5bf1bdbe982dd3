"""The line one types in: what each key means, with and without a word in hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

import wordnet_tui
from wordnet_tui.widgets.word_input import ACTIONS, WordInput, input_line

STYLES = Path(wordnet_tui.__file__).parent / "styles"


class Typing(App[None]):
    CSS_PATH: ClassVar[Any] = [STYLES / "shared.tcss", STYLES / "predict.tcss"]

    def __init__(self) -> None:
        super().__init__()
        self.input = WordInput()
        self.reported: list[tuple[Any, ...]] = []

    def compose(self) -> ComposeResult:
        yield self.input

    def note(self, message: Message) -> None:
        values = [value for name, value in vars(message).items() if not name.startswith("_")]
        own = [value for value in values if isinstance(value, str | int | None)]
        self.reported.append((type(message).__name__, *own))


for kind in ("typed", "ended", "chose", "moved", "took_back", "resized", "literal"):
    setattr(Typing, f"on_word_input_{kind}", Typing.note)


async def messages_after(*keys: str, rest: str = "") -> list[tuple[Any, ...]]:
    app = Typing()
    async with app.run_test() as pilot:
        app.input.focus()
        for key in keys:
            await pilot.press(key)
            if rest and app.input.value:
                app.input.offer_rest(rest)
        await pilot.pause()
    return app.reported


async def test_letters_make_a_word_and_a_blank_ends_it() -> None:
    assert await messages_after("a", "b", "space") == [
        ("Typed", "a"),
        ("Typed", "ab"),
        ("Ended", "ab"),
    ]


async def test_without_a_word_begun_digits_choose() -> None:
    assert await messages_after("1", "0", "enter") == [
        ("Chose", 0, ""),
        ("Chose", 9, ""),
        ("Chose", None, ""),
    ]


async def test_within_a_word_digits_and_signs_are_typed() -> None:
    assert await messages_after("a", "1", "plus", "minus", "enter") == [
        ("Typed", "a"),
        ("Typed", "a1"),
        ("Typed", "a1+"),
        ("Typed", "a1+-"),
        ("Chose", None, "a1+-"),
    ]


async def test_after_a_blank_a_digit_is_typed() -> None:
    assert await messages_after("space", "3", "0", "space", "4") == [
        ("Literal", True),
        ("Literal", False),
        ("Typed", "3"),
        ("Typed", "30"),
        ("Ended", "30"),
        ("Chose", 3, ""),
    ]


async def test_backspace_goes_from_letters_to_words() -> None:
    assert await messages_after("a", "backspace", "backspace", "space", "backspace") == [
        ("Typed", "a"),
        ("Typed", ""),
        ("TookBack",),
        ("Literal", True),
        ("Literal", False),
    ]


@pytest.mark.parametrize("key", ["tab", "right"])
async def test_the_offered_rest_is_taken(key: str) -> None:
    assert (await messages_after("g", key, rest="ood"))[-1] == ("Typed", "good")
    assert (await messages_after("g", key))[-1] == ("Typed", "g")


async def test_the_list_is_moved_in_and_resized() -> None:
    assert await messages_after("down", "up", "pagedown", "plus", "minus") == [
        ("Moved", 1),
        ("Moved", -1),
        ("Moved", 10),
        ("Resized", True),
        ("Resized", False),
    ]


async def test_keys_that_come_all_at_once_keep_their_order() -> None:
    app = Typing()
    async with app.run_test() as pilot:
        app.input.focus()
        await pilot.pause()
        for character in "have a 2go":
            key = "space" if character == " " else character
            app.input.post_message(events.Key(key, character))
        await pilot.pause()
    assert [message for message in app.reported if message[0] in ("Ended", "Chose")] == [
        ("Ended", "have"),
        ("Ended", "a"),
        ("Chose", 1, ""),
    ]
    assert app.reported[-1] == ("Typed", "go")


async def test_a_pasted_text_ends_with_the_word_in_hand() -> None:
    app = Typing()
    async with app.run_test() as pilot:
        await type_and_paste(pilot, "do", "n't\nknow \x1b[31m")
        await type_and_paste(pilot, "", "  \n ")
    assert app.reported[-1] == ("Ended", "don't\nknow \x1b[31m")


async def type_and_paste(pilot: Pilot[None], typed: str, pasted: str) -> None:
    pilot.app.query_one(WordInput).focus()
    await pilot.press(*typed)
    pilot.app.query_one(WordInput).post_message(events.Paste(pasted))
    await pilot.pause()


def test_every_key_is_bound_once_and_bindings_but_the_digits_are_described() -> None:
    keys = [key for binding in WordInput.BINDINGS for key in binding.key.split(",")]  # type: ignore[union-attr]
    assert len(keys) == len(set(keys)) == len(ACTIONS)
    silent = {binding.key for binding in WordInput.BINDINGS if not binding.description}  # type: ignore[union-attr]
    assert silent == set("234567890")


@pytest.mark.parametrize("value", ["", "go", "x" * 300, "日本" * 60])
def test_the_line_ends_with_cursor_and_rest_and_fits(value: str) -> None:
    line = input_line(value, "od", 40, cursor=True)
    text = "".join(part for part, _ in line)
    assert [part for part, role in line if role == "cursor"] == ["o" if value else " "]
    assert text.startswith(f"> {value}"[:10]) or len(value) > 40
    assert len(line[1][0].encode()) <= 160
