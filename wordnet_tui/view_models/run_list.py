"""The runs of a folder as the rows of a table: which to show, in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wordnet_tui.core.training.progress import TrainingProgress, clock
from wordnet_tui.runs.listing import RunSummary
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.view_models.lists import ListQuery, SortColumn


class RunColumn(SortColumn):
    """What is known of each run."""

    STATE = "state"
    NAME = "run"
    DATA = "data"
    SHAPE = "D-E-H-V"
    OPTIMIZER = "optimizer"
    BEST = "best"
    EPOCHS = "epochs"
    TIME = "trained"
    AGE = "age"

    @property
    def starts_descending(self) -> bool:
        """Whether the largest come first."""
        return self in (RunColumn.EPOCHS, RunColumn.TIME)


@dataclass(frozen=True, kw_only=True)
class RunQuery(ListQuery):
    """Which runs to list, and in which order."""

    column: RunColumn = RunColumn.AGE


@dataclass(frozen=True)
class RunRow:
    """A run as a line of the table."""

    summary: RunSummary
    age: float | None
    """Seconds since it was begun; None if that is not known."""

    @property
    def name(self) -> str:
        """Of its folder."""
        return self.summary.folder.name

    @property
    def progress(self) -> TrainingProgress | None:
        """Its latest mini-batch, if one is known."""
        return self.summary.status.view.progress if self.summary.status else None

    @property
    def best(self) -> float | None:
        """The lowest validation cross-entropy, if one was measured."""
        return self.progress.best_cross_entropy if self.progress else None

    @property
    def epochs(self) -> tuple[int, int] | None:
        """Whole epochs done, and how many there will be; None if that is not known."""
        manifest, progress = self.summary.manifest, self.progress
        if progress is not None:
            return min(progress.batch // progress.batches_per_epoch, progress.epochs), (
                progress.epochs
            )
        return (0, manifest.hyperparameters.epochs) if manifest else None

    @property
    def least_epochs(self) -> int:
        """A branch of it that had fewer would have nothing left to train."""
        last = self.progress
        if last is None:
            return 1
        return last.epoch + (last.batch_in_epoch == last.batches_per_epoch)

    def text(self, column: RunColumn) -> str:
        """The text of a column; "-" for what is not known."""
        summary = self.summary
        manifest, status = summary.manifest, summary.status
        if column is RunColumn.STATE:
            return summary.condition.value
        if column is RunColumn.NAME:
            return self.name
        if column is RunColumn.AGE:
            return "-" if self.age is None else age_text(self.age)
        if column is RunColumn.BEST:
            return "-" if self.best is None else f"{self.best:.4f}"
        if column is RunColumn.EPOCHS:
            return "-" if self.epochs is None else "{}/{}".format(*self.epochs)
        if column is RunColumn.TIME:
            return "-" if status is None else clock(status.elapsed_seconds)
        if manifest is None:
            return "-"
        settings = manifest.hyperparameters
        if column is RunColumn.DATA:
            return manifest.data_name
        if column is RunColumn.OPTIMIZER:
            return settings.optimizer
        return "-".join(
            str(size)
            for size in (
                settings.context_size,
                settings.embedding_size,
                settings.hidden_size,
                settings.vocabulary_size,
            )
        )

    def fits(self, typed: str) -> bool:
        """Whether every word that was typed is somewhere in its words and shape."""
        searched = (RunColumn.STATE, RunColumn.NAME, RunColumn.DATA, RunColumn.SHAPE)
        searched_texts = [self.text(column) for column in (*searched, RunColumn.OPTIMIZER)]
        line = " ".join(searched_texts).casefold()
        return all(word in line for word in typed.casefold().split())

    def order(self, column: RunColumn) -> Any:
        """What to sort by, of one type for each column; None for what is not known."""
        summary = self.summary
        if column is RunColumn.STATE:
            return list(RunCondition).index(summary.condition)
        if column is RunColumn.AGE:
            return self.age
        if column is RunColumn.BEST:
            return self.best
        if column is RunColumn.EPOCHS:
            return self.epochs
        if column is RunColumn.TIME:
            return summary.status.elapsed_seconds if summary.status else None
        if column is RunColumn.NAME:
            return self.name
        if summary.manifest is None:
            return None
        if column is RunColumn.SHAPE:
            return tuple(int(size) for size in self.text(column).split("-"))
        return self.text(column).casefold()


def rows_of(summaries: Iterable[RunSummary], query: RunQuery, now: float) -> list[RunRow]:
    """The runs that fit, in the order to show them; what is not known comes last.

    Args:
        summaries: The newest first; runs that are equal by the column stay in that order.
        query: What was typed and what to sort by.
        now: Unix time, for their ages.
    """
    rows = [
        RunRow(each, max(0.0, now - each.manifest.created_at) if each.manifest else None)
        for each in summaries
    ]
    rows = [row for row in rows if row.fits(query.typed)]
    known = [row for row in rows if row.order(query.column) is not None]
    unknown = [row for row in rows if row.order(query.column) is None]
    known.sort(key=lambda row: row.order(query.column), reverse=query.descending)
    return known + unknown


def age_text(seconds: float) -> str:
    """A length of time in its largest unit: 12 s, 3 min, 5 h, 2 d."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"
