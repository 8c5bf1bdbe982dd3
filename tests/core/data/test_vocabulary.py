"""Words and ids, what a word may be, and suggestions for one that is unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import UnknownWordError, VocabularyError

words = st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=8)


@given(st.lists(words, min_size=1, max_size=20, unique=True))
def test_ids_count_from_0_in_the_order_of_the_words(listed: list[str]) -> None:
    vocabulary = Vocabulary(iter(listed))
    assert vocabulary.ids_of(listed) == list(range(len(listed)))
    assert [vocabulary.words[vocabulary.id_of(word)] for word in listed] == listed
    assert len(vocabulary) == len(listed)
    assert vocabulary.shown == vocabulary.words == tuple(listed)


def test_a_word_is_found_as_it_is_spelled_only() -> None:
    vocabulary = Vocabulary(["day", "week", "."])
    assert "day" in vocabulary
    assert "Day" not in vocabulary
    assert 0 not in vocabulary


def test_an_unknown_word_comes_with_the_closest_spellings_best_first() -> None:
    vocabulary = Vocabulary(["good", "goods", "day", "food", "today", "."])
    with pytest.raises(UnknownWordError) as caught:
        vocabulary.ids_of(["day", "GOODD", "nothing"])
    assert caught.value.word == "GOODD"
    assert caught.value.suggestions[:2] == ("good", "goods")
    assert str(caught.value) == (
        'the vocabulary has no word "GOODD"; close to it: '
        + ", ".join(caught.value.suggestions)
    )
    assert vocabulary.closest("xylophone") == []
    assert len(vocabulary.closest("good", count=1)) == 1


@pytest.mark.parametrize(
    ("listed", "sentence"),
    [
        (["a", "", "b"], 'word 2 of the vocabulary is ""; a word has at least one character'),
        (["a", " "], 'word 2 of the vocabulary is " "'),
        (["new york"], 'word 1 of the vocabulary is "new york"'),
        (["a\t"], r'word 1 of the vocabulary is "a\t"'),
        (["a", "b\u2028"], r'word 2 of the vocabulary is "b\u2028"'),
        (["a", "b", "a"], 'the vocabulary holds "a" twice'),
        (["\x1b[31m", "\x1b[31m"], r'the vocabulary holds "\x1b[31m" twice'),
    ],
)
def test_what_cannot_be_a_word_is_named_with_its_place(
    listed: list[str], sentence: str
) -> None:
    with pytest.raises(VocabularyError) as caught:
        Vocabulary(listed)
    assert str(caught.value).startswith(sentence)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("shown", [["a"], ["a", "b", "c"], ["a", "a"], ["a", "B"], []])
def test_the_order_shown_must_be_of_the_same_words(shown: list[str]) -> None:
    assert Vocabulary(["a", "b"], ["b", "a"]).shown == ("b", "a")
    with pytest.raises(VocabularyError, match="display order"):
        Vocabulary(["a", "b"], shown)


def test_vocabularies_are_equal_by_their_words_and_not_by_the_order_shown() -> None:
    """What a network learned hangs on the ids alone."""
    vocabulary = Vocabulary(["a", "b"])
    assert vocabulary == Vocabulary(["a", "b"], shown=["b", "a"])
    assert hash(vocabulary) == hash(Vocabulary(["a", "b"], shown=["b", "a"]))
    assert vocabulary != Vocabulary(["b", "a"])
    assert vocabulary != ("a", "b")
