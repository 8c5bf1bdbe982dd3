"""What happened to a run, one sealed line of JSON each: `events.jsonl`.

    {"format_version": 1, "at": 1795443005.2, "batch": 4200, "kind": "paused", ...}

A line that does not agree with its seal is dropped and counted, never believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import NamedTuple

from pydantic import TypeAdapter

from wordnet_tui.core.errors import RunError
from wordnet_tui.core.formats.folder_file import FolderFile
from wordnet_tui.runs.status import ForPeople, RunState, RunStatus
from wordnet_tui.runs.storage.line_files import append_lines, line_blocks
from wordnet_tui.runs.storage.sealed_json import FORMAT_VERSION, UnixTime, seal, unseal


@dataclass(frozen=True)
class Event:
    """Something that happened to a run."""

    at: UnixTime
    """By the clock of the machine that trains it."""
    batch: int
    """After which mini-batch; 0 before the first."""
    kind: ForPeople
    """What it was, in one word, such as "paused"."""
    text: ForPeople
    """The same for people, in a sentence."""
    who: ForPeople = ""
    """Who asked for it; empty if nobody did."""


_ADAPTER = TypeAdapter(Event)


class EventsRead(NamedTuple):
    """What a file held from an offset on."""

    events: list[Event]
    """In the order of the file; their texts are harmless to a terminal."""
    next_offset: int
    """Where to read on, in bytes."""
    dropped: int
    """Damaged lines that were passed over."""
    anew: bool
    """The offset did not fit the file any more, so `events` are those from its start."""


def append_events(file: FolderFile, events: list[Event]) -> None:
    """Write events at the end of a file, and take those off the list that are written.

    Args:
        file: Made at the first event, in a folder that exists.
        events: In order. What a failure leaves on the list is to be given again later.

    Raises:
        RunError: Some could not be written.
    """
    if not events:
        return
    appended = append_lines(file, map(_line, events))
    del events[: appended.lines]
    if appended.problem:
        raise RunError(appended.problem)


def read_events(file: FolderFile, offset: int = 0) -> EventsRead:
    """All sound events from an offset on; none if the file is missing.

    Args:
        file: The file.
        offset: 0, or the `next_offset` of an earlier reading.

    Raises:
        RunError: The file is there and cannot be read.
    """
    events: list[Event] = []
    next_offset, dropped, anew = offset, 0, False
    for block in line_blocks(file, offset):
        sound = [event for event in map(_event, block.lines) if event is not None]
        events += sound
        dropped += len(block.lines) - len(sound)
        anew = anew or block.start < next_offset
        next_offset = block.end
    return EventsRead(events, next_offset, dropped, anew)


def _line(event: Event) -> str:
    return seal({"format_version": FORMAT_VERSION, **asdict(event)})


def _event(line: bytes) -> Event | None:
    """The event of a line; None if it is damaged, or of another format version."""
    try:
        entries = unseal(line.decode("ascii"))
        if entries.pop("format_version", None) != FORMAT_VERSION or "who" not in entries:
            return None
        return _ADAPTER.validate_python(entries)
    except ValueError:  # sealed by somebody who writes other entries
        return None


_PHRASES = {
    RunState.TRAINING: "goes on",
    RunState.PAUSED: "paused",
    RunState.INTERRUPTED: "left; it can be continued",
}


def changes(before: RunStatus | None, after: RunStatus) -> Iterator[tuple[str, str]]:
    """Each change as its kind, one word, and a sentence for people.

    Args:
        before: The earlier status; None where there was none, which is the start.
        after: The later one.
    """
    if before is None and not after.is_over:  # else there is only the end to tell of
        batch = after.progress.batch if after.progress else 0
        yield (
            ("resumed", f"continued at mini-batch {batch:,}")
            if batch
            else ("started", "began")
        )
    elif before is not None and before.state is not after.state and after.state in _PHRASES:
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
        if after.write_error != before.write_error:
            yield "write_error", after.write_error or "the folder can be written again"
    if before is not None or after.is_over:
        yield from _best(before, after)
    if after.state is RunState.FAILED:
        if before is None or before.state is not RunState.FAILED:
            yield "failed", after.failure
    elif after.state is RunState.ENDED and (before is None or not before.is_over):
        reason = after.progress.stop_reason if after.progress else None
        yield "ended", str(reason or "ended")


def _best(before: RunStatus | None, after: RunStatus) -> Iterator[tuple[str, str]]:
    """A better validation than before."""
    best, known = after.progress, before.progress if before else None
    if best is None or best.best_at is None or best.best_cross_entropy is None:
        return
    if known is None or known.best_at != best.best_at:
        yield (
            "best",
            f"validation {best.best_cross_entropy:.4f} at mini-batch {best.best_at:,}",
        )
