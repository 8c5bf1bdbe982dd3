"""Browse the words, and what the network and the corpus know of them.

The table of words or the map of them on one side, all about the chosen word on the other.
Everything is looked up by `WordLookups` in threads; here it is decided what to ask, and
answers to what is no longer asked are dropped. Styled by `styles/vocabulary.tcss`.
"""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.screens.vocabulary.chosen_word import ChosenWord
from wordnet_tui.screens.vocabulary.word_lookups import (
    LookupFailed,
    PlaneFound,
    RowsFound,
)
from wordnet_tui.view_models.word_list import WordList
from wordnet_tui.widgets.filter_bar import Switch, WordFilterBar
from wordnet_tui.widgets.footer import KeyLine, StatusLine
from wordnet_tui.widgets.map_pane import MapPane
from wordnet_tui.widgets.word_details import WordDetails
from wordnet_tui.widgets.word_table import WordTable

BY_WIDTH = [(0, "-narrow"), (100, "-wide")]
BY_HEIGHT = [(0, "-short"), (36, "-tall")]
"""From how many columns and rows on the screen has which class."""


class VocabularyScreen(ChosenWord):
    """The table or map of words, and the chosen word."""

    AUTO_FOCUS = "WordTable"
    HORIZONTAL_BREAKPOINTS = BY_WIDTH
    VERTICAL_BREAKPOINTS = BY_HEIGHT
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/"),
        Binding("f6", "switch_match", "Filter by prefix, inside or fuzzy", show=False),
        Binding("m", "toggle_map", "Map"),
        Binding("space", "mark", "Mark as the second word", show=False),
        Binding("l", "toggle_live", "Live"),
        Binding("s", "sort_next", "Sort by the next column", show=False),
        Binding("r", "reverse", "Sort the other way round", show=False),
        Binding("c", "switch_metric", "Euclidean or cosine distance", show=False),
        *(
            Binding(str(number + 1), f"section({number})", description, show=False)
            for number, description in enumerate(
                ("Nearest words", "Before and after", "In the text", "Numbers", "Analogies")
            )
        ),
        Binding("a", "ask_analogy", "Ask an analogy", show=False),
        Binding("escape", "back", "Back to the words", show=False),
        Binding("up", "table('move', -1)", "Word above", show=False),
        Binding("down", "table('move', 1)", "Word below", show=False),
        Binding("pageup", "table('page', -1)", "Page up", show=False),
        Binding("pagedown", "table('page', 1)", "Page down", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._plane_of: TrainedNetwork | None = None

    def compose(self) -> ComposeResult:
        """The filter; below it words and details."""
        plain = self.session.markers == "ascii"
        yield WordFilterBar()
        with Horizontal(id="vocabulary"):
            with Vertical(id="words-side"):
                yield WordTable(plain=plain)
                yield MapPane(markers=self.session.markers)
            yield WordDetails(plain=plain)
        yield StatusLine()
        yield KeyLine()

    # ---- words

    def show_source(self, sentence: str, live: str) -> None:
        """Tell why there are no words, if so; and of the run, if there is one."""
        self.filter_bar.show_live(live)
        if sentence:
            self.details.show_nothing(sentence)

    def show_words(self, words: WordList, *, are_others: bool) -> None:
        """List them, and look the chosen one up again."""
        if are_others:
            self.map_pane.forget_axes()
        if self.second is not None and self.second not in words.vocabulary:
            self.second = None
        self.ask_rows(words, self.filter_bar.wanted)
        self._ask_plane()
        self.look_up()

    def on_resize(self) -> None:
        """There may be room for the map now."""
        self.call_after_refresh(self._ask_plane)

    @on(WordFilterBar.Changed)
    def _list_others(self) -> None:
        if self.words is not None:
            self.ask_rows(self.words, self.filter_bar.wanted)

    @on(WordTable.SortWanted)
    def _sort(self, message: WordTable.SortWanted) -> None:
        self.filter_bar.sort_by(message.column)

    @on(RowsFound)
    def _show_rows(self, message: RowsFound) -> None:
        if message.words is not self.words or message.query != self.filter_bar.wanted:
            return
        vocabulary = message.words.vocabulary
        word = self.word
        keep = vocabulary.id_of(word) if word is not None and word in vocabulary else None
        self.word_table.show(message.words, message.rows, message.query, keep)
        self.word_table.mark(vocabulary.id_of(self.second) if self.second else None)
        self.filter_bar.show_found(len(message.rows), len(message.words))
        found = message.rows if message.query.is_filtering else None
        self.map_pane.find(message.words, found)
        self.choose(self.word_table.chosen)

    @on(LookupFailed)
    def _show_failure(self, message: LookupFailed) -> None:
        if message.kind == "analogy":
            self.details.show_analogy_problem(message.sentence)
            return
        if message.kind == "plane":
            self.map_pane.forget_axes()
        self.notify(message.sentence, severity="warning", markup=False)

    # ---- the map

    def _ask_plane(self) -> None:
        """Have the map computed, if it is seen and not of these words and axes."""
        pane = self.map_pane
        is_seen = self.has_class("-map") or self._has_room_for_both
        if not is_seen or self.shown_network is None:
            return
        known = self._plane_of is self.shown_network and pane.plane is not None
        if not known or (pane.plane and pane.plane.pairs != pane.pairs):
            self.ask_plane(self.shown_network, pane.pairs, pane.plane)

    @on(MapPane.AxesWanted)
    def _lay_other_axes(self) -> None:
        self._ask_plane()

    @on(PlaneFound)
    def _show_plane(self, message: PlaneFound) -> None:
        if self.words is None or message.network is not self.shown_network:
            return
        if message.plane.pairs == self.map_pane.pairs:
            self._plane_of = message.network
            self.map_pane.show(self.words, message.plane)

    # ---- keys

    @property
    def _has_room_for_both(self) -> bool:
        return self.has_class("-wide") and self.has_class("-tall")

    def action_toggle_map(self) -> None:
        """From the table to the map, or back."""
        to_map = not self.map_pane.has_focus_within
        if not self._has_room_for_both:
            to_map = not self.has_class("-map")
            self.set_class(to_map, "-map")
            self.app.stylesheet.update(self)  # now, or the next key is lost
        self.set_focus(self.map_pane.map if to_map else self.word_table)
        self._ask_plane()

    def action_back(self) -> None:
        """To the words; from there, to all of them."""
        words = self.map_pane.map if self.has_class("-map") else self.word_table
        if words.has_focus:
            self.filter_bar.clear()
        words.focus()

    @on(Input.Submitted, "#filter")
    def _leave_filter(self) -> None:
        self.action_back()

    def action_filter(self) -> None:
        """Type to find words."""
        self.set_focus(self.query_one("#filter", Input))

    @on(Switch.Clicked, "#live")
    def _click_live(self) -> None:
        self.action_toggle_live()

    def action_switch_match(self) -> None:
        """Find words by their beginning, by a part, or by letters in order."""
        self.filter_bar.switch_match()

    def action_sort_next(self) -> None:
        """Sort by the column to the right."""
        self.filter_bar.sort_by(self.filter_bar.wanted.column.next)

    def action_reverse(self) -> None:
        """Sort the other way round."""
        self.filter_bar.sort_by(self.filter_bar.wanted.column)

    def action_section(self, number: int) -> None:
        """Show a part of what is known of the word."""
        self.details.section = number

    def action_ask_analogy(self) -> None:
        """Type three words."""
        self.details.ask_analogy(self.second, self.word)

    async def action_table(self, action: str, amount: int) -> None:
        """Move in the table while the filter is typed."""
        await self.word_table.run_action(f"{action}({amount})")
