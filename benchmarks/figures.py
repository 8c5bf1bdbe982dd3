"""What a benchmark gives, and how times are taken so that two can be compared."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 15


@dataclass(frozen=True)
class Settings:
    """What the user asked the benchmarks to use."""

    reference: Path
    """The folder of the original's data."""
    original: Path | None
    """The original's binary, if it was built."""


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    name: str
    value: float | str
    unit: str = ""
    goal: str = ""
    """What the value should be, such as "at most 1.35"."""


def seconds_in_turn(
    functions: Mapping[str, Callable[[], object]], calls: int = 1, rounds: int = ROUNDS
) -> dict[str, list[float]]:
    """Seconds a call of each function, `rounds` times, one after the other in each round.

    A machine that slows down slows all of them, so ratios within a round hold; quote the
    median.
    """
    times: dict[str, list[float]] = {name: [] for name in functions}
    for function in functions.values():
        function()  # warm up
    for _ in range(rounds):
        for name, function in functions.items():
            started = time.perf_counter()
            for _ in range(calls):
                function()
            times[name].append((time.perf_counter() - started) / calls)
    return times


def ratio(numerators: list[float], denominators: list[float]) -> float:
    """Median of the ratios, round by round."""
    pairs = zip(numerators, denominators, strict=True)
    return statistics.median(above / below for above, below in pairs)


def microseconds(times: list[float]) -> float:
    """Median, in microseconds."""
    return statistics.median(times) * 1e6


def reference_is_there(settings: Settings) -> bool:
    """Whether the data that most benchmarks need lies where it was said to."""
    return (settings.reference / "train_data.csv").is_file()
