"""Whose words the Vocabulary screen shows: the open network's, or those that are learning."""

from __future__ import annotations

from abc import abstractmethod
from typing import cast

from textual import on
from textual.timer import Timer

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.screens.vocabulary.word_lookups import WordLookups, WordsRead
from wordnet_tui.session import Session
from wordnet_tui.view_models.word_list import WordList

SECONDS_BETWEEN_LOOKS = 1.0
"""At the network that is learning."""


class WordSource(WordLookups):
    """Follows the open network and corpus, or a run; while hidden, nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.shown_network: TrainedNetwork | None = None
        """The one that `words` are of."""
        self.words: WordList | None = None
        """None until the first are read."""
        self.dataset: Dataset | None = None
        """Where counts come from, once it is read."""
        self.is_live = False
        """Whether the run is followed."""
        self._wanted: TrainedNetwork | None = None  # whose words were asked for last
        self._looks: Timer | None = None

    @property
    def session(self) -> Session:
        """The app."""
        return cast("Session", self.app)

    @abstractmethod
    def show_words(self, words: WordList, *, are_others: bool) -> None:
        """There are words to show, others than before or with other figures."""

    @abstractmethod
    def show_source(self, sentence: str, live: str) -> None:
        """Tell why there are no words, if so; and of the run, if there is one."""

    def on_mount(self) -> None:
        """Follow what is open; the first look is when the screen is shown."""
        self._looks = self.set_interval(SECONDS_BETWEEN_LOOKS, self._look_at_run, pause=True)
        for name in ("network", "dataset", "run_of_training"):
            self.watch(self.app, name, self._refresh_words, init=False)

    def on_screen_resume(self) -> None:
        """See what changed while another screen was shown."""
        self._refresh_words()

    def on_screen_suspend(self) -> None:
        """Look at nothing while hidden."""
        if self.is_live:
            self._follow(False)

    def action_toggle_live(self) -> None:
        """Follow the network that is learning, or no longer."""
        if self.session.run_of_training is None:
            self.notify("there is no run to follow; F2 starts one")
            return
        self.is_live = not self.is_live
        self._refresh_words()

    def _refresh_words(self) -> None:
        """Ask for the words again if there are others, or their counts have come."""
        if not self.is_current:
            return
        session, run = self.session, self.session.run_of_training
        is_live = self.is_live and run is not None
        nothing = "" if is_live or session.network else "no network is open; Ctrl-O opens one"
        self.show_source(
            nothing, "" if run is None else f"L live {'on' if is_live else 'off'}"
        )
        self._follow(is_live)
        if is_live and self._wanted is not None:
            self._use(self._wanted)  # the corpus may be another
            self._look_at_run()
        elif session.network is not None:
            self._use(session.network.network)

    def _follow(self, is_live: bool) -> None:
        if self._looks is not None:
            (self._looks.resume if is_live else self._looks.pause)()
        if (run := self.session.run_of_training) is not None:
            run.snapshots_wanted = is_live

    def _look_at_run(self) -> None:
        """Take the newest weights, once those before have been shown."""
        run = self.session.run_of_training
        if run is None or self.is_asking("words", "rows", "word", "plane"):
            return
        run.snapshots_wanted = True  # another screen that was left may have said no
        is_over = run.wait(0)  # asked first: the end may come in between
        network = run.snapshot()
        if network is None:
            return
        if self._wanted is None or network.parameters is not self._wanted.parameters:
            self._use(network)
        elif is_over and self._looks is not None:
            self._looks.pause()  # these weights change no more

    def _use(self, network: TrainedNetwork) -> None:
        dataset = self.session.dataset
        if network is not self._wanted or dataset is not self.dataset:
            self._wanted, self.dataset = network, dataset
            self.ask_words(network, dataset, self.words)

    @on(WordsRead)
    def _take_words(self, message: WordsRead) -> None:
        if message.network is not self._wanted or message.dataset is not self.dataset:
            return
        are_others = self.words is None or message.words.vocabulary != self.words.vocabulary
        self.shown_network, self.words = message.network, message.words
        self.show_words(message.words, are_others=are_others)
