"""The table of words as a widget: choosing, scrolling, drawing, whatever the words are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import numpy as np
import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from wordnet_tui.core.data.dataset import CorpusReport, Dataset
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.view_models.word_list import WordColumn, WordList, WordQuery
from wordnet_tui.widgets.word_table import WordTable

ODD_WORDS = (
    "plain",
    "日本語",
    "e\u0301te\u0301",
    "\x1b[31mred",
    "[bold]",
    "שלום",
    "long" * 30,
    "\u202e",
)
WaitFor = Callable[..., Awaitable[None]]


def words_of(words: tuple[str, ...]) -> WordList:
    V = len(words)
    embedding = np.arange(2.0 * V).reshape(V, 2)
    parameters = Parameters(
        embedding, np.zeros((2, 1)), np.zeros((1, V)), np.zeros(1), np.zeros(V)
    )
    vocabulary = Vocabulary(words)
    windows = np.zeros((1, 2), dtype=np.uint16)
    report = CorpusReport(np.arange(V) * 1_000)
    dataset = Dataset("made up", "0" * 64, vocabulary, windows, windows, windows, report)
    return WordList(TrainedNetwork(Hyperparameters(), parameters, vocabulary), dataset)


class Table(App[None]):
    CSS = "WordTable { overflow-y: scroll; scrollbar-size-vertical: 1; height: 1fr; }"

    def __init__(self, *, plain: bool = False) -> None:
        super().__init__()
        self.plain = plain
        self.chosen: list[int] = []
        self.sorted_by: list[WordColumn] = []

    def compose(self) -> ComposeResult:
        yield WordTable(plain=self.plain)

    @property
    def table(self) -> WordTable:
        return self.query_one(WordTable)

    def show(
        self, *words: str, keep: int | None = None, query: WordQuery | None = None
    ) -> None:
        query = query or WordQuery()
        listed = words_of(words)
        self.table.show(listed, listed.rows(query), query, keep)

    def lines(self) -> list[str]:
        return [self.table.render_line(y).text for y in range(self.table.size.height)]

    def on_word_table_chosen(self, message: WordTable.Chosen) -> None:
        self.chosen.append(message.word_id)

    def on_row_table_sort_wanted(self, message: WordTable.SortWanted) -> None:
        self.sorted_by.append(message.column)


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[None]]:
    async with Table().run_test(size=(60, 11)) as pilot:
        yield pilot


def app_of(pilot: Pilot[None]) -> Table:
    assert isinstance(pilot.app, Table)
    return pilot.app


async def test_arrows_pages_and_ends_choose_words_and_the_chosen_one_is_in_view(
    pilot: Pilot[None],
) -> None:
    app = app_of(pilot)
    app.show(*(f"word{i}" for i in range(65_000)))
    await pilot.press("down", "pagedown", "end", "up", "pageup", "home", "up")
    await pilot.pause()
    assert app.chosen == [1, 11, 64_999, 64_998, 64_988, 0]
    await pilot.press("end")
    await pilot.pause()
    assert app.lines()[-1].split()[:3] == [">", "64999", "word64999"]
    await pilot.press("home")
    await pilot.pause()
    assert app.lines()[1].startswith(">      0 word0")


async def test_the_kept_word_stays_chosen_and_no_message_is_sent_for_it(
    pilot: Pilot[None],
) -> None:
    app = app_of(pilot)
    app.show("a", "b", "c", keep=2)
    await pilot.pause()
    assert app.table.chosen == 2
    assert app.lines()[3].startswith(">")
    app.show("a", "b", keep=7)
    assert app.table.chosen == 0
    assert app.chosen == []


async def test_a_click_chooses_a_word_and_one_on_a_heading_asks_to_sort(
    pilot: Pilot[None],
) -> None:
    app = app_of(pilot)
    app.show("a", "b", "c")
    await pilot.click(WordTable, offset=(12, 3))
    for name in ("id", "word", "count", "share", "length"):
        await pilot.click(WordTable, offset=(app.lines()[0].index(name) + 1, 0))
    await pilot.click(WordTable, offset=(12, 9))  # below the last word
    assert app.chosen == [2]
    assert app.sorted_by == list(WordColumn)


async def test_odd_words_are_harmless_and_keep_the_columns_straight(
    pilot: Pilot[None],
) -> None:
    app = app_of(pilot)
    app.show(*ODD_WORDS)
    lines = app.lines()
    assert {cell_len(line) for line in lines} == {59}  # and one for the scroll bar
    assert all(line.isprintable() for line in lines)
    assert r"\x1b[31mred" in lines[4]
    assert "[bold]" in lines[5]
    lengths = {line.split()[-1] for line in lines[1:9]}
    assert lengths == {f"{np.hypot(2 * i, 2 * i + 1):.3f}" for i in range(8)}


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (60, "id word count share length"),
        (42, "id word count length"),
        (34, "id word count"),
        (22, "id word"),
    ],
)
async def test_columns_that_have_no_room_are_left_out(width: int, columns: str) -> None:
    app = Table()
    async with app.run_test(size=(width, 6)) as pilot:
        app.show("a", "b", query=WordQuery(column=WordColumn.WORD))
        await pilot.pause()
        assert app.lines()[0].replace("▲", "").split() == columns.split()


async def test_plain_signs_are_used_where_others_may_be_lacking() -> None:
    app = Table(plain=True)
    async with app.run_test(size=(60, 6)) as pilot:
        app.show("a", "b", query=WordQuery(column=WordColumn.COUNT, descending=True))
        await pilot.pause()
        assert "countv" in app.lines()[0]
        assert all(line.isascii() for line in app.lines())


async def test_the_marked_word_has_a_sign(pilot: Pilot[None]) -> None:
    app = app_of(pilot)
    app.show("a", "b", "c")
    app.table.mark(1)
    assert app.lines()[2].startswith(" *")
    app.table.mark(None)
    assert app.lines()[2].startswith("  ")


async def test_an_empty_list_chooses_nothing(pilot: Pilot[None]) -> None:
    app = app_of(pilot)
    app.show("a", query=WordQuery(typed="zzz"))
    await pilot.press("down", "end", "pagedown")
    assert app.table.chosen is None
    assert "no word fits" in app.lines()[1]
    assert app.chosen == []
