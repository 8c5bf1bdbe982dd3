"""What of a `.mat` file may be given to scipy: the variables we want, checked piece by piece.

scipy's reader trusts the file: with a changed byte in it, it can bring the whole program down
(a segmentation fault, seen with scipy 1.17), which no `except` catches. So the file is walked
here first, and a new one is put together from what was found sound. Layout after MathWorks,
"MAT-File Format", level 5: a header of 128 bytes, then elements, each a tag (type, size),
data, and padding to 8 bytes. A matrix is an element made of elements.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from itertools import islice
from math import prod

_HEADER_SIZE = 128
_LITTLE_ENDIAN, _BIG_ENDIAN = b"\x00\x01IM", b"\x01\x00MI"  # version and mark, in this order
LARGEST = 2**30
"""Bytes of all that is kept, unpacked."""
LARGEST_FILE = 2**31
"""Bytes of a file; it may hold other variables too, each of which MATLAB limits to so many."""

# Types of an element, and the bytes of one item of it.
_INT8, _INT32, _UINT32, _MATRIX, _COMPRESSED = 1, 5, 6, 14, 15
_NUMBER_SIZES = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8}
_CHARACTER_SIZES = {1: 1, 2: 1, 3: 2, 4: 2, 16: 1, 17: 2, 18: 4}

# Classes of a matrix.
_CELL, _STRUCT, _CHARACTERS = 1, 2, 4
_NUMBERS = range(6, 16)

_DEEPEST = 4  # a word lies in a cell of a struct
_MOST_DIMENSIONS = 8


class UnsoundFileError(ValueError):
    """The file is not laid out as a MATLAB file is; `str` says in which way."""


def sound_variables(content: bytes, names: tuple[str, ...]) -> bytes:
    """A MATLAB file with those variables of `content` that are named, and no others.

    Raises:
        UnsoundFileError: `content` is cut, damaged or no MATLAB file of version 5 to 7.
    """
    mark = content[_HEADER_SIZE - 4 : _HEADER_SIZE]
    if mark not in (_LITTLE_ENDIAN, _BIG_ENDIAN):
        raise UnsoundFileError("it has not the header of one")
    walker = _Walker("<" if mark == _LITTLE_ENDIAN else ">")
    wanted = {name.encode() for name in names}
    kept = [b"MATLAB".ljust(_HEADER_SIZE - len(mark)) + mark]
    for kind, data in walker.elements(content, _HEADER_SIZE, len(content)):
        if kind == _COMPRESSED:
            matrix = _unpacked(data)
        elif kind == _MATRIX:
            matrix = walker.tag(_MATRIX, len(data)) + data
        else:
            raise UnsoundFileError("it has something else where a variable must be")
        (inner, data), *others = walker.elements(matrix, 0, len(matrix)) or [(0, b"")]
        if inner != _MATRIX or others:
            raise UnsoundFileError("it has something else where a variable must be")
        if walker.name(data) in wanted:
            walker.check_matrix(data, 0)
            kept.append(walker.tag(_MATRIX, len(data)) + data)
    if sum(map(len, kept)) > LARGEST:
        raise UnsoundFileError(f"it unpacks to more than {LARGEST >> 20:,} MiB")
    return b"".join(kept)


def _unpacked(data: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        unpacked = stream.decompress(data, LARGEST)
    except zlib.error as error:
        raise UnsoundFileError("a compressed part of it is damaged") from error
    if not stream.eof:
        raise UnsoundFileError("a compressed part of it is cut or too large")
    return unpacked


class _Walker:
    """Goes through elements of one byte order ("<" or ">")."""

    def __init__(self, order: str) -> None:
        self._words = struct.Struct(f"{order}II")
        self._order = order

    def tag(self, kind: int, size: int) -> bytes:
        """The tag of an element."""
        return self._words.pack(kind, size)

    def elements(self, content: bytes, start: int, end: int) -> list[tuple[int, bytes]]:
        """Type and data of each element from `start` to `end`, which they must fill."""
        return list(self._elements(content, start, end))

    def _elements(self, content: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        while start < end:
            if start + 8 > end:
                raise UnsoundFileError("it is cut")
            kind, size = self._words.unpack_from(content, start)
            if kind >> 16:  # a small element: type and size in one word, data in the other
                kind, size = kind & 0xFFFF, kind >> 16
                if size > 4 or kind == _MATRIX:
                    raise UnsoundFileError("a small element of it is too large")
                data_start, following = start + 4, start + 8
            else:
                data_start = start + 8
                # Compressed elements alone are not padded.
                padding = 0 if kind == _COMPRESSED else -size % 8
                following = data_start + size + padding
            if following > end:
                raise UnsoundFileError("it is cut")
            if kind == _MATRIX and size % 8:  # scipy would go on within the padding
                raise UnsoundFileError("a matrix of it ends in between")
            yield kind, content[data_start : data_start + size]
            start = following

    def name(self, data: bytes) -> bytes:
        """The name of a matrix; empty if it has none."""
        third = next(islice(self._elements(data, 0, len(data)), 2, None), (_INT8, b""))
        return third[1] if third[0] == _INT8 else b""

    def check_matrix(self, data: bytes, depth: int) -> None:
        """Check that a matrix holds what its class and dimensions say.

        Raises:
            UnsoundFileError: It does not.
        """
        if not data:  # an empty cell
            return
        parts = self.elements(data, 0, len(data))
        if (
            depth > _DEEPEST
            or len(parts) < 3
            or [kind for kind, _ in parts[:3]]
            != [
                _UINT32,
                _INT32,
                _INT8,
            ]
        ):
            raise UnsoundFileError("a matrix of it has no proper head")
        flags, dimensions = (self._integers(part) for _, part in parts[:2])
        if len(flags) != 2 or not 2 <= len(dimensions) <= _MOST_DIMENSIONS:
            raise UnsoundFileError("a matrix of it has no proper head")
        if max(dimensions) > LARGEST or prod(dimensions) > LARGEST:
            raise UnsoundFileError("a matrix of it has absurd dimensions")
        self._check_contents(flags[0], prod(dimensions), parts[3:], depth)

    def _check_contents(
        self, flags: int, count: int, contents: list[tuple[int, bytes]], depth: int
    ) -> None:
        matrix_class, is_complex = flags & 0xFF, flags >> 11 & 1
        if matrix_class == _STRUCT:
            count *= self._field_count(contents[:2])
            contents = contents[2:]
        if matrix_class in (_STRUCT, _CELL):
            sound = len(contents) == count and all(kind == _MATRIX for kind, _ in contents)
            for _, inner in contents if sound else ():
                self.check_matrix(inner, depth + 1)
        elif matrix_class == _CHARACTERS or matrix_class in _NUMBERS:
            text = matrix_class == _CHARACTERS
            sizes = _CHARACTER_SIZES if text else _NUMBER_SIZES
            sound = len(contents) == (2 if is_complex and not text else 1) and all(
                # UTF-8 and UTF-16 may need more than one item a character
                kind in sizes
                and (len(part) == count * sizes[kind] or (text and kind in (16, 17)))
                for kind, part in contents
            )
        else:
            raise UnsoundFileError(
                "a variable of it is no struct, cell array, text or numbers"
            )
        if not sound:
            raise UnsoundFileError("a matrix of it has not the contents that its head says")

    def _field_count(self, parts: list[tuple[int, bytes]]) -> int:
        """How many names there are, given their common length and all of them in one."""
        if [kind for kind, _ in parts] == [_INT32, _INT8]:
            lengths, names = self._integers(parts[0][1]), parts[1][1]
            if len(lengths) == 1 and 0 < lengths[0] <= 64 and len(names) % lengths[0] == 0:
                return len(names) // lengths[0]
        raise UnsoundFileError("a struct of it has no proper field names")

    def _integers(self, data: bytes) -> tuple[int, ...]:
        """32-bit numbers, taken as unsigned: a negative one is then an absurd one."""
        if len(data) % 4:
            raise UnsoundFileError("a number of it is cut")
        return struct.unpack(f"{self._order}{len(data) // 4}I", data)
