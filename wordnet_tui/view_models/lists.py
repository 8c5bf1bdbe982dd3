"""What the tables and lists of several screens are made of: what to list, rows with a bar."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self


class CyclicEnum(StrEnum):
    """Values that a key goes through, one after the other and round again."""

    @property
    def next(self) -> Self:
        """The one after it; after the last comes the first."""
        values = list(type(self))
        return values[(values.index(self) + 1) % len(values)]


class SortColumn(CyclicEnum):
    """The columns of a table, from left to right."""

    @property
    def starts_descending(self) -> bool:
        """Whether the largest come first."""
        return False


@dataclass(frozen=True, kw_only=True)
class ListQuery:
    """Which rows to list, and in which order."""

    typed: str = ""
    """What they must fit; empty: all rows do."""
    column: SortColumn
    descending: bool = False

    def sorted_by(self, column: SortColumn) -> Self:
        """By that column; the other way round if it is that one already."""
        other_way = column is self.column
        descending = not self.descending if other_way else column.starts_descending
        return replace(self, column=column, descending=descending)


@dataclass(frozen=True)
class BarRow:
    """A word or several with a figure and a bar."""

    text: str
    figure: str = ""
    """As it is shown: a probability, a count, a distance."""
    share: float | None = None
    """Of the room for bars, 0 to 1."""
    change: str = ""
    """How far the figure went; shown where there is a column for it."""
    in_both: bool = False
    """Whether the list beside this one has it too."""
