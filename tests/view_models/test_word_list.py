"""Finding and sorting words, against what plain loops over the words find."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.data.dataset import CorpusReport, Dataset
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.view_models.word_list import (
    Match,
    WordColumn,
    WordIndex,
    WordList,
    WordQuery,
    counts_in,
)

WORDS = ("the", "The", "other", "hat", "at", "tea", "straße", "eat", "日本", "t")
LETTERS = st.text(alphabet="abtheß日", min_size=1, max_size=6)


def network_of(
    words: tuple[str, ...], embedding: list[list[float]] | None = None
) -> TrainedNetwork:
    """A network of which only words and embedding matter."""
    rows = np.array(embedding or [[float(i), 1.0] for i in range(len(words))])
    V, E = rows.shape
    parameters = Parameters(rows, np.zeros((E, 1)), np.zeros((1, V)), np.zeros(1), np.zeros(V))
    return TrainedNetwork(Hyperparameters(), parameters, Vocabulary(words))


def dataset_of(
    words: tuple[str, ...], counts: list[int], tokens: int | None = None
) -> Dataset:
    windows = np.zeros((4, 3), dtype=np.uint8)
    report = CorpusReport(np.array(counts), tokens=tokens)
    return Dataset("small", "0" * 64, Vocabulary(words), windows, windows, windows, report)


def found(typed: str, match: Match, words: tuple[str, ...] = WORDS) -> list[str]:
    return [words[i] for i in WordIndex(words).find(typed, match).ids]


def in_order(typed: str, word: str) -> bool:
    """Whether the letters come one after another; each `in` goes on where the last stopped."""
    letters = iter(word)
    return all(letter in letters for letter in typed)


def tightest(typed: str, word: str) -> int:
    """The shortest piece of `word`, of those that end earliest, with the letters in order."""
    end = next(n for n in range(len(word) + 1) if in_order(typed, word[:n]))
    return min(end - start for start in range(end) if in_order(typed, word[start:end]))


@pytest.mark.parametrize(
    ("typed", "match", "expected"),
    [
        ("th", Match.PREFIX, ["the", "The"]),
        ("TH", Match.PREFIX, ["the", "The"]),
        ("at", Match.INSIDE, ["hat", "at", "eat"]),
        ("oe", Match.FUZZY, ["other"]),
        ("STRASSE", Match.PREFIX, ["straße"]),
        ("本", Match.INSIDE, ["日本"]),
        ("xyz", Match.FUZZY, []),
    ],
)
def test_words_are_found_whatever_the_case(
    typed: str, match: Match, expected: list[str]
) -> None:
    assert found(typed, match) == expected


@pytest.mark.parametrize("match", Match)
@pytest.mark.parametrize("typed", ["", "  "])
def test_nothing_typed_finds_all_words(typed: str, match: Match) -> None:
    assert found(typed, match) == list(WORDS)


@pytest.mark.parametrize("match", Match)
def test_what_spans_two_words_is_found_in_neither(match: Match) -> None:
    assert found("a\nt", match, ("a", "t")) == []
    assert found("ab", match, ("a", "b", "xa", "bx")) == []


@given(st.lists(LETTERS, min_size=1, max_size=12, unique=True), LETTERS)
def test_the_index_finds_what_a_plain_loop_finds(words: list[str], typed: str) -> None:
    folded = typed.casefold()
    expected = {
        Match.PREFIX: [w for w in words if w.casefold().startswith(folded)],
        Match.INSIDE: [w for w in words if folded in w.casefold()],
        Match.FUZZY: [w for w in words if in_order(folded, w.casefold())],
    }
    for match in Match:
        assert found(typed, match, tuple(words)) == expected[match]


@given(st.lists(LETTERS, min_size=1, max_size=12, unique=True), LETTERS)
def test_a_fuzzy_match_knows_how_tight_it_is(words: list[str], typed: str) -> None:
    result = WordIndex(words).find(typed, Match.FUZZY)
    assert result.spans is not None
    for word_id, span in zip(result.ids.tolist(), result.spans.tolist(), strict=True):
        assert span == tightest(typed.casefold(), words[word_id].casefold())


def test_a_damaged_word_does_no_harm() -> None:
    assert found("b", Match.INSIDE, ("a\udc80b", "\x1b[31mb", "c")) == [
        "a\udc80b",
        "\x1b[31mb",
    ]


def test_the_best_fuzzy_match_comes_first_and_the_column_decides_between_equals() -> None:
    words = ("tropical", "tip", "top", "stop")
    rows = WordList(network_of(words)).rows(
        WordQuery(typed="tp", match=Match.FUZZY, column=WordColumn.WORD)
    )
    assert [words[i] for i in rows] == ["stop", "tip", "top", "tropical"]


@pytest.mark.parametrize(
    ("column", "descending", "expected"),
    [
        (WordColumn.ID, False, "b a C d"),
        (WordColumn.ID, True, "d C a b"),
        (WordColumn.WORD, False, "a b C d"),
        (WordColumn.WORD, True, "d C b a"),
        (WordColumn.COUNT, True, "a d b C"),
        (WordColumn.COUNT, False, "b a d C"),
        (WordColumn.SHARE, True, "a d b C"),
        (WordColumn.LENGTH, True, "b d C a"),
        (WordColumn.LENGTH, False, "a C d b"),
    ],
)
def test_words_are_sorted_by_any_column_and_unknown_counts_are_last(
    column: WordColumn, descending: bool, expected: str
) -> None:
    network = network_of(("b", "a", "C", "d"), [[3, 4], [0, 0], [1, 0], [0, -2]])
    words = WordList(network, dataset_of(("a", "b", "d"), [7, 5, 7]))
    rows = words.rows(WordQuery(column=column, descending=descending))
    assert " ".join(words.vocabulary.words[i] for i in rows) == expected


def test_a_filter_keeps_the_order_of_the_column() -> None:
    words = WordList(network_of(("ab", "x", "aa", "ac")))
    rows = words.rows(
        WordQuery(typed="a", match=Match.PREFIX, column=WordColumn.WORD, descending=True)
    )
    assert [words.vocabulary.words[i] for i in rows] == ["ac", "ab", "aa"]


def test_a_row_tells_count_share_and_length() -> None:
    words = WordList(network_of(("b", "a"), [[3, 4], [0, 0]]), dataset_of(("a", "b"), [1, 3]))
    assert words.row(0) == (0, "b", 3, 0.75, 5.0)


def test_a_share_is_of_all_words_of_the_text_also_of_those_the_vocabulary_lacks() -> None:
    words = WordList(network_of(("a", "b")), dataset_of(("a", "b"), [1, 3], tokens=8))
    assert words.row(1).share == 3 / 8


def test_without_a_corpus_counts_are_not_known_and_the_order_by_them_is_that_of_ids() -> None:
    words = WordList(network_of(("b", "a")))
    assert words.row(1)[2:4] == (None, None)
    assert words.frequent_first().tolist() == [0, 1]


def test_counts_of_another_vocabulary_are_matched_by_word() -> None:
    counted = counts_in(dataset_of(("x", "a"), [4, 9]), Vocabulary(("a", "b", "x")))
    assert counted.counts.tolist() == [9, -1, 4]


def test_sorting_by_the_same_column_turns_the_order_round() -> None:
    by_count = WordQuery().sorted_by(WordColumn.COUNT)
    assert by_count.descending
    assert not by_count.sorted_by(WordColumn.COUNT).descending
    assert not by_count.sorted_by(WordColumn.WORD).descending


def test_a_list_made_like_another_answers_the_same(
    random_parameters: Callable[..., Parameters],
) -> None:
    vocabulary = Vocabulary(WORDS)
    one, two = (
        TrainedNetwork(
            Hyperparameters(), random_parameters(len(WORDS), 2, 3, 4, seed=seed), vocabulary
        )
        for seed in (1, 2)
    )
    shared = WordList(two, like=WordList(one))
    query = WordQuery(typed="t", match=Match.INSIDE, column=WordColumn.LENGTH)
    assert shared.rows(query).tolist() == WordList(two).rows(query).tolist()
    assert shared.row(3) == WordList(two).row(3)
