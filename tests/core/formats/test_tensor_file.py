"""Arrays to a file and back; and that no changed byte of it is ever believed."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from safetensors import safe_open

from wordnet_tui.core.formats.tensor_file import (
    TensorFile,
    TensorFileError,
    encode,
    open_tensors,
)

texts = st.text(st.characters(codec="utf-8"), max_size=12)
arrays = npst.arrays(
    st.sampled_from(["float32", "float64"]),
    npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
names = texts.filter(lambda name: name != "__metadata__")
METADATA = {"format": "test", "words": '["größer", "\x1b[31m", "犬"]'}
TENSORS = {
    "weights": np.arange(6, dtype="float32").reshape(2, 3),
    "figures": np.full(2, np.nan),
}


def content_of(metadata: dict[str, str], tensors: dict[str, Any]) -> bytes:
    return b"".join(encode(metadata, tensors))


def read_all(content: bytes) -> dict[str, np.ndarray]:
    file = TensorFile(io.BytesIO(content))
    return {name: file.read(name) for name in file.tensors}


def header_of(content: bytes) -> dict[str, Any]:
    (length,) = struct.unpack_from("<Q", content)
    return json.loads(content[8 : 8 + length])


def with_header(header: object, tensors: bytes) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + tensors


@given(st.dictionaries(texts, texts, max_size=3), st.dictionaries(names, arrays, max_size=4))
def test_whatever_is_written_comes_back(
    metadata: dict[str, str], tensors: dict[str, np.ndarray]
) -> None:
    file = TensorFile(io.BytesIO(content_of(metadata, tensors)))
    assert file.verified
    assert metadata.items() <= file.metadata.items()
    assert file.tensors.keys() == tensors.keys()
    for name, array in tensors.items():
        back = file.read(name)
        np.testing.assert_array_equal(back, array, strict=True)
        assert back.tobytes() == array.tobytes()  # the bits of each NaN and the sign of 0


def test_the_library_reads_the_same(tmp_path: Path) -> None:
    (tmp_path / "any").write_bytes(content_of(METADATA, TENSORS))
    for name, array in safetensors.numpy.load_file(tmp_path / "any").items():
        np.testing.assert_array_equal(array, TENSORS[name], strict=True)
    with safe_open(tmp_path / "any", framework="np") as file:
        assert METADATA.items() <= file.metadata().items()


def test_what_the_library_wrote_is_read_and_said_to_be_unverified(tmp_path: Path) -> None:
    safetensors.numpy.save_file(TENSORS, tmp_path / "any", METADATA)
    with open_tensors(tmp_path / "any") as file:
        assert not file.verified
        assert file.metadata == METADATA
        for name, array in TENSORS.items():
            np.testing.assert_array_equal(file.read(name), array, strict=True)


def test_pieces_are_views_and_tensors_begin_at_a_multiple_of_their_width() -> None:
    odd = {"a": np.ones(3, "float32"), "b": np.ones(3), "c": np.ones(1, "float32")}
    _, header, *pieces = encode({"some": "text"}, odd)
    assert len(header) % 8 == 0
    assert np.shares_memory(np.asarray(pieces[0]), odd["b"])
    places = header_of(content_of({}, odd))
    assert [places[name]["data_offsets"][0] for name in "bac"] == [0, 24, 36]


def test_arrays_that_lie_otherwise_in_memory_are_written_row_by_row() -> None:
    square = np.arange(9.0).reshape(3, 3)
    others = {"turned": square.T, "part": square[::2, 1:], "big-endian": square.astype(">f8")}
    for name, array in read_all(content_of({}, others)).items():
        np.testing.assert_array_equal(array, others[name])
        assert array.dtype.isnative


@pytest.mark.parametrize(
    "changed", [lambda old: [old ^ 0x20], lambda old: [old ^ 1], lambda _: []]
)
def test_every_single_byte_changed_or_cut_out_is_noticed(changed) -> None:
    """0x20 is the worst: it changes the case of a letter, which an escape in JSON allows."""
    content = content_of(METADATA, TENSORS)
    for place, old in enumerate(content):
        with pytest.raises(TensorFileError):
            read_all(content[:place] + bytes(changed(old)) + content[place + 1 :])


@given(data=st.data())
def test_any_run_of_bytes_changed_is_noticed(data: st.DataObject) -> None:
    """Up to 4 bytes in a row: no longer damage can a CRC-32 be sure to see."""
    content = content_of(METADATA, TENSORS)
    place = data.draw(st.integers(0, len(content) - 1), label="place")
    new = data.draw(st.binary(min_size=1, max_size=4), label="new")
    damaged = content[:place] + new + content[place + len(new) :]
    assume(damaged != content)
    with pytest.raises(TensorFileError):
        read_all(damaged)


def test_every_end_cut_off_and_every_addition_is_noticed() -> None:
    content = content_of(METADATA, TENSORS)
    for length in range(len(content)):
        with pytest.raises(TensorFileError):
            read_all(content[:length])
    for more in (b"\0", b" ", b"{", content):
        with pytest.raises(TensorFileError, match="do not fill the file"):
            read_all(content + more)


def test_a_sound_tensor_is_read_beside_a_damaged_one() -> None:
    content = bytearray(content_of(METADATA, TENSORS))
    content[-1] ^= 1  # of the weights: the wider figures stand first
    file = TensorFile(io.BytesIO(content))
    assert np.isnan(file.read("figures")).all()
    with pytest.raises(TensorFileError, match='tensor "weights" does not agree'):
        file.read("weights")


def test_a_file_cut_short_while_it_is_open_is_noticed(tmp_path: Path) -> None:
    content = content_of(METADATA, {"weights": np.ones(100_000)})
    (tmp_path / "any").write_bytes(content)
    with open_tensors(tmp_path / "any") as file:
        with (tmp_path / "any").open("r+b") as other:
            other.truncate(len(content) // 2)
        with pytest.raises(TensorFileError, match="cut off while it was read"):
            file.read("weights")


PLACE = {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ([], "not a table"),
        ({"__metadata__": []}, "not a table with one of texts"),
        ({"__metadata__": {"version": 1}}, "not a table with one of texts"),
        ({"__metadata__": {"crc32": "00000000"}, "a": PLACE}, "checksum"),
        ({"__metadata__": {"crc32_of_tensors": "{}"}, "a": PLACE}, "checksum"),
        ({"a": []}, "does not say"),
        ({"a": {**PLACE, "shape": [2, -3]}}, "does not say"),
        ({"a": {**PLACE, "shape": [2, True]}}, "does not say"),
        ({"a": {**PLACE, "shape": [2, 3] + [1] * 7}}, "does not say"),
        ({"a": {**PLACE, "data_offsets": [24]}}, "does not say"),
        ({"a": {**PLACE, "data_offsets": [24, 0]}}, "another length"),
        ({"a": {**PLACE, "more": 1}}, "does not say"),
        ({"a": {**PLACE, "shape": [10**17] * 8}}, "another length"),
        ({"a": {**PLACE, "shape": [2**62, 2**62]}}, "absurd number"),
        (
            {"a": {**PLACE, "shape": [6, 10**9], "data_offsets": [0, 24 * 10**9]}},
            "do not fill",
        ),
        ({"a": PLACE, "b": PLACE}, "do not fill"),
        ({"a": {**PLACE, "data_offsets": [24, 48]}}, "do not fill"),
        ({}, "do not fill"),
    ],
)
def test_headers_that_cannot_be_true_are_refused(header: object, problem: str) -> None:
    with pytest.raises(TensorFileError, match=problem):
        read_all(with_header(header, bytes(24)))


@pytest.mark.parametrize(
    "content", [b"", b"\1", struct.pack("<Q", 3) + b"{}", struct.pack("<Q", 2**63) + b"{}"]
)
def test_a_header_longer_than_the_file_is_refused(content: bytes) -> None:
    with pytest.raises(TensorFileError, match="begin with the length of a header"):
        read_all(content)


def test_a_header_longer_than_any_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.write(struct.pack("<Q", 2**31))
        file.truncate(2**32)  # takes no place on the disk
    with (
        pytest.raises(TensorFileError, match="begin with the length of a header"),
        open_tensors(tmp_path / "sparse"),
    ):
        pass
