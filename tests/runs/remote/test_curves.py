"""Curves that are put together from rows of the metrics."""

from __future__ import annotations

from typing import Any

import numpy as np

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.history.bins import Field
from wordnet_tui.core.history.history import History, HistoryPicture
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.training.trainer import Trainer
from wordnet_tui.runs.remote.curves import Curves
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.metrics import MetricsRow, RowGatherer
from wordnet_tui.runs.storage.metrics_file import MetricsWriter
from wordnet_tui.runs.storage.status_file import StatusRecord


def bins_of(picture: HistoryPicture) -> Any:
    return np.concatenate([picture.levels.levels[0], picture.tail], axis=1)


def test_rows_alone_make_the_curves_where_there_is_no_checkpoint(
    days: Dataset, folder: RunFolder
) -> None:
    gatherer, writer = RowGatherer(), MetricsWriter(folder.metrics_file)
    own = History()
    settings = Hyperparameters().changed(
        vocabulary_size=len(days.vocabulary), batch_size=8, epochs=4, validate_every=5
    )
    for progress in Trainer(days, settings).run():
        own.add(progress)
        # as if a mini-batch took 17 ms: about six in a row
        row = gatherer.note(progress, 0.0, progress.batch * 0.017)
        if row is not None:
            writer.append([row])
    curves = Curves(folder)
    curves.follow(progress, 1)
    seen, whole = curves.history.picture(), own.picture()
    assert seen.batches == progress.batches
    assert seen.latest == progress
    bins, single = bins_of(seen), bins_of(whole)
    assert bins[Field.RUNNING, -1] == single[Field.RUNNING, -1]
    np.testing.assert_allclose(bins[Field.MEAN].mean(), single[Field.MEAN].mean(), rtol=1e-5)
    assert set(map(tuple, seen.validations.T)) <= set(map(tuple, whole.validations.T))
    assert seen.validations.shape[1] > 1


def test_rows_of_validations_alone_are_added_once(
    folder: RunFolder, status: StatusRecord
) -> None:
    writer, curves = MetricsWriter(folder.metrics_file), Curves(folder)
    row = MetricsRow(10, 10, 1, 10, 2.5, 2.5, None, 0.1, 1e4, 1.0)
    alone = row._replace(batches_in_row=0, training_cross_entropy=None)

    def validations_with(*rows: MetricsRow) -> list[list[float]]:
        writer.append(rows)
        curves.follow(status.view.progress, 1)
        found: list[list[float]] = curves.history.picture().validations.T.tolist()
        return found

    first, second = (alone._replace(validation_cross_entropy=x) for x in (2.25, 2.125))
    assert validations_with(row) == []
    assert validations_with(first) == [[10.0, 2.25]]
    assert validations_with(first, second) == [[10.0, 2.25], [10.0, 2.125]]
    assert validations_with(row._replace(batch=20)) == [[10.0, 2.25], [10.0, 2.125]]
    late = alone._replace(validation_cross_entropy=2.0)  # of a place that lies behind
    assert validations_with(late) == [[10.0, 2.25], [10.0, 2.125]]
    assert curves.history.picture().batches == 20


def test_rows_that_another_process_put_in_place_of_others_are_read_anew(
    folder: RunFolder, status: StatusRecord
) -> None:
    """Where the first process was killed before it came to a checkpoint."""
    curves, sizes = Curves(folder), set()
    for attempt, loss in ((1, 2.5), (2, 4.5)):
        folder.metrics_file.path.unlink(missing_ok=True)
        row = MetricsRow(10, 10, 1, 10, loss, loss, None, 0.1, 1e4, 1.0)
        MetricsWriter(folder.metrics_file).append([row])
        sizes.add(folder.metrics_file.path.stat().st_size)
        curves.follow(status.view.progress, attempt)
        assert bins_of(curves.history.picture())[Field.MEAN].tolist() == [loss] * 10
    assert len(sizes) == 1  # so nothing but the attempt tells


def test_a_shorter_file_of_metrics_is_read_anew(
    folder: RunFolder, status: StatusRecord
) -> None:
    curves = Curves(folder)
    row = MetricsRow(10, 10, 1, 10, 2.5, 2.5, None, 0.1, 1e4, 1.0)
    for rows in ([row, row._replace(batch=20)], [row._replace(training_cross_entropy=1.0)]):
        folder.metrics_file.path.unlink(missing_ok=True)
        MetricsWriter(folder.metrics_file).append(rows)
        curves.follow(status.view.progress, 1)
    assert bins_of(curves.history.picture())[Field.MEAN].tolist() == [1.0] * 10
