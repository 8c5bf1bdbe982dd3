"""`wordnet-tui forward`: the original's dialogue, in which words are chained.

What it prints for known words is the original's output byte for byte; in a pipe nothing that
is typed is echoed, so an answer follows its prompt on the same line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TextIO

import click

from wordnet_tui.cli.info import model_info_lines
from wordnet_tui.cli.inputs import open_network, vocabulary_of, words_known_to
from wordnet_tui.cli.options import json_option, network_arguments
from wordnet_tui.cli.output import is_terminal, print_json, say
from wordnet_tui.core.errors import ContextTooShortError, UnknownWordError, printable
from wordnet_tui.core.inference.prediction import Candidate, Predictor

SHOWN = 5
"""Candidates at each step."""


@click.command(epilog="Example:  echo have a good | wordnet-tui forward reference")
@network_arguments
@json_option
def forward(model: str, vocab: Path | None, data: tuple[str, ...], as_json: bool) -> None:
    """Chain words, choosing among the likeliest next ones.

    Reads standard input line by line: first D words, then at each step the number of the next
    word; an empty line takes the first. Ends at the end of the input (Ctrl-D).

    With --json the dialogue goes to standard error. Keys: model, words (the whole chain),
    steps (candidates, with word and probability, and chosen, null at the end of the input).
    """
    network = open_network(model, vocab, data)
    vocabulary = vocabulary_of(network, model)

    tell = partial(say, end="", err=as_json)
    lines = [
        "# Load all data",
        f"# Load model: {printable(model)}",
        *model_info_lines(network),
    ]
    tell("".join(f"{line}\n" for line in lines))
    tell("##------Interactive UI------##\n")
    tell("".join(f"{printable(word)} " for word in vocabulary.shown) + "\n")
    chain = Chain(Predictor(network), sys.stdin, tell)
    chain.run()
    if as_json:
        print_json({"model": model, "words": chain.words, "steps": chain.steps})
    elif is_terminal(sys.stdin) and is_terminal(sys.stdout):
        say()


class Chain:
    """One dialogue.

    Args:
        predictor: Answers with the likeliest words.
        answers: Where lines are read from; None is as good as empty.
        tell: Prints, adding nothing.

    Attributes:
        words: The chain so far.
        steps: What was offered and chosen at each step.
    """

    def __init__(
        self, predictor: Predictor, answers: TextIO | None, tell: Callable[[str], None]
    ) -> None:
        self._predictor = predictor
        self._answers = answers
        self._tell = tell
        self.words: list[str] = []
        self.steps: list[dict[str, object]] = []

    def run(self) -> None:
        """Ask and answer until the input ends."""
        candidates = self._begin()
        while candidates is not None:
            self._tell("".join(f"{printable(word)} " for word in self.words) + "\n")
            offered = "".join(
                f"{rank}.{printable(candidate.word)}({candidate.probability:f}) "
                for rank, candidate in enumerate(candidates, start=1)
            )
            self._tell(f"*Top {len(candidates)} = {offered}\n")
            chosen = self._choose(candidates)
            self.steps.append(
                {"candidates": [item._asdict() for item in candidates], "chosen": chosen}
            )
            if chosen is None:
                return
            self.words.append(chosen)
            candidates = self._predictor.candidates(self.words, SHOWN)

    def _begin(self) -> list[Candidate] | None:
        """Read the first words, again and again until they are good; None if none come."""
        needed, vocabulary = self._predictor.context_size, self._predictor.vocabulary
        while (line := self._ask(f"|Input first {needed} words > ")) is not None:
            typed = " ".join(line.split()[:needed])
            self.words = words_known_to(vocabulary, typed)[:needed]
            try:
                vocabulary.ids_of(self.words)  # an unknown word is named before a missing one
                return self._predictor.candidates(self.words, SHOWN)
            except (UnknownWordError, ContextTooShortError) as error:
                self._tell(f"{self._own_line()}*{error}\n")
        self.words = []
        return None

    def _choose(self, candidates: list[Candidate]) -> str | None:
        line = self._ask("|Choose a number (default = 1)> ")
        if line is None:
            return None
        digit = line[:1]
        known = digit.isascii() and digit.isdigit() and 1 <= int(digit) <= len(candidates)
        return candidates[int(digit) - 1 if known else 0].word

    def _ask(self, prompt: str) -> str | None:
        """The next line; None at the end of the input."""
        self._tell(prompt)
        return (self._answers.readline() if self._answers is not None else "") or None

    def _own_line(self) -> str:
        """What ends the line of the prompt, where no terminal has echoed the user's Enter."""
        echoed = is_terminal(self._answers) and is_terminal(sys.stdout)
        return "" if echoed else "\n"
