"""Our own `.safetensors`: the weights as named tensors, all else as metadata (`metadata.py`).

    8 bytes   length of the header, little-endian
    header    JSON: "__metadata__" and, for each tensor, its type, shape and place; padded with
              blanks to a multiple of 8 bytes
    rest      the tensors, one after another, row-major, little-endian

Any safetensors tool can read it. The tensors are named after the fields of `Parameters` and
have their shapes. The library reads and checks the file; the header is written here, because
the library orders the metadata anew each time, and a network must always give the same bytes.

Reference: https://github.com/huggingface/safetensors, "Format".
"""

from __future__ import annotations

import json
import struct
from dataclasses import fields
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from wordnet_tui.core.errors import ModelFileError
from wordnet_tui.core.hyperparameters import Hyperparameters
from wordnet_tui.core.model_files.checks import (
    clipped,
    enumerated,
    named,
    parameter_shapes,
    quoted,
    refuse_non_finite,
    unreadable,
)
from wordnet_tui.core.model_files.metadata import from_metadata, load_json, to_metadata
from wordnet_tui.core.network import Parameters
from wordnet_tui.core.trained_network import TrainedNetwork

METADATA = "__metadata__"
LENGTH = struct.Struct("<Q")
TENSOR_TYPES = {"float32": "F32", "float64": "F64"}
BYTE_ORDERS = {"float32": "<f4", "float64": "<f8"}


def looks_like(start: bytes) -> bool:
    """Whether a file that starts so can be a safetensors file.

    In the original's `.bin`, h2 = 123 puts the same `{` at the ninth byte; but there the first
    eight, read as one number, are at least 2**32, and no header is that long.
    """
    return start[8:9] == b"{" and LENGTH.unpack_from(start)[0] < 2**32


def read(path: Path) -> TrainedNetwork:
    """The network in a `.safetensors` that this program wrote.

    The header is checked against the file's length, and all shapes against the
    hyperparameters, before a tensor is read.

    Raises:
        ModelFileError: The file is damaged, of another program or of a newer version, or its
            parts contradict each other.
    """
    try:
        with safe_open(path, framework="np") as file:  # checks the header against the length
            header = _header(path)
            hyperparameters, vocabulary, provenance = from_metadata(
                path, header.pop(METADATA, {})
            )
            _check_tensors(path, header, hyperparameters)
            arrays = {field.name: file.get_tensor(field.name) for field in fields(Parameters)}
    except SafetensorError as error:
        raise ModelFileError(
            f"{named(path)} is cut off or damaged: {clipped(str(error))}"
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error
    parameters = Parameters(**arrays)
    refuse_non_finite(path, parameters)
    return TrainedNetwork(hyperparameters, parameters, vocabulary, provenance)


def encode(path: Path, network: TrainedNetwork) -> list[bytes]:  # noqa: ARG001 - as `.bin` has it
    """The content of a `.safetensors`, in pieces; the same network always gives the same."""
    dtype = network.hyperparameters.dtype
    header: dict[str, Any] = {METADATA: to_metadata(network)}
    pieces: list[bytes] = []
    start = 0
    for field in fields(Parameters):
        array = getattr(network.parameters, field.name)
        piece = array.astype(BYTE_ORDERS[dtype]).tobytes()
        end = start + len(piece)
        header[field.name] = {
            "dtype": TENSOR_TYPES[dtype],
            "shape": list(array.shape),
            "data_offsets": [start, end],
        }
        pieces.append(piece)
        start = end
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)
    return [LENGTH.pack(len(text)), text, *pieces]


def _header(path: Path) -> dict[str, Any]:
    """The header of a file that the library has accepted, read again more strictly.

    Of two tensors of the same name the library keeps one and says nothing.
    """
    with path.open("rb") as file:
        (length,) = LENGTH.unpack(file.read(LENGTH.size))
        text = file.read(length)
    try:
        header: dict[str, Any] = load_json(text.decode("utf-8"))
    except ValueError as error:
        raise ModelFileError(
            f"{named(path)} is damaged: its header holds a name twice or an absurd number"
        ) from error
    return header


def _check_tensors(
    path: Path, tensors: dict[str, Any], hyperparameters: Hyperparameters
) -> None:
    """Raises ModelFileError unless the tensors are those that the hyperparameters ask for."""
    shapes = parameter_shapes(hyperparameters)
    dtype = TENSOR_TYPES[hyperparameters.dtype]
    problems = [f"it has no tensor {quoted(name)}" for name in shapes if name not in tensors]
    problems += [
        f"it has a tensor {quoted(name)}, which does not belong there"
        for name in tensors
        if name not in shapes
    ][:5]
    for name, shape in shapes.items():
        found = tensors.get(name)
        if found and (tuple(found["shape"]) != shape or found["dtype"] != dtype):
            problems.append(
                f"its tensor {quoted(name)} is {_described(found['dtype'], found['shape'])}, "
                f"but its hyperparameters ask for {_described(dtype, shape)}"
            )
    if problems:
        raise ModelFileError(
            f"{named(path)} is not a sound model file: {clipped(enumerated(problems))}"
        )


def _described(dtype: str, shape: tuple[int, ...] | list[int]) -> str:
    return f"{dtype} {' x '.join(map(str, shape[:8]))}"
