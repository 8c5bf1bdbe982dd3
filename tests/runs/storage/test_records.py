from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.formats.strict_json import json_text, load_json
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.core.training.state import GeneratorState
from wordnet_tui.runs.storage.records import put_together, take_apart


@dataclass(frozen=True)
class Inner:
    weights: npt.NDArray[np.float32]
    figure: float


@dataclass(frozen=True)
class Outer:
    inner: Inner
    memory: Mapping[str, npt.NDArray[np.float64]]
    count: int
    word: str | None


OUTER = Outer(Inner(np.zeros(2, "float32"), -0.0), {"velocity": np.ones(3)}, 2**127, None)


def back(record: Any, prefix: str = "") -> Any:
    """`record`, written as JSON and read again."""
    arrays, values = take_apart(record, prefix)
    return put_together(type(record), arrays, load_json(json_text(values)), prefix)


def test_arrays_are_named_by_where_they_are() -> None:
    arrays, values = take_apart(OUTER, "run.")
    assert arrays.keys() == {"run.inner.weights", "run.memory.velocity"}
    assert arrays["run.memory.velocity"] is OUTER.memory["velocity"]
    assert values == {"inner": {"figure": 0.0}, "count": str(2**127), "word": None}


@pytest.mark.parametrize("prefix", ["", "run."])
def test_a_record_with_arrays_comes_back(prefix: str) -> None:
    again = back(OUTER, prefix)
    assert again.inner.weights is OUTER.inner.weights
    assert again.memory == OUTER.memory
    assert (again.count, again.word) == (2**127, None)
    assert math.copysign(1, again.inner.figure) == -1


@given(data=st.data())
def test_any_progress_comes_back_exactly(any_of, data: st.DataObject) -> None:
    progress = data.draw(any_of(TrainingProgress))
    assert repr(back(progress)) == repr(progress)  # NaN equals NaN in this way only


@given(st.builds(GeneratorState, *[st.integers(0, 2**128 - 1)] * 2, st.integers(0, 1),
                 st.integers(0, 2**32 - 1)))  # fmt: skip
def test_any_state_of_a_generator_comes_back(state: GeneratorState) -> None:
    assert back(state) == state


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ([], "count, inner, word"),
        ({"count": 1, "word": ""}, "count, inner, word"),
        ({"count": 1, "word": "", "inner": {"figure": 0}, "more": 1}, "count, inner, word"),
        ({"count": 1.5, "word": "", "inner": {"figure": 0}}, '"run.count"'),
        ({"count": None, "word": "", "inner": {"figure": 0}}, '"run.count"'),
        ({"count": 1, "word": 2, "inner": {"figure": 0}}, '"run.word"'),
        ({"count": 1, "word": "", "inner": {"figure": "low"}}, '"run.inner.figure"'),
        ({"count": 1, "word": "", "inner": []}, '"run.inner."'),
    ],
)
def test_values_that_do_not_make_the_record_are_named(values: object, named: str) -> None:
    arrays, _ = take_apart(OUTER, "run.")
    with pytest.raises(ValueError, match=named):
        put_together(Outer, arrays, values, "run.")


def test_a_missing_array_is_named() -> None:
    arrays, values = take_apart(OUTER)
    del arrays["inner.weights"]
    with pytest.raises(ValueError, match=r'"inner\.weights"'):
        put_together(Outer, arrays, values)
