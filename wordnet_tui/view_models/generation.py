"""How a network is let write: what a person typed into a form, and what it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wordnet_tui.core.errors import HyperparameterError

MOST_WORDS = 1_000


@dataclass(frozen=True)
class WritingSettings:
    """The arguments of `Predictor.generate`."""

    count: int = 20
    temperature: float = 1.0
    top_k: int | None = 10
    """None: of all words."""
    seed: int | None = None
    """None: other words each time."""

    def as_typed(self) -> dict[str, str]:
        """What one would type for these; the fields by name."""
        return {
            "count": str(self.count),
            "temperature": f"{self.temperature:g}",
            "top_k": "" if self.top_k is None else str(self.top_k),
            "seed": "" if self.seed is None else str(self.seed),
        }


LABELS = {
    "count": ("words", f"1 to {MOST_WORDS:,}"),
    "temperature": ("temperature", "0: the likeliest; 2: wild"),
    "top_k": ("top-k", "of so many words; empty: all"),
    "seed": ("seed", "same seed, same words; or empty"),
}
"""Label and help of each field."""


def parse_settings(typed: Mapping[str, str]) -> WritingSettings:
    """The settings that were typed, by the names of the fields.

    Raises:
        HyperparameterError: Names every field that is wrong.
    """
    problems: list[str] = []

    def number(name: str, kind: Callable[[str], float], low: float, high: float) -> float:
        text = typed[name].strip()
        try:
            value = kind(text)
        except ValueError:
            value = -1
        if not low <= value <= high:  # a NaN is not either
            label, _ = LABELS[name]
            what = "a whole number" if kind is int else "a number"
            problems.append(f'{label} must be {what} from {low:,} to {high:,}, not "{text}"')
        return value

    def whole(name: str, low: int, high: int) -> int | None:
        return int(number(name, int, low, high)) if typed[name].strip() else None

    settings = WritingSettings(
        count=int(number("count", int, 1, MOST_WORDS)),
        temperature=number("temperature", float, 0, 100),
        top_k=whole("top_k", 1, 65_000),
        seed=whole("seed", 0, 2**31 - 1),
    )
    if problems:
        raise HyperparameterError(problems)
    return settings
