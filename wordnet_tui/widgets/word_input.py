"""The line one types in: one word at a time, with the rest of it offered behind the cursor.

Blanks end a word, so what is typed is edited at its end alone. While no word is begun, digits
pick from the list and + and - change its length; within a word, or after a blank, they are
typed like letters, for a vocabulary may hold "3" or "--".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.message import Message

from wordnet_tui.charts.cell_text import Line
from wordnet_tui.core.errors import printable
from wordnet_tui.widgets.lines import LineView

PROMPT = "> "
PLACEHOLDER = "type a word"
LONGEST_WORD = 200
COMMANDS = frozenset("0123456789+-")
"""What is a command while no word is begun."""


class WordInput(LineView, can_focus=True):
    """Takes keys, says what they mean; knows no words itself."""

    HELP_TITLE = "Predict, while typing"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "choose(0)", "Take row 1; 2 to 9, and 0 for 10, likewise", show=False),
        *(Binding(f"{row % 10}", f"choose({row - 1})", show=False) for row in range(2, 11)),
        Binding("enter", "choose", "Take the marked row", show=False),
        Binding("up", "move(-1)", "Mark the row above", show=False),
        Binding("down", "move(1)", "Mark the row below", show=False),
        Binding("pageup", "move(-10)", "Ten rows up", show=False),
        Binding("pagedown", "move(10)", "Ten rows down", show=False),
        Binding("plus", "resize(True)", "Longer list, up to 50", show=False),
        Binding("minus", "resize(False)", "Shorter list", show=False),
        Binding("tab,right", "take_rest", "Type the rest that is offered", show=False),
        Binding("space", "end", "End the word; then a digit, + or - is typed", show=False),
        Binding("backspace", "erase", "Erase; with no word begun, the last word", show=False),
        Binding("ctrl+u,ctrl+w", "erase_word", "Erase the word begun", show=False),
    ]

    @dataclass
    class Typed(Message):
        """The word in hand is another; it may be empty now."""

        text: str

    @dataclass
    class Ended(Message):
        """A blank was typed after a word, or a text pasted: it belongs to the text now."""

        text: str

    @dataclass
    class Chose(Message):
        """A row of the list is to be taken."""

        row: int | None
        """From 0; None is the marked one."""
        text: str
        """The word that was in hand, and is not any more."""

    @dataclass
    class Moved(Message):
        """Another row is to be marked, so many further down."""

        rows: int

    class TookBack(Message):
        """The last word of the text is to go."""

    @dataclass
    class Resized(Message):
        """The list is to be longer or shorter."""

        longer: bool

    @dataclass
    class Literal(Message):
        """Whether the next digit is typed, not a choice, has changed."""

        literal: bool

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  as Textual calls it
        super().__init__(id=id)
        self.value = ""
        """The word in hand."""
        self.literal = False
        """Whether the next digit, + or - is typed."""
        self._rest = ""

    def offer_rest(self, rest: str) -> None:
        """Show how the word in hand may go on."""
        self._rest = rest
        self._draw()

    def clear(self) -> None:
        """No word in hand, without a message."""
        self.value = self._rest = ""
        self._be_literal(literal=False)
        self._draw()

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Whether a binding elsewhere for this key is out of reach here."""
        del key
        return character is not None and character.isprintable()

    async def on_key(self, event: events.Key) -> None:
        """Take every key that means something here.

        Those of the bindings too: were they left to Textual, they would go up to the app and
        down again, and what is typed after them could overtake them.
        """
        if event.is_printable and event.character and not self._is_command(event.character):
            self._type(event.character)
        elif (action := ACTIONS.get(event.key)) is not None:
            await self.run_action(action)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Everything pasted, after the word in hand, belongs to the text."""
        event.stop()
        text = self.value + event.text
        if text.strip():
            self.clear()
            self.post_message(self.Ended(text))

    def action_take_rest(self) -> None:
        """Type what is offered."""
        if self._rest:
            self._type(self._rest)

    def action_choose(self, row: int | None = None) -> None:
        """Take a row, from 0, or the marked one."""
        text = self.value
        self.clear()
        self.post_message(self.Chose(row, text))

    def action_move(self, rows: int) -> None:
        """Mark another row."""
        self.post_message(self.Moved(rows))

    def action_resize(self, longer: bool) -> None:
        """Ask for a longer or a shorter list."""
        self.post_message(self.Resized(longer))

    def action_end(self) -> None:
        """End the word begun; if there is none, let the next digit be typed."""
        if text := self.value:
            self.clear()
            self.post_message(self.Ended(text))
        else:
            self._be_literal(literal=True)

    def action_erase(self) -> None:
        """Take back a character, or a word."""
        if self.literal and not self.value:
            self._be_literal(literal=False)
        elif self.value:
            self._set(self.value[:-1])
        else:
            self.post_message(self.TookBack())

    def action_erase_word(self) -> None:
        """Take back what is typed of a word."""
        if self.value:
            self._set("")

    def _is_command(self, character: str) -> bool:
        """Whether `character` does something now, rather than being typed."""
        if character == " ":
            return True
        return character in COMMANDS and not (self.value or self.literal)

    def _type(self, characters: str) -> None:
        if len(self.value) < LONGEST_WORD:
            self._be_literal(literal=False)
            self._set(self.value + characters)

    def _set(self, value: str) -> None:
        self.value = value
        if not self._rest.startswith(value[-1:]) or not value:
            self._rest = ""
        self.post_message(self.Typed(value))

    def _be_literal(self, *, literal: bool) -> None:
        if literal != self.literal:
            self.literal = literal
            self.post_message(self.Literal(literal))
            self._draw()

    @on(events.Mount)
    @on(events.Resize)
    @on(events.Focus)
    @on(events.Blur)
    def _draw(self) -> None:
        line = input_line(self.value, self._rest, self.size.width, cursor=self.has_focus)
        self.show_lines([line])
        if self.has_focus:  # where input methods show what they compose
            x = cell_len("".join(text for text, _ in line[:2]))
            self.app.cursor_position = self.content_region.offset + Offset(x, 0)


ACTIONS = {
    key: binding.action
    for binding in WordInput.BINDINGS
    if isinstance(binding, Binding)
    for key in binding.key.split(",")
}
"""Key -> what it does."""


def input_line(value: str, rest: str, width: int, *, cursor: bool) -> Line:
    """Prompt, word in hand, cursor, and the offered rest; of a long word the end."""
    room = max(1, width - len(PROMPT) - 2)
    value = printable(value)
    while cell_len(value) > room:
        value = value[1:]
    behind = printable(rest) if value else PLACEHOLDER
    under, after = (behind[:1], behind[1:]) if value else ("", f" {behind}")
    return (
        (PROMPT, "strong"),
        (value, "plain"),
        (under or " ", "cursor" if cursor else "ghost"),
        (after, "ghost"),
    )
