"""The runs that were marked, each with a letter of its own while it is."""

from __future__ import annotations

from collections.abc import Iterable

from wordnet_tui.charts.comparison_chart import STROKES

LETTERS = "abcdefghijklmnopqrstuvwxyz"[: len(STROKES)]


class Marks:
    """Names of runs and their letters."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    @property
    def letters(self) -> dict[str, str]:
        """The name of a run -> its letter, in the order of the letters."""
        return dict(sorted(self._letters.items(), key=lambda item: item[1]))

    def toggle(self, name: str) -> bool:
        """Mark a run, or no longer; False if no letter is left for it."""
        if name in self._letters:
            del self._letters[name]
            return True
        return self.add(name)

    def add(self, name: str) -> bool:
        """Mark a run; False if no letter is left for it."""
        free = [letter for letter in LETTERS if letter not in self._letters.values()]
        if name not in self._letters and free:
            self._letters[name] = free[0]
        return name in self._letters

    def keep(self, names: Iterable[str]) -> None:
        """Forget runs that are not among these."""
        there = set(names)
        self._letters = {name: each for name, each in self._letters.items() if name in there}

    def clear(self) -> None:
        """Mark none."""
        self._letters.clear()
