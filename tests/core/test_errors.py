"""The tree of errors, their sentences, and text made harmless for a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core import errors
from wordnet_tui.core.errors import (
    ContextTooShortError,
    DataError,
    DownloadError,
    HyperparameterError,
    RunBusyError,
    RunError,
    UnknownWordError,
    WordnetError,
    printable,
)


def test_one_base_catches_all_and_the_builtins_that_are_also_true_do_too() -> None:
    classes = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, Exception)
    ]
    assert len(classes) == 10
    assert all(issubclass(error, WordnetError) for error in classes)
    assert issubclass(DownloadError, DataError)
    assert issubclass(RunBusyError, RunError)
    assert issubclass(HyperparameterError, ValueError)
    assert issubclass(UnknownWordError, KeyError)


def test_the_drawing_of_the_tree_names_every_error() -> None:
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, Exception):
            assert name in (errors.__doc__ or "")


def test_an_unknown_word_is_a_sentence_and_not_the_repr_of_a_key() -> None:
    assert str(UnknownWordError("Foo")) == 'the vocabulary has no word "Foo"'
    error = UnknownWordError("gooood", iter(["good", "go"]))
    assert error.suggestions == ("good", "go")
    assert str(error) == 'the vocabulary has no word "gooood"; close to it: good, go'


def test_a_word_with_an_escape_sequence_is_shown_harmlessly() -> None:
    error = UnknownWordError("\x1b[2J", ["\x1b]0;"])
    assert str(error) == r'the vocabulary has no word "\x1b[2J"; close to it: \x1b]0;'


@pytest.mark.parametrize(
    ("needed", "given_words", "sentence"),
    [
        (3, 2, "the network reads 3 words, only 2 were given"),
        (3, 1, "the network reads 3 words, only 1 was given"),
        (1, 0, "the network reads 1 word, none was given"),
    ],
)
def test_too_few_words_are_counted_in_plain_english(
    needed: int, given_words: int, sentence: str
) -> None:
    error = ContextTooShortError(needed, given_words)
    assert str(error) == sentence
    assert (error.needed, error.given) == (needed, given_words)


def test_all_problems_with_settings_are_in_one_message() -> None:
    error = HyperparameterError(iter(["a must be 1", "b must be 2"]))
    assert error.problems == ("a must be 1", "b must be 2")
    assert str(error) == "a must be 1; b must be 2"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("naïve", "naïve"),
        ("日本語 ok", "日本語 ok"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\u202etxt", r"\u202etxt"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("\ud800", r"\ud800"),
        ("\x7f\x9b", r"\x7f\x9b"),
        ("[bold]not markup[/]", "[bold]not markup[/]"),
    ],
)
def test_only_what_could_steer_a_terminal_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters()))
def test_whatever_is_made_printable_is_and_stays_as_it_is(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert printable(shown) == shown
    assert shown == text or not text.isprintable()
