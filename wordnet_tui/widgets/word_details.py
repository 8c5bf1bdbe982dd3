"""All that is known of one word, in five parts: side by side in tabs, or all one over another.

Styled by `styles/vocabulary.tcss`, which also decides between tabs and all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static

from wordnet_tui.core.inference.embedding_space import Metric, Neighbor
from wordnet_tui.view_models.word_facts import (
    NearWord,
    Numbers,
    WordInCorpus,
    analogy_title,
    count_rows,
    distance_rows,
    near_title,
    word_title,
)
from wordnet_tui.view_models.word_list import WordRow
from wordnet_tui.widgets.bar_list import BarList
from wordnet_tui.widgets.word_sections import NumberStrip, Passages, TabStrip

SECTIONS = {
    "near": "Near",
    "beside": "Beside",
    "text": "Text",
    "numbers": "Values",
    "analogy": "Analogy",
}


class WordDetails(Vertical):
    """Shows what it is given about the chosen word."""

    section = reactive(0)
    """The part that is picked, from 0."""

    @dataclass
    class AnalogyAsked(Message):
        """Three words: a is to b as c is to what?"""

        words: tuple[str, ...]

    def __init__(self, *, plain: bool = False) -> None:
        super().__init__()
        self._plain = plain

    def compose(self) -> ComposeResult:
        """The word, the tabs, and the parts."""
        yield Static(id="word-title", markup=False)
        yield TabStrip(tuple(SECTIONS.values()))
        yield BarList("nearest words", plain=self._plain, id="near").add_class("section")
        with Horizontal(id="beside", classes="section"):
            yield BarList("before it", plain=self._plain, id="before")
            yield BarList("after it", plain=self._plain, id="behind")
        yield Passages(id="text").add_class("section")
        yield NumberStrip(plain=self._plain, id="numbers").add_class("section")
        with Vertical(id="analogy", classes="section"):
            field = Input(
                placeholder="three words: he she him", id="analogy-words", compact=True
            )
            field.cursor_blink = False  # a blinking cursor sends bytes all day
            yield field
            yield BarList("a is to b as c is to", plain=self._plain, id="answers")

    # ---- what is shown

    def show_word(self, row: WordRow, second: str | None) -> None:
        """Name the word, while what is known of it is still being looked up."""
        self.show_nothing(word_title(row, second))

    def show_nothing(self, sentence: str) -> None:
        """Say why there is nothing to show."""
        self.query_one("#word-title", Static).update(Content(sentence), layout=False)

    def show_near(self, facts: NearWord) -> None:
        """Show the neighbours, and the second word's distance above them."""
        bars = distance_rows(facts.neighbors, facts.second)
        self.query_one("#near", BarList).show(bars, near_title(facts))

    def show_corpus(self, facts: WordInCorpus | None, instead: str) -> None:
        """Show how the word is used; or say why that is not known."""
        before, behind, passages = facts[1:] if facts else ((), (), ())
        none = "nothing" if facts else instead
        self.query_one("#before", BarList).show(count_rows(before), instead=none)
        self.query_one("#behind", BarList).show(count_rows(behind), instead=none)
        none = "it is in no window" if facts else instead
        self.query_one("#text", Passages).show(passages, "in the corpus", none)

    def show_numbers(self, *numbers: Numbers) -> None:
        """Show the embedding of the word, and that of the second one."""
        self.query_one("#numbers", NumberStrip).show(*numbers)

    def show_analogy(
        self, words: Sequence[str], answers: Sequence[Neighbor], metric: Metric
    ) -> None:
        """Show the answers to an analogy of three words."""
        bars = distance_rows(answers, None)
        self.query_one("#answers", BarList).show(bars, analogy_title(words, metric))

    def show_analogy_problem(self, sentence: str) -> None:
        """Say why there is no answer."""
        self.query_one("#answers", BarList).show((), "a is to b as c is to", sentence)

    # ---- parts

    def on_mount(self) -> None:
        """Show the first part."""
        self.watch_section()

    def watch_section(self) -> None:
        """Show one part, where there is not room for all."""
        for number, section in enumerate(self.query(".section")):
            section.set_class(number == self.section, "-picked")
        self.query_one(TabStrip).picked = self.section

    @on(TabStrip.Picked)
    def _pick(self, message: TabStrip.Picked) -> None:
        message.stop()
        self.section = message.number

    def ask_analogy(self, *words: str | None) -> None:
        """Go to where an analogy is typed; `words` are offered as its first."""
        self.section = list(SECTIONS).index("analogy")
        field = self.query_one("#analogy-words", Input)
        if not field.value and all(words):
            field.value = " ".join(word or "" for word in words) + " "
        self.app.stylesheet.update(self)  # now, or what is typed at once is lost
        self.screen.set_focus(field)

    @on(Input.Submitted, "#analogy-words")
    def _submit_analogy(self, message: Input.Submitted) -> None:
        message.stop()
        words = tuple(message.value.split())
        if len(words) == 3:
            self.post_message(self.AnalogyAsked(words))
        else:
            self.show_analogy_problem(f"type three words, not {len(words)}")
