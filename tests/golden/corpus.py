"""A tiny corpus: sentences of our own, cut into windows as the original's data are."""

from __future__ import annotations

import random
from typing import Any

SENTENCES, HELD_OUT = 210, 130
"""Sentences made, and rows of the validation and of the test part each."""
_START = "{clause} {end}"
_RULES = {
    "clause": [
        "{one} {says} {a} {thing}",
        "{one} {says} {a} {thing} {when}",
        "{one} do nt {says} {a} {thing}",
        "{one} {says} {a} {thing} , but {one} do nt {says} time",
        "what do {one} {says} {when}",
        "it is {a} {thing} , is it",
        "{a} {thing} is {a} {thing}",
    ],
    "one": ["I", "you", "we", "they", "you"],
    "says": ["have", "have", "want", "play"],
    "a": ["a {kind}", "a {kind}", "the", "the {kind}"],
    "kind": ["good", "good", "long", "new"],
    "thing": ["day", "time", "game", "game", "week"],
    "when": ["now", "today"],
    "end": [".", ".", "?"],
}
"""What may stand for a name in braces, the likelier the oftener it is listed."""

Row = list[int]
"""Three word ids and that of the word that came, from 1."""


def sentences() -> list[str]:
    """Sentences parted at blanks, each with a capital first."""
    dice = random.Random(1)  # only `random()` is asked: it is the same in every Python

    def written_out(text: str) -> str:
        while "{" in text:
            name = text[text.index("{") + 1 : text.index("}")]
            choices = _RULES[name]
            chosen = choices[int(dice.random() * len(choices))]
            text = text.replace(f"{{{name}}}", chosen, 1)
        return text

    made = [written_out(_START) for _ in range(SENTENCES)]
    return [sentence[0].upper() + sentence[1:] for sentence in made]


def vocabulary(texts: list[str]) -> list[str]:
    """The words in an order of no meaning; a word's id is its place, from 1."""
    words = sorted({word for text in texts for word in text.lower().split()})
    return _shuffled(words, seed=2)


def parts(texts: list[str], words: list[str]) -> tuple[list[Row], list[Row], list[Row]]:
    """All windows inside sentences, shuffled: rows to train on, to validate and to test."""
    rows = []
    for text in texts:
        ids = [words.index(word) + 1 for word in text.lower().split()]
        rows += [ids[start : start + 4] for start in range(len(ids) - 3)]
    rows = _shuffled(rows, seed=3)
    return rows[2 * HELD_OUT :], rows[:HELD_OUT], rows[HELD_OUT : 2 * HELD_OUT]


def _shuffled(items: list[Any], seed: int) -> list[Any]:
    dice = random.Random(seed)
    return [item for _, item in sorted((dice.random(), item) for item in items)]
