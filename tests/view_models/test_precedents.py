"""What the training data holds, against counts made by hand and by loops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from wordnet_tui.core.data.dataset import CorpusReport, Dataset
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.view_models.precedents import beginnings, what_followed, words_by_frequency

SENTENCES = "have a good day , have a good time , have a long day"
WORDS = (",", "a", "day", "good", "have", "long", "time")


@pytest.fixture
def dataset() -> Dataset:
    ids = [WORDS.index(word) for word in SENTENCES.split()]
    windows = np.array([ids[i : i + 4] for i in range(len(ids) - 3)], np.uint8)
    counts = np.bincount(ids, minlength=len(WORDS))
    parts = {"validation": windows[:1], "test": windows[:1]}
    return Dataset(
        "text",
        "0",
        Vocabulary(WORDS),
        training=windows,
        **parts,
        report=CorpusReport(counts),
    )


def test_what_came_next_is_counted(dataset: Dataset) -> None:
    followed = what_followed(dataset, ["have", "a", "good"])
    assert followed.after == ("have", "a", "good")
    assert dict(followed.words) == {"day": 1, "time": 1}
    assert followed.total == 2


def test_where_the_words_never_occur_their_end_is_searched_for(dataset: Dataset) -> None:
    followed = what_followed(dataset, ["long", "a", "good"])
    assert followed.asked == ("long", "a", "good")
    assert followed.after == ("a", "good")
    assert followed.total == 2


def test_words_that_the_corpus_lacks_are_passed_over(dataset: Dataset) -> None:
    assert what_followed(dataset, ["zzz", "a", "good"]).after == ("a", "good")
    nothing = what_followed(dataset, ["a", "good", "zzz"])
    assert (nothing.after, nothing.words, nothing.total) == ((), (), 0)
    assert what_followed(dataset, []).words == ()


def test_beginnings_are_counted_and_start_with_a_word(dataset: Dataset) -> None:
    found = beginnings(dataset, (), 3, 10)
    assert dict(found)["have", "a", "good"] == 2
    assert not [words for words, _ in found if words[0] == ","]
    assert found == sorted(found, key=lambda item: -item[1])


def test_beginnings_go_on_from_the_words_so_far(dataset: Dataset) -> None:
    assert dict(beginnings(dataset, ("have",), 3, 10)) == {("a", "good"): 2, ("a", "long"): 1}
    assert beginnings(dataset, ("have", "a"), 3, 1) == [(("good",), 2)]
    assert beginnings(dataset, ("zzz",), 3, 10) == []
    assert beginnings(dataset, ("time", "a"), 3, 10) == []


def test_beginnings_agree_with_a_naive_count(toy_dataset: Callable[..., Dataset]) -> None:
    dataset = toy_dataset()
    words = dataset.vocabulary.words
    naive = Counter(tuple(words[i] for i in row) for row in dataset.training[:, :2].tolist())
    assert dict(beginnings(dataset, (), 2, 1_000)) == naive


def test_words_come_by_frequency(dataset: Dataset) -> None:
    assert set(words_by_frequency(dataset)[:2]) == {"a", "have"}
    assert sorted(words_by_frequency(dataset)) == sorted(WORDS)
