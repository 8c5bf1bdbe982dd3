"""What a proof gives: how many trials went well, and what was wrong with the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from benchmarks.figures import Figure

DEADLINE = 120.0
"""Seconds; only what never comes is waited for so long."""

Result = TypeVar("Result")


class TrialError(Exception):
    """Something is not as it must be; the message says what."""


@dataclass(frozen=True)
class Settings:
    """What the user asked for."""

    folder: Path
    """To work in."""
    seed: int
    """Of all that is drawn by chance."""
    count: int | None
    """Most trials, or rounds, of each proof; None for the usual number."""

    def at_most(self, usual: int) -> int:
        """How often to do what is usually done so often."""
        return usual if self.count is None else min(usual, self.count)


@dataclass(frozen=True)
class Proof(Figure):
    """One line of the table; its value says what was reached."""

    holds: bool = False
    """Whether the goal was reached."""
    problems: tuple[str, ...] = ()
    """What was wrong, one text for each trial that failed."""


@dataclass(frozen=True)
class Trials(Generic[Result]):
    """What came of trials."""

    results: Sequence[Result]
    """Of those that went well."""
    problems: tuple[str, ...]

    @property
    def share(self) -> str:
        """How many went well: "99 of 100"."""
        good = len(self.results)
        return f"{good:,} of {good + len(self.problems):,}"

    @property
    def all_went_well(self) -> bool:
        """Whether there were some, and none failed."""
        return bool(self.results) and not self.problems


def try_all(count: int, attempt: Callable[[int], Result], at_once: int = 1) -> Trials[Result]:
    """Call `attempt` with 0, 1, ... and gather what it gives, or why it failed.

    Args:
        count: How many trials.
        attempt: One trial; whatever it raises is a failure of this one only.
        at_once: How many are under way at the same time.
    """
    results: list[Result] = []
    problems: list[str] = []

    def one(number: int) -> tuple[Result | None, str]:
        try:
            return attempt(number), ""
        except Exception as error:  # of any kind: the next trial may go well
            return None, f"trial {number}: {type(error).__name__}: {error}"

    with ThreadPoolExecutor(at_once) as pool:
        for result, problem in pool.map(one, range(count)):
            if problem:
                problems.append(problem)
            else:
                results.append(result)  # type: ignore[arg-type]  # of that trial
    return Trials(results, tuple(problems))


def expect(condition: object, sentence: str) -> None:
    """Raise TrialError with the sentence unless it is so."""
    if not condition:
        raise TrialError(sentence)


def wait_until(
    condition: Callable[[], Result], what: str, deadline: float = DEADLINE
) -> Result:
    """Look again and again until something is so, and give it.

    Raises:
        TrialError: It is not so in time.
    """
    until = time.monotonic() + deadline
    while not (found := condition()):
        expect(time.monotonic() < until, f"not in {deadline:.0f} s: {what}")
        time.sleep(0.005)
    return found
