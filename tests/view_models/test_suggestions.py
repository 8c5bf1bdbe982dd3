"""What is put before somebody who types."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.inference.prediction import Predictor
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.view_models.suggestions import (
    Hints,
    PredictionQuery,
    Suggestion,
    SuggestionKind,
    answer,
    suggest,
    typed_words,
)

WORDS = ("the", "they", "good", "going", "do", "nt", "3", "New", ",")


@pytest.fixture
def predictor(random_parameters: Callable[..., Parameters]) -> Predictor:
    settings = Hyperparameters(vocabulary_size=len(WORDS), context_size=2)
    parameters = random_parameters(V=len(WORDS), D=2, E=3, H=5)
    return Predictor(TrainedNetwork(settings, parameters, Vocabulary(WORDS)))


def words_of(items: tuple[Suggestion, ...]) -> list[str]:
    return [" ".join(item.words) for item in items]


def test_with_enough_words_the_network_is_asked(predictor: Predictor) -> None:
    suggested = suggest(predictor, ("good", "the", "good"), "")
    assert suggested.kind is SuggestionKind.NEXT
    assert [(item.words[0], item.probability) for item in suggested.items] == list(
        map(tuple, predictor.candidates(["the", "good"], 50))
    )
    assert suggested.rest == ""


def test_a_word_begun_is_completed_by_the_likeliest(predictor: Predictor) -> None:
    suggested = suggest(predictor, ("the", "good"), "go")
    best = predictor.complete("go", ["the", "good"])
    assert suggested.kind is SuggestionKind.COMPLETIONS
    assert words_of(suggested.items) == [word for word, _ in best]
    assert suggested.rest == best[0].word[2:]


def test_a_whole_word_comes_before_longer_ones(predictor: Predictor) -> None:
    suggested = suggest(predictor, ("the", "good"), "the")
    assert words_of(suggested.items) == ["the", "they"]
    assert suggested.rest == "y"


def test_what_is_being_typed_is_parted_as_the_corpora_are(predictor: Predictor) -> None:
    suggested = suggest(predictor, ("the", "good"), "don't")
    assert suggested.before == ("the", "good", "do")
    assert (suggested.prefix, words_of(suggested.items)) == ("nt", ["nt"])
    assert suggested.rest == ""


def test_a_capital_of_the_vocabulary_can_be_typed(predictor: Predictor) -> None:
    assert words_of(suggest(predictor, ("the", "good"), "Ne").items) == ["New"]
    assert typed_words("New", predictor.vocabulary) == ["New"]
    assert typed_words("The don't", predictor.vocabulary) == ["the", "do", "nt"]


def test_too_few_words_ask_for_more_and_offer_beginnings(predictor: Predictor) -> None:
    hints = Hints(beginnings=[(("the", "good"), 7), (("the", "unheard"), 3)])
    suggested = suggest(predictor, (), "", hints)
    assert (suggested.kind, suggested.missing) == (SuggestionKind.BEGINNINGS, 2)
    assert suggested.items == (Suggestion(("the", "good"), count=7),)


def test_without_a_corpus_common_words_begin(predictor: Predictor) -> None:
    suggested = suggest(predictor, ("the",), "", Hints(common=("good", ",", "elsewhere")))
    assert words_of(suggested.items) == ["good"]
    assert suggested.missing == 1
    suggested = suggest(predictor, ("the",), "")
    assert words_of(suggested.items) == ["the", "they", "good", "going", "do", "nt", "New"]


def test_with_too_few_words_completions_go_by_frequency(predictor: Predictor) -> None:
    suggested = suggest(predictor, (), "go", Hints(common=("going", "good")))
    assert words_of(suggested.items) == ["going", "good"]
    assert suggested.items[0].probability is None
    assert suggested.rest == "ing"


@pytest.mark.parametrize("words", [("the", "good", "goode"), ("goode", "the"), ("goode",)])
def test_an_unknown_word_among_the_last_d_is_to_be_mended(
    predictor: Predictor, words: tuple[str, ...]
) -> None:
    suggested = suggest(predictor, words, "", Hints(spellings={"goode": ["good"]}))
    assert suggested.kind is SuggestionKind.SPELLINGS
    assert suggested.unknown_at == words.index("goode")
    assert words_of(suggested.items) == ["good"]


def test_an_unknown_word_further_back_does_no_harm(predictor: Predictor) -> None:
    assert suggest(predictor, ("zzz", "the", "good"), "").kind is SuggestionKind.NEXT


def test_after_an_unknown_word_completions_are_still_offered(predictor: Predictor) -> None:
    suggested = suggest(predictor, ("the", "zzz"), "go")
    assert words_of(suggested.items) == ["good", "going"]


def test_what_no_word_begins_with_has_no_suggestions(predictor: Predictor) -> None:
    for in_hand in ("xq", "\u200b", "!?"):
        suggested = suggest(predictor, ("the", "good"), in_hand)
        assert (suggested.kind, suggested.items, suggested.rest) == (
            SuggestionKind.COMPLETIONS,
            (),
            "",
        )


def test_weights_too_large_to_compute_with_become_a_sentence() -> None:
    shapes = (9, 3), (6, 4), (4, 9), (4,), (9,)
    arrays = [np.full(shape, 1.7e308) for shape in shapes]
    network = TrainedNetwork(
        Hyperparameters(vocabulary_size=9, context_size=2),
        Parameters(*arrays),
        Vocabulary(WORDS),
    )
    found = answer(PredictionQuery(Predictor(network), ("the", "zzz", "the", "good")))
    assert found.suggestions is None
    assert "too large" in found.problem
    assert found.reading.known == (True, False, True, True)
