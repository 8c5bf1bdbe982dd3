"""The text so far as a value: words are appended and taken back, and all of it can be undone.

Every change gives a new `TextBuffer`; the old one stays as it was, so a thread may read it.
"""

from __future__ import annotations

from dataclasses import dataclass

Words = tuple[str, ...]

UNDO_STEPS = 200
"""How far back `undo` goes; bounds the memory of a long session."""


@dataclass(frozen=True)
class TextBuffer:
    """Words in a row, with the states before and after that undo and redo go to."""

    words: Words = ()
    past: tuple[Words, ...] = ()
    """Earlier states, the latest last."""
    future: tuple[Words, ...] = ()
    """States that were undone, the next to redo last."""

    def append(self, *words: str) -> TextBuffer:
        """With `words` at the end; with none, the same."""
        return self._changed_to((*self.words, *words))

    def continued(self, *words: str) -> TextBuffer:
        """As `append`, but one undo takes these back together with the step before them."""
        return TextBuffer((*self.words, *words), self.past)

    def take_back(self) -> TextBuffer:
        """Without the last word; an empty text stays as it is."""
        return self._changed_to(self.words[:-1])

    def replace(self, index: int, word: str) -> TextBuffer:
        """With another word at `index`.

        Raises:
            IndexError: There is no such word.
        """
        self.words[index]
        return self._changed_to((*self.words[:index], word, *self.words[index + 1 :]))

    def clear(self) -> TextBuffer:
        """Without a word; can be undone."""
        return self._changed_to(())

    def undo(self) -> TextBuffer:
        """As it was before the last change; the same if there was none."""
        if not self.past:
            return self
        return TextBuffer(self.past[-1], self.past[:-1], (*self.future, self.words))

    def redo(self) -> TextBuffer:
        """As it was before the last `undo`; the same if something else was done since."""
        if not self.future:
            return self
        return TextBuffer(self.future[-1], (*self.past, self.words), self.future[:-1])

    def _changed_to(self, words: Words) -> TextBuffer:
        if words == self.words:
            return self
        return TextBuffer(words, (*self.past, self.words)[-UNDO_STEPS:])
