"""Which of many words hold what somebody has typed so far.

All words stand in one long array of characters, case folded, each ended by a line feed, which
no word holds. A search goes through that array one typed character at a time and keeps only
the places that still fit, so 65,000 words take a few milliseconds at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.model.network import WordIds

END_OF_WORD = "\n"


class Match(StrEnum):
    """How a word must hold the characters typed."""

    PREFIX = "prefix"
    """It begins with them."""
    INSIDE = "inside"
    """It has them somewhere, side by side."""
    FUZZY = "fuzzy"
    """It has them in this order, others between them."""

    @property
    def next(self) -> Match:
        """The one to switch to; after the last comes the first."""
        kinds = list(Match)
        return kinds[(kinds.index(self) + 1) % len(kinds)]


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
        behind: WordIds = (
            self._starts
        )  # (n,) where the next character may stand at the earliest
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
