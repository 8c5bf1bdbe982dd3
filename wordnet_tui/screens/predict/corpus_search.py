"""What the corpus holds on the words of the Predict screen, looked up in threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.view_models.precedents import (
    Followed,
    beginnings,
    what_followed,
    words_by_frequency,
)

BEGINNINGS = 50


@dataclass(frozen=True, eq=False)
class _Search:
    """What followed these words, and how do texts that begin with them go on?"""

    dataset: Dataset
    words: tuple[str, ...]
    length: int

    def is_same(self, other: _Search | None) -> bool:
        return (
            other is not None
            and self.dataset is other.dataset
            and (self.words, self.length) == (other.words, other.length)
        )


class CorpusSearch:
    """Searches one thing at a time; a result that is no longer asked for is dropped.

    Args:
        screen: Owns the workers and gets their messages, which it gives to `take`.

    Attributes:
        common: The words of the corpus, the most frequent first; empty until they are counted.
    """

    @dataclass
    class Result(Message):
        """A search has ended."""

        search: _Search
        followed: Followed
        begun: Sequence[tuple[tuple[str, ...], int]]

    @dataclass
    class Counted(Message):
        """The words of the corpus are in order."""

        dataset: Dataset
        common: tuple[str, ...]

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self._dataset: Dataset | None = None
        self._search: _Search | None = None
        self._result: CorpusSearch.Result | None = None
        self.common: tuple[str, ...] = ()

    @property
    def is_searching(self) -> bool:
        """Whether a result is on its way."""
        return self._search is not None and self._result is None

    @property
    def followed(self) -> Followed | None:
        """The words that really came next; None while that is not known."""
        return self._result.followed if self._result else None

    @property
    def beginnings(self) -> Sequence[tuple[tuple[str, ...], int]]:
        """How texts that begin with the words go on; none while that is not known."""
        return self._result.begun if self._result else ()

    def open(self, dataset: Dataset | None) -> None:
        """Search in another corpus from now on."""
        self._dataset, self._search, self._result, self.common = dataset, None, None, ()
        if dataset is not None:
            self._start("count", partial(self._count, dataset))

    def ask(self, words: tuple[str, ...], length: int) -> None:
        """Search for these, unless they are being searched for.

        Args:
            words: The end of the text.
            length: Words that a beginning has; for at least as many none is looked for.
        """
        if self._dataset is None:
            return
        search = _Search(self._dataset, words, length)
        if not search.is_same(self._search):
            self._search, self._result = search, None
            self._start("search", partial(self._look_through, search))

    def take(self, message: Result | Counted) -> bool:
        """Keep what a worker found; False if it is no longer asked for."""
        if isinstance(message, CorpusSearch.Counted):
            wanted = message.dataset is self._dataset
            if wanted:
                self.common = message.common
        else:
            wanted = message.search is self._search
            if wanted:
                self._result = message
        return wanted

    def _start(self, group: str, work: partial[None]) -> None:
        self._screen.run_worker(
            work, group=group, thread=True, exclusive=True, exit_on_error=False
        )

    # ---- in a thread

    def _count(self, dataset: Dataset) -> None:
        self._screen.post_message(self.Counted(dataset, words_by_frequency(dataset)))

    def _look_through(self, search: _Search) -> None:
        followed = what_followed(search.dataset, search.words)
        begun: Sequence[tuple[tuple[str, ...], int]] = ()
        if len(search.words) < search.length and not get_current_worker().is_cancelled:
            begun = beginnings(search.dataset, search.words, search.length, BEGINNINGS)
        self._screen.post_message(self.Result(search, followed, begun))
