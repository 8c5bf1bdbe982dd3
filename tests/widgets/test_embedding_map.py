"""The map of words as a widget: what it labels, marks and shows, and how it is moved."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import numpy as np
import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from wordnet_tui.charts.map_view import Points
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.view_models.word_list import WordList
from wordnet_tui.widgets.embedding_map import EmbeddingMap

WORDS = ("the", "he", "she", "日本", "day", "night", "\x1b[2J", "[b]")
POINTS = np.array(
    [[0, 0], [-4, 2], [4, 2], [-4, -2], [4, -2], [3.9, -1.9], [0, 2], [0, -2]], dtype=float
)
WaitFor = Callable[..., Awaitable[None]]


def words_of(words: tuple[str, ...]) -> WordList:
    V = len(words)
    parameters = Parameters(
        np.zeros((V, 2)), np.zeros((2, 1)), np.zeros((1, V)), np.zeros(1), np.zeros(V)
    )
    return WordList(TrainedNetwork(Hyperparameters(), parameters, Vocabulary(words)))


class Map(App[None]):
    def __init__(self, markers: str = "braille") -> None:
        super().__init__()
        self.markers = markers
        self.chosen: list[int] = []

    def compose(self) -> ComposeResult:
        yield EmbeddingMap(markers=self.markers)

    @property
    def map(self) -> EmbeddingMap:
        return self.query_one(EmbeddingMap)

    def lines(self) -> list[str]:
        return [self.map.render_line(y).text for y in range(self.map.size.height)]

    def show(self, points: Points = POINTS, *, refit: bool = True) -> None:
        self.map.show(words_of(WORDS), points, refit=refit)

    def labelled(self) -> set[int]:
        return {label.word_id for label in self.map.labels}

    def on_embedding_map_chosen(self, message: EmbeddingMap.Chosen) -> None:
        self.chosen.append(message.word_id)


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[None]]:
    app = Map()
    async with app.run_test(size=(60, 12)) as pilot:
        app.map.focus()
        app.show()
        await pilot.pause()
        yield pilot


def app_of(pilot: Pilot[None]) -> Map:
    assert isinstance(pilot.app, Map)
    return pilot.app


async def test_words_stand_where_they_lie_and_are_harmless(pilot: Pilot[None]) -> None:
    lines = app_of(pilot).lines()
    text = "\n".join(lines)
    assert {cell_len(line) for line in lines} == {60}
    assert all(line.isprintable() for line in lines)
    assert r"\x1b[2J" in text
    assert "[b]" in text
    assert text.index("he") < text.index("the") < text.index("日本")


async def test_chosen_near_marked_and_found_words_have_signs_of_their_own(
    pilot: Pilot[None],
) -> None:
    app = app_of(pilot)
    app.map.select(0, [1], 2)
    app.map.find(np.array([4]))
    await pilot.pause()
    text = "\n".join(app.lines())
    for piece in ("◆the", "○he", "she*", "day+"):
        assert piece in text


async def test_the_chosen_word_and_its_neighbours_are_labelled_before_all_others(
    pilot: Pilot[None],
) -> None:
    app = app_of(pilot)
    crowded = np.zeros((8, 2))
    crowded[0] = [1.0, 1.0]
    app.show(crowded)
    app.map.select(6, [7], None)
    await pilot.pause()
    assert {6, 7} <= app.labelled()


async def test_what_was_found_is_labelled_rather_than_what_is_frequent(
    pilot: Pilot[None],
) -> None:
    app = app_of(pilot)
    app.show(np.array([[0, 0]] * 7 + [[1, 1]], dtype=float))
    await pilot.pause()
    assert app.labelled() == {0, 7}
    app.map.find(np.array([5]))
    await pilot.pause()
    assert app.labelled() == {5, 7}


async def test_keys_move_zoom_and_fit_the_view(pilot: Pilot[None]) -> None:
    app = app_of(pilot)
    fitted = app.map.view
    await pilot.press("plus")
    assert app.map.view.width == pytest.approx(fitted.width / 1.5)
    await pilot.press("right", "up")
    assert app.map.view.left > fitted.left
    await pilot.press("0")
    assert app.map.view == fitted
    app.map.select(4, [5], None)
    await pilot.press("z")
    await pilot.pause()
    assert app.map.view.width < fitted.width / 10
    assert app.labelled() == {4, 5}


async def test_zooming_goes_towards_the_chosen_word(pilot: Pilot[None]) -> None:
    app = app_of(pilot)
    app.map.select(2, [], None)
    await pilot.pause()
    for _ in range(4):
        await pilot.press("plus")
    await pilot.pause()
    assert 2 in app.labelled()


async def test_a_click_or_n_chooses_a_labelled_word(pilot: Pilot[None]) -> None:
    app = app_of(pilot)
    label = next(label for label in app.map.labels if label.word_id == 4)
    await pilot.click(EmbeddingMap, offset=(label.column + 1, label.row))
    assert app.chosen == [4]
    in_order = [x.word_id for x in sorted(app.map.labels, key=lambda x: (x.row, x.column))]
    app.map.select(in_order[0], [], None)
    await pilot.pause()
    await pilot.press("n", "b")
    assert app.chosen[1:] == [in_order[1], in_order[-1]]


async def test_the_view_is_held_while_points_move_a_little(pilot: Pilot[None]) -> None:
    app = app_of(pilot)
    fitted = app.map.view
    app.show(POINTS * 0.97, refit=False)
    assert app.map.view == fitted
    app.show(POINTS * 3.0, refit=False)
    assert app.map.view.width > fitted.width


async def test_only_lines_that_changed_are_drawn_again(
    pilot: Pilot[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_of(pilot)
    drawn: list[int] = []
    refresh = app.map.refresh
    monkeypatch.setattr(
        app.map,
        "refresh",
        lambda *regions: (drawn.extend(r.y for r in regions), refresh(*regions)),
    )
    row = next(label.row for label in app.map.labels if label.word_id == 1)
    app.map.select(1, [], None)
    await pilot.pause()
    assert drawn == [row]


@pytest.mark.parametrize("markers", ["braille", "block", "ascii"])
async def test_it_can_be_drawn_with_what_the_terminal_has(markers: str) -> None:
    app = Map(markers)
    async with app.run_test(size=(40, 8)) as pilot:
        app.map.show(
            words_of(("a", "b", "c")), np.array([[0, 0], [1, 1], [0, 0.1]]), refit=True
        )
        await pilot.pause()
        text = "".join(app.lines())
        assert text.isascii() == (markers == "ascii")
        assert "a" in text
