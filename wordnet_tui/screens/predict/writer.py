"""A network that writes word after word, at the pace of somebody who reads along."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from wordnet_tui.core.inference.prediction import Predictor
from wordnet_tui.view_models.generation import WritingSettings

SECONDS_A_WORD = 0.15


class Writer:
    """Writes in a thread; stops at once when told to.

    Args:
        screen: Owns the worker and gets a `Wrote` for each word.

    Attributes:
        left: Words to come; 0 when nothing is being written.
    """

    @dataclass
    class Wrote(Message):
        """From the worker; give it to `take`."""

        order: threading.Event
        word: str

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self._stop = threading.Event()
        """Of the latest order; a new one for each, by which its words are known."""
        self._asked_for = 0
        self.left = 0

    @property
    def has_just_begun(self) -> bool:
        """Whether the word just taken is the first of its order."""
        return self._asked_for - self.left == 1

    def begin(
        self, predictor: Predictor, words: Sequence[str], settings: WritingSettings
    ) -> None:
        """Write after `words`.

        Raises:
            WordnetError: There are too few words, or unknown ones, or a setting is wrong.
        """
        written = predictor.generate(
            words,
            settings.count,
            temperature=settings.temperature,
            top_k=settings.top_k,
            seed=settings.seed,
        )
        self.stop()
        self._stop = threading.Event()
        self.left = self._asked_for = settings.count
        self._screen.run_worker(
            partial(self._write, written, self._stop),
            group="write",
            thread=True,
            exclusive=True,
            exit_on_error=False,
        )

    def stop(self) -> None:
        """Write no further."""
        self._stop.set()
        self.left = 0

    def take(self, message: Wrote) -> str | None:
        """The word, if it is of the latest order and that was not stopped."""
        if message.order is not self._stop or not self.left:
            return None
        self.left -= 1
        return message.word

    def _write(self, words: Iterator[str], stop: threading.Event) -> None:
        worker = get_current_worker()
        for word in words:
            if stop.wait(SECONDS_A_WORD) or worker.is_cancelled:
                return
            self._screen.post_message(self.Wrote(stop, word))
