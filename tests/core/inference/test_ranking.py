"""Choosing the highest few, against a plain sort."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.errors import HyperparameterError
from wordnet_tui.core.inference.ranking import highest


@given(
    values=st.lists(st.integers(-3, 3) | st.just(-np.inf), max_size=30),
    count=st.integers(1, 40),
)
def test_the_highest_come_first_and_equal_ones_by_position(
    values: list[float], count: int
) -> None:
    by_plain_sort = sorted(range(len(values)), key=lambda i: (-values[i], i))[:count]
    assert highest(np.array(values, dtype=np.float32), count).tolist() == by_plain_sort


def test_a_count_below_1_is_refused() -> None:
    with pytest.raises(HyperparameterError, match="must be 1 or above, not 0"):
        highest(np.zeros(3), 0)
