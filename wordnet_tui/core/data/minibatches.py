"""The rows of a training part in the order of an epoch, a mini-batch at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from wordnet_tui.core.data.dataset import Windows

BLOCK_ROWS = 4_096
"""Neighbouring rows that a memory map reads together."""
POOL_ROWS = 1 << 20
"""Rows mixed with each other at once; a part no larger is shuffled as a whole."""


def minibatches(
    windows: Windows,
    batch_size: int,
    random: np.random.Generator | None = None,
    skip: int = 0,
) -> Iterator[Windows]:
    """All mini-batches of one epoch; a last, short one is left out, as in the original.

    Args:
        windows: (rows, D + 1), in memory or a memory map.
        batch_size: B.
        random: Where a new order comes from; None keeps that of the rows.
        skip: How many mini-batches to leave out at the beginning; the others, and what is
            drawn from `random`, are the same as without.

    Yields:
        (B, D + 1) rows.
    """
    if random is None:
        for start in range(skip * batch_size, len(windows) - batch_size + 1, batch_size):
            yield windows[start : start + batch_size]
        return
    left_over = windows[:0]
    for pool in _pools(windows, random, skip * batch_size):
        rows = np.concatenate([left_over, pool]) if len(left_over) else pool
        whole = len(rows) // batch_size * batch_size
        for start in range(0, whole, batch_size):
            yield rows[start : start + batch_size]
        left_over = rows[whole:]


def _pools(windows: Windows, random: np.random.Generator, skip: int) -> Iterator[Windows]:
    """Shuffled copies of parts of the rows, together all of them but the first `skip`.

    A part larger than `POOL_ROWS` is cut into blocks, the blocks are drawn in a random order,
    and the rows of as many blocks as fill a pool are mixed: the memory needed is that of a
    pool, and a disk reads whole blocks. Of a pool that is skipped nothing is read.
    """
    if len(windows) <= POOL_ROWS:
        yield np.take(windows, random.permutation(len(windows))[skip:], axis=0)
        return
    starts = random.permutation(np.arange(0, len(windows), BLOCK_ROWS))
    for first in range(0, len(starts), POOL_ROWS // BLOCK_ROWS):
        chosen = starts[first : first + POOL_ROWS // BLOCK_ROWS]
        rows = int(np.minimum(len(windows) - chosen, BLOCK_ROWS).sum())
        order = random.permutation(rows)[skip:]
        skip = max(0, skip - rows)
        if len(order):
            pool = np.concatenate([windows[start : start + BLOCK_ROWS] for start in chosen])
            yield np.take(pool, order, axis=0)
