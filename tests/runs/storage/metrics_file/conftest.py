"""Rows of metrics to write, and how to compare them with what was read."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from wordnet_tui.runs.storage.metrics import MetricsRow

SomeRows = Callable[..., list[MetricsRow]]
AsTable = Callable[[Sequence[MetricsRow]], npt.NDArray[np.float64]]
AssertSame = Callable[[npt.NDArray[np.float64], Sequence[MetricsRow]], None]
Failing = Callable[[int], Callable[..., Any]]


def rows_of_ten(count: int, first: int = 1) -> list[MetricsRow]:
    """Rows of ten mini-batches; every ninth ends with a validation. A row has a number."""
    rows = []
    for number in range(first, first + count):
        mean, running = (1 + (number * share) % 4 for share in (0.7133, 0.0177))
        figure = mean / 3 if number % 9 == 0 else None
        places = (number * 10, 10, 1, number * 10)
        rows.append(MetricsRow(*places, mean, running, figure, 0.1, 21_408.3, number / 7))
    return rows


def table_of(rows: Sequence[MetricsRow]) -> npt.NDArray[np.float64]:
    figures = [[np.nan if value is None else value for value in row] for row in rows]
    return np.array(figures, np.float64).reshape(-1, len(MetricsRow._fields))


def assert_equal(found: npt.NDArray[np.float64], rows: Sequence[MetricsRow]) -> None:
    np.testing.assert_array_equal(found, table_of(rows), strict=True)  # NaN equals NaN here


def failing_call(code: int) -> Callable[..., Any]:
    """What can take the place of a function of `os`, and always fails."""

    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


@pytest.fixture(scope="session")
def some_rows() -> SomeRows:
    return rows_of_ten


@pytest.fixture(scope="session")
def as_table() -> AsTable:
    return table_of


@pytest.fixture(scope="session")
def assert_same() -> AssertSame:
    return assert_equal


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where metrics can go; nothing is there yet."""
    return tmp_path / "metrics.csv"


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes that no file can be cut any more, until the test undoes it."""
    return lambda: monkeypatch.setattr(os, "ftruncate", failing_call(errno.EROFS))


@pytest.fixture(scope="session")
def failing() -> Failing:
    return failing_call
