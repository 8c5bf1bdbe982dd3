"""The few best of many words, best first, equal ones in a fixed order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.errors import HyperparameterError


def highest(values: npt.NDArray[np.floating], count: int) -> npt.NDArray[np.intp]:
    """Where the `count` highest of `values` stand, highest first, equal ones by position.

    Only the chosen are sorted, so this is linear in the length of `values`.

    Args:
        values: (n,) numbers, none of them NaN.
        count: How many are wanted, at least 1; all n where there are fewer.

    Raises:
        HyperparameterError: `count` is below 1.

    Returns:
        (min(count, n),) positions in `values`.
    """
    if count < 1:
        raise HyperparameterError([f"the number of words must be 1 or above, not {count}"])
    if count >= len(values):
        return np.argsort(-values, kind="stable")
    last_taken = len(values) - count
    threshold = np.partition(values, last_taken)[last_taken]
    chosen = np.flatnonzero(values >= threshold)  # more than `count` where the last is tied
    return chosen[np.argsort(-values[chosen], kind="stable")[:count]]
