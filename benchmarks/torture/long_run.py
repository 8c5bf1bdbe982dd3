"""A run of very many mini-batches, written by the program's own writers in seconds."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from benchmarks.torture.small import small_settings
from wordnet_tui import __version__
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.history.history import History
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.trained_network import Provenance
from wordnet_tui.core.training.progress import StopReason, TrainingProgress
from wordnet_tui.core.training.trainer import Trainer
from wordnet_tui.runs.status import RunState, RunStatus
from wordnet_tui.runs.storage.checkpoints import Checkpoint, write_checkpoint
from wordnet_tui.runs.storage.folder import create_run
from wordnet_tui.runs.storage.lock import RunLock
from wordnet_tui.runs.storage.manifest import Manifest, write_manifest
from wordnet_tui.runs.storage.metrics import MetricsRow
from wordnet_tui.runs.storage.metrics_file import MetricsWriter
from wordnet_tui.runs.storage.status_file import StatusRecord, write_status

BATCHES_IN_ROW = 50
"""Ten rows a second at 500 mini-batches a second: 200,000 rows for 10 million mini-batches."""
VALIDATE_EVERY = 2_000
BEYOND_CHECKPOINT = 5_000
"""Mini-batches since the newest one, at that speed in 10 s."""
_ROWS_AT_ONCE = 10_000


class LongRun:
    """A run that this process has and, to all who watch it, trains.

    Args:
        root: The folder of its folder.
        text: What it was trained on.
        dataset: The same, read.
        batches: How many mini-batches are done.
    """

    def __init__(self, root: Path, text: Path, dataset: Dataset, batches: int) -> None:
        settings = small_settings("adam", epochs=1_000_000)
        settings["vocabulary_size"] = len(dataset.vocabulary)
        hyperparameters = Hyperparameters().changed(**settings)
        self.folder = create_run(root, datetime.now())
        self._lock = RunLock(self.folder)
        self._lock.acquire()
        write_manifest(self.folder, _manifest(hyperparameters, text, dataset))
        trainer = Trainer(dataset, hyperparameters)
        self._progress = _at(next(trainer.run()), batches)
        self._write_curves(trainer, batches)
        self.tell(RunState.TRAINING)

    def tell(self, state: RunState) -> None:
        """Write the status."""
        ended = StopReason.REQUESTED if state is RunState.ENDED else None
        progress = replace(self._progress, stop_reason=ended)
        kept = ("the last weights are kept",) if ended else ()
        view = RunStatus(state, progress, (), 1.0, 25, 0.001, "", kept)
        lock = self._lock
        status = StatusRecord(
            view, time.time(), lock.host, lock.pid, 1, 20_000.0, progress.batch
        )
        write_status(self.folder, status)

    def give_back(self) -> None:
        """Train it no more."""
        self._lock.release()

    def _write_curves(self, trainer: Trainer, batches: int) -> None:
        """The metrics, and a checkpoint that lacks the latest of them."""
        history, metrics = History(), MetricsWriter(self.folder.metrics_file)
        at_checkpoint = max(0, batches - BEYOND_CHECKPOINT)
        for rows in _rows(batches):
            metrics.append(rows)
            known = [row for row in rows if row.batch <= at_checkpoint]
            column = dict(zip(MetricsRow._fields, np.array(known, float).T, strict=False))
            if known:
                history.add_spans(
                    column["batch"].astype(np.int64),
                    column["batches_in_row"].astype(np.int64),
                    column["training_cross_entropy"],
                    column["epoch_cross_entropy"],
                    column["validation_cross_entropy"],
                    _at(self._progress, known[-1].batch),
                )
        state = replace(
            trainer.state(), batch=at_checkpoint, progress=history.picture().latest
        )
        write_checkpoint(
            self.folder,
            Checkpoint(
                state=state,
                hyperparameters=trainer.hyperparameters,
                vocabulary=trainer.dataset.vocabulary,
                provenance=Provenance.of(trainer.dataset, {}),
                history=history.state(),
                rate_changes=(),
                as_original=False,
                attempt=1,
            ),
        )


def _rows(batches: int) -> Iterator[list[MetricsRow]]:
    """Curves that fall and are noisy, some rows at a time."""
    noise = np.random.default_rng(4)
    last = range(BATCHES_IN_ROW, batches + 1, BATCHES_IN_ROW)
    for start in range(0, len(last), _ROWS_AT_ONCE):
        part = last[start : start + _ROWS_AT_ONCE]
        losses = (
            2.5 + 2.0 / np.log10(np.array(part) + 9.0) + noise.normal(0.0, 0.05, len(part))
        )
        yield [
            MetricsRow(
                batch=batch,
                batches_in_row=BATCHES_IN_ROW,
                epoch=1 + batch // VALIDATE_EVERY,
                batch_in_epoch=batch % VALIDATE_EVERY,
                training_cross_entropy=loss,
                epoch_cross_entropy=loss + 0.01,
                validation_cross_entropy=loss + 0.1 if batch % VALIDATE_EVERY == 0 else None,
                learning_rate=0.0008,
                examples_per_second=16_000.0,
                elapsed_seconds=batch / 500,
            )
            for batch, loss in zip(part, losses.tolist(), strict=True)
        ]


def _at(progress: TrainingProgress, batch: int) -> TrainingProgress:
    """The record with that many mini-batches done, of half as many again."""
    return replace(progress, batch=batch, batches=batch * 3 // 2)


def _manifest(hyperparameters: Hyperparameters, text: Path, dataset: Dataset) -> Manifest:
    return Manifest(
        created_at=time.time(),
        hyperparameters=hyperparameters,
        sources=(str(text),),
        data_name=dataset.name,
        data_fingerprint=dataset.fingerprint,
        data_rows=dataset.rows,
        program_version=__version__,
        host=socket.gethostname(),
        command="wordnet-tui train OUT.safetensors",
    )
