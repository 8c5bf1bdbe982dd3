"""A file with one byte changed, one byte missing, or its end cut off, drawn by chance."""

from __future__ import annotations

import random

HEAD = 4_096
"""Bytes: half of all places lie there, where a large file says what the rest of it means."""


def damaged(content: bytes, chance: random.Random) -> tuple[bytes, str]:
    """The damaged content, and in words what was done to it.

    Args:
        content: Of the file; at least a byte.
        chance: Draws place and kind.
    """
    place = chance.randrange(chance.choice((len(content), min(len(content), HEAD))))
    kind = chance.choice(("changed", "missing", "cut"))
    before, after = content[:place], content[place + 1 :]
    if kind == "changed":
        other = content[place] ^ chance.randrange(1, 256)
        return before + bytes([other]) + after, f"byte {place} is 0x{other:02x}"
    if kind == "missing":
        return before + after, f"byte {place} is missing"
    return before, f"cut off after {place} bytes"
