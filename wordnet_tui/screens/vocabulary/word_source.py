"""Whose words the Vocabulary screen shows: the open network's, or those that are learning."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from textual.screen import Screen

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.errors import WordnetError
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.screens.background_query import BackgroundQuery
from wordnet_tui.screens.live_source import LiveSource
from wordnet_tui.session import Session
from wordnet_tui.view_models.word_facts import is_finite
from wordnet_tui.view_models.word_list import WordList


class WordSource:
    """Follows the open network and corpus, or a run.

    Args:
        screen: Ends the work when it goes away.
        on_words: Called when there are other words or figures; gets whether the words are
            others than before.
        is_busy: Whether those before are still being looked up.

    Attributes:
        network: The one that `words` are of.
        words: None until the first are read.
        dataset: Where counts come from, once it is read.
        live: The run, and whether it is followed.
    """

    def __init__(
        self,
        screen: Screen[None],
        on_words: Callable[[bool], None],
        is_busy: Callable[[], bool],
    ) -> None:
        self.network: TrainedNetwork | None = None
        self.words: WordList | None = None
        self.dataset: Dataset | None = None
        self.live = LiveSource(
            screen,
            lambda network, *_: self._use(network),
            lambda: self._reading.is_open or is_busy(),
        )
        self._screen = screen
        self._on_words = on_words
        self._wanted: TrainedNetwork | None = None  # whose words were asked for last
        self._reading = BackgroundQuery(screen, self._take)

    def refresh(self) -> None:
        """Ask for the words again if there are others, or their counts have come."""
        session = cast("Session", self._screen.app)
        self.live.switch_to(session.current_run)
        self.live.update(visible=True)
        if self.live.is_following and self._wanted is not None:
            self._use(self._wanted)  # the corpus may be another
        elif session.network is not None:
            self._use(session.network.network)

    def _use(self, network: TrainedNetwork) -> None:
        dataset = cast("Session", self._screen.app).dataset
        if network is not self._wanted or dataset is not self.dataset:
            self._wanted, self.dataset = network, dataset
            like = self.words
            self._reading.ask(lambda: (network, _words_of(network, dataset, like)))

    def _take(self, read: tuple[TrainedNetwork, WordList]) -> None:
        before = self.words
        self.network, self.words = read
        self._on_words(before is None or before.vocabulary != self.words.vocabulary)


def _words_of(
    network: TrainedNetwork, dataset: Dataset | None, like: WordList | None
) -> WordList:
    if not is_finite(network):
        raise WordnetError("the network holds features that are not finite numbers")
    return WordList(network, dataset, like)
