"""Predict: one types, the network says what comes next, and words are chained.

What is typed and picked changes a `TextBuffer`; every change is a `PredictionQuery` to the
network, whose `Answer` is shown. A small network answers at once; a large one, and everything
that looks through the corpus, in a worker, whose result is shown if it is still asked for.
"""

from __future__ import annotations

from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.errors import WordnetError
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.runs.handle import RunHandle
from wordnet_tui.screens.failures import failure
from wordnet_tui.screens.predict.asker import Asker
from wordnet_tui.screens.predict.corpus_search import CorpusSearch
from wordnet_tui.screens.predict.live_source import LiveSource
from wordnet_tui.screens.predict.writer import Writer
from wordnet_tui.screens.predict.writing_dialog import WritingDialog
from wordnet_tui.session import Loading, OpenNetwork, Session
from wordnet_tui.view_models.generation import WritingSettings
from wordnet_tui.view_models.prediction_text import Picture
from wordnet_tui.view_models.suggestions import SuggestionKind, typed_words
from wordnet_tui.view_models.text_buffer import TextBuffer
from wordnet_tui.widgets.bar_list import BarList
from wordnet_tui.widgets.footer import KeyLine, StatusLine
from wordnet_tui.widgets.prediction_view import PredictionView
from wordnet_tui.widgets.word_input import WordInput

COUNTS = (5, 10, 20, 50)
"""Lengths of the list; the first is the original's."""


class PredictionScreen(Screen[None]):
    """One line to type in, the list of words under it, the text above it."""

    HELP_TITLE = "Predict"
    AUTO_FOCUS = "#input"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (22, "-middle"), (34, "-high")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "write", "Write/stop"),
        Binding("escape", "stop_writing", "Stop the writing", show=False),
        Binding("f6", "follow", "Live"),
        Binding("ctrl+z", "undo", "Undo"),
        Binding("ctrl+r,alt+z", "redo", "Redo", show=False),
        Binding("ctrl+l", "clear", "Clear the text", show=False),
        Binding("f8", "copy", "Copy"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._chain = TextBuffer()
        self._rows = COUNTS[0]
        self._asker = Asker(self)
        self._settings = WritingSettings()
        self._writer = Writer(self)
        self._live = LiveSource(self, self._on_look)

    def compose(self) -> ComposeResult:
        """The view over the lines that every screen has."""
        yield PredictionView(ascii_only=self.session.markers == "ascii")
        yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to watch what is open."""
        self._live.start()
        self.watch(self.session, "network", self._on_network)
        self.watch(self.session, "dataset", self._on_dataset)
        self.watch(self.session, "loading", self._on_loading)
        self.watch(self.session, "run_of_training", self._on_run)

    @property
    def session(self) -> Session:
        """The app."""
        return cast("Session", self.app)

    @property
    def _view(self) -> PredictionView:
        return self.query_one(PredictionView)

    # ---- whose answers are shown

    def _on_network(self, opened: OpenNetwork | None) -> None:
        self._live.following = False
        if opened is not None:
            self._asker.use(opened.network, opened.name)
            self._think()
        self._live.resume(visible=self.is_current)

    def _on_run(self, run: RunHandle | None) -> None:
        self._live.switch_to(run)
        self._live.resume(visible=self.is_current)

    def _on_dataset(self, dataset: Dataset | None) -> None:
        self._asker.corpus.open(dataset)
        self._think()

    def _on_loading(self, loading: Loading | None) -> None:
        if loading is None:
            self._draw()

    def on_screen_suspend(self) -> None:
        """Ask for nothing while nobody sees it."""
        self._writer.stop()
        self._live.resume(visible=False)

    def on_screen_resume(self) -> None:
        """Show what has changed meanwhile."""
        self._live.resume(visible=True)
        self._draw()

    def action_follow(self) -> None:
        """Switch between the network that learns and the open one."""
        if self._live.run is None:
            self.notify("No run yet: F2 goes to Train, where one is started.")
            return
        self._live.following = not self._live.following
        opened = self.session.network
        if not self._live.following and opened is not None:
            self._asker.use(opened.network, opened.name)
            self._think()
        self._live.resume(visible=True)

    def _on_look(self, network: TrainedNetwork, source: str, is_first: bool) -> None:
        before = None if is_first else self._asker.offer
        self._asker.use(network, source, before)
        self._think()

    # ---- question, answer, picture

    def _think(self) -> None:
        """Ask about the text as it is now."""
        self._asker.ask(self._chain.words, self._view.input.value)
        self._draw()

    @on(Asker.Answered)
    def _on_answered(self, message: Asker.Answered) -> None:
        if self._asker.take(message):
            self._draw()

    @on(Asker.Spelled)
    def _on_spelled(self, message: Asker.Spelled) -> None:
        if self._asker.take(message):
            self._think()

    @on(CorpusSearch.Result)
    @on(CorpusSearch.Counted)
    def _on_searched(self, message: CorpusSearch.Result | CorpusSearch.Counted) -> None:
        if self._asker.corpus.take(message):
            self._think()

    def _draw(self) -> None:
        """Show it all, if anybody looks."""
        if not self.is_current:
            return
        asker = self._asker
        self._view.show(
            Picture(
                reading=asker.reading,
                suggestions=asker.offer,
                rows=self._rows,
                source=asker.source,
                live=self._live.following,
                before=asker.before_look,
                followed=asker.corpus.followed,
                searching=asker.corpus.is_searching,
                loading=self.session.loading is not None,
                writing=self._writer.left,
                problem=asker.problem,
            )
        )

    # ---- typing and picking

    def _edit(self, chain: TextBuffer) -> None:
        self._writer.stop()
        self._chain = chain
        self._think()

    @on(WordInput.Typed)
    def _on_typed(self) -> None:
        self._writer.stop()
        self._think()

    @on(WordInput.Ended)
    def _on_ended(self, message: WordInput.Ended) -> None:
        self._end_word(message.text)

    @on(WordInput.Literal)
    def _on_literal(self) -> None:
        self._view.show_hint()

    @on(WordInput.TookBack)
    def _on_took_back(self) -> None:
        self._edit(self._chain.take_back())

    @on(WordInput.Chose)
    def _on_chose(self, message: WordInput.Chose) -> None:
        marked = self._view.candidates.cursor
        self._pick(marked if message.row is None else message.row, message.text)

    @on(BarList.Taken)
    def _on_picked(self, message: BarList.Taken) -> None:
        text = self._view.input.value
        self._view.input.clear()
        self._pick(message.row, text)

    @on(WordInput.Moved)
    def _on_moved(self, message: WordInput.Moved) -> None:
        self._view.candidates.action_move(message.rows)

    @on(WordInput.Resized)
    def _on_resized(self, message: WordInput.Resized) -> None:
        place = COUNTS.index(self._rows) + (1 if message.longer else -1)
        self._rows = COUNTS[max(0, min(len(COUNTS) - 1, place))]
        self._draw()

    def _pick(self, row: int, text: str) -> None:
        """Take what stands in a row of the list, in place of the word that was in hand."""
        offer = self._asker.offer_for(self._chain.words, text)
        if offer is None or row >= min(len(offer.items), self._rows):
            self._end_word(text)
            return
        words = offer.items[row].words
        if offer.kind is SuggestionKind.SPELLINGS and offer.unknown_at is not None:
            self._edit(self._chain.replace(offer.unknown_at, words[0]))
        else:
            parted = offer.before[len(self._chain.words) :]
            self._edit(self._chain.append(*parted, *words))

    def _end_word(self, text: str) -> None:
        if (predictor := self._asker.predictor) is not None:
            words = typed_words(text, predictor.vocabulary)
            self._edit(self._chain.append(*words))

    def action_undo(self) -> None:
        """Take back the last change of the text."""
        self._edit(self._chain.undo())

    def action_redo(self) -> None:
        """Make the change again that was taken back."""
        self._edit(self._chain.redo())

    def action_clear(self) -> None:
        """Begin anew; undo brings the text back."""
        self._view.input.clear()
        self._edit(self._chain.clear())

    def action_copy(self) -> None:
        """Put the text into the clipboard of the terminal."""
        if words := self._chain.words:
            self.app.copy_to_clipboard(" ".join(words))
            self.notify(f"Copied {len(words)} word{'s' * (len(words) > 1)}.")

    # ---- letting it write

    def action_write(self) -> None:
        """Ask how much, then write; or stop."""
        if self._writer.left:
            self.action_stop_writing()
        elif self._can_write():
            self.app.push_screen(WritingDialog(self._settings), self._begin_writing)

    def action_stop_writing(self) -> None:
        """Write no further."""
        self._writer.stop()
        self._draw()

    def _can_write(self) -> bool:
        """Whether the text can be gone on from; says why not."""
        problem = "there is no network"
        if (predictor := self._asker.predictor) is not None:
            try:
                predictor.generate(self._chain.words, 0)
            except WordnetError as error:
                problem = str(error)
            else:
                return True
        self.notify(f"Nothing to write after: {problem}.", severity="warning", markup=False)
        return False

    def _begin_writing(self, settings: WritingSettings | None) -> None:
        predictor = self._asker.predictor
        if settings is None or predictor is None or not self._can_write():
            return
        self._settings = settings
        self._view.input.clear()
        self._writer.begin(predictor, self._chain.words, settings)
        self._think()

    @on(Writer.Wrote)
    def _on_wrote(self, message: Writer.Wrote) -> None:
        word = self._writer.take(message)
        if word is not None:
            first = self._writer.has_just_begun
            add = self._chain.append if first else self._chain.continued
            self._chain = add(word)
            self._think()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong, if anything did."""
        if problem := failure(event):
            if event.worker.group == "write":
                self.action_stop_writing()
            self.notify(problem, severity="error", markup=False)
