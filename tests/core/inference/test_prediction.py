"""The predictor, against the original's transcript and hand-made networks."""

from __future__ import annotations

import dataclasses
import math
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.golden.arrays import parameters_of
from tests.golden.plain_program import read_model
from tests.support.known_answers import Original
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import (
    ContextTooShortError,
    HyperparameterError,
    UnknownWordError,
    VocabularyError,
    WordnetError,
)
from wordnet_tui.core.inference.prediction import Predictor, highest, perplexity
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork

WORDS = ("the", "cat", "sat", "saw", "<b>")


@pytest.fixture(scope="module", params=["float64", "float32"])
def predictor_of_the_original(request: pytest.FixtureRequest, original: Original) -> Predictor:
    """With the original's model file, not read by the program."""
    parameters, _ = parameters_of(read_model(original.model)).packed(request.param)
    sizes = {
        "vocabulary_size": original.vocabulary_size,
        "embedding_size": original.embedding_size,
        "hidden_size": original.hidden_size,
    }
    settings = Hyperparameters(**sizes, dtype=request.param)
    return Predictor(TrainedNetwork(settings, parameters, Vocabulary(original.words)))


def small_network(output_scale: float = 1.0) -> TrainedNetwork:
    """Five words, two words of context, random weights."""
    rng = np.random.default_rng(seed=1)
    shapes = [(5, 3), (6, 4), (4, 5), (4,), (5,)]
    arrays = [rng.normal(size=shape) for shape in shapes]
    arrays[2] *= output_scale
    return TrainedNetwork(
        Hyperparameters(vocabulary_size=5, context_size=2, activation="tanh"),
        Parameters(*arrays),
        Vocabulary(WORDS),
    )


def answer_by_hand(network: TrainedNetwork, context: list[str]) -> list[float]:
    """Probabilities of all words after `context`, by loops over plain numbers."""
    embedding, hidden_weights, output_weights, hidden_bias, output_bias = network.parameters
    y1 = [float(x) for word in context for x in embedding[WORDS.index(word)]]
    y2 = [
        math.tanh(sum(x * w for x, w in zip(y1, column, strict=True)) + b)
        for column, b in zip(hidden_weights.T, hidden_bias, strict=True)
    ]
    y3 = [
        math.exp(sum(x * w for x, w in zip(y2, column, strict=True)) + b)
        for column, b in zip(output_weights.T, output_bias, strict=True)
    ]
    return [y / sum(y3) for y in y3]


def test_the_original_network_answers_as_is_known(
    predictor_of_the_original: Predictor, original: Original
) -> None:
    answer = predictor_of_the_original.candidates(["have", "a", "good"])
    assert answer == [
        (word, pytest.approx(probability, abs=1e-6))
        for word, probability in original.after_have_a_good.items()
    ]
    assert all(type(probability) is float for _, probability in answer)


def test_the_chain_of_the_original_is_repeated(
    predictor_of_the_original: Predictor, original: Original
) -> None:
    transcript = (original.folder / "forward_transcript.txt").read_text()
    shown = re.findall(r"> (.*) \n\*Top 5 = (.*) \n", transcript)
    assert len(shown) == 11
    for words, top_5 in shown:
        expected = re.findall(r"\d\.(\S+)\((\d\.\d{6})\)", top_5)
        answer = predictor_of_the_original.candidates(words.split())
        assert [word for word, _ in answer] == [word for word, _ in expected]
        np.testing.assert_allclose(
            [probability for _, probability in answer],
            [float(probability) for _, probability in expected],
            atol=1.5e-6,
        )


def test_candidates_are_the_whole_softmax_in_falling_order() -> None:
    network = small_network()
    expected = answer_by_hand(network, ["cat", "saw"])
    answer = Predictor(network).candidates(["the", "cat", "saw"], count=99)
    assert [word for word, _ in answer] == [
        WORDS[i] for i in sorted(range(5), key=lambda i: -expected[i])
    ]
    assert [p for _, p in answer] == pytest.approx(sorted(expected, reverse=True), rel=1e-12)


def test_equal_probabilities_go_by_word_id() -> None:
    predictor = Predictor(equal_network())
    assert predictor.candidates(["the"], 3) == [(word, 0.2) for word in WORDS[:3]]


def equal_network() -> TrainedNetwork:
    """One word of context, and every word equally likely after it."""
    arrays = [np.zeros(shape) for shape in [(5, 3), (3, 4), (4, 5), (4,), (5,)]]
    return TrainedNetwork(
        Hyperparameters(vocabulary_size=5, context_size=1),
        Parameters(*arrays),
        Vocabulary(WORDS),
    )


def test_too_few_words_are_said_with_both_numbers() -> None:
    predictor = Predictor(small_network())
    assert predictor.context_size == 2
    for ask in (predictor.candidates, lambda words: predictor.generate(words, 1)):
        with pytest.raises(
            ContextTooShortError, match=r"^the network reads 2 words, only 1 was given$"
        ):
            ask(["the"])


def test_an_unknown_word_is_named_only_if_it_is_read() -> None:
    predictor = Predictor(small_network())
    with pytest.raises(UnknownWordError, match='no word "caat"; close to it: cat'):
        predictor.candidates(["the", "caat"])
    predictor.candidates(["caat", "the", "cat"])  # not among the last two


@pytest.mark.parametrize(
    "vocabulary", [None, Vocabulary(WORDS[:4])], ids=["none", "of another size"]
)
def test_a_network_without_its_words_cannot_predict(vocabulary: Vocabulary | None) -> None:
    network = small_network()
    with pytest.raises(VocabularyError, match="vocabulary"):
        Predictor(TrainedNetwork(network.hyperparameters, network.parameters, vocabulary))


def test_weights_beyond_floats_are_an_error_and_not_a_wrong_answer() -> None:
    arrays = [np.full(shape, 1.7e308) for shape in [(5, 3), (3, 4), (4, 5), (4,), (5,)]]
    network = dataclasses.replace(equal_network(), parameters=Parameters(*arrays))
    with pytest.raises(WordnetError, match='no answer to "the": its weights are too large'):
        Predictor(network).candidates(["the"])


def test_completions_begin_with_the_prefix_and_keep_their_probabilities() -> None:
    predictor = Predictor(small_network())
    everything = predictor.candidates(["the", "cat"], 5)
    assert predictor.complete("sa", ["the", "cat"]) == [
        candidate for candidate in everything if candidate.word in ("sat", "saw")
    ]
    assert predictor.complete("", ["the", "cat"], 2) == everything[:2]
    assert predictor.complete("x", ["the", "cat"]) == []


def test_generated_words_depend_on_the_seed_alone() -> None:
    predictor = Predictor(small_network())
    first, again, other = (
        list(predictor.generate(["the", "cat"], 40, seed=seed)) for seed in (3, 3, 4)
    )
    assert len(first) == 40
    assert first == again != other


def test_temperature_0_takes_the_likeliest_word_each_time() -> None:
    predictor = Predictor(small_network())
    words = ["the", "cat"]
    for word in predictor.generate(words, 10, temperature=0.0):
        assert word == predictor.candidates(words, 1)[0].word
        words = [*words, word]
    for settings in ({"temperature": 1e-300}, {"top_k": 1}):
        assert [*predictor.generate(words[:2], 10, **settings)] == words[2:]


def test_words_are_drawn_as_often_as_temperature_and_top_k_say() -> None:
    """Frequencies of 4,000 draws, within 4 standard deviations of powers of the softmax."""
    network, draws = small_network(output_scale=0.3), 4_000
    predictor = Predictor(network)
    powers = np.array(answer_by_hand(network, ["sat", "the"])) ** (1 / 0.7)
    powers[np.argsort(powers)[:2]] = 0.0  # all but the three likeliest
    expected = powers / powers.sum()
    first_words = Counter(
        next(predictor.generate(["sat", "the"], 1, temperature=0.7, top_k=3, seed=seed))
        for seed in range(draws)
    )
    frequencies = np.array([first_words[word] for word in WORDS]) / draws
    spread = np.sqrt(expected * (1 - expected) / draws)
    assert (np.abs(frequencies - expected) <= 4 * spread).all()
    assert (expected > 0.05).sum() == 3  # each of the three is really put to the test


def test_wrong_settings_are_all_named_at_the_call() -> None:
    with pytest.raises(HyperparameterError) as caught:
        Predictor(small_network()).generate(
            ["the", "cat"], -1, temperature=math.nan, top_k=0, seed=-5
        )
    assert caught.value.problems == (
        "the number of words must be 0 or above, not -1",
        "the temperature must be a number from 0, not nan",
        "top-k must be 1 or above, not 0",
        "the seed must be 0 or above, not -5",
    )
    with pytest.raises(HyperparameterError, match="must be 1 or above, not 0"):
        Predictor(small_network()).candidates(["the", "cat"], 0)


def test_surprise_is_minus_the_logarithm_of_what_came() -> None:
    network = small_network()
    text = ["the", "cat", "sat", "<b>"]
    after_the_cat, after_cat_sat = (answer_by_hand(network, text[i : i + 2]) for i in (0, 1))
    assert Predictor(network).surprise(text) == [
        None,
        None,
        pytest.approx(-math.log(after_the_cat[2])),
        pytest.approx(-math.log(after_cat_sat[4])),
    ]


@pytest.mark.parametrize("length", [0, 1, 2])
def test_a_text_within_the_context_has_no_surprise(length: int) -> None:
    surprise = Predictor(small_network()).surprise(["the"] * length)
    assert surprise == [None] * length
    assert perplexity(surprise) is None


def test_equally_likely_words_have_their_number_as_perplexity() -> None:
    surprise = Predictor(equal_network()).surprise(["the", "cat", "the", "sat"])
    assert perplexity(surprise) == pytest.approx(5.0)
    assert perplexity([1e6]) == math.inf


def test_a_long_text_is_read_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    predictor = Predictor(small_network())
    text = [WORDS[i] for i in np.random.default_rng(2).integers(5, size=50)]
    at_once = predictor.surprise(text)
    monkeypatch.setattr("wordnet_tui.core.inference.prediction.LOGITS_AT_ONCE", 35)  # 7 rows
    in_blocks = predictor.surprise(text)
    assert in_blocks[:2] == at_once[:2] == [None, None]
    assert in_blocks[2:] == pytest.approx(at_once[2:], rel=1e-12)


# ---- the highest few


@given(
    values=st.lists(st.integers(-3, 3) | st.just(-np.inf), max_size=30),
    count=st.integers(1, 40),
)
def test_the_highest_come_first_and_equal_ones_by_position(
    values: list[float], count: int
) -> None:
    by_plain_sort = sorted(range(len(values)), key=lambda i: (-values[i], i))[:count]
    assert highest(np.array(values, dtype=np.float32), count).tolist() == by_plain_sort


def test_a_count_below_1_is_refused() -> None:
    with pytest.raises(HyperparameterError, match="must be 1 or above, not 0"):
        highest(np.zeros(3), 0)
