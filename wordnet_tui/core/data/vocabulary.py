"""Words and their ids, counted from 0 everywhere in the core."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from wordnet_tui.core.errors import UnknownWordError, VocabularyError, printable


class Vocabulary:
    """The words a network knows, each with its id, and the order to show them in.

    Args:
        words: The word of id 0, of id 1, and so on.
        shown: The same words in the order in which a list shows them; as `words` if None.

    Raises:
        VocabularyError: A word is empty, holds a blank, occurs twice, or `shown` is not a
            rearrangement of `words`.
    """

    def __init__(self, words: Iterable[str], shown: Iterable[str] | None = None) -> None:
        self.words = tuple(words)
        self.shown = self.words if shown is None else tuple(shown)
        self._ids = {word: word_id for word_id, word in enumerate(self.words)}
        for word_id, word in enumerate(self.words):
            if not word or word.split() != [word]:
                raise VocabularyError(
                    f'word {word_id + 1} of the vocabulary is "{printable(word)}"; '
                    "a word has at least one character and no blanks"
                )
            if self._ids[word] != word_id:
                raise VocabularyError(f'the vocabulary holds "{printable(word)}" twice')
        if len(self.shown) != len(self.words) or set(self.shown) != self._ids.keys():
            raise VocabularyError(
                "the display order does not hold the same words as the vocabulary"
            )

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.words == other.words

    def __hash__(self) -> int:
        return hash(self.words)

    def id_of(self, word: str) -> int:
        """The id of `word`.

        Raises:
            UnknownWordError: The vocabulary does not hold it; carries the closest spellings.
        """
        try:
            return self._ids[word]
        except KeyError:
            raise UnknownWordError(word, self.closest(word)) from None

    def ids_of(self, words: Sequence[str]) -> list[int]:
        """The ids of several words; raises as `id_of` for the first that is unknown."""
        return [self.id_of(word) for word in words]

    def closest(self, word: str, count: int = 3) -> list[str]:
        """At most `count` words spelled much like `word`, best first."""
        return difflib.get_close_matches(word.lower(), self.words, n=count, cutoff=0.6)
