"""Each entry of a `.safetensors`, missing, damaged or contradicting another.

The files are of version 1, which had no checksums: nothing but these checks protects them.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from wordnet_tui.core.errors import ModelFileError
from wordnet_tui.core.formats.model_files import read_network, write_network


@pytest.fixture
def saved(tmp_path: Path, make_network) -> Path:
    """A sound file of version 1 with D = 2, h1 = 3, h2 = 4, V = 5, in float32."""
    path = tmp_path / "small.safetensors"
    write_network(path, make_network())
    change_metadata(path, format_version="1", crc32=None, crc32_of_tensors=None)
    return path


def parts(path: Path) -> tuple[dict[str, Any], bytes]:
    """Header and tensors, taken apart as the documentation of safetensors says."""
    content = path.read_bytes()
    (length,) = struct.unpack_from("<Q", content)
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def put_together(path: Path, header: dict[str, Any] | str, tensors: bytes) -> None:
    text = (header if isinstance(header, str) else json.dumps(header)).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + tensors)


def change_metadata(path: Path, **entries: str | None) -> None:
    """Sets entries of the metadata; None takes one away."""
    header, tensors = parts(path)
    for name, value in entries.items():
        header["__metadata__"].pop(name, None)
        if value is not None:
            header["__metadata__"][name] = value
    put_together(path, header, tensors)


def complaint(path: Path) -> str:
    """The one sentence about a file that cannot be read; names the file."""
    with pytest.raises(ModelFileError) as caught:
        read_network(path)
    sentence = str(caught.value)
    assert str(path) in sentence
    assert sentence.isprintable()
    return sentence


def test_a_setting_added_later_takes_its_default(saved: Path) -> None:
    settings = json.loads(parts(saved)[0]["__metadata__"]["hyperparameters"])
    del settings["min_delta"]
    change_metadata(saved, hyperparameters=json.dumps(settings))
    assert read_network(saved).hyperparameters.min_delta == 0.0


def test_a_file_of_another_program_is_named_so(tmp_path: Path) -> None:
    for name, metadata in (("bare", None), ("torch", {"format": "pt"})):
        path = tmp_path / f"{name}.safetensors"
        safetensors.numpy.save_file({"weight": np.zeros(3)}, path, metadata)
        assert "safetensors file of another program" in complaint(path)


def test_a_newer_format_is_named_so(saved: Path) -> None:
    change_metadata(saved, format_version="3")
    assert 'format version "3"' in complaint(saved)
    assert "newer wordnet-tui" in complaint(saved)


@pytest.mark.parametrize(
    "entry",
    ["format_version", "program_version", "hyperparameters", "vocabulary", "data", "figures"],
)
def test_a_missing_entry_is_named(saved: Path, entry: str) -> None:
    change_metadata(saved, **{entry: None})
    assert f'its metadata has no entry "{entry}"' in complaint(saved)


@pytest.mark.parametrize("entry", ["hyperparameters", "vocabulary", "data", "figures"])
@pytest.mark.parametrize(
    "damage",
    ["", "{", '{"a": NaN}', '{"a": 1e999}', '{"a": 1' + "0" * 5000 + "}", "[" * 100_000,
     '{"a": 1, "a": 1}', "\x1b[31m"],
)  # fmt: skip
def test_damaged_json_is_named(saved: Path, entry: str, damage: str) -> None:
    change_metadata(saved, **{entry: damage})
    assert f'the entry "{entry}" of its metadata is damaged JSON' in complaint(saved)


@pytest.mark.parametrize(
    ("entry", "value", "problem"),
    [
        ("hyperparameters", "[1]", "not a table of settings"),
        ("hyperparameters", "{}", "lack context_size, vocabulary_size"),
        ("vocabulary", '"the"', "not a list of words"),
        ("vocabulary", "[1, 2, 3, 4, 5]", "not a list of words"),
        ("vocabulary", '["a", "b"]', "holds 2 words, but its hyperparameters say 5"),
        ("vocabulary", '["a", "b", "a", "c", "d"]', 'holds "a" twice'),
        ("vocabulary", '["a", "", "b", "c", "d"]', 'word 2 of the vocabulary is ""'),
        ("vocabulary_shown", '["a", "b"]', "display order"),
        ("vocabulary_shown", '{"a": 1}', "not a list of words"),
        ("data", "[]", "not a name, a fingerprint and three counts"),
        ("data", '{"name": 1, "fingerprint": "", "rows": [1, 2, 3]}', "not a name"),
        ("data", '{"name": "", "fingerprint": "", "rows": [1, 2]}', "not a name"),
        ("data", '{"name": "", "fingerprint": "", "rows": [1, 2, -3]}', "not a name"),
        ("data", '{"name": "", "fingerprint": "", "rows": [1, 2, true]}', "not a name"),
        ("figures", "[]", "not a table of numbers"),
        ("figures", '{"loss": "low"}', "not a table of numbers"),
        ("figures", '{"loss": true}', "not a table of numbers"),
    ],
)
def test_entries_of_the_wrong_kind_are_named(
    saved: Path, entry: str, value: str, problem: str
) -> None:
    change_metadata(saved, **{entry: value})
    assert problem in complaint(saved)


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"epochs": 0, "momentum": 2.0}, ["epochs must be", "momentum must be"]),
        ({"epochs": "many"}, ["epochs must be a whole number", "'many'"]),
        ({"cls": 1}, ['"cls", which this program does not know']),
        ({"\x1b[2J": 1}, ["which this program does not know"]),
        ({"activation": "\x1b[31m" + "x" * 100_000}, ["activation must be sigmoid"]),
        ({"activation": ["sigmoid"]}, ["list or table"]),
        ({"hidden_size": 6}, ['"hidden_weights" is F32 6 x 4', "ask for F32 6 x 6"]),
        ({"dtype": "float64"}, ['"embedding" is F32 5 x 3', "ask for F64 5 x 3"]),
        ({"context_size": 3}, ['"hidden_weights" is F32 6 x 4', "ask for F32 9 x 4"]),
    ],
)
def test_hyperparameters_are_checked_against_their_limits_and_the_tensors(
    saved: Path, changes: dict[str, Any], problems: list[str]
) -> None:
    settings = json.loads(parts(saved)[0]["__metadata__"]["hyperparameters"])
    change_metadata(saved, hyperparameters=json.dumps({**settings, **changes}))
    sentence = complaint(saved)
    assert all(problem in sentence for problem in problems)
    assert len(sentence) < 1500


def test_missing_and_additional_tensors_are_named(saved: Path) -> None:
    header, tensors = parts(saved)
    header["extra\x1b"] = header.pop("output_bias")
    put_together(saved, header, tensors)
    sentence = complaint(saved)
    assert 'no tensor "output_bias"' in sentence
    assert r'"extra\x1b", which does not belong there' in sentence


def test_a_tensor_that_occurs_twice_is_refused(saved: Path) -> None:
    header, tensors = parts(saved)
    text = json.dumps(header)
    put_together(
        saved, text[:-1] + f', "embedding": {json.dumps(header["embedding"])}' + "}", tensors
    )
    assert "a name twice" in complaint(saved)


@pytest.mark.parametrize("tensor_type", ["BF16", "I32", "F8_E4M3"])
def test_tensors_of_other_types_are_refused(saved: Path, tensor_type: str) -> None:
    header, tensors = parts(saved)
    width = {"BF16": 2, "I32": 4, "F8_E4M3": 1}[tensor_type]
    start, end = header["output_bias"]["data_offsets"]
    header["output_bias"].update(dtype=tensor_type, shape=[(end - start) // width])
    put_together(saved, header, tensors)
    assert f'"output_bias" is {tensor_type}' in complaint(saved)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_refused(saved: Path, value: float) -> None:
    content = bytearray(saved.read_bytes())
    struct.pack_into("<f", content, len(content) - 4, value)
    saved.write_bytes(content)
    assert "not finite numbers, in its output bias" in complaint(saved)


@pytest.mark.parametrize("kept", [4, 8, 20, 500, -1])
def test_a_file_that_is_cut_off_is_refused(saved: Path, kept: int) -> None:
    saved.write_bytes(saved.read_bytes()[:kept])
    assert "cut off" in complaint(saved)


def test_a_file_with_something_behind_its_end_is_refused(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes() + b"\0")
    assert "cut off or damaged" in complaint(saved)


@pytest.mark.parametrize("shape", [[2**31, 2**31], [2**62, 2**62], [2**40]])
def test_a_shape_larger_than_the_file_is_refused(saved: Path, shape: list[int]) -> None:
    header, tensors = parts(saved)
    header["embedding"]["shape"] = shape
    put_together(saved, header, tensors)
    assert "cut off or damaged" in complaint(saved)
