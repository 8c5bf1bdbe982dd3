"""The Predict screen, driven by keys as a person would, on real networks."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, Static

import wordnet_tui
from tests.support.known_answers import Original
from wordnet_tui.core.data.dataset import CorpusReport, Dataset
from wordnet_tui.core.data.readers.ngram_folder import read_vocabulary
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.core.inference.prediction import Predictor
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import initial_parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.screens.predict import asker
from wordnet_tui.screens.predict.screen import PredictionScreen
from wordnet_tui.session import OpenNetwork, Session
from wordnet_tui.widgets.word_input import WordInput

STYLES = Path(wordnet_tui.__file__).parent / "styles"
WORDS = ("have", "a", "good", "going", "day", "do", "nt", "3", "[b]", ".")
WaitFor = Callable[..., Awaitable[None]]


class Predicting(Session):
    CSS_PATH: ClassVar[Any] = [STYLES / "shared.tcss", STYLES / "predict.tcss"]

    def __init__(self, network: TrainedNetwork | None = None) -> None:
        super().__init__()
        self.notes: list[str] = []
        if network is not None:
            self.set_reactive(Session.network, OpenNetwork(network, "mine"))

    async def on_mount(self) -> None:
        await self.push_screen(PredictionScreen())

    def notify(self, message: str, **_: Any) -> None:
        self.notes.append(message)

    def shown(self, name: str) -> str:
        """The text of a part of the screen."""
        return self.screen.query_one(f"#{name}").text

    @property
    def words(self) -> list[str]:
        """The words of the text so far."""
        return [word for line in self.shown("text").splitlines()[::2] for word in line.split()]


def small_network(words: tuple[str, ...] = WORDS, context_size: int = 2) -> TrainedNetwork:
    settings = Hyperparameters(
        vocabulary_size=len(words), context_size=context_size, embedding_size=4, hidden_size=6
    )
    parameters = initial_parameters(settings, np.random.default_rng(5))
    return TrainedNetwork(settings, parameters, Vocabulary(words))


def small_dataset() -> Dataset:
    """Sentences about good days, with "do nt" now and then."""
    text = ("have a good day . " * 5 + "do nt do nt have a day . ").split() * 3
    ids = [WORDS.index(word) for word in text]
    windows = np.array([ids[i : i + 3] for i in range(len(ids) - 2)], np.uint8)
    counts = CorpusReport(np.bincount(ids, minlength=len(WORDS)))
    return Dataset("text", "0", Vocabulary(WORDS), windows, windows[:2], windows[:2], counts)


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[Any]]:
    """The screen with the small network and no corpus."""
    async with Predicting(small_network()).run_test(size=(80, 24)) as pilot:
        yield pilot


def app_of(pilot: Pilot[Any]) -> Predicting:
    app = pilot.app
    assert isinstance(app, Predicting)
    return app


async def type_text(pilot: Pilot[Any], text: str) -> None:
    """As fast as a line can bring it: no key waits for the picture after the last."""
    for character in text:
        key = "space" if character == " " else character
        pilot.app.screen.query_one(WordInput).post_message(events.Key(key, character))
    await pilot.pause()
    await pilot.pause()


async def paste(pilot: Pilot[Any], text: str) -> None:
    pilot.app.screen.query_one(WordInput).post_message(events.Paste(text))
    await pilot.pause()
    await pilot.pause()


async def test_the_original_network_continues_have_a_good(original: Original) -> None:
    vocabulary = read_vocabulary(original.folder / "vocab.txt")
    known = original.after_have_a_good
    app = Predicting(read_network(original.model, vocabulary))
    async with app.run_test(size=(80, 24)) as pilot:
        await type_text(pilot, "have a good ")
        rows = [line.split() for line in app.shown("candidates").splitlines()]
        assert [row[-3:-1] for row in rows] == [
            [word, f"{p:.3f}"] for word, p in known.items()
        ]
        await pilot.press("1")
        await pilot.pause()
        (word, probability), *_ = known.items()
        assert app.words == ["have", "a", "good", word]
        surprise = -math.log(probability)
        assert 1.0 < surprise < 2.5  # what the lightest shade means
        assert app.shown("text").splitlines()[1].split() == [f"{surprise:.2f}░"]


async def test_a_digit_and_enter_pick_and_the_next_list_is_there(pilot: Pilot[Any]) -> None:
    app, predictor = app_of(pilot), Predictor(small_network())
    await type_text(pilot, "have a ")
    expected = ["have", "a"]
    for key, place in (("2", 1), ("enter", 0), ("5", 4)):
        expected.append(predictor.candidates(expected)[place].word)
        await pilot.press(key)
        await pilot.pause()
        assert app.words == expected
    listed = [line.split()[-3] for line in app.shown("candidates").splitlines()]
    assert [word.strip(">") for word in listed] == [
        word for word, _ in predictor.candidates(expected)
    ]


async def test_arrows_mark_another_row_for_enter_and_a_click_picks(pilot: Pilot[Any]) -> None:
    app, predictor = app_of(pilot), Predictor(small_network())
    await type_text(pilot, "have a ")
    await pilot.press("down", "down", "enter")
    await pilot.pause()
    expected = ["have", "a", predictor.candidates(["have", "a"])[2].word]
    assert app.words == expected
    await pilot.click("#candidates", offset=(6, 1))
    await pilot.pause()
    assert app.words == [*expected, predictor.candidates(expected)[1].word]
    assert isinstance(app.focused, WordInput)


async def test_the_rest_of_a_word_is_offered_and_taken(pilot: Pilot[Any]) -> None:
    app, predictor = app_of(pilot), Predictor(small_network())
    await type_text(pilot, "have a go")
    best = predictor.complete("go", ["have", "a"])[0].word
    assert app.shown("input") == f"> {best}"
    await pilot.press("tab")
    await type_text(pilot, " ")
    assert app.words == ["have", "a", best]


async def test_backspace_undo_and_redo_walk_through_the_text(pilot: Pilot[Any]) -> None:
    app = app_of(pilot)
    await type_text(pilot, "have a good ")
    await pilot.press("backspace")
    assert app.words == ["have", "a"]
    await pilot.press("ctrl+z")
    assert app.words == ["have", "a", "good"]
    await pilot.press("ctrl+z", "ctrl+z")
    assert app.words == ["have"]
    await pilot.press("ctrl+r", "alt+z")
    assert app.words == ["have", "a", "good"]
    await pilot.press("ctrl+l")
    assert "Nothing yet" in app.shown("text")
    await pilot.press("ctrl+z", "f8")
    assert app.clipboard == "have a good"
    assert app.notes == ["Copied 3 words."]


async def test_a_digit_is_typed_after_a_blank_and_the_screen_says_so(
    pilot: Pilot[Any],
) -> None:
    app = app_of(pilot)
    await type_text(pilot, "have a ")
    assert "a digit after Space" in app.shown("hint")
    await type_text(pilot, " ")
    assert "digit" in app.shown("hint")
    await type_text(pilot, "3 ")
    assert app.words == ["have", "a", "3"]


async def test_pasted_text_is_tokenised(pilot: Pilot[Any], wait_for: WaitFor) -> None:
    app = app_of(pilot)
    await paste(pilot, "Don't have a\ngood \x1b[31m day.")
    await wait_for(pilot, lambda: app.words[-1:] == ["."])
    assert app.words[:5] == ["do", "nt", "have", "a", "good"]
    assert app.words[-2:] == ["day", "."]
    assert "unknown" in app.shown("text")
    assert "\x1b" not in app.shown("text")


async def test_an_unknown_word_is_marked_and_mended_by_a_choice(
    pilot: Pilot[Any], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    await type_text(pilot, "have a goood ")
    await wait_for(pilot, lambda: "good" in app.shown("candidates"))
    assert app.words == ["have", "a", "goood?"]
    assert '"goood" is unknown' in app.shown("hint")
    await pilot.press("1")
    await pilot.pause()
    assert app.words == ["have", "a", "good"]
    assert "Take a row" in app.shown("hint")


async def test_fewer_than_d_words_ask_for_more(pilot: Pilot[Any]) -> None:
    app = app_of(pilot)
    assert "Type 2 words" in app.shown("hint")
    await type_text(pilot, "have ")
    assert "Type a word more" in app.shown("hint")
    assert "Beginnings" in app.shown("list-title")


async def test_beginnings_come_from_the_corpus_and_are_taken_whole(
    pilot: Pilot[Any], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    app.dataset = small_dataset()
    await wait_for(pilot, lambda: "have a " in app.shown("candidates"))
    first = app.shown("candidates").splitlines()[0]
    assert first.split() == [">", "1", "have", "a", "18"]
    await pilot.press("1")
    await pilot.pause()
    assert app.words == ["have", "a"]
    assert "Next word" in app.shown("list-title")


async def test_what_really_followed_is_beside_it_and_both_are_marked(
    pilot: Pilot[Any], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    app.dataset = small_dataset()
    await type_text(pilot, "have a ")
    await pilot.press("plus", "plus")
    await wait_for(pilot, lambda: "good" in app.shown("followed"))
    rows = [line.split() for line in app.shown("followed").splitlines()]
    assert [row[:3] for row in rows] == [["●", "good", "15"], ["●", "day", "3"]]
    assert "In the data: 18x" in app.shown("data-title")
    marked = [line.split()[-3] for line in app.shown("candidates").splitlines() if "●" in line]
    assert sorted(marked) == ["day", "good"]
    await pilot.press("minus", "minus")
    assert len(app.shown("candidates").splitlines()) == 5


async def test_what_never_followed_falls_back_to_fewer_words(
    pilot: Pilot[Any], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    app.dataset = small_dataset()
    await type_text(pilot, "good a ")
    await wait_for(pilot, lambda: 'After "a" alone: 18x' in app.shown("data-title"))
    await type_text(pilot, "zzzz ")
    await wait_for(pilot, lambda: "In the data: never" in app.shown("data-title"))


async def test_the_perplexity_is_that_of_the_predictor(pilot: Pilot[Any]) -> None:
    app = app_of(pilot)
    words = ["have", "a", "good", "day"]
    await type_text(pilot, "have a good day ")
    surprises = Predictor(small_network()).surprise(words)
    assert app.shown("text").splitlines()[1].split() == [
        f"{surprise:.2f}{'░' * (surprise >= 1)}" for surprise in surprises if surprise
    ] or "▒" in app.shown("text")
    mean = sum(surprise or 0.0 for surprise in surprises) / 2
    assert f"4 words, perplexity {np.exp(mean):.1f} over 2" in app.shown("text-title")


async def test_the_network_writes_as_the_predictor_generates(
    pilot: Pilot[Any], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    await type_text(pilot, "have a ")
    await pilot.press("f5")
    await wait_for(pilot, lambda: app.screen.query("#seed"))
    app.screen.query_one("#count", Input).value = "4"
    app.screen.query_one("#seed", Input).value = "7"
    await pilot.press("enter")
    await wait_for(pilot, lambda: len(app.words) == 6)
    expected = Predictor(small_network()).generate(["have", "a"], 4, top_k=10, seed=7)
    assert app.words == ["have", "a", *expected]
    await pilot.press("ctrl+z")
    assert app.words == ["have", "a"]


@pytest.mark.parametrize("key", ["escape", "f5", "g"])
async def test_writing_can_be_stopped(pilot: Pilot[Any], wait_for: WaitFor, key: str) -> None:
    app = app_of(pilot)
    await type_text(pilot, "have a ")
    await pilot.press("f5")
    await wait_for(pilot, lambda: app.screen.query("#count"))
    app.screen.query_one("#count", Input).value = "1000"
    await pilot.press("enter")
    await wait_for(pilot, lambda: len(app.words) > 3)
    assert "Esc stops it" in app.shown("hint")
    await pilot.press(key)
    await wait_for(pilot, lambda: not [w for w in app.workers if not w.is_finished])
    count = len(app.words)
    await pilot.pause()
    assert len(app.words) == count < 1000
    assert "Esc stops it" not in app.shown("hint")


async def test_wrong_settings_are_named_in_the_dialog(
    pilot: Pilot[Any], wait_for: WaitFor
) -> None:
    app = app_of(pilot)
    await type_text(pilot, "have a ")
    await pilot.press("f5")
    await wait_for(pilot, lambda: app.screen.query("#count"))
    app.screen.query_one("#count", Input).value = "0"
    await pilot.press("enter")
    problem = app.screen.query_one("#problem", Static)
    await wait_for(pilot, lambda: "words must be" in str(problem.render()))
    await pilot.press("escape")
    await wait_for(pilot, lambda: isinstance(app.screen, PredictionScreen))
    assert app.words == ["have", "a"]


async def test_too_few_words_cannot_be_gone_on_from(pilot: Pilot[Any]) -> None:
    app = app_of(pilot)
    await type_text(pilot, "have ")
    await pilot.press("f5")
    assert isinstance(app.screen, PredictionScreen)
    assert app.notes == [
        "Nothing to write after: the network reads 2 words, only 1 was given."
    ]


async def test_a_large_network_answers_from_a_thread(
    pilot: Pilot[Any], wait_for: WaitFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asker, "PRODUCTS_AT_ONCE", 0)
    app, predictor = app_of(pilot), Predictor(small_network())
    await type_text(pilot, "have a ")
    await pilot.press("enter", "enter")
    expected = ["have", "a"]
    for _ in range(2):
        expected.append(predictor.candidates(expected)[0].word)
    await wait_for(pilot, lambda: app.words == expected)


async def test_without_a_network_it_says_what_to_do_and_takes_one_later(
    wait_for: WaitFor,
) -> None:
    app = Predicting()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("h", "1", "enter", "space", "backspace", "f5", "escape")
        await pilot.pause()
        assert "Ctrl-O opens one" in app.shown("hint")
        app.network = OpenNetwork(small_network(), "mine")
        await wait_for(pilot, lambda: "Type 2 words" in app.shown("hint"))
        bare = TrainedNetwork(Hyperparameters(), small_network().parameters, None)
        app.network = OpenNetwork(bare, "bare")
        await wait_for(pilot, lambda: "came without words" in app.shown("hint"))


async def test_another_network_reads_the_same_text(pilot: Pilot[Any]) -> None:
    app = app_of(pilot)
    await type_text(pilot, "have a good ")
    app.network = OpenNetwork(small_network(("have", "a", "bad", "."), 3), "other")
    await pilot.pause()
    assert app.words == ["have", "a", "good?"]


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 40)])
async def test_nothing_overlaps_and_nothing_is_cut_at(size: tuple[int, int]) -> None:
    app = Predicting(small_network())
    async with app.run_test(size=size) as pilot:
        await type_text(pilot, "have a good ")
        parts = [app.screen.query_one(f"#{name}") for name in ("text-title", "text", "input")]
        parts += [app.screen.query_one(f"#{name}") for name in ("lists", "hint")]
        regions = [part.region for part in parts]
        assert all(region.height for region in regions)
        for above, below in pairwise(regions):
            assert above.bottom <= below.y
        assert regions[-1].bottom <= size[1] - 2
        assert len(app.shown("candidates").splitlines()) == 5
        assert app.screen.query_one("#candidates").region.height >= 5
        assert "…" not in app.shown("hint")
