"""Predict: one types, the network says what comes next, and words are chained.

What is typed and picked changes a `TextBuffer`; every change is a `PredictionQuery` to the
network, whose `Answer` is shown; see `asker`.
"""

from __future__ import annotations

from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.errors import WordnetError
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.runs.handle import RunHandle
from wordnet_tui.screens.live_source import LiveSource
from wordnet_tui.screens.predict.asker import Asker
from wordnet_tui.screens.predict.writing import Writer, WritingDialog
from wordnet_tui.session import Loading, Session
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
        self._buffer = TextBuffer()
        self._rows = COUNTS[0]
        self._asker = Asker(self, self._draw, self._think)
        self._settings = WritingSettings()
        self._writer = Writer(self, self._add_written)
        self._live = LiveSource(self, self._use_live)

    def compose(self) -> ComposeResult:
        """The view over the lines that every screen has."""
        yield PredictionView(ascii_only=self.session.markers == "ascii")
        yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to watch what is open."""
        self.watch(self.session, "network", self._on_network)
        self.watch(self.session, "dataset", self._on_dataset)
        self.watch(self.session, "loading", self._on_loading)
        self.watch(self.session, "current_run", self._on_run)

    @property
    def session(self) -> Session:
        """The app."""
        return cast("Session", self.app)

    @property
    def _view(self) -> PredictionView:
        return self.query_one(PredictionView)

    # ---- whose answers are shown

    def _on_network(self) -> None:
        self._live.is_on = False
        self._use_open()
        self._live.update(visible=self.is_current)

    def _on_run(self, run: RunHandle | None) -> None:
        self._live.switch_to(run)
        self._live.is_on = run is not None
        self._live.update(visible=self.is_current)

    def _on_dataset(self, dataset: Dataset | None) -> None:
        self._asker.corpus.open(dataset)
        self._think()

    def _on_loading(self, loading: Loading | None) -> None:
        if loading is None:
            self._draw()

    def on_screen_suspend(self) -> None:
        """Ask for nothing while nobody sees it."""
        self._writer.stop()
        self._live.update(visible=False)

    def on_screen_resume(self) -> None:
        """Show what has changed meanwhile."""
        self._live.update(visible=True)
        self._draw()

    def action_follow(self) -> None:
        """Switch between the network that learns and the open one."""
        if self._live.run is None:
            self.notify("No run yet: F2 goes to Train, where one is started.")
            return
        self._live.is_on = not self._live.is_on
        if not self._live.is_on:
            self._use_open()
        self._live.update(visible=True)

    def _use_open(self) -> None:
        if (opened := self.session.network) is not None:
            self._asker.use(opened.network, opened.name)
            self._think()

    def _use_live(self, network: TrainedNetwork, name: str, is_first: bool) -> None:
        before = None if is_first else self._asker.suggestions
        self._asker.use(network, name, before)
        self._think()

    # ---- question, answer, picture

    def _think(self) -> None:
        """Ask about the text as it is now."""
        self._asker.ask(self._buffer.words, self._view.input.value)
        self._draw()

    def _draw(self) -> None:
        """Show it all, if the screen is seen."""
        if not self.is_current:
            return
        asker = self._asker
        self._view.show(
            Picture(
                reading=asker.reading,
                suggestions=asker.suggestions,
                rows=self._rows,
                source=asker.source,
                live=self._live.is_on,
                before=asker.before,
                followed=asker.corpus.followed,
                searching=asker.corpus.is_searching,
                loading=self.session.loading is not None,
                writing=self._writer.left,
                problem=asker.problem,
            )
        )

    # ---- typing and picking

    def _edit(self, buffer: TextBuffer) -> None:
        self._writer.stop()
        self._buffer = buffer
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
        self._edit(self._buffer.take_back())

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
        """Take the word of a row of the list, in place of the word that was in hand."""
        offer = self._asker.suggestions_for(self._buffer.words, text)
        if offer is None or row >= min(len(offer.items), self._rows):
            self._end_word(text)
            return
        words = offer.items[row].words
        if offer.kind is SuggestionKind.SPELLINGS and offer.unknown_at is not None:
            self._edit(self._buffer.replace(offer.unknown_at, words[0]))
        else:
            parted = offer.before[len(self._buffer.words) :]
            self._edit(self._buffer.append(*parted, *words))

    def _end_word(self, text: str) -> None:
        if (predictor := self._asker.predictor) is not None:
            words = typed_words(text, predictor.vocabulary)
            self._edit(self._buffer.append(*words))

    def action_undo(self) -> None:
        """Take back the last change of the text."""
        self._edit(self._buffer.undo())

    def action_redo(self) -> None:
        """Make the change again that was taken back."""
        self._edit(self._buffer.redo())

    def action_clear(self) -> None:
        """Begin anew; undo brings the text back."""
        self._view.input.clear()
        self._edit(self._buffer.clear())

    def action_copy(self) -> None:
        """Put the text into the clipboard of the terminal."""
        if words := self._buffer.words:
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
                predictor.generate(self._buffer.words, 0)
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
        self._writer.begin(predictor, self._buffer.words, settings)
        self._think()

    def _add_written(self, word: str, is_first: bool) -> None:
        add = self._buffer.append if is_first else self._buffer.continued
        self._buffer = add(word)
        self._think()
