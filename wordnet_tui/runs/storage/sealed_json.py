"""JSON that notices when a byte of it has changed, and files of it.

    {"batch": 100, "who": "lea@tower", "crc32": "1c291ca3"}

The last entry is the CRC-32 of all characters before its own entry, so any tool reads such a
text as ordinary JSON, and nothing has to agree on how a number is written to check it. Every
changed or missing byte is noticed, but for white space at the very end, which says nothing.

A `SealedFile` holds one dataclass: put in place whole, believed only if all is right. It names
its format version first. Numbers that are not finite, which JSON does not know, are written as
the texts "nan", "inf" and "-inf" and read back as what they were.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from wordnet_tui.core.errors import RunError, cannot, printable
from wordnet_tui.core.formats.folder_file import FolderFile
from wordnet_tui.core.formats.strict_json import load_json

FORMAT_VERSION = 1
LARGEST_FILE = 2**24
"""Bytes that are read of a file; ours are of a few thousand."""

UnixTime = Annotated[float, Field(ge=0, lt=2**33)]
"""Seconds since 1970, and a moment that a calendar has a name for."""

Record = TypeVar("Record")

_NAME = "crc32"
_MARK = f'"{_NAME}": "'


def seal(entries: Mapping[str, object], *, indent: int | None = None) -> str:
    """`entries` as sealed JSON, in ASCII.

    Args:
        entries: What JSON holds. Texts may hold anything, lone surrogates too; numbers must be
            finite.
        indent: Spaces a level, each entry on a line of its own; all on one line if None.

    Raises:
        ValueError: A number is not finite, or an entry has the name of the seal.
    """
    if _NAME in entries:
        raise ValueError(f"{_NAME} is the name of the seal")
    text = json.dumps({**entries, _NAME: ""}, allow_nan=False, indent=indent)
    content, mark, end = text.rpartition(_MARK)
    return f"{content}{mark}{_checksum(content)}{end}"


def unseal(text: str) -> dict[str, Any]:
    """The opposite of `seal`.

    Raises:
        ValueError: This is not what `seal` returned.
    """
    content, mark, end = text.rpartition(_MARK)
    if not mark or "".join(end.split()) != f'{_checksum(content)}"}}':
        raise ValueError("the checksum does not agree")
    entries: dict[str, Any] = load_json(text)
    if entries.pop(_NAME, None) is None:
        raise ValueError("the table has no seal")
    return entries


def _checksum(content: str) -> str:
    return f"{zlib.crc32(content.encode('utf-8', 'surrogatepass')):08x}"


class SealedFile(Generic[Record]):
    """Writes and reads one kind of record.

    Args:
        kind: A frozen dataclass of numbers, texts, and tuples and dataclasses of such.
        remedy: What the user can do about a damaged one, as the end of a sentence.
        upgrade: Turns the entries of a file by an earlier program into those of today.
    """

    def __init__(
        self,
        kind: type[Record],
        remedy: str,
        upgrade: Callable[[dict[str, Any]], dict[str, Any]] = lambda entries: entries,
    ) -> None:
        self._adapter = TypeAdapter(kind)
        self._remedy = remedy
        self._upgrade = upgrade

    def write(self, file: FolderFile, record: Record, *, durable: bool = True) -> None:
        """Put it into `file`, in place of what was there.

        Args:
            file: In a folder that exists.
            record: What to write.
            durable: Whether it must be on the disk, not only on its way there, on return.

        Raises:
            RunError: It could not be written; what was there is as it was.
        """
        entries = {"format_version": FORMAT_VERSION, **self._adapter.dump_python(record)}
        text = seal(_writable(entries), indent=1)
        try:
            with file.replaced(durable=durable) as writer:
                writer.write(f"{text}\n".encode("ascii"))
        except OSError as error:
            raise RunError(cannot("write", file, error)) from error

    def read(self, file: FolderFile) -> Record | None:
        """What is in `file`; None if there is no such file.

        Raises:
            RunError: It cannot be read, is damaged, or is of another format version.
        """
        try:
            content = file.read(LARGEST_FILE)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RunError(cannot("read", file, error)) from error
        try:
            entries = unseal(content.decode("ascii"))
        except ValueError as error:
            raise RunError(
                f"{printable(str(file))} is damaged, its checksum does not agree; "
                f"{self._remedy}"
            ) from error
        if (version := entries.pop("format_version", None)) != FORMAT_VERSION:
            raise RunError(
                f"{printable(str(file))} has format version {printable(str(version))}, this "
                f"program reads version {FORMAT_VERSION}; use the wordnet-tui that wrote it"
            )
        try:
            return self._adapter.validate_python(self._upgrade(entries))
        except ValidationError as error:
            entry = ".".join(map(str, error.errors()[0]["loc"]))
            raise RunError(
                f'the entry "{printable(entry)}" of {printable(str(file))} is none that this '
                "program knows; use the wordnet-tui that wrote it"
            ) from error


def _writable(value: Any) -> Any:
    """`value` with what JSON does not know in the form that it is written in."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(float(value))
    if isinstance(value, dict):
        return {name: _writable(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_writable(entry) for entry in value]
    return value
