"""The curves of a run as they were read from its folder."""

from __future__ import annotations

from dataclasses import dataclass

from wordnet_tui.charts.comparison_chart import Curve
from wordnet_tui.core.history.history import History


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
