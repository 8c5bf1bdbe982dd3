"""The Vocabulary screen on a network with random weights and a text of three sentences."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, Static

import wordnet_tui
from tests.support.waiting import wait_until
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.inference.embedding_space import EmbeddingSpace
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters, initial_parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.runs.commands import PAUSE, STEP
from wordnet_tui.runs.local import Run
from wordnet_tui.screens.vocabulary import screen as vocabulary_screen
from wordnet_tui.screens.vocabulary.screen import VocabularyScreen
from wordnet_tui.session import Session
from wordnet_tui.view_models.word_facts import Plane, plane_of
from wordnet_tui.widgets.bar_list import BarList
from wordnet_tui.widgets.embedding_map import EmbeddingMap
from wordnet_tui.widgets.map_pane import MapPane
from wordnet_tui.widgets.word_details import WordDetails
from wordnet_tui.widgets.word_sections import Passages
from wordnet_tui.widgets.word_table import WordTable

STYLES = Path(wordnet_tui.__file__).parent / "styles"
WORDS = Vocabulary(["the", "he", "she", "day", "good", "a", "have", "her", "[b]odd", "."])
SETTINGS = Hyperparameters(
    vocabulary_size=len(WORDS), embedding_size=4, hidden_size=5, batch_size=4, epochs=1_000
)
TEXT = "he have a good day .\nshe have a good day .\nthe day have a good day .\n" * 40
WaitFor = Callable[..., Awaitable[None]]


def network(seed: int, words: Vocabulary = WORDS) -> TrainedNetwork:
    settings = SETTINGS.model_copy(update={"vocabulary_size": len(words)})
    weights = initial_parameters(settings, np.random.default_rng(seed))
    weights.embedding[:] = np.random.default_rng(seed).normal(size=weights.embedding.shape)
    return TrainedNetwork(settings, weights, words)


class Browsing(Session):
    CSS_PATH: ClassVar[Any] = [STYLES / "shared.tcss", STYLES / "vocabulary.tcss"]

    async def on_mount(self) -> None:
        await self.push_screen(VocabularyScreen())

    @property
    def words(self) -> VocabularyScreen:
        screen = self.screen_stack[1]
        assert isinstance(screen, VocabularyScreen)
        return screen

    @property
    def table(self) -> WordTable:
        return self.words.query_one(WordTable)

    def line(self, y: int) -> str:
        """A row of the table as it is drawn."""
        return self.table.render_line(y).text

    def words_shown(self) -> list[str]:
        return [self.line(y).split()[-4] for y in range(1, 1 + min(10, self.table.row_count))]

    def bars(self, name: str) -> list[str]:
        return [bar.text for bar in self.words.query_one(f"#{name}", BarList).rows]

    def text(self, name: str) -> str:
        return str(self.words.query_one(f"#{name}", Static).content)


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    file = tmp_path / "days.txt"
    file.write_text(TEXT)
    return load_dataset(str(file), vocabulary=WORDS)


@pytest.fixture
async def pilot(wait_for: WaitFor) -> AsyncIterator[Pilot[None]]:
    """The screen at 80x24 with a network, its words shown and the first looked up."""
    app = Browsing()
    async with app.run_test(size=(80, 24)) as pilot:
        app.use_network(network(1), "random")
        await wait_for(pilot, lambda: app.bars("near"))
        yield pilot


def app_of(pilot: Pilot[None]) -> Browsing:
    assert isinstance(pilot.app, Browsing)
    return pilot.app


async def test_without_a_network_it_says_how_to_open_one(wait_for: WaitFor) -> None:
    app = Browsing()
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "Ctrl-O opens one" in app.text("word-title"))


async def test_the_words_are_there_before_the_corpus_and_the_counts_come_with_it(
    pilot: Pilot[None], dataset: Dataset, wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    assert app.line(4).split()[:4] == ["3", "day", "-", "-"]
    assert app.words.query_one("#behind", BarList).rows == ()
    app.dataset = dataset
    await wait_for(pilot, lambda: app.line(4).split()[2] != "-")
    count = dataset.report.word_counts[WORDS.id_of("day")]
    assert app.line(4).split()[2] == str(count)


async def test_typing_filters_and_the_first_hit_is_chosen(
    pilot: Pilot[None], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    await pilot.press("slash", "h", "e")
    await wait_for(pilot, lambda: app.words_shown() == ["he", "her"])
    assert "2 of 10 words" in app.text("found")
    await wait_for(pilot, lambda: app.text("word-title").startswith("he "))
    await pilot.press("down")
    await wait_for(pilot, lambda: app.text("word-title").startswith("her "))


async def test_f6_switches_between_prefix_inside_and_fuzzy_while_typing(
    pilot: Pilot[None], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    await pilot.press("slash", "h", "e", "f6")
    await wait_for(pilot, lambda: app.words_shown() == ["the", "he", "she", "her"])
    assert "inside" in app.text("match")
    await pilot.press("f6")
    await wait_for(pilot, lambda: "have" in app.words_shown())
    assert "best match first" in app.line(0)
    await pilot.click("#match")
    await wait_for(pilot, lambda: app.words_shown() == ["he", "her"])


async def test_a_filter_that_fits_no_word_says_so(
    pilot: Pilot[None], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    await pilot.press("slash", *"xyz")
    assert not any(field.cursor_blink for field in app.words.query(Input))  # sends no bytes
    await wait_for(pilot, lambda: "no word fits" in app.line(1))
    await pilot.press("escape", "escape")
    await wait_for(pilot, lambda: app.table.row_count == len(WORDS))


async def test_keys_and_headings_sort_by_any_column(
    pilot: Pilot[None], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    await pilot.press("s")
    await wait_for(pilot, lambda: "word▲" in app.line(0))
    assert app.words_shown() == sorted(WORDS.words)
    await pilot.press("r")
    await wait_for(pilot, lambda: "word▼" in app.line(0))
    await pilot.click(WordTable, offset=(app.line(0).index("length") + 2, 0))
    await wait_for(pilot, lambda: "length▼" in app.line(0))
    lengths = np.linalg.norm(network(1).parameters.embedding, axis=1)
    assert app.words_shown() == [WORDS.words[i] for i in np.argsort(-lengths)]


async def test_neighbours_are_those_of_the_embedding_space_by_either_metric(
    pilot: Pilot[None], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    space = EmbeddingSpace(network(1))
    await pilot.press("down", "down")
    await wait_for(pilot, lambda: app.bars("near") == [n.word for n in space.neighbors("she")])
    await pilot.press("c")
    expected = [neighbor.word for neighbor in space.neighbors("she", metric="cosine")]
    await wait_for(pilot, lambda: app.bars("near") == expected)
    assert "cosine" in app.words.query_one("#near", BarList).title


async def test_a_marked_word_is_measured_against_every_other(
    pilot: Pilot[None], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    await pilot.press("down", "space", "down")
    distance = EmbeddingSpace(network(1)).distance("she", "he")
    await wait_for(
        pilot, lambda: f"he* {distance:.3f}" in app.words.query_one("#near", BarList).title
    )
    assert app.line(2).startswith(" *")
    assert app.line(3).startswith("> ")


async def test_what_the_corpus_knows_of_a_word_is_shown(
    pilot: Pilot[None], dataset: Dataset, wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    app.dataset = dataset
    await pilot.press(*["down"] * 4)
    await wait_for(pilot, lambda: app.bars("behind") == ["day"])
    assert app.bars("before") == ["a"]
    passages = app.words.query_one("#text", Passages).passages
    assert {passage.word for passage in passages} == {"good"}


async def test_a_taken_neighbour_becomes_the_chosen_word_even_if_filtered_out(
    pilot: Pilot[None], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    await pilot.press("slash", *"the", "enter")
    await wait_for(pilot, lambda: app.words_shown() == ["the"])
    await wait_for(pilot, lambda: app.bars("near"))
    near = app.bars("near")[1]
    app.words.query_one("#near").focus()
    await pilot.press("down", "enter")
    await wait_for(pilot, lambda: app.text("word-title").startswith(f"{near} "))
    await wait_for(pilot, lambda: app.table.row_count == len(WORDS))
    await wait_for(pilot, lambda: app.table.chosen == WORDS.id_of(near))


async def test_an_analogy_is_answered_and_an_unknown_word_is_named(
    pilot: Pilot[None], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    await pilot.press("a", *"he she a", "enter")
    answers = EmbeddingSpace(network(1)).analogy("he", "she", "a", metric="euclidean")
    await wait_for(pilot, lambda: app.bars("answers") == [answer.word for answer in answers])
    app.words.query_one("#analogy-words", Input).value = "he she zebra"
    await pilot.press("enter")
    await wait_for(
        pilot, lambda: '"zebra"' in app.words.query_one("#answers").render_line(1).text
    )


async def test_the_map_takes_the_place_of_the_table_and_back(
    pilot: Pilot[None], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    await pilot.press("m")
    words = app.words.query_one(EmbeddingMap)
    await wait_for(pilot, lambda: words.labels and words.has_focus)
    assert not app.table.is_on_screen
    assert "of the variance" in app.text("map-caption")
    await pilot.press("m")
    await wait_for(pilot, lambda: app.table.has_focus and not words.is_on_screen)


async def test_an_axis_is_laid_through_the_marked_and_the_chosen_word(
    pilot: Pilot[None], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    await pilot.press("down", "space", "down", "m")
    pane = app.words.query_one(MapPane)
    await wait_for(pilot, lambda: pane.plane is not None and pane.map.has_focus)
    await pilot.press("x")
    await wait_for(pilot, lambda: "across: he to she" in app.text("map-caption"))
    assert pane.plane is not None
    assert pane.plane.points[[1, 2], 0] == pytest.approx([0.0, 1.0])
    await pilot.press("p")
    await wait_for(pilot, lambda: "principal components" in app.text("map-caption"))


async def test_a_large_terminal_shows_table_map_and_all_parts_at_once(
    wait_for: WaitFor,
) -> None:
    app = Browsing()
    async with app.run_test(size=(120, 40)) as pilot:
        app.use_network(network(1), "random")
        words = app.words.query_one(EmbeddingMap)
        await wait_for(pilot, lambda: words.labels and app.table.is_on_screen)
        sections = app.words.query(".section")
        assert len(sections) == 5
        assert all(section.is_on_screen for section in sections)
        await pilot.press("m")
        await wait_for(pilot, lambda: words.has_focus)


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (100, 30), (120, 40), (200, 60)])
async def test_nothing_overlaps_at_any_size(size: tuple[int, int], wait_for: WaitFor) -> None:
    app = Browsing()
    async with app.run_test(size=size) as pilot:
        app.use_network(network(1), "random")
        await wait_for(pilot, lambda: app.bars("near"))
        for _ in range(2):
            leaves = [
                widget
                for widget in app.words.query("*")
                if widget.is_on_screen and not widget.displayed_children and widget.region
            ]
            for number, one in enumerate(leaves):
                assert app.screen.region.contains_region(one.region), one
                for other in leaves[number + 1 :]:
                    assert not one.region.overlaps(other.region), (one, other)
            await pilot.press("m")
            await pilot.pause()


async def test_another_network_with_other_words_replaces_everything(
    pilot: Pilot[None], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    await pilot.press("down", "space", "m")
    other = Vocabulary([f"word{i}" for i in range(12)])
    app.use_network(network(3, other), "other")
    await wait_for(pilot, lambda: app.table.row_count == 12)
    await wait_for(pilot, lambda: app.text("word-title").startswith("word0 "))
    await wait_for(pilot, lambda: app.bars("near")[0].startswith("word"))
    assert app.words.chosen.second is None


async def test_words_that_are_listed_but_not_yet_on_the_map_can_be_found_and_chosen(
    pilot: Pilot[None], wait_for: WaitFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_of(pilot)
    await pilot.press("m")
    await wait_for(pilot, lambda: app.words.query_one(EmbeddingMap).labels)
    goes_on = threading.Event()

    def slow(*what: Any) -> Plane:
        goes_on.wait(30)
        return plane_of(*what)

    monkeypatch.setattr(vocabulary_screen, "plane_of", slow)
    try:
        app.use_network(network(3, Vocabulary([f"word{i}" for i in range(300)])), "larger")
        await wait_for(pilot, lambda: app.table.row_count == 300)
        await pilot.press("slash", *"word29")
        await wait_for(pilot, lambda: app.table.row_count == 11)
        await wait_for(pilot, lambda: app.text("word-title").startswith("word29 "))
        await wait_for(pilot, lambda: app.bars("near")[0].startswith("word"))
    finally:
        goes_on.set()


async def test_a_network_that_holds_no_numbers_is_reported_and_the_old_stays(
    pilot: Pilot[None], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    broken = network(2)
    broken.parameters.embedding[0, 0] = np.nan
    app.use_network(broken, "broken")
    await wait_for(pilot, lambda: len(app._notifications) == 1)
    assert app.table.row_count == len(WORDS)


@pytest.fixture
def run(dataset: Dataset) -> Iterator[Run]:
    """A run that stands still until a test lets it step."""
    run = Run(dataset, SETTINGS)
    run.send(PAUSE)
    thread = threading.Thread(target=run.run_to_end)
    thread.start()
    wait_until(run.snapshot)  # handed out when it stands still
    yield run
    run.stop()
    thread.join(30)
    assert not thread.is_alive()


async def test_it_follows_a_run_and_stops_looking_while_hidden(
    pilot: Pilot[None], run: Run, wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    app.current_run = run
    open_length = app.line(1).split()[-1]
    await wait_for(pilot, lambda: "live off" in app.text("live"))
    await pilot.press("l")
    await wait_for(pilot, lambda: app.line(1).split()[-1] != open_length)
    assert run.snapshots_wanted
    shown = app.words.source
    before: Parameters | None = shown.network and shown.network.parameters
    run.send(STEP)
    await wait_for(
        pilot,
        lambda: shown.network and shown.network.parameters is not before,
    )
    await app.push_screen(Screen())
    await wait_for(pilot, lambda: not run.snapshots_wanted)
    app.pop_screen()
    await wait_for(pilot, lambda: run.snapshots_wanted)
    await pilot.press("l")
    await wait_for(pilot, lambda: app.line(1).split()[-1] == open_length)
    assert not run.snapshots_wanted


async def test_words_from_data_are_shown_as_they_are(
    pilot: Pilot[None], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    await pilot.press(*["down"] * 8)
    await wait_for(pilot, lambda: app.text("word-title").startswith("[b]odd "))
    assert "[b]odd" in app.line(9)


async def test_digits_pick_what_is_shown_of_the_word(pilot: Pilot[None]) -> None:
    details = app_of(pilot).words.query_one(WordDetails)
    for digit, name in enumerate(("near", "beside", "text", "numbers", "analogy"), 1):
        await pilot.press(str(digit))
        await pilot.pause()
        on_screen = [
            section.id for section in details.query(".section") if section.is_on_screen
        ]
        assert on_screen == [name]
