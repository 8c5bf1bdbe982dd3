"""All words of a network with their figures: which of them to show, in which order.

For the search, all words are in one long array of characters, case folded, each ended by a
line feed, which no word holds. A search goes through that array one typed character at a time
and keeps only the places that still fit, so 65,000 words take a few milliseconds at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.model.network import WordIds
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.view_models.lists import CyclicEnum, ListQuery, SortColumn

UNKNOWN = -1
END_OF_WORD = "\n"


class WordColumn(SortColumn):
    """What is known of each word."""

    ID = "id"
    WORD = "word"
    COUNT = "count"
    SHARE = "share"
    LENGTH = "length"

    @property
    def starts_descending(self) -> bool:
        """Whether the largest come first."""
        return self in (WordColumn.COUNT, WordColumn.SHARE, WordColumn.LENGTH)


class Match(CyclicEnum):
    """How a word must hold the characters typed."""

    PREFIX = "prefix"
    """It begins with them."""
    INSIDE = "inside"
    """It has them somewhere, side by side."""
    FUZZY = "fuzzy"
    """It has them in this order, others between them."""


@dataclass(frozen=True, kw_only=True)
class WordQuery(ListQuery):
    """Which words to list, and in which order."""

    match: Match = Match.PREFIX
    column: WordColumn = WordColumn.ID

    @property
    def is_filtering(self) -> bool:
        """Whether words are left out."""
        return bool(self.typed.strip())

    @property
    def is_best_first(self) -> bool:
        """Whether the best matches come first, whatever the column."""
        return self.is_filtering and self.match is Match.FUZZY


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
        network: Only its words and its embedding are used.
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
        self._orders: dict[tuple[WordColumn, bool], WordIds] = {}

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

    def rows(self, query: WordQuery) -> WordIds:
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
        """The index of a word in `rows`; None if it is not there."""
        places = np.flatnonzero(rows == word_id)
        return int(places[0]) if len(places) else None

    def frequent_first(self) -> WordIds:
        """All ids, the most frequent first; by id where counts are not known."""
        return self._order(WordColumn.COUNT, True)

    def _order(self, column: WordColumn, descending: bool) -> WordIds:
        key = (column, descending)
        if key not in self._orders:
            values = self._values(column)
            if column is not WordColumn.ID:  # unknown counts sort behind the known ones
                values = np.where(values == UNKNOWN, np.inf, -values if descending else values)
            elif descending:
                values = -values
            self._orders[key] = np.argsort(values, kind="stable")
        return self._orders[key]

    def _values(self, column: WordColumn) -> npt.NDArray[np.float64]:
        """(V,) what to sort by."""
        if column is WordColumn.WORD:
            return self._places_by_word()
        if column is WordColumn.LENGTH:
            return self._lengths
        if column is WordColumn.ID:
            return np.arange(len(self), dtype=np.float64)
        if self._counts is None:
            return np.zeros(len(self))
        return self._counts.astype(np.float64)

    def _places_by_word(self) -> npt.NDArray[np.float64]:
        """(V,) the place of each word in the alphabet, capitals beside small letters."""
        if self._by_word is None:
            folded, words = self._index.folded, self.vocabulary.words
            ids = sorted(range(len(self)), key=lambda i: (folded[i], words[i]))
            places = np.empty(len(self))
            places[ids] = np.arange(len(self))
            self._by_word = places
        return self._by_word


class Found(NamedTuple):
    """The words that fit."""

    ids: WordIds
    """(n,) rising."""
    spans: npt.NDArray[np.intp] | None
    """(n,) characters from the first to the last that fits, the fewer the better the match;
    None where all matches are equally good."""


class WordIndex:
    """Searches words for characters, whether capital or small.

    Args:
        words: The word of id 0, of id 1, and so on; none holds a blank.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self.folded = tuple(word.casefold() for word in words)
        text = "".join(word + END_OF_WORD for word in self.folded)
        self._text = _codes(text)  # (characters,)
        lengths = np.array([len(word) + 1 for word in self.folded], dtype=np.intp)
        self._ends = lengths.cumsum()  # (V,) just behind each word's line feed
        self._starts = self._ends - lengths  # (V,)
        self._word_at = np.repeat(np.arange(len(lengths)), lengths)  # (characters,)

    def find(self, typed: str, match: Match) -> Found:
        """The words that fit `typed`; all of them where it is empty.

        Blanks around it do not count; one inside fits no word.
        """
        typed = typed.strip().casefold()
        if not typed:
            return Found(np.arange(len(self.folded)), None)
        if END_OF_WORD in typed:
            return Found(np.empty(0, dtype=np.intp), None)
        codes = _codes(typed).tolist()
        if match is Match.FUZZY:
            return self._find_in_order(codes)
        if match is Match.PREFIX:
            return Found(self._word_at[self._run_together(codes, self._starts)], None)
        places = np.flatnonzero(self._text == codes[0])
        fits = np.zeros(len(self.folded), dtype=bool)
        fits[self._word_at[self._run_together(codes, places)]] = True
        return Found(np.flatnonzero(fits), None)

    def _run_together(self, codes: list[int], places: WordIds) -> WordIds:
        """Those of `places` from which the text goes on as `codes`."""
        for offset, code in enumerate(codes):
            # No code is the line feed, so a place that fitted so far lies inside its word.
            places = places[self._text[places + offset] == code]
        return places

    def _find_in_order(self, codes: list[int]) -> Found:
        """Forward to where the earliest match ends, then back to where it can begin latest."""
        places = {code: np.flatnonzero(self._text == code) for code in set(codes)}
        ids: WordIds = np.arange(len(self.folded))
        behind: WordIds = self._starts  # (n,) where the next character may be at the earliest
        for code in codes:
            ids, at = _nearest_after(places[code], behind, ids, self._ends)
            behind = at + 1
        begin = behind  # (n,)
        for code in reversed(codes):
            begin = places[code][np.searchsorted(places[code], begin) - 1]
        return Found(ids, behind - begin)


def _nearest_after(
    places: WordIds, behind: WordIds, ids: WordIds, ends: WordIds
) -> tuple[WordIds, WordIds]:
    """The words that have one of `places` at or after `behind`, and the first such place."""
    which = np.searchsorted(places, behind)  # (n,)
    there = which < len(places)
    ids, at = ids[there], places[which[there]]
    inside = at < ends[ids]
    return ids[inside], at[inside]


def _codes(text: str) -> npt.NDArray[np.uint32]:
    """(characters,) the code point of each; a lone surrogate from a damaged file too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
