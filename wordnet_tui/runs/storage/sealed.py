"""JSON that notices when a byte of it has changed: its last entry is the CRC-32 of the rest.

    {"batch": 100, "who": "lea@tower", "crc32": "1c291ca3"}

The checksum is that of all characters before its own entry, so any tool reads such a text as
ordinary JSON, and nothing has to agree on how a number is written to check it. Every changed
or missing byte is noticed, but for white space at the very end, which says nothing.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

from wordnet_tui.core.formats.strict_json import load_json

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
