"""The tokenizer against the original's sentences and against examples parted by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.known_answers import Original
from wordnet_tui.core.data.tokenizer import tokenize

# Characters that the rules are about, so that random texts meet them often.
TELLING = st.text(
    st.sampled_from("aAnsmtdrevl019.,:'\u2019-/$u \"`…—İ\u0301\u200d\xad\x00mrphd\n")
)


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("I don't, you can't, we won't.", "i do nt , you ca nt , we wo nt ."),
        ("It's; I'll I've I'd I'm they're", "it 's ; i 'll i 've i 'd i 'm they 're"),
        ("I'd've shouldn't've", "i 'd 've should nt 've"),
        ("cannot", "can not"),
        ("Mr. Smith, Mrs. Jones and Dr. Who", "mr. smith , mrs. jones and dr. who"),
        ("the U.S. at 5 a.m.", "the u.s. at 5 a.m."),
        ("3,000.50 10:30 3rd .5 24/7", "3,000.50 10:30 3rd .5 24/7"),
        ("$5 5% #1", "$ 5 5 % # 1"),
        ("So do I.", "so do i ."),
        ("(Hi!!)", "( hi ! ! )"),
        ("well-known -- x---y - z—w", "well-known -- x -- y - z -- w"),
        ("wait.. what.... so…", "wait ... what ... so ..."),
        ("“Smart” \u2018quotes\u2019 don\u2019t", "\" smart \" ' quotes ' do nt"),
        ("the students' rock'n'roll", "the students ' rock'n'roll"),
        ("नमस्ते दुनिया।", "नमस्ते दुनिया ।"),
        ("soft\xadhyphen", "softhyphen"),
    ],
)
def test_text_is_parted_as_by_hand(text: str, parted: str) -> None:
    assert tokenize(text) == parted.split()


def test_text_that_is_parted_already_stays_as_it_is() -> None:
    parted = "do nt 's 'm mr. ms. u.s. -- - $ $ : ; `` '' ... , . ? ! ( ) i 'd 3,000.50"
    assert tokenize(parted) == parted.split()


def test_the_original_s_sentences_stay_as_they_are(original: Original) -> None:
    text = (original.folder / "raw_sentences.txt").read_text(encoding="utf-8")
    tokens = tokenize(text)
    assert tokens == text.lower().split()
    assert set(tokens) == set(original.words)


@given(TELLING | st.text())
def test_tokenising_tokens_changes_nothing(text: str) -> None:
    tokens = tokenize(text)
    assert tokenize(" ".join(tokens)) == tokens


@given(TELLING | st.text(), TELLING | st.text())
def test_nothing_reaches_over_a_blank(first: str, second: str) -> None:
    assert tokenize(f"{first} {second}") == tokenize(first) + tokenize(second)


@given(TELLING | st.text())
def test_a_token_is_lower_case_and_holds_no_blank(text: str) -> None:
    for token in tokenize(text):
        assert token.split() == [token]
        assert token == token.lower()


@pytest.mark.parametrize("piece", ["n't", "'s", "a.", "1,", "a-", "a'", "''", "..", "don't's"])
def test_a_long_chunk_takes_no_deep_recursion_and_no_long_time(piece: str) -> None:
    chunk = piece * 50_000
    tokens = tokenize(chunk)
    assert tokenize(" ".join(tokens)) == tokens
