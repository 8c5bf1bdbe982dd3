"""What `runs` says of runs: cells of its table, facts of one, JSON, and curves as CSV."""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from wordnet_tui.cli.output import say
from wordnet_tui.core.errors import RunError, cannot, printable
from wordnet_tui.core.formats.atomic import atomic_writer
from wordnet_tui.core.model.hyperparameters import PRESETS, Hyperparameters
from wordnet_tui.core.training.progress import TrainingProgress, clock
from wordnet_tui.runs.listing import RunSummary
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.storage.events import Event
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.line_files import line_blocks
from wordnet_tui.runs.storage.metrics import MetricsRow
from wordnet_tui.view_models.run_list import RunColumn, RunRow, age_text

HEADINGS = ("run", "state", "done", "epochs", "best validation", "begun")
EVENTS_SHOWN = 12
CSV_HEADING = ",".join(MetricsRow._fields)


def cells(row: RunRow) -> tuple[str, ...]:
    """A run as a line of the table."""
    progress = row.progress
    age = row.text(RunColumn.AGE)
    return (
        row.name,
        row.text(RunColumn.STATE),
        "-" if progress is None else f"{progress.batch / progress.batches:.0%}",
        row.text(RunColumn.EPOCHS),
        row.text(RunColumn.BEST),
        age if age == "-" else f"{age} ago",
    )


def hints(found: Sequence[RunSummary]) -> Iterator[str]:
    """What can be done about those that are not as they should be."""
    for summary in found:
        if summary.problem:
            yield f"{printable(summary.folder.name)}: {printable(summary.problem)}"
    if any(summary.can_be_continued for summary in found):
        words = f"{RunCondition.INTERRUPTED}, {RunCondition.CUT_OFF}"
        yield f"{words}: `wordnet-tui resume RUN` goes on where it was"
    if any(summary.condition is RunCondition.SILENT for summary in found):
        yield f"{RunCondition.SILENT}: its process has said nothing for long"


def facts(summary: RunSummary, now: float) -> list[tuple[str, str]]:
    """All that is known of a run, as names and values."""
    return list(_facts(summary, now))


def _facts(summary: RunSummary, now: float) -> Iterator[tuple[str, str]]:
    manifest, status = summary.manifest, summary.status
    yield "run", summary.folder.name
    yield "folder", str(summary.folder.path)
    yield "state", _state(summary)
    if summary.problem:
        yield "damaged", summary.problem
    progress = status.view.progress if status else None
    if progress is not None:
        yield from _reached(progress)
    if status is not None:
        yield "trained for", clock(status.elapsed_seconds)
        yield "process", f"{status.pid} on {status.host}, attempt {status.attempt}"
        yield "last news", f"{age_text(max(0.0, now - status.written_at))} ago"
        if status.checkpoint_at is not None:
            yield "checkpoint", f"after mini-batch {status.checkpoint_at:,}"
        if status.view.write_error:
            yield "cannot be written", status.view.write_error
        yield from (("saved", sentence) for sentence in status.view.saved_to)
    if manifest is None:
        return
    begun = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(manifest.created_at))
    yield "begun", f"{begun} on {manifest.host}, by wordnet-tui {manifest.program_version}"
    if manifest.parent is not None:
        yield "branched from", f"{manifest.parent[0]} at mini-batch {manifest.parent[1]:,}"
    if manifest.start:
        yield "started from", manifest.start
    training, validation, test = manifest.data_rows
    yield "data", f"{manifest.data_name}, from {' '.join(manifest.sources)}"
    yield "windows", f"{training:,} training, {validation:,} validation, {test:,} test"
    yield "fingerprint", manifest.data_fingerprint
    yield from _settings(manifest.hyperparameters)
    if manifest.out:
        yield "to be saved to", manifest.out
    yield "repeat it with", manifest.command


def _state(summary: RunSummary) -> str:
    status, condition = summary.status, summary.condition
    name = summary.folder.name
    if status is not None and status.view.failure:
        return f"{condition}: {status.view.failure}"
    if summary.obstacle:
        return f"{condition}: {summary.obstacle}"
    if summary.can_be_continued:
        return f"{condition}; `wordnet-tui resume {name}` goes on where it was"
    if condition is RunCondition.SILENT and summary.silent_for is not None:
        return f"{condition}: no news for {age_text(summary.silent_for)}"
    progress = status.view.progress if status else None
    if progress is not None and progress.stop_reason is not None:
        return f"{condition}: {progress.stop_reason}"
    return condition


def _reached(p: TrainingProgress) -> Iterator[tuple[str, str]]:
    yield "mini-batch", f"{p.batch:,} of {p.batches:,} ({p.batch / p.batches:.0%})"
    yield "epoch", f"{p.epoch:,} of {p.epochs:,}"
    yield "training", f"{p.recent_cross_entropy:.4f} nats per word"
    if p.validation_cross_entropy is not None:
        yield "validation", f"{p.validation_cross_entropy:.4f} nats per word"
    if p.best_cross_entropy is not None:
        best = f"{p.best_cross_entropy:.4f} nats per word"
        yield "best validation", f"{best}, at mini-batch {p.best_at:,}"
    yield "learning rate", f"{p.learning_rate:.4g}"


def _settings(hyperparameters: Hyperparameters) -> Iterator[tuple[str, str]]:
    """The shape, and what differs from the default."""
    hp, default = hyperparameters, PRESETS["default"]
    network = f"{hp.embedding_size} features, {hp.hidden_size} hidden units"
    yield (
        "shape",
        f"{hp.context_size} words, {network}, a vocabulary of {hp.vocabulary_size:,}",
    )
    shape = ("context_size", "embedding_size", "hidden_size", "vocabulary_size")
    for name, field in Hyperparameters.model_fields.items():
        value = getattr(hp, name)
        if name not in shape and (value != getattr(default, name) or name == "optimizer"):
            yield field.title or name, str(value)


def summary_payload(summary: RunSummary) -> dict[str, object]:
    """A run as JSON."""
    manifest, status = summary.manifest, summary.status
    progress = status.view.progress if status else None
    return {
        "run": summary.folder.name,
        "folder": str(summary.folder.path),
        "state": str(summary.condition),
        "mini_batch": progress.batch if progress else 0,
        "mini_batches": progress.batches if progress else None,
        "epoch": progress.epoch if progress else None,
        "epochs": manifest.hyperparameters.epochs if manifest else None,
        "training_cross_entropy": progress.recent_cross_entropy if progress else None,
        "validation_cross_entropy": progress.validation_cross_entropy if progress else None,
        "best_cross_entropy": progress.best_cross_entropy if progress else None,
        "best_at": progress.best_at if progress else None,
        "stop_reason": progress.stop_reason if progress else None,
        "failure": status.view.failure if status else "",
        "data": manifest.data_name if manifest else None,
        "begun_at": manifest.created_at if manifest else None,
        "news_at": status.written_at if status else None,
        "seconds_silent": None if summary.silent_for is None else round(summary.silent_for, 3),
        "seconds_trained": status.elapsed_seconds if status else 0.0,
        "host": status.host if status else manifest.host if manifest else None,
        "process": status.pid if status else None,
        "can_be_continued": summary.can_be_continued,
        "problem": summary.problem,
    }


def further_payload(summary: RunSummary) -> dict[str, object]:
    """What `runs show` adds to that."""
    manifest, status = summary.manifest, summary.status
    progress = status.view.progress if status else None
    return {
        "hyperparameters": manifest.hyperparameters.model_dump() if manifest else None,
        "command": manifest.command if manifest else None,
        "sources": manifest.sources if manifest else None,
        "data_fingerprint": manifest.data_fingerprint if manifest else None,
        "data_rows": manifest.data_rows if manifest else None,
        "program_version": manifest.program_version if manifest else None,
        "out": manifest.out if manifest else None,
        "start": manifest.start if manifest else None,
        "parent": manifest.parent if manifest else None,
        "attempt": status.attempt if status else None,
        "learning_rate": progress.learning_rate if progress else None,
        "checkpoint_at": status.checkpoint_at if status else None,
        "write_error": status.view.write_error if status else "",
        "saved_to": status.view.saved_to if status else [],
    }


def event_payload(event: Event) -> dict[str, object]:
    """An event as JSON."""
    entries = asdict(event)
    return {"mini_batch": entries.pop("batch"), **entries}


def export_metrics(folder: RunFolder, target: str) -> tuple[int, int]:
    """Write them, as they were written by the training to the last digit.

    Args:
        folder: Of the run.
        target: A path; "-" for the standard output.

    Returns:
        How many rows there are, and how many damaged lines were left out.

    Raises:
        RunError: The metrics cannot be read, or the file cannot be written, whole or not at
            all.
    """
    if not folder.metrics_file.exists():
        raise RunError(f"run {printable(folder.name)} has no metrics yet")
    rows = dropped = 0
    with _opened(folder, target) as file:
        file.write(f"{CSV_HEADING}\n".encode("ascii"))
        for block in line_blocks(folder.metrics_file):
            lines = block.lines[1:] if block.start == 0 else block.lines
            sound = [text for text in map(_sound, lines) if text is not None]
            rows += len(sound)
            dropped += len(lines) - len(sound)
            if sound:
                file.write(b"\n".join(sound) + b"\n")
    return rows, dropped


@contextmanager
def _opened(folder: RunFolder, target: str) -> Iterator[BinaryIO]:
    if target == "-":
        yield _StandardOutput()
        return
    path = Path(target)
    if path.resolve().parent == folder.path.resolve():
        raise RunError(f"{printable(target)} lies in the folder of the run; name another")
    try:
        with atomic_writer(path) as file:
            yield file
    except OSError as error:
        raise RunError(cannot("write", target, error)) from error


class _StandardOutput(io.BytesIO):
    """Prints what is written."""

    def write(self, content: bytes, /) -> int:  # type: ignore[override]
        say(content.decode("ascii"), end="")
        return len(content)


def _sound(line: bytes) -> bytes | None:
    """A line without its check; None if it does not agree with it."""
    text, _, check = line.rpartition(b",")
    is_sound = check.isdigit() and int(check) == zlib.crc32(text)
    return text if is_sound and text.count(b",") == CSV_HEADING.count(",") else None
