"""What happened to a run between two looks at it, in words: the events of its folder."""

from __future__ import annotations

from collections.abc import Iterator

from wordnet_tui.runs.status import RunState, RunStatus

_PHRASES = {
    RunState.TRAINING: "goes on",
    RunState.PAUSED: "paused",
    RunState.INTERRUPTED: "left; it can be continued",
}


def changes(before: RunStatus | None, after: RunStatus) -> Iterator[tuple[str, str]]:
    """Each change as its kind, one word, and a sentence for people.

    Args:
        before: The earlier look; None where there was none, which is the start.
        after: The later one.
    """
    if before is None:
        batch = after.progress.batch if after.progress else 0
        yield (
            ("resumed", f"continued at mini-batch {batch:,}")
            if batch
            else ("started", "began")
        )
    elif before.state is not after.state and after.state in _PHRASES:
        yield after.state, _PHRASES[after.state]
    known = len(before.rate_changes) if before else len(after.rate_changes)
    for change in after.rate_changes[known:]:
        yield (
            "rate",
            f"learning rate times {change.factor:g} from mini-batch {change.batch:,} on",
        )
    if before is not None:
        if before.patience != after.patience:
            yield "patience", f"patience is {after.patience} now"
        if before.min_delta != after.min_delta:
            yield "min_delta", f"the least gain that counts is {after.min_delta:g} now"
        yield from _best(before, after)
        if after.write_error != before.write_error:
            yield "trouble", after.write_error or "the folder can be written again"
    if after.state is RunState.FAILED:
        if before is None or before.state is not RunState.FAILED:
            yield "failed", after.failure
    elif after.state is RunState.ENDED and (before is None or not before.is_over):
        reason = after.progress.stop_reason if after.progress else None
        yield "ended", str(reason or "ended")


def _best(before: RunStatus, after: RunStatus) -> Iterator[tuple[str, str]]:
    """A better validation than before."""
    best, known = after.progress, before.progress
    if best is None or best.best_at is None or best.best_cross_entropy is None:
        return
    if known is None or known.best_at != best.best_at:
        yield (
            "best",
            f"validation {best.best_cross_entropy:.4f} at mini-batch {best.best_at:,}",
        )
