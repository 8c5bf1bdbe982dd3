from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.formats.strict_json import json_text, load_json

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8") | st.sampled_from("\udc80\udcff")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(values, st.booleans())
def test_values_come_back_exactly(value: object, compact: bool) -> None:
    text = json_text(value, compact=compact)
    assert repr(load_json(text)) == repr(value)  # tells -0.0 from 0.0, and 1 from 1.0
    text.encode()  # raises where a surrogate is bare


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a": 1, "a": 1}',
        "NaN",
        "-Infinity",
        "1e999",
        "1" + "0" * 5000,
        "[" * 100_000,
    ],
)
def test_what_is_ambiguous_or_absurd_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        load_json(text)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_json_does_not_have_are_not_written(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_text([value])
