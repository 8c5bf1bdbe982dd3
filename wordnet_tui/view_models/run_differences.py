"""What differs between runs: their data, their settings, what they reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.runs.train_command import as_text

_FINGERPRINT_DIGITS = 6
"""Enough to tell apart texts of one name."""


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
        runs: In the order in which their values shall stand.
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
