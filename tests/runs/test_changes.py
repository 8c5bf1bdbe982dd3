"""What the events tell between two looks at a run."""

from __future__ import annotations

from dataclasses import replace

from wordnet_tui.core.training.progress import StopReason, TrainingProgress
from wordnet_tui.runs.status import RateChange, RunState, RunStatus
from wordnet_tui.runs.storage.events import changes

PROGRESS = TrainingProgress(
    batch=100,
    batches=1_000,
    epoch=1,
    epochs=2,
    batch_in_epoch=100,
    batches_per_epoch=500,
    epoch_cross_entropy=3.0,
    recent_cross_entropy=2.9,
    validation_cross_entropy=2.8,
    validated_at=90,
    best_cross_entropy=2.8,
    best_at=90,
    validations_without_gain=0,
    learning_rate=0.1,
    examples_per_second=1_000.0,
    seconds_left=1.0,
    stop_reason=None,
)
VIEW = RunStatus(RunState.TRAINING, PROGRESS, (), 1.0, 5, 0.0, "")


def kinds(before: RunStatus | None, after: RunStatus) -> list[str]:
    return [kind for kind, _ in changes(before, after)]


def test_the_first_look_is_a_start_or_a_continuation() -> None:
    assert list(changes(None, replace(VIEW, progress=None))) == [("started", "began")]
    assert list(changes(None, VIEW)) == [("resumed", "continued at mini-batch 100")]


def test_nothing_is_reported_of_further_mini_batches_alone() -> None:
    later = replace(PROGRESS, batch=101, recent_cross_entropy=2.7)
    assert kinds(VIEW, replace(VIEW, progress=later)) == []


def test_each_change_is_reported_once() -> None:
    paused = replace(VIEW, state=RunState.PAUSED)
    assert kinds(VIEW, paused) == ["paused"]
    assert kinds(paused, paused) == []
    changed = replace(
        VIEW, rate_changes=(RateChange(100, 0.5),), rate_factor=0.5, patience=9, min_delta=0.1
    )
    assert kinds(VIEW, changed) == ["rate", "patience", "min_delta"]
    better = replace(PROGRESS, best_at=100, best_cross_entropy=2.5)
    assert list(changes(VIEW, replace(VIEW, progress=better))) == [
        ("best", "validation 2.5000 at mini-batch 100")
    ]
    full = replace(VIEW, write_error="the disk is full")
    assert list(changes(VIEW, full)) == [("write_error", "the disk is full")]
    assert list(changes(full, VIEW)) == [("write_error", "the folder can be written again")]


def test_an_end_is_reported_with_its_reason() -> None:
    ended = replace(PROGRESS, stop_reason=StopReason.PATIENCE)
    over = replace(VIEW, state=RunState.ENDED, progress=ended)
    assert list(changes(VIEW, over)) == [("ended", str(StopReason.PATIENCE))]
    assert kinds(over, over) == []
    assert kinds(None, over) == ["best", "ended"]
    failed = replace(VIEW, state=RunState.FAILED, failure="broken")
    assert list(changes(VIEW, failed)) == [("failed", "broken")]
    assert kinds(failed, failed) == []
    assert kinds(VIEW, replace(VIEW, state=RunState.INTERRUPTED)) == ["interrupted"]
