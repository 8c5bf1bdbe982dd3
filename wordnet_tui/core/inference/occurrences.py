"""Which words follow or precede given words in the text, counted in its windows.

Windows may be memory maps of many million rows; they are read a block at a time, and no more
than a block of any intermediate array exists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from wordnet_tui.core.data.dataset import Windows

ROWS_AT_ONCE = 1 << 18


def followers(training: Windows, context_ids: Sequence[int]) -> list[tuple[int, int]]:
    """The words that follow `context_ids`, with how often they do.

    Args:
        training: (rows, D + 1) word ids.
        context_ids: Fewer than D match the words right before the last; of more than D the
            last D are read; with none at all every last word is counted.

    Returns:
        (word id, count), most frequent first, ties by id; empty where the words never occur.
    """
    return _beside(training, context_ids, first=False)


def preceders(training: Windows, word_ids: Sequence[int]) -> list[tuple[int, int]]:
    """The words that come right before `word_ids`, as `followers` gives those after.

    Args:
        training: (rows, D + 1) word ids.
        word_ids: At most D words, which end a window; of more than D the first D are read. An
            occurrence too near the start of a sentence to end a window is not seen.
    """
    return _beside(training, word_ids, first=True)


def _beside(
    windows: Windows, word_ids: Sequence[int], *, first: bool
) -> list[tuple[int, int]]:
    """Count the column right before or after `word_ids`; all of them end their rows."""
    columns = windows.shape[1]
    length = min(len(word_ids), columns - 1)
    if first:
        wanted, start, counted = word_ids[:length], columns - length, columns - length - 1
    else:
        wanted, start, counted = word_ids[len(word_ids) - length :], columns - 1 - length, -1
    counts: Counter[int] = Counter()
    for row in range(0, len(windows), ROWS_AT_ONCE):
        block = windows[row : row + ROWS_AT_ONCE]
        for column, word_id in enumerate(wanted, start):
            block = block[block[:, column] == word_id]
        words, occurrences = np.unique(block[:, counted], return_counts=True)
        counts.update(dict(zip(words.tolist(), occurrences.tolist(), strict=True)))
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
