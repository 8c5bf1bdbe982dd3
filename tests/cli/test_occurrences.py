from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.known_answers import Original

Run = Callable[..., Any]


@pytest.mark.parametrize("words", ["have a good", "a good", "Have a  GOOD"])
def test_it_counts_the_rows_of_the_training_file(
    run: Run, original: Original, words: str
) -> None:
    vocabulary = original.words
    ids = [str(vocabulary.index(word) + 1) for word in words.lower().split()]
    pattern = re.compile(rf"^(?:\d+,)*{','.join(ids)},(\d+)$", re.MULTILINE)
    counts = Counter(pattern.findall((original.folder / "train_data.csv").read_text()))
    found = run("occurrences", words, "--data", original.folder, "--json", "-k", "250").json
    assert found["words"] == words.lower().split()
    assert found["windows"] == original.rows[0]
    assert found["occurrences"] == counts.total() > original.rows[0] / 3_700
    assert {item["word"]: item["count"] for item in found["followers"]} == {
        vocabulary[int(word) - 1]: count for word, count in counts.items()
    }


def test_a_text_is_parted_into_windows_as_long_as_the_words(
    run: Run, small_text: Path
) -> None:
    found = run("occurrences", "the", "dog", "--data", small_text, "--json").json
    assert [item["word"] for item in found["followers"]] == ["sat"]
    assert found["occurrences"] <= 20
    # D = 1: every pair of neighbours is a window, also at the start of a sentence.
    pairs = run("occurrences", "the", "--data", small_text, "--json").json
    assert {item["word"] for item in pairs["followers"]} == {"cat", "dog", "mat"}


def test_lines_tell_how_often_and_the_shares(run: Run, small_text: Path) -> None:
    lines = run("occurrences", "the dog", "--data", small_text).output.splitlines()
    count = lines[1].split()[1]
    assert lines[0].startswith(f'"the dog" occurs {count} times in the training part of ')
    assert lines[1:] == [f"sat  {count}  100.00%"]


def test_words_that_never_meet_are_no_error(run: Run, small_text: Path) -> None:
    ran = run("occurrences", "mat mat", "--data", small_text)
    assert ran.status == 0
    assert ran.output.startswith('"mat mat" occurs 0 times')


def test_an_unknown_word_is_named(run: Run, small_text: Path) -> None:
    assert 'no word "catt"' in run("occurrences", "the catt", "--data", small_text).sentence


def test_an_asked_for_size_that_the_source_does_not_have_is_refused(
    run: Run, original: Original
) -> None:
    folder = original.folder
    ran = run("occurrences", "a good", "--data", folder, "--context-size", "2")
    assert "3 context words" in ran.sentence
    ran = run("occurrences", "a good", "--data", folder, "--context-size", "0")
    assert "from 1 to 8, not 0" in ran.sentence
