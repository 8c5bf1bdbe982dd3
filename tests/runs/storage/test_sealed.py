"""JSON that notices a change of any byte."""

from __future__ import annotations

import json
import math
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.runs.storage.sealed_json import seal, unseal

texts = st.text(st.characters())
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 10**17, 10**18 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
tables = st.dictionaries(texts.filter(lambda name: name != "crc32"), values, max_size=5)
indents = st.sampled_from([None, 1])


@given(tables, indents)
def test_what_was_sealed_comes_back_as_it_was(entries: dict[str, Any], indent: int) -> None:
    text = seal(entries, indent=indent)
    assert text.isascii()
    assert repr(unseal(text)) == repr(entries)  # 1.0 is not 1, and -0.0 is not 0.0
    assert unseal(f"{text}\n") == entries


@given(tables)
def test_a_seal_without_indent_is_one_line_for_a_list_of_such(entries: dict[str, Any]) -> None:
    assert "\n" not in seal(entries)


@given(tables)
def test_any_other_program_reads_it_as_json(entries: dict[str, Any]) -> None:
    read = json.loads(seal(entries))
    assert list(read) == [*entries, "crc32"]
    del read["crc32"]
    assert read == entries


@given(tables, indents, st.data())
def test_another_character_anywhere_is_noticed(
    entries: dict[str, Any], indent: int, data: st.DataObject
) -> None:
    text = seal(entries, indent=indent)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters() | st.just(""))
    damaged = text[:place] + other + text[place + 1 :]
    try:
        assert repr(unseal(damaged)) == repr(entries)  # white space before the last bracket
    except ValueError:
        return
    assert damaged == text or text[place] == "\n" or other.isspace()


@given(texts | values.map(json.dumps))
def test_what_was_never_sealed_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="the checksum does not agree"):
        unseal(text)


@pytest.mark.parametrize(
    "entries", [{"x": math.nan}, {"x": [1, {"y": -math.inf}]}, {"crc32": "00000000"}]
)
def test_what_could_not_be_read_again_is_not_sealed(entries: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"not JSON compliant|the name of the seal"):
        seal(entries)


def test_nothing_is_believed_that_comes_after_the_seal() -> None:
    text = seal({"a": 1})
    for more in (', "b": 2}', ', "a": 2}', ', "crc32": "00000000"}'):
        with pytest.raises(ValueError, match="the checksum does not agree"):
            unseal(text.removesuffix("}") + more)


def test_a_seal_inside_a_seal_is_a_text_like_any_other() -> None:
    inner = seal({"a": 1})
    assert unseal(seal({"text": inner, "table": json.loads(inner)}))["text"] == inner


def test_a_seal_around_what_json_does_not_allow_is_refused() -> None:
    """A right checksum alone is not believed."""
    deep = "[" * 100_000 + "]" * 100_000
    for content, complaint in [
        ('{"a": 1, "a": 2, ', "a name occurs twice"),
        ('{"a": 1e999, ', "a number is too large"),
        (f'{{"a": {deep}, ', "nested too deeply"),
        ("[1, ", "delimiter"),
        ('{"\\', "has no seal"),
    ]:
        checksum = zlib.crc32(content.encode())
        with pytest.raises(ValueError, match=complaint):
            unseal(f'{content}"crc32": "{checksum:08x}"}}')
