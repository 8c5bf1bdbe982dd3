"""How soon something is seen after a key or after the start, and how soon the program ends."""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.figures import Figure, ratio
from benchmarks.ui.program import PREDICT, PROGRAM, QUIT, SIZES, Settings, training_program
from benchmarks.ui.terminal import Terminal

KEYS = 100
LONGEST_REST = 0.15
"""Seconds between two keys, so that they meet every phase of the drawing."""
BARE = """
from textual.app import App
from textual.widgets import Label
class Bare(App):
    def compose(self):
        yield Label("all of it")
Bare().run()
"""


def echo(settings: Settings) -> Iterator[Figure]:
    """From a key to the bytes that show it, while training."""
    del settings
    goal = "at most 50"
    with training_program(*SIZES[0], first=500) as terminal:
        shown = _echoes(terminal, "c", "c", lambda seen: "nats per word" not in seen.text)
        yield Figure("key to echo while training, Train, p95", shown, "ms", goal)
        terminal.send(PREDICT)
        terminal.wait_for(lambda seen: "type a word" in seen.text)
        shown = _echoes(terminal, "w", "\x7f", lambda seen: "> w" in seen.text)
        yield Figure("key to echo while training, Predict, p95", shown, "ms", goal)


def _echoes(
    terminal: Terminal, on_key: str, off_key: str, is_on: Callable[[Terminal], bool]
) -> float:
    """95 of 100 answers come within so many milliseconds."""
    phases = random.Random(1)
    waits = []
    for number in range(KEYS):
        terminal.read_for(phases.uniform(0.02, LONGEST_REST))
        turns_on = number % 2 == 0
        pressed_at = terminal.send(on_key if turns_on else off_key)
        answered = is_on if turns_on else lambda seen: not is_on(seen)
        waits.append(terminal.wait_for(answered, 10.0) - pressed_at)
    return float(np.percentile(waits, 95)) * 1e3


def picture(settings: Settings) -> Iterator[Figure]:
    """From the start to the first full picture, against a bare Textual app."""
    whole, bare = [], []
    for number in range(2 * settings.rounds + 1):
        bare_seconds = _until([sys.executable, "-c", BARE], "all of it")
        whole_seconds = _until([*PROGRAM], "Start (F5)", "F1 Help")
        if number:  # the first one reads the files into memory
            bare.append(bare_seconds)
            whole.append(whole_seconds)
    yield Figure(
        "first full picture / a bare Textual app's",
        ratio(whole, bare),
        "",
        "at most 1.6",
    )
    yield Figure("  first full picture", statistics.median(whole), "s")
    yield Figure("  a bare Textual app's", statistics.median(bare), "s")


def _until(command: list[str], *texts: str) -> float:
    with (
        tempfile.TemporaryDirectory() as folder,
        Terminal(command, *SIZES[0], {"WORDNET_TUI_DATA": folder}) as terminal,
    ):
        seen_at = terminal.wait_for(lambda seen: all(text in seen.text for text in texts))
        return seen_at - terminal.started_at


def leaving(settings: Settings) -> Iterator[Figure]:
    """From the answer to "A training is going on" to the shell."""
    for name, answer in (("leave", "l"), ("stop and save", "s")):
        seconds = []
        for _ in range(settings.rounds):
            with training_program(*SIZES[0], first=500) as terminal:
                terminal.send(QUIT)
                terminal.wait_for(lambda seen: "Stay" in seen.text)
                confirmed_at = terminal.send(answer)
                seconds.append(terminal.wait_for_end() - confirmed_at)
        yield Figure(
            f"from q, {name}, to the shell", statistics.median(seconds), "s", "at most 0.5"
        )
