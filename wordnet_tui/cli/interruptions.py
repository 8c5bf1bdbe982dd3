"""What Ctrl-C and SIGTERM do while a run is trained in this terminal and then saved."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from wordnet_tui.cli.output import say
from wordnet_tui.runs.local import Run


class Interruptions:
    """Handles SIGINT and SIGTERM for as long as its `with` block lasts.

    In each of two parts the first signal interrupts nothing, a second one ends the program:

    until `saving`     the first leaves the run after the mini-batch under way
    from there on      the first is answered with a sentence, and hurries what may be left out

    Args:
        run: What is trained.

    Attributes:
        is_hurried: Whether one came in the second part.
    """

    def __init__(self, run: Run) -> None:
        self.is_hurried = False
        self._run = run
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interruptions:
        self._install(self._leave)
        return self

    def __exit__(self, *exception: object) -> None:
        self._restore()

    def saving(self) -> None:
        """Begin the second part: the training is over."""
        self._install(self._hurry)

    def _install(self, handler: Callable[[int, Any], None]) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            before = signal.signal(number, handler)
            self._before.setdefault(number, before)

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _leave(self, _number: int, _frame: object) -> None:
        self._run.leave()
        self._restore()

    def _hurry(self, _number: int, _frame: object) -> None:
        self._restore()
        self.is_hurried = True
        later = f", and `wordnet-tui resume {self._run.name}` finishes it" * bool(
            self._run.name
        )
        # It may have come in the middle of another sentence, or nobody reads them any more.
        with suppress(RuntimeError, OSError, ValueError):
            say(
                "wordnet-tui: the training is over, and what came of it is being saved; "
                f"a second signal breaks that off{later}",
                err=True,
            )
