"""Browse the words, and what the network and the corpus know of them.

The table of words or the map of them on one side, all about the chosen word on the other.
Styled by `styles/vocabulary.tcss`.
"""

from __future__ import annotations

from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input

from wordnet_tui.core.model.network import WordIds
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.screens.background_query import BackgroundQuery, show_error
from wordnet_tui.screens.vocabulary.chosen_word import ChosenWord
from wordnet_tui.screens.vocabulary.word_source import WordSource
from wordnet_tui.session import Session
from wordnet_tui.view_models.word_facts import Plane, plane_of
from wordnet_tui.view_models.word_list import WordList, WordQuery
from wordnet_tui.widgets.bar_list import BarList
from wordnet_tui.widgets.embedding_map import EmbeddingMap
from wordnet_tui.widgets.filter_bar import Switch, WordFilterBar
from wordnet_tui.widgets.footer import KeyLine, StatusLine
from wordnet_tui.widgets.map_pane import MapPane
from wordnet_tui.widgets.word_details import WordDetails
from wordnet_tui.widgets.word_table import WordTable

BY_WIDTH = [(0, "-narrow"), (100, "-wide")]
BY_HEIGHT = [(0, "-short"), (36, "-tall")]
"""From how many columns and rows on the screen has which class."""


class VocabularyScreen(Screen[None]):
    """The table or map of words, and the chosen word.

    Attributes:
        source: Whose words are shown.
        chosen: The word that is described.
    """

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
        self.source = WordSource(self, self._show_words, self._is_looking_up)
        self.chosen = ChosenWord(self, self.source)
        self._finding_rows = BackgroundQuery(self, self._show_rows)
        self._finding_plane = BackgroundQuery(
            self, self._show_plane, on_error=self._show_no_plane
        )
        self._plane_of: TrainedNetwork | None = None

    @property
    def session(self) -> Session:
        """The app."""
        return cast("Session", self.app)

    @property
    def _filter_bar(self) -> WordFilterBar:
        return self.query_one(WordFilterBar)

    @property
    def _table(self) -> WordTable:
        return self.query_one(WordTable)

    @property
    def _map_pane(self) -> MapPane:
        return self.query_one(MapPane)

    @property
    def _details(self) -> WordDetails:
        return self.query_one(WordDetails)

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

    # ---- whose words

    def on_mount(self) -> None:
        """Follow what is open; the first words come when the screen is shown."""
        for name in ("network", "dataset", "current_run"):
            self.watch(self.app, name, self.on_screen_resume, init=False)

    def on_screen_suspend(self) -> None:
        """Ask for nothing while hidden."""
        self.source.live.update(visible=False)

    @on(Switch.Clicked, "#live")
    def action_toggle_live(self) -> None:
        """Follow the network that is learning, or no longer."""
        if self.session.current_run is None:
            self.notify("there is no run to follow; F2 starts one")
            return
        self.source.live.is_on = not self.source.live.is_on
        self.on_screen_resume()

    def on_screen_resume(self) -> None:
        """See what changed, now or while another screen was shown."""
        if not self.is_current:
            return
        self.source.refresh()
        live = self.source.live
        state = "on" if live.is_on else "off"
        self._filter_bar.show_live("" if live.run is None else f"L live {state}")
        if not live.is_following and self.session.network is None:
            self._details.show_nothing("no network is open; Ctrl-O opens one")

    def _is_looking_up(self) -> bool:
        queries = self._finding_rows, self._finding_plane
        return self.chosen.is_looking_up or any(query.is_open for query in queries)

    # ---- words

    def _show_words(self, are_others: bool) -> None:
        """List them, and look the chosen one up again."""
        words = self.source.words
        if are_others:
            self._map_pane.forget_axes()
        if words is not None and self.chosen.second not in words.vocabulary:
            self.chosen.second = None
        self._list_words()
        self._ask_plane()
        self.chosen.look_up()

    def on_resize(self) -> None:
        """There may be room for the map now."""
        self.call_after_refresh(self._ask_plane)

    @on(WordFilterBar.Changed)
    def _list_words(self) -> None:
        if (words := self.source.words) is not None:
            query = self._filter_bar.wanted
            self._finding_rows.ask(lambda: (words, query, words.rows(query)))

    @on(WordTable.SortWanted)
    def _sort(self, message: WordTable.SortWanted) -> None:
        self._filter_bar.sort_by(message.column)

    def _show_rows(self, found: tuple[WordList, WordQuery, WordIds]) -> None:
        words, query, rows = found
        if query != self._filter_bar.wanted:  # it is asked about in a moment
            return
        vocabulary, word = words.vocabulary, self.chosen.word
        keep = vocabulary.id_of(word) if word is not None and word in vocabulary else None
        self._table.show(words, rows, query, keep)
        self.chosen.show_mark()
        self._filter_bar.show_found(len(rows), len(words))
        self._map_pane.find(words, rows if query.is_filtering else None)
        self.chosen.choose(self._table.chosen)

    # ---- the chosen word

    @on(WordTable.Chosen)
    def _choose_in_table(self, message: WordTable.Chosen) -> None:
        self.chosen.choose(message.word_id)

    @on(EmbeddingMap.Chosen)
    def _choose_on_map(self, message: EmbeddingMap.Chosen) -> None:
        if (words := self.source.words) is not None:
            self.chosen.go_to(words.vocabulary.words[message.word_id])

    @on(BarList.Taken)
    def _choose_in_list(self, message: BarList.Taken) -> None:
        self.chosen.go_to(message.word)

    def action_mark(self) -> None:
        """Make the chosen word the second of comparisons and axes, or no longer."""
        self.chosen.mark()

    def action_switch_metric(self) -> None:
        """Measure distances the other way."""
        self.chosen.metric = "cosine" if self.chosen.metric == "euclidean" else "euclidean"
        self.chosen.look_up()

    @on(WordDetails.AnalogyAsked)
    def _ask_analogy(self, message: WordDetails.AnalogyAsked) -> None:
        self.chosen.ask_analogy(message.words)

    # ---- the map

    @on(MapPane.AxesWanted)
    def _ask_plane(self) -> None:
        """Have the map computed, if it is seen and not of these words and axes."""
        pane, network = self._map_pane, self.source.network
        is_seen = self.has_class("-map") or self._has_room_for_both
        if not is_seen or network is None:
            return
        known = self._plane_of is network and pane.plane is not None
        if not known or (pane.plane and pane.plane.pairs != pane.pairs):
            pairs, before = pane.pairs, pane.plane
            self._finding_plane.ask(lambda: (network, plane_of(network, *pairs, before)))

    def _show_plane(self, found: tuple[TrainedNetwork, Plane]) -> None:
        network, plane = found
        if self.source.words is None or network is not self.source.network:
            return
        if plane.pairs == self._map_pane.pairs:
            self._plane_of = network
            self._map_pane.show(self.source.words, plane)

    def _show_no_plane(self, sentence: str) -> None:
        self._map_pane.forget_axes()
        show_error(self, sentence)

    # ---- keys

    @property
    def _has_room_for_both(self) -> bool:
        return self.has_class("-wide") and self.has_class("-tall")

    def action_toggle_map(self) -> None:
        """From the table to the map, or back."""
        to_map = not self._map_pane.has_focus_within
        if not self._has_room_for_both:
            to_map = not self.has_class("-map")
            self.set_class(to_map, "-map")
            self.app.stylesheet.update(self)  # now, or the next key is lost
        self.set_focus(self._map_pane.map if to_map else self._table)
        self._ask_plane()

    @on(Input.Submitted, "#filter")
    def action_back(self) -> None:
        """To the words; from there, to all of them."""
        words = self._map_pane.map if self.has_class("-map") else self._table
        if words.has_focus:
            self._filter_bar.clear()
        words.focus()

    def action_filter(self) -> None:
        """Type to find words."""
        self.set_focus(self.query_one("#filter", Input))

    def action_switch_match(self) -> None:
        """Find words by their beginning, by a part, or by letters in order."""
        self._filter_bar.switch_match()

    def action_sort_next(self) -> None:
        """Sort by the column to the right."""
        self._filter_bar.sort_by(self._filter_bar.wanted.column.next)

    def action_reverse(self) -> None:
        """Sort the other way round."""
        self._filter_bar.sort_by(self._filter_bar.wanted.column)

    def action_section(self, number: int) -> None:
        """Show a part of what is known of the word."""
        self._details.section = number

    def action_ask_analogy(self) -> None:
        """Type three words."""
        self._details.ask_analogy(self.chosen.second, self.chosen.word)

    async def action_table(self, action: str, amount: int) -> None:
        """Move in the table while the filter is typed."""
        await self._table.run_action(f"{action}({amount})")
