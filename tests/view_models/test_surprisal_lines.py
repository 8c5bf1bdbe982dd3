"""The text over its surprises, as plain text."""

from __future__ import annotations

from rich.cells import cell_len

from wordnet_tui.view_models.surprisal import (
    TextReading,
    shade_key,
    text_lines,
    word_over_figure,
)


def as_text(reading: TextReading, width: int, height: int, **how: bool) -> list[str]:
    lines = text_lines(reading, width, height, **how)
    return ["".join(text for text, _ in line).rstrip() for line in lines]


READING = TextReading(
    ("have", "a", "good", "xyzzy", "day"),
    (True, True, True, False, True),
    (None, None, 0.5, None, 6.25),
)


def test_each_word_is_over_its_surprise() -> None:
    assert as_text(READING, 80, 4) == [
        "have  a  good   xyzzy?   day",
        "         0.50   unknown  6.25█",
    ]
    assert as_text(READING, 80, 4, ascii_only=True)[1].endswith("6.25#")


def test_shades_grow_with_the_surprise() -> None:
    figures = [
        word_over_figure("a", True, nats, False)[1][0] for nats in (0.9, 1, 2.5, 4, 6, 99)
    ]
    assert [figure[-1] for figure in figures] == [" ", "░", "▒", "▓", "█", "█"]
    assert shade_key() == "nats ░>1 ▒>2.5 ▓>4 █>6"


def test_of_a_long_text_the_end_is_shown() -> None:
    words = tuple(f"word{number}" for number in range(50))
    reading = TextReading(words, (True,) * 50, (None,) * 50)
    lines = as_text(reading, 40, 4)
    assert len(lines) == 4
    assert lines[0].startswith("… ")
    assert lines[2].endswith("word49")
    assert all(len(line) <= 42 for line in lines)


def test_foreign_and_hostile_words_keep_the_columns_straight() -> None:
    words = ("日本語", "\x1b[31m", "[b]", "x" * 99)
    reading = TextReading(words, (True,) * 4, (1.0,) * 4)
    lines = text_lines(reading, 30, 10)
    for over, under in zip(lines[::2], lines[1::2], strict=True):
        assert [cell_len(text) for text, _ in over] == [cell_len(text) for text, _ in under]
        assert sum(cell_len(text) for text, _ in over) <= 32
    assert all(text.isprintable() for line in lines for text, _ in line)


def test_without_words_it_says_what_will_be_here() -> None:
    assert len(as_text(TextReading(), 60, 2)) == 2
    assert len(as_text(TextReading(), 60, 1)) == 1
