"""What is said of a run in words: its state and why, all that is known of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

from wordnet_tui.core.errors import bounded, printable
from wordnet_tui.runs.listing import RunSummary
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.view_models.run_list import RunColumn, RunRow, age_text

_SIGNS = {
    RunCondition.TRAINING: ("▶", ">"),
    RunCondition.PAUSED: ("‖", "="),
    RunCondition.INTERRUPTED: ("▷", "|"),
    RunCondition.ENDED: ("■", "#"),
    RunCondition.FAILED: ("✗", "x"),
    RunCondition.CUT_OFF: ("╌", "-"),
    RunCondition.SILENT: ("?", "?"),
    RunCondition.DAMAGED: ("!", "!"),
}


def sign_of(condition: RunCondition, *, plain: bool) -> str:
    """One character for a state, always beside its word."""
    return _SIGNS[condition][plain]


def invitation(runs: str) -> str:
    """What to do where there is no run.

    Args:
        runs: The folder that was read.
    """
    return (
        f"No run lies in {printable(runs)} yet: start one with F5 on the Train screen (F2), "
        "or with `wordnet-tui train`."
    )


def facts(row: RunRow) -> list[tuple[str, str]]:
    """All that is known of a run, besides its curve: label and text, line by line."""
    return [(bounded(label), bounded(text)) for label, text in _facts(row)]


def _facts(row: RunRow) -> Iterator[tuple[str, str]]:
    summary = row.summary
    manifest, progress = summary.manifest, row.progress
    yield row.name, reason(summary)
    if progress is not None and progress.best_cross_entropy is not None:
        at = f"{progress.best_at:,} of {progress.batches:,}"
        yield "best", f"{progress.best_cross_entropy:.4f} nats per word at mini-batch {at}"
    if manifest is None:
        yield "lies in", str(summary.folder.path)
        return
    begun = time.strftime("%Y-%m-%d %H:%M", time.localtime(manifest.created_at))
    ago = "" if row.age is None else f" ({age_text(row.age)} ago)"
    done = f"; epochs {row.text(RunColumn.EPOCHS)}, trained {row.text(RunColumn.TIME)}"
    yield "begun", f"{begun}{ago} on {manifest.host}{done}"
    if manifest.parent is not None:
        name, batch = manifest.parent
        yield "branched", f"from {name} at mini-batch {batch:,}"
    if manifest.start:
        yield "started", f"from the weights of {manifest.start}"
    yield "data", f"{manifest.data_name}, {manifest.data_rows[0]:,} windows to train on"
    yield "lies in", str(summary.folder.path)
    yield "repeat", manifest.command


def reason(summary: RunSummary) -> str:
    """The state of a run, and why it is in it, in one sentence."""
    status, condition = summary.status, summary.condition
    if summary.problem:
        return f"{condition}: {summary.problem}"
    if summary.obstacle:
        return f"{condition}: {summary.obstacle}"
    if status is None:
        return condition.value
    view = status.view
    progress = view.progress
    if view.failure:
        return f"{condition}: {view.failure}"
    if condition in (RunCondition.TRAINING, RunCondition.PAUSED, RunCondition.SILENT):
        return f"{condition}: process {status.pid} on {status.host}"
    if progress is not None and progress.stop_reason is not None:
        return f"{condition}: {progress.stop_reason}"
    if condition is RunCondition.CUT_OFF:
        return f"{condition}: its process is gone; c continues it"
    if condition is RunCondition.INTERRUPTED:
        return f"{condition}: left in good order; c continues it"
    return condition.value


def unfinished(summary: RunSummary) -> str:
    """Which run was left before its end, and how far it had come."""
    manifest, status = summary.manifest, summary.status
    progress = status.view.progress if status else None
    words = ["The training"]
    if manifest is not None:
        began = datetime.fromtimestamp(manifest.created_at)
        words.append(f"of {began:%Y-%m-%d %H:%M} on {printable(manifest.data_name)}")
    words.append(f"was {summary.condition}")
    if progress is not None:
        words.append(f"at mini-batch {progress.batch:,} of {progress.batches:,}")
    return f"{' '.join(words)}."
