"""Cells of a picture, each a character with a role; what a role looks like, a widget says."""

from __future__ import annotations

from textwrap import wrap
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

BLANK, FRAME, LABEL = 0, 1, 2
"""Roles of cells in every chart; further ones are the chart's own."""
_SPACE = ord(" ")
_NOT_WORTH_A_JUMP = 4  # cells between two changes that are sent along with them


class TextRun(NamedTuple):
    """Neighbouring cells of one role."""

    text: str
    role: int


class Canvas:
    """Rows of cells, each a character and a role.

    Args:
        width: In cells.
        height: In cells.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = max(width, 0), max(height, 0)
        self._characters = np.full((self.height, self.width), _SPACE, np.uint32)
        self._roles = np.zeros((self.height, self.width), np.uint8)

    def lay(self, characters: npt.NDArray[np.uint32], role: int) -> None:
        """Put a picture of the same size on top; 0 is transparent."""
        np.copyto(self._characters, characters, where=characters > 0)
        np.copyto(self._roles, np.uint8(role), where=characters > 0)

    def write(self, column: int, row: int, text: str, role: int) -> None:
        """Put text of narrow characters on top, as far as it is inside."""
        if not 0 <= row < self.height:
            return
        text = text[max(-column, 0) : max(self.width - column, 0)]
        column = max(column, 0)
        cells = slice(column, column + len(text))
        self._characters[row, cells] = np.frombuffer(text.encode("utf-32-le"), "<u4")
        self._roles[row, cells] = role

    def roles(self, column: int, row: int, width: int) -> set[int]:
        """Which roles a part of a row has."""
        if not 0 <= row < self.height:
            return set()
        return set(self._roles[row, max(column, 0) : max(column + width, 0)].tolist())

    def part(self, column: int, row: int, width: int, height: int) -> Canvas:
        """A canvas that shares its cells with a part of this one."""
        part = Canvas(0, 0)
        cells = slice(row, row + max(height, 0)), slice(column, column + max(width, 0))
        part._characters, part._roles = self._characters[cells], self._roles[cells]
        part.height, part.width = part._roles.shape
        return part

    def runs(self, row: int) -> list[TextRun]:
        """A row as runs of cells of one role.

        A blank cell is put to the run before it: it looks the same in any colour, and each
        run costs some 30 bytes on the way to a terminal.
        """
        if not self.width:
            return []
        shown = np.flatnonzero(self._characters[row] != _SPACE)
        roles = np.zeros(self.width, np.uint8)
        if len(shown):
            before = np.searchsorted(shown, np.arange(self.width), side="right") - 1
            roles = self._roles[row][shown[np.maximum(before, 0)]]
        text = _text(self._characters[row])
        starts = [0, *(np.flatnonzero(np.diff(roles)) + 1).tolist()]
        ends = [*starts[1:], self.width]
        return [
            TextRun(text[start:end], int(roles[start]))
            for start, end in zip(starts, ends, strict=True)
        ]

    def text(self) -> str:
        """All rows, without roles."""
        return "\n".join(_text(row).rstrip() for row in self._characters)

    def changes(self, earlier: Canvas | None) -> list[tuple[int, int, int]]:
        """Row, first column and width of each stretch that differs from an earlier canvas."""
        if earlier is None or (earlier.width, earlier.height) != (self.width, self.height):
            return [(row, 0, self.width) for row in range(self.height)]
        differs = (self._characters != earlier._characters) | (self._roles != earlier._roles)
        found = []
        for row in np.flatnonzero(differs.any(axis=1)).tolist():
            cells = np.flatnonzero(differs[row])
            breaks = np.flatnonzero(np.diff(cells) > _NOT_WORTH_A_JUMP)
            starts = cells[[0, *(breaks + 1).tolist()]].tolist()
            ends = cells[[*breaks.tolist(), -1]].tolist()
            stretches = zip(starts, ends, strict=True)
            found += [(row, start, end - start + 1) for start, end in stretches]
        return found


def message(text: str, width: int, height: int) -> Canvas:
    """Words in the middle, where there is nothing to draw."""
    canvas = Canvas(width, height)
    lines = wrap(text, max(width - 2, 1))
    for row, line in enumerate(lines, start=max((height - len(lines)) // 2, 0)):
        canvas.write(max((width - len(line)) // 2, 0), row, line, LABEL)
    return canvas


def _text(characters: npt.NDArray[np.uint32]) -> str:
    return characters.astype("<u4").tobytes().decode("utf-32-le")
