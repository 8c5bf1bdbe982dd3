"""Runs laid over one another: their letters, their curves, and a table of what differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len

from wordnet_tui.charts.cell_text import left, short
from wordnet_tui.charts.comparison_chart import STROKES, Curve, sample
from wordnet_tui.charts.raster import Markers
from wordnet_tui.core.errors import printable
from wordnet_tui.core.history.history import History
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.runs.train_command import as_text

LETTERS = "abcdefghijklmnopqrstuvwxyz"[: len(STROKES)]
_FINGERPRINT_DIGITS = 6
"""Enough to tell apart texts of one name."""
_SAMPLE = 6
"""Cells of a piece of a line in a legend."""
_WIDEST_VALUE = 20
_GAP = 2


class Marks:
    """Names of runs and their letters."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    @property
    def letters(self) -> dict[str, str]:
        """The name of a run -> its letter, in the order of the letters."""
        return dict(sorted(self._letters.items(), key=lambda item: item[1]))

    def toggle(self, name: str) -> bool:
        """Mark a run, or no longer; False if no letter is left for it."""
        if name in self._letters:
            del self._letters[name]
            return True
        return self.add(name)

    def add(self, name: str) -> bool:
        """Mark a run; False if no letter is left for it."""
        free = [letter for letter in LETTERS if letter not in self._letters.values()]
        if name not in self._letters and free:
            self._letters[name] = free[0]
        return name in self._letters

    def keep(self, names: Iterable[str]) -> None:
        """Forget runs that are not among these."""
        there = set(names)
        self._letters = {name: each for name, each in self._letters.items() if name in there}

    def clear(self) -> None:
        """Mark none."""
        self._letters.clear()


@dataclass(frozen=True, eq=False)
class RunCurves:
    """What there is to show of a run."""

    history: History
    validation: Curve
    """To be laid over those of other runs."""
    problem: str
    """What is wrong with its files, in one sentence; empty if nothing is."""


def run_curves(history: History, problem: str, before: RunCurves | None) -> RunCurves:
    """The curves as they are now; the very object from before if they are the same.

    Args:
        history: It may have been written on since.
        problem: What is wrong with the files.
        before: What was shown so far.
    """
    picture = history.picture()
    if before is not None and (before.history, before.problem) == (history, problem):
        shown = before.validation.picture
        validations = shown.validations.shape, picture.validations.shape
        if shown.batches == picture.batches and validations[0] == validations[1]:
            return before
    batches_per_epoch = picture.latest.batches_per_epoch if picture.latest else 1
    return RunCurves(history, Curve(picture, batches_per_epoch), problem)


class Compared(NamedTuple):
    """A run that is laid beside others."""

    hyperparameters: Hyperparameters
    data_name: str
    data_fingerprint: str
    best: float | None
    """The lowest validation cross-entropy, in nats; None if it was never measured."""


class Row(NamedTuple):
    """One line of a comparison."""

    label: str
    values: tuple[str, ...]
    """One for each run, in their order."""


def differences(runs: Sequence[Compared]) -> list[Row]:
    """The data and the settings in which runs differ, then the best validation of each.

    Args:
        runs: In the order in which their values are shown.
    """
    rows = [Row("data", tuple(_data(runs)))]
    for name, field in Hyperparameters.model_fields.items():
        values = tuple(as_text(getattr(run.hyperparameters, name)) for run in runs)
        rows.append(Row(field.title or name, values))
    differing = [row for row in rows if len(set(row.values)) > 1]
    best = tuple("-" if run.best is None else f"{run.best:.4f}" for run in runs)
    return [*differing, Row("best validation", best)]


def lowest(runs: Sequence[Compared]) -> int | None:
    """Which run reached the lowest validation cross-entropy; None if none was measured."""
    measured = [(run.best, place) for place, run in enumerate(runs) if run.best is not None]
    return min(measured)[1] if measured else None


def _data(runs: Sequence[Compared]) -> list[str]:
    """Names; with a part of the fingerprint where one name means different data."""
    meant: dict[str, set[str]] = {}
    for run in runs:
        meant.setdefault(run.data_name, set()).add(run.data_fingerprint)
    return [
        f"{run.data_name} {run.data_fingerprint[:_FINGERPRINT_DIGITS]}"
        if len(meant[run.data_name]) > 1
        else run.data_name
        for run in runs
    ]


def comparison(
    names: Sequence[str], runs: Sequence[Compared], letters: str, markers: Markers, width: int
) -> list[str]:
    """What differs between runs as lines of a table, in several parts if it is too wide.

    Args:
        names: Of the runs.
        runs: As many.
        letters: One for each.
        markers: What their curves are drawn with.
        width: Cells.
    """
    table = [Row("run", _without_common_beginning(names)), *differences(runs)]
    rows = [Row(row.label, tuple(map(printable, row.values))) for row in table]
    best = lowest(runs)
    if best is not None and len(runs) > 1:
        label, values = rows[-1]
        starred = [f"{value}*" if i == best else value for i, value in enumerate(values)]
        rows[-1] = Row(label, tuple(starred))
    heads = [
        f"{letter} {sample(stroke, markers, _SAMPLE)}"
        for letter, stroke in zip(letters, STROKES, strict=False)
    ]
    first = max(cell_len(row.label) for row in rows) + _GAP
    widths = [
        min(max(cell_len(text) for text in texts), _WIDEST_VALUE) + _GAP
        for texts in zip(heads, *(row.values for row in rows), strict=True)
    ]
    lines: list[str] = []
    for part in _parts(widths, width - first):
        lines += [""] if lines else []
        for label, values in [Row("", tuple(heads)), *rows]:
            cells = [left(short(values[i], widths[i] - _GAP), widths[i]) for i in part]
            lines.append((left(label, first) + "".join(cells)).rstrip())
    return lines


def _without_common_beginning(names: Sequence[str]) -> tuple[str, ...]:
    """Names without the date that they share."""
    ends = [place + 1 for place, letter in enumerate(names[0]) if letter == "-"]
    shared = [end for end in ends if all(each.startswith(names[0][:end]) for each in names)]
    if not shared or len(names) == 1:
        return tuple(names)
    return tuple(f"…{name[shared[-1] :]}" for name in names)


def _parts(widths: Sequence[int], room: int) -> Iterator[list[int]]:
    """Columns put together as far as they fit beside one another."""
    part: list[int] = []
    for column, width in enumerate(widths):
        if part and sum(widths[each] for each in part) + width > room:
            yield part
            part = []
        part.append(column)
    if part:
        yield part
