"""All words of a network with their figures: which of them to show, in which order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.model.network import WordIds
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.view_models.word_index import Match, WordIndex

__all__ = [
    "Column",
    "Counts",
    "Match",
    "Query",
    "WordIds",
    "WordList",
    "WordRow",
    "counts_in",
]

UNKNOWN = -1


class Column(StrEnum):
    """What is known of each word."""

    ID = "id"
    WORD = "word"
    COUNT = "count"
    SHARE = "share"
    LENGTH = "length"

    @property
    def next(self) -> Column:
        """The one to the right; after the last comes the first."""
        columns = list(Column)
        return columns[(columns.index(self) + 1) % len(columns)]

    @property
    def starts_descending(self) -> bool:
        """Whether the largest is what one looks for first."""
        return self in (Column.COUNT, Column.SHARE, Column.LENGTH)


@dataclass(frozen=True)
class Query:
    """Which words to list, and in which order."""

    typed: str = ""
    match: Match = Match.PREFIX
    column: Column = Column.ID
    descending: bool = False

    @property
    def is_filtering(self) -> bool:
        """Whether words are left out."""
        return bool(self.typed.strip())

    @property
    def is_best_first(self) -> bool:
        """Whether the best matches come first, whatever the column."""
        return self.is_filtering and self.match is Match.FUZZY

    def sorted_by(self, column: Column) -> Query:
        """By that column; the other way round if it is that one already."""
        other_way = column is self.column
        descending = not self.descending if other_way else column.starts_descending
        return replace(self, column=column, descending=descending)


class Counts(NamedTuple):
    """How often each word occurs in a corpus."""

    counts: npt.NDArray[np.int64]
    """(V,); `UNKNOWN` for a word that the corpus was not asked about."""
    total: int
    """All words of the corpus, of which a count is a share."""


class WordRow(NamedTuple):
    """A line of the list."""

    word_id: int
    word: str
    occurrences: int | None
    """In the corpus; None if not known."""
    share: float | None
    """Of all words of the corpus, 0 to 1; None if not known."""
    length: float
    """Of the word's embedding, from the origin."""


def counts_in(dataset: Dataset, vocabulary: Vocabulary) -> Counts:
    """How often the words of `vocabulary` occur in a corpus, whose own may be another."""
    report = dataset.report
    total = report.tokens or int(report.word_counts.sum())
    if vocabulary == dataset.vocabulary:
        return Counts(report.word_counts, total)
    known = dict(zip(dataset.vocabulary.words, report.word_counts.tolist(), strict=True))
    counts = [known.get(word, UNKNOWN) for word in vocabulary.words]
    return Counts(np.array(counts, dtype=np.int64), total)


class WordList:
    """The words of a network, to be sorted and searched.

    Args:
        network: Only its words and its embedding are looked at.
        dataset: Where the counts come from; not known if None.
        like: An earlier list; where it is of the same words, what was built for searching
            them is shared.

    Raises:
        VocabularyError: The network has no vocabulary, or one of another size.
    """

    def __init__(
        self,
        network: TrainedNetwork,
        dataset: Dataset | None = None,
        like: WordList | None = None,
    ) -> None:
        self.vocabulary = network.words()
        self._index: WordIndex
        self._by_word: npt.NDArray[np.float64] | None
        if like is not None and like.vocabulary == self.vocabulary:
            self._index, self._by_word = like._index, like._by_word
        else:
            self._index, self._by_word = WordIndex(self.vocabulary.words), None
        counted = counts_in(dataset, self.vocabulary) if dataset else None
        self._counts = counted.counts if counted else None
        self._total = counted.total if counted else 0
        embedding = network.parameters.embedding
        self._lengths: npt.NDArray[np.float64] = np.linalg.norm(
            embedding.astype(np.float64), axis=1
        )  # (V,)
        self._orders: dict[tuple[Column, bool], WordIds] = {}

    def __len__(self) -> int:
        return len(self.vocabulary)

    def row(self, word_id: int) -> WordRow:
        """All that the list knows of one word."""
        count = UNKNOWN if self._counts is None else int(self._counts[word_id])
        return WordRow(
            word_id,
            self.vocabulary.words[word_id],
            count if count != UNKNOWN else None,
            count / self._total if count != UNKNOWN and self._total else None,
            float(self._lengths[word_id]),
        )

    def rows(self, query: Query) -> WordIds:
        """The ids of the words that fit, in the order to show them.

        Fuzzy matches come best first, those equally good by the column. Words whose count is
        not known are last, whatever the direction.
        """
        order = self._order(query.column, query.descending)
        if not query.is_filtering:
            return order
        found = self._index.find(query.typed, query.match)
        spans = np.full(len(self), -1, dtype=np.intp)
        spans[found.ids] = 0 if found.spans is None else found.spans
        rows = order[spans[order] >= 0]
        return rows if found.spans is None else rows[np.argsort(spans[rows], kind="stable")]

    def place_of(self, word_id: int, rows: WordIds) -> int | None:
        """Where a word stands in `rows`; None if it does not."""
        places = np.flatnonzero(rows == word_id)
        return int(places[0]) if len(places) else None

    def frequent_first(self) -> WordIds:
        """All ids, the most frequent first; by id where counts are not known."""
        return self._order(Column.COUNT, True)

    def _order(self, column: Column, descending: bool) -> WordIds:
        key = (column, descending)
        if key not in self._orders:
            values = self._values(column)
            if column is not Column.ID:  # unknown counts sort behind the known ones
                values = np.where(values == UNKNOWN, np.inf, -values if descending else values)
            elif descending:
                values = -values
            self._orders[key] = np.argsort(values, kind="stable")
        return self._orders[key]

    def _values(self, column: Column) -> npt.NDArray[np.float64]:
        """(V,) what to sort by."""
        if column is Column.WORD:
            return self._places_by_word()
        if column is Column.LENGTH:
            return self._lengths
        if column is Column.ID:
            return np.arange(len(self), dtype=np.float64)
        if self._counts is None:
            return np.zeros(len(self))
        return self._counts.astype(np.float64)

    def _places_by_word(self) -> npt.NDArray[np.float64]:
        """(V,) where each word stands in the alphabet, capitals beside small letters."""
        if self._by_word is None:
            folded, words = self._index.folded, self.vocabulary.words
            ids = sorted(range(len(self)), key=lambda i: (folded[i], words[i]))
            places = np.empty(len(self))
            places[ids] = np.arange(len(self))
            self._by_word = places
        return self._by_word
