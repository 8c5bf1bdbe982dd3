"""Named arrays in one file: the format safetensors, with checksums over every byte.

    8 bytes   length of the header, little-endian
    header    JSON: "__metadata__", a table of texts, and, for each tensor, its type, shape and
              place; padded with blanks to a multiple of 8 bytes
    rest      the tensors, one after another, row-major, little-endian

Any safetensors tool can read it. The first and the last entry of the metadata are ours:

    crc32             CRC-32, 8 hexadecimal digits, of all of the header behind these digits
    crc32_of_tensors  {"embedding": "0a1b2c3d", ...}, CRC-32 of the bytes of each tensor

The header tells the length of the file, so nothing can be cut off either; and one tensor can
be read and verified without the others. A file without these entries is read unverified.

Header and tensors are written and read here, not by the safetensors library: that orders the
metadata anew in each process, accepts a tensor named twice, and maps the file into memory,
which kills the process if another one truncates the file meanwhile.

Reference: https://github.com/huggingface/safetensors, "Format".
"""

from __future__ import annotations

import math
import os
import stat
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BufferedIOBase
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.formats.strict_json import json_text, load_json

METADATA = "__metadata__"
CHECKSUM = "crc32"
TENSOR_CHECKSUMS = "crc32_of_tensors"
TENSOR_TYPES = {"float32": "F32", "float64": "F64"}
"""What the format calls the types that are written and read here."""

_TYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F64": np.dtype("<f8")}
_LENGTH = struct.Struct("<Q")
_SEAL = f'{{"{METADATA}":{{"{CHECKSUM}":"'.encode()
"""The beginning of every header with a checksum; its digits follow."""
_LONGEST_HEADER = 100_000_000  # bytes; the limit of the library
_MOST_AXES = 8

Array = npt.NDArray[Any]


class TensorFileError(ValueError):
    """What is wrong with a file, as a phrase: "its header is damaged"."""


class Tensor(NamedTuple):
    """What the header says of a tensor."""

    dtype: str
    """As the format calls it; only those of `TENSOR_TYPES` can be read."""
    shape: tuple[int, ...]
    start: int
    """Bytes from the end of the header."""
    end: int


def encode(
    metadata: Mapping[str, str], tensors: Mapping[str, Array]
) -> list[bytes | memoryview]:
    """The content of a file, in pieces; the same arguments always give the same bytes.

    Args:
        metadata: Without the two entries of checksums.
        tensors: float32 or float64. A piece can be a view of one: until the pieces are
            written, nobody may change it.
    """
    widest_first = sorted(tensors, key=lambda name: -tensors[name].itemsize)  # aligns them all
    pieces = {name: _bytes_of(tensors[name]) for name in widest_first}
    checksums = {name: _digits(piece) for name, piece in pieces.items()}
    header: dict[str, Any] = {
        METADATA: {CHECKSUM: "", **metadata, TENSOR_CHECKSUMS: json_text(checksums)}
    }
    start = 0
    for name, piece in pieces.items():
        end = start + piece.nbytes
        header[name] = {
            "dtype": TENSOR_TYPES[tensors[name].dtype.name],
            "shape": list(tensors[name].shape),
            "data_offsets": [start, end],
        }
        start = end
    rest = json_text(header, compact=True).encode()[len(_SEAL) :]
    rest += b" " * (-(len(_SEAL) + 8 + len(rest)) % 8)
    text = _SEAL + _digits(rest).encode() + rest
    return [_LENGTH.pack(len(text)), text, *pieces.values()]


@contextmanager
def open_tensors(path: Path) -> Iterator[TensorFile]:
    """A file open for reading, its header verified.

    Raises:
        TensorFileError: The header is damaged or does not fit the length of the file, or this
            is no file but a folder or a device.
        OSError: The system does not let us read it.
    """
    if not stat.S_ISREG(path.stat().st_mode):  # to open a pipe might take for ever
        raise TensorFileError("it is not a regular file")
    with path.open("rb") as file:
        yield TensorFile(file)


class TensorFile:
    """A file of tensors of which the header is read; each tensor is read when asked for.

    Args:
        file: Open for reading, and to be kept so; `open_tensors` does.

    Attributes:
        metadata: The table of texts.
        tensors: What there is, by name.
        verified: Whether there are checksums; the header agrees with its own then.

    Raises:
        TensorFileError: The header is damaged or does not fit the length of the file.
    """

    def __init__(self, file: BufferedIOBase) -> None:
        self._file = file
        length = file.seek(0, os.SEEK_END)
        header = _header_of(file, length)
        self._data = _LENGTH.size + len(header)
        self.verified = _agrees_with_its_checksum(header)
        self.metadata, self.tensors = _parsed(header)
        self._checksums = _checksums(self.metadata, self.tensors) if self.verified else {}
        if not self.verified and {CHECKSUM, TENSOR_CHECKSUMS} & self.metadata.keys():
            raise TensorFileError("its header does not begin with its checksum")
        _refuse_misplaced(self.tensors, length - self._data)

    def read(self, name: str) -> Array:
        """A copy of the tensor `name`, which must be there and float32 or float64.

        The caller has checked its shape; it is no larger than the file.

        Raises:
            TensorFileError: It does not agree with its checksum.
            OSError: The system does not let us read it.
        """
        tensor = self.tensors[name]
        array: Array = np.empty(tensor.shape, _TYPES[tensor.dtype])
        content = _bytes_of(array)
        self._file.seek(self._data + tensor.start)
        if self._file.readinto(content) != content.nbytes:
            raise TensorFileError(f'its tensor "{name}" was cut off while it was read')
        if self.verified and self._checksums[name] != _digits(content):
            raise TensorFileError(f'its tensor "{name}" does not agree with its checksum')
        return array.astype(array.dtype.newbyteorder("="), copy=False)


def _bytes_of(array: Array) -> memoryview:
    """The bytes of an array, row-major and little-endian; its own where it can be."""
    theirs = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return theirs.reshape(-1).view(np.uint8).data


def _digits(content: bytes | memoryview) -> str:
    return f"{zlib.crc32(content):08x}"


def _header_of(file: BufferedIOBase, file_length: int) -> bytes:
    file.seek(0)
    start = file.read(_LENGTH.size)
    length = _LENGTH.unpack(start)[0] if len(start) == _LENGTH.size else 0
    if not 0 < length <= min(file_length - _LENGTH.size, _LONGEST_HEADER):
        raise TensorFileError("it does not begin with the length of a header and that header")
    header = file.read(length)
    if len(header) != length:
        raise TensorFileError("it was cut off while it was read")
    return header


def _agrees_with_its_checksum(header: bytes) -> bool:
    """Whether the header has a checksum at all; raises TensorFileError if that is wrong."""
    if not header.startswith(_SEAL):
        return False
    digits, rest = header[len(_SEAL) :][:8], header[len(_SEAL) + 8 :]
    if digits != _digits(rest).encode():
        raise TensorFileError("its header does not agree with its checksum")
    return True


def _parsed(header: bytes) -> tuple[dict[str, str], dict[str, Tensor]]:
    try:
        table = load_json(header.decode())
    except ValueError as error:
        raise TensorFileError(
            "its header is no JSON, or holds a name twice or an absurd number"
        ) from error
    metadata = table.pop(METADATA, {}) if isinstance(table, dict) else None
    if not isinstance(metadata, dict) or not all(
        isinstance(text, str) for text in metadata.values()
    ):
        raise TensorFileError("its header is not a table with one of texts in it")
    return metadata, {name: _tensor(name, entry) for name, entry in table.items()}


def _tensor(name: str, entry: Any) -> Tensor:
    match entry:
        case {"dtype": str(dtype), "shape": [*shape], "data_offsets": [start, end]} if (
            len(entry) == 3
            and len(shape) <= _MOST_AXES
            and all(type(number) is int and number >= 0 for number in (*shape, start, end))
        ):
            tensor = Tensor(dtype, tuple(shape), start, end)
        case _:
            raise TensorFileError(f'its header does not say what the tensor "{name}" is')
    width = _TYPES[dtype].itemsize if dtype in _TYPES else None
    if width is not None and math.prod(shape) * width != end - start:
        raise TensorFileError(f'its tensor "{name}" has another length than its shape')
    return tensor


def _checksums(metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> dict[str, str]:
    try:
        checksums = load_json(metadata[TENSOR_CHECKSUMS])
    except (KeyError, ValueError) as error:
        raise TensorFileError("its tensors have no checksums") from error
    if not isinstance(checksums, dict) or checksums.keys() != tensors.keys():
        raise TensorFileError("its checksums are not those of its tensors")
    return checksums


def _refuse_misplaced(tensors: Mapping[str, Tensor], length: int) -> None:
    """Raises TensorFileError unless the tensors fill the `length` bytes behind the header."""
    places = sorted((tensor.start, tensor.end) for tensor in tensors.values())
    seams = pairwise([(0, 0), *places, (length, length)])
    if any(end != start for (_, end), (start, _) in seams):
        raise TensorFileError("its tensors do not fill the file that its header describes")
