"""The curves of a run that another process trains: its newest checkpoint, and the rows since.

A checkpoint has the loss of every mini-batch, as far as a picture can show it; the metrics
have means over a tenth of a second, and are never old. So each new checkpoint brings fuller
curves in place of those from the rows, and a run of any length opens at once.
"""

from __future__ import annotations

import numpy as np

from wordnet_tui.core.errors import RunError, printable
from wordnet_tui.core.formats.folder_file import FileStamp
from wordnet_tui.core.history.history import History
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.runs.storage.checkpoints import read_curves
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.metrics import MetricsRow
from wordnet_tui.runs.storage.metrics_file import Table, metrics_parts, offset_beyond


class Curves:
    """Follows the curves; one thread calls `follow`, any may read `history`.

    Args:
        folder: The run's. None of it need be there, or be sound.

    Attributes:
        history: The curves so far; another one after each checkpoint.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.history = History()
        self._folder = folder
        self._attempt: int | None = None
        self._checkpoint: FileStamp | None = None
        self._offset = 0
        self._dropped = 0
        self._damaged_checkpoint = ""
        self._unreadable = ""

    @property
    def latest(self) -> TrainingProgress | None:
        """The newest record that came with the curves."""
        return self.history.picture().latest

    def follow(self, latest: TrainingProgress | None, attempt: int) -> None:
        """Read what is new.

        Args:
            latest: The newest record, from the status; None if there is none.
            attempt: Which process trains the run, counted; rows of an earlier one that lie
                beyond the checkpoint are no longer true.
        """
        stamp = self._folder.checkpoint_file.stamp()
        if attempt != self._attempt or (stamp and stamp != self._checkpoint):
            self._attempt, self._checkpoint = attempt, stamp
            self._begin(latest)
        elif not self._append(self.history, latest):  # the metrics are another file
            self._begin(latest)

    def _begin(self, latest: TrainingProgress | None) -> None:
        """Make the curves anew; those shown so far stay until the new ones are whole."""
        history, batch = History(), 0
        self._damaged_checkpoint = ""
        try:
            if (found := read_curves(self._folder)) is not None:
                state, batch = found
                history = History(state=state)
        except RunError as error:
            self._damaged_checkpoint = str(error)
        self._dropped = 0
        self._offset = offset_beyond(self._folder.metrics_file, batch)
        self._append(history, latest)
        self.history = history

    def _append(self, history: History, latest: TrainingProgress | None) -> bool:
        """Add the rows from the offset on; False where it no longer fits the file."""
        latest = latest or history.picture().latest
        if latest is None:
            return True
        fits = True
        self._unreadable = ""
        try:
            for part in metrics_parts(self._folder.metrics_file, self._offset):
                self._offset = part.next_offset
                self._dropped += part.dropped
                fits = fits and not part.anew
                _add(history, part.rows, latest)
        except RunError as error:
            self._unreadable = str(error)
        return fits

    @property
    def problem(self) -> str:
        """What is wrong with the files, in one sentence; empty if nothing is."""
        lost = ""
        if self._dropped:
            path = printable(str(self._folder.metrics_file))
            lost = f"{self._dropped:,} damaged lines of {path} are left out"
        return "; ".join(filter(None, (self._damaged_checkpoint, self._unreadable, lost)))


def _add(history: History, table: Table, latest: TrainingProgress) -> None:
    """Add rows as spans; what the history has already is left out."""
    picture = history.picture()
    column = dict(zip(MetricsRow._fields, table.T, strict=True))
    new = column["batch"] > picture.batches
    alone = column["batches_in_row"] == 0  # validations that were asked for in a pause
    if alone.any():
        known = set(zip(*picture.validations.tolist(), strict=True))
        rows = zip(column["batch"], column["validation_cross_entropy"], strict=True)
        fresh = [place >= picture.batches and (place, x) not in known for place, x in rows]
        new = np.where(alone, fresh, new)
    if new.any():
        column = {name: values[new] for name, values in column.items()}
        history.add_spans(
            column["batch"].astype(np.int64),
            column["batches_in_row"].astype(np.int64),
            column["training_cross_entropy"],
            column["epoch_cross_entropy"],
            column["validation_cross_entropy"],
            latest,
        )
