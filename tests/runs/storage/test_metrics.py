from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.training.progress import StopReason, TrainingProgress
from wordnet_tui.core.training.trainer import Trainer
from wordnet_tui.runs.storage.metrics import ROW_SECONDS, MetricsRow, RowGatherer


def records(
    losses: Sequence[float], per_epoch: int, validated: Sequence[int] = ()
) -> list[TrainingProgress]:
    """What a trainer reports whose mini-batches have these losses."""
    found, mean, at = [], 0.0, None
    for batch, loss in enumerate(losses, start=1):
        epoch, place = (batch - 1) // per_epoch + 1, (batch - 1) % per_epoch + 1
        mean = loss if place == 1 else mean + (loss - mean) / place
        at = batch if batch in validated else at
        figure = None if at is None else 2.0 + at / 1e6
        head = (batch, len(losses), epoch, 9, place, per_epoch, mean, mean, figure, at)
        reason = StopReason.EPOCHS_DONE if batch == len(losses) else None
        found.append(TrainingProgress(*head, figure, at, 0, 0.1, 21_000.04, 1.0, reason))
    return found


def gather(
    gatherer: RowGatherer,
    progresses: Sequence[TrainingProgress],
    seconds_a_batch: Callable[[int], float] = lambda _: 0.01,
) -> list[MetricsRow]:
    now, rows = 0.0, []
    for progress in progresses:
        now += seconds_a_batch(progress.batch)
        if (row := gatherer.note(progress, now, now)) is not None:
            rows.append(row)
    return rows


def assert_rows_tell(rows: Sequence[MetricsRow], losses: Sequence[float]) -> None:
    """Each mini-batch is in exactly one row, which has the mean of its own losses."""
    done = 0
    for row in rows:
        own = losses[done : done + row.batches_in_row]
        done += row.batches_in_row
        assert row.batch == done
        if own:
            assert row.training_cross_entropy == pytest.approx(np.mean(own), rel=1e-9)
    assert done == len(losses)


@given(
    count=st.integers(1, 120),
    per_epoch=st.integers(1, 12),
    seconds=st.lists(st.sampled_from([0.0, 0.01, 0.03, 0.06, 0.15]), min_size=1, max_size=7),
    validated=st.sets(st.integers(1, 120), max_size=60),
    paused=st.sets(st.integers(1, 120), max_size=20),
)
def test_rows_stand_for_all_mini_batches_with_the_mean_of_their_losses(
    count: int, per_epoch: int, seconds: list[float], validated: set[int], paused: set[int]
) -> None:
    """Also where the same mini-batch is reported again, after a validation in a pause."""
    losses = np.random.default_rng(count).uniform(0.01, 20.0, count).tolist()
    reports = records(losses, per_epoch, sorted(validated))
    reported = []
    for report in reports:
        reported.append(report)
        if report.batch in paused:
            measured = {"validation_cross_entropy": 1.5, "validated_at": report.batch}
            reported.append(replace(report, **measured))
    rows = gather(RowGatherer(), reported, lambda batch: seconds[batch % len(seconds)])
    assert_rows_tell(rows, losses)
    for row in rows:
        report = reports[row.batch - 1]
        assert row.epoch_cross_entropy == report.epoch_cross_entropy
        assert (row.epoch, row.batch_in_epoch) == (report.epoch, report.batch_in_epoch)
        own = {report.validation_cross_entropy} if row.batch in validated else {None}
        assert row.validation_cross_entropy in own | ({1.5} if row.batch in paused else set())


@given(
    per_epoch=st.integers(1, 30),
    cut=st.integers(1, 99),
    seconds=st.sampled_from([0.001, 0.02, 0.2]),
)
def test_a_row_that_ends_with_a_checkpoint_lets_a_run_go_on_without_gap_or_overlap(
    per_epoch: int, cut: int, seconds: float
) -> None:
    losses = np.random.default_rng(cut).uniform(1.0, 5.0, 100).tolist()
    reports = records(losses, per_epoch)
    before = RowGatherer()
    rows = gather(before, reports[:cut], lambda _: seconds)
    last = before.flush(reports[cut - 1], 1.0, 1.0)
    assert before.flush(reports[cut - 1], 1.0, 1.0) is None
    rows += [] if last is None else [last]
    rows += gather(RowGatherer(reports[cut - 1]), reports[cut:], lambda _: seconds)
    assert_rows_tell(rows, losses)


def test_the_rows_of_a_real_training_agree_with_what_it_reported(
    toy_dataset: Callable[..., Dataset],
) -> None:
    settings = {"embedding_size": 4, "hidden_size": 5, "batch_size": 20, "epochs": 5}
    shape = {"context_size": 2, "vocabulary_size": 10, "validate_every": 7}
    trainer = Trainer(toy_dataset(), Hyperparameters().changed(**settings, **shape))
    reports = list(trainer.run())
    rows = gather(RowGatherer(), reports, lambda _: 0.03)
    assert sum(row.batches_in_row for row in rows) == len(reports) == 100
    ends = [row for row in rows if row.batch_in_epoch == 20]
    assert [row.epoch for row in ends] == [1, 2, 3, 4, 5]  # each end of an epoch has a row
    measured = {row.batch: row.validation_cross_entropy for row in rows}
    for report in reports:
        if report.validated_now:
            assert measured[report.batch] == report.validation_cross_entropy


@pytest.mark.parametrize("per_epoch", [1, 3, 5_000])
def test_rows_stay_few_however_short_mini_batches_epochs_and_validations_are(
    per_epoch: int,
) -> None:
    reports = records([3.0] * 10_000, per_epoch, range(10_001))
    rows = gather(RowGatherer(), reports, lambda _: 0.001)
    assert 10_000 * 0.001 / ROW_SECONDS <= len(rows) <= 31 * 10


def test_a_validation_in_a_pause_has_a_row_without_mini_batches() -> None:
    plain, validated = records([3.0, 4.0], 2), records([3.0, 4.0], 2, [1])
    gatherer = RowGatherer()
    assert gatherer.note(plain[0], 0.5, 0.5) is not None
    row = gatherer.note(validated[0], 0.5, 9.0)
    assert row is not None
    assert (row.batch, row.batches_in_row, row.training_cross_entropy) == (1, 0, None)
    assert row.validation_cross_entropy == validated[0].validation_cross_entropy
    last = gatherer.note(plain[1], 0.6, 9.01)
    assert last is not None
    assert last.training_cross_entropy == pytest.approx(4.0)
