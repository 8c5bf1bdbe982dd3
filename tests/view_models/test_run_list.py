"""Runs as rows of a table: sorted, found, put into words. Their folders are made in memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.runs.listing import RunSummary
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.status import RunState, RunStatus
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.manifest import Manifest
from wordnet_tui.runs.storage.status_file import StatusRecord
from wordnet_tui.view_models.run_list import RunColumn, RunQuery, RunRow, age_text, rows_of

NOW = 1_800_000_000.0


def summary(
    name: str,
    *,
    age: float = 60.0,
    best: float | None = 2.5,
    batch: int = 250,
    elapsed: float = 10.0,
    data: str = "chitchat",
    condition: RunCondition = RunCondition.ENDED,
    **settings: Any,
) -> RunSummary:
    """A run of 10 epochs of 100 mini-batches each."""
    hyperparameters = Hyperparameters().changed(**settings)
    manifest = Manifest(
        NOW - age, hyperparameters, (data,), data, "0" * 64, (9, 9, 9), "1", "vm", "command"
    )
    epoch, rest = divmod(batch - 1, 100)
    head = (batch, 1000, epoch + 1, 10, rest + 1, 100, 3.0, 3.0, best, batch, best, batch)
    progress = TrainingProgress(*head, 0, 0.1, 1.0, 1.0, None)
    view = RunStatus(RunState.ENDED, progress, (), 1.0, 0, 0.0, "")
    status = StatusRecord(view, NOW, "vm", 1, 1, elapsed, batch)
    return RunSummary(RunFolder(Path("/runs") / name), manifest, status, condition)


DAMAGED = RunSummary(
    RunFolder(Path("/runs/broken")), None, None, RunCondition.DAMAGED, "it is damaged"
)
RUNS = (
    summary("b", age=10, best=2.75, batch=1000, elapsed=5, epochs=10, optimizer="adam"),
    summary("a", age=90_000, best=None, batch=99, elapsed=50, data="Days.txt"),
    DAMAGED,
    summary("c", age=600, best=2.25, elapsed=20, hidden_size=9),
    summary("d", age=600, condition=RunCondition.PAUSED, embedding_size=100, elapsed=30),
)


def names(query: RunQuery) -> list[str]:
    return [row.name for row in rows_of(RUNS, query, NOW)]


@pytest.mark.parametrize(
    ("column", "ascending"),
    [
        (RunColumn.STATE, ["d", "b", "a", "c", "broken"]),
        (RunColumn.NAME, ["a", "b", "broken", "c", "d"]),
        (RunColumn.DATA, ["b", "c", "d", "a", "broken"]),
        (RunColumn.SHAPE, ["c", "b", "a", "d", "broken"]),
        (RunColumn.OPTIMIZER, ["b", "a", "c", "d", "broken"]),
        (RunColumn.BEST, ["c", "d", "b", "a", "broken"]),
        (RunColumn.EPOCHS, ["a", "c", "d", "b", "broken"]),
        (RunColumn.TIME, ["b", "c", "d", "a", "broken"]),
        (RunColumn.AGE, ["b", "c", "d", "a", "broken"]),
    ],
)
def test_any_column_sorts_both_ways_and_what_is_not_known_comes_last(
    column: RunColumn, ascending: list[str]
) -> None:
    assert names(RunQuery(column=column)) == ascending
    known = [
        row.name
        for row in rows_of(RUNS, RunQuery(column=column, descending=True), NOW)
        if row.order(column) is not None
    ]
    values = {row.name: row.order(column) for row in rows_of(RUNS, RunQuery(), NOW)}
    assert [values[name] for name in known] == sorted(
        (values[name] for name in known), reverse=True
    )
    unknown = [name for name in ascending if values[name] is None]
    assert names(RunQuery(column=column, descending=True)) == known + unknown


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["b", "c", "d", "a", "broken"]),
        ("adam", ["b"]),
        ("DAYS", ["a"]),
        ("ended 3-50", ["b", "c", "a"]),
        ("paused -100-", ["d"]),
        ("damaged", ["broken"]),
        ("nothing", []),
    ],
)
def test_every_word_that_is_typed_must_stand_somewhere(typed: str, found: list[str]) -> None:
    assert names(RunQuery(typed=typed)) == found


def test_a_column_chosen_again_sorts_the_other_way_round() -> None:
    query = RunQuery().sorted_by(RunColumn.BEST)
    assert not query.descending
    assert query.sorted_by(RunColumn.BEST).descending
    assert query.sorted_by(RunColumn.TIME).descending  # the longest is what one looks for


def test_every_column_is_reached_by_going_right() -> None:
    column, seen = RunColumn.STATE, []
    for _ in RunColumn:
        seen.append(column)
        column = column.next
    assert seen == list(RunColumn)
    assert column is RunColumn.STATE


def test_epochs_count_when_they_are_whole() -> None:
    for batch, done in ((99, 0), (100, 1), (199, 1), (1000, 10)):
        row = RunRow(summary("x", batch=batch, epochs=10), None)
        assert row.epochs == (done, 10)
        assert row.text(RunColumn.EPOCHS) == f"{done}/10"
        assert row.least_epochs == done + 1


def test_a_run_that_has_done_nothing_yet_is_reported_with_what_is_known() -> None:
    row = RunRow(replace(summary("x", epochs=4), status=None), 3.0)
    reported = {column: row.text(column) for column in RunColumn}
    assert reported[RunColumn.EPOCHS] == "0/4"
    assert reported[RunColumn.BEST] == reported[RunColumn.TIME] == "-"
    assert reported[RunColumn.SHAPE] == "3-50-200-250"
    assert row.least_epochs == 1


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (7_199, "1 h"), (86_400 * 40, "40 d")],
)
def test_an_age_is_given_in_its_largest_unit(seconds: float, text: str) -> None:
    assert age_text(seconds) == text
