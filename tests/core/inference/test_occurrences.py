"""What is around words, against a count by a plain loop."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.known_answers import Original
from wordnet_tui.core.inference import occurrences
from wordnet_tui.core.inference.occurrences import followers, preceders

WINDOWS = np.array(
    [[0, 1, 2, 3], [5, 1, 2, 3], [0, 1, 2, 4], [0, 1, 2, 4], [0, 1, 2, 3], [1, 2, 3, 0]],
    dtype=np.uint8,
)


def test_followers_are_counted_and_equal_counts_go_by_id() -> None:
    assert followers(WINDOWS, [0, 1, 2]) == [(3, 2), (4, 2)]


def test_fewer_words_match_the_ones_right_before_the_last() -> None:
    assert followers(WINDOWS, [1, 2]) == [(3, 3), (4, 2)]
    assert followers(WINDOWS, []) == [(3, 3), (4, 2), (0, 1)]


def test_of_too_many_words_the_last_are_read() -> None:
    assert followers(WINDOWS, [9, 9, 0, 1, 2]) == followers(WINDOWS, [0, 1, 2])


def test_preceders_come_right_before_the_words_that_end_a_window() -> None:
    assert preceders(WINDOWS, [3]) == [(2, 3)]
    assert preceders(WINDOWS, [1, 2, 3]) == [(0, 2), (5, 1)]
    assert preceders(WINDOWS, [1, 2, 3, 9]) == preceders(WINDOWS, [1, 2, 3])


def test_words_that_never_occur_have_nothing_beside_them() -> None:
    assert followers(WINDOWS, [2, 1, 0]) == []
    assert preceders(WINDOWS, [300]) == []
    assert followers(WINDOWS[:0], [1]) == []


@given(
    rows=st.lists(st.tuples(*[st.integers(0, 2)] * 3), max_size=40),
    words=st.lists(st.integers(0, 2), max_size=2),
    rows_at_once=st.integers(1, 7),
)
def test_reading_in_blocks_counts_as_a_plain_loop_does(
    rows: list[tuple[int, int, int]], words: list[int], rows_at_once: int
) -> None:
    context = tuple(words)
    after = Counter(row[-1] for row in rows if row[2 - len(context) : 2] == context)
    before = Counter(
        row[2 - len(context)] for row in rows if row[3 - len(context) :] == context
    )
    windows = np.array(rows, dtype=np.uint8).reshape(-1, 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(occurrences, "ROWS_AT_ONCE", rows_at_once)
        assert followers(windows, words) == sorted(
            after.items(), key=lambda item: (-item[1], item[0])
        )
        assert preceders(windows, words) == sorted(
            before.items(), key=lambda item: (-item[1], item[0])
        )


def test_have_a_good_is_followed_by_the_likeliest_word_of_the_network(
    original: Original,
) -> None:
    """Counted apart by looking for the three ids at the start of the lines of the CSV."""
    words = original.words
    lines = (original.folder / "train_data.csv").read_text().splitlines()
    context = [words.index(word) for word in ("have", "a", "good")]
    prefix = ",".join(str(word_id + 1) for word_id in context) + ","
    by_text = Counter(line.rpartition(",")[2] for line in lines if line.startswith(prefix))
    training = np.loadtxt(lines, delimiter=",", dtype=np.int64).astype(np.uint8) - 1

    found = followers(training, context)

    assert {str(word_id + 1): count for word_id, count in found} == dict(by_text)
    assert words[found[0][0]] == next(iter(original.after_have_a_good))
