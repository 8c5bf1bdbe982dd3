"""A text with unknown words, read a part at a time, is read as the whole is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.inference.prediction import Predictor
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.view_models.surprisal import TextReading, read

WORDS = ("a", "b", "c", "d")
D = 2


@pytest.fixture
def predictor(random_parameters: Callable[..., Parameters]) -> Predictor:
    settings = Hyperparameters(vocabulary_size=4, context_size=D)
    parameters = random_parameters(V=4, D=D, E=3, H=5)
    return Predictor(TrainedNetwork(settings, parameters, Vocabulary(WORDS)))


def test_a_word_is_judged_by_the_words_before_it(predictor: Predictor) -> None:
    reading = read(predictor, ("a", "b", "c", "d"))
    assert reading.known == (True,) * 4
    assert reading.surprises == tuple(predictor.surprise(["a", "b", "c", "d"]))
    assert reading.words_read == 2


def test_an_unknown_word_has_no_surprise_and_takes_it_from_the_next_d(
    predictor: Predictor,
) -> None:
    reading = read(predictor, ("a", "b", "c", "zzz", "a", "b", "c"))
    assert reading.known == (True, True, True, False, True, True, True)
    expected = [None, None, predictor.surprise(["a", "b", "c"])[-1], None, None, None]
    assert list(reading.surprises[:6]) == expected
    assert reading.surprises[6] == reading.surprises[2]
    assert reading.perplexity is not None


def test_of_too_short_a_text_there_is_no_perplexity(predictor: Predictor) -> None:
    assert read(predictor, ("a", "zzz")).perplexity is None
    assert read(predictor, ()) == TextReading()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.lists(st.sampled_from([*WORDS, "?"]), max_size=8),
    second=st.lists(st.sampled_from([*WORDS, "?"]), max_size=8),
    kept=st.integers(0, 8),
)
def test_going_on_from_an_earlier_reading_changes_nothing(
    predictor: Predictor, first: list[str], second: list[str], kept: int
) -> None:
    earlier = read(predictor, tuple(first))
    words = tuple(first[:kept] + second)
    again, anew = read(predictor, words, earlier), read(predictor, words)
    assert again.known == anew.known
    assert [None if x is None else pytest.approx(x) for x in anew.surprises] == list(
        again.surprises
    )
