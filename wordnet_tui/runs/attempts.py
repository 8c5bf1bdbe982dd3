"""What of a run could not be written, and trying it again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from wordnet_tui.core.errors import WordnetError

SECONDS_BETWEEN_TRIES = 0.2
PARTS = {
    "checkpoint": "its last checkpoint",
    "metrics": "the end of its curves",
    "networks": "its networks",
    "events": "its last events",
    "status": "its last status",
}
"""What the folder of a run lacks where a part of it cannot be written."""


class Attempts:
    """Attempts to write the parts of a run's folder, with the reasons of those that failed."""

    def __init__(self) -> None:
        self._errors: dict[str, str] = {}
        self._seconds = 0.0
        self._on_first: Callable[[str], None] = lambda _: None
        self._until: float | None = None

    @property
    def why(self) -> str:
        """Why some could not be written when that was tried last; empty if all could."""
        return "; ".join(dict.fromkeys(self._errors.values()))

    @property
    def lost(self) -> str:
        """Those parts, and why, in a phrase; empty if all could be written."""
        parts = [phrase for part, phrase in PARTS.items() if part in self._errors]
        return f"{', '.join(parts)}: {self.why}" if parts else ""

    def make(self, part: str, write: Callable[[], object]) -> object:
        """Write a part, or remember why that could not be, until it can again."""
        try:
            result = write()
        except (OSError, WordnetError) as error:
            if part not in self._errors:
                logging.getLogger(__name__).warning("%s: %s", part, error)
            self._errors[part] = str(error)
            return None
        self._errors.pop(part, None)
        return result

    def insist(self, part: str, write: Callable[[], object]) -> None:
        """Write a part, and try again while `again` says so."""
        self.make(part, write)
        while self.again(part):
            self.make(part, write)

    def limit(self, seconds: float, on_first: Callable[[str], None]) -> None:
        """Say how long `again` tries; the time begins at the first failure.

        Args:
            seconds: How long, for all parts together.
            on_first: Called then, with a sentence that says why it takes longer.
        """
        self._seconds, self._on_first, self._until = seconds, on_first, None

    def again(self, part: str, why: str = "") -> bool:
        """Wait a moment after a failure; False if there was none, or the time is over.

        Args:
            part: What could not be written; empty for any.
            why: Why not, where it was not tried by `make`.
        """
        why = why or (self._errors.get(part, "") if part else self.lost and self.why)
        if not why:
            return False
        if self._until is None:
            self._until = time.monotonic() + self._seconds
            self._on_first(f"{why}; this is tried again for {self._seconds:g} s")
        if time.monotonic() >= self._until:
            if part:
                self._errors[part] = why
            return False
        time.sleep(SECONDS_BETWEEN_TRIES)
        return True
