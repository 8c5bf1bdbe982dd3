"""Runs in one line each: what they are, how they stand, and whether they can be continued.

What a run says of itself is its last word, which may be an hour old. So it is held against
what can be seen: whether the process that trains it lives and how long it has been silent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from wordnet_tui.core.errors import RunError
from wordnet_tui.runs.status import SECONDS_UNTIL_SILENT, RunState
from wordnet_tui.runs.storage.folder import RunFolder, run_folders
from wordnet_tui.runs.storage.manifest import Manifest, read_manifest
from wordnet_tui.runs.storage.owner import Owner, is_alive, read_owner
from wordnet_tui.runs.storage.status_file import StatusRecord, read_status

SECONDS_UNTIL_GIVEN_UP = 600.0
"""Silence after which a process that cannot be seen from here is taken for dead."""

_Part = TypeVar("_Part")


class RunCondition(StrEnum):
    """How a run stands, as far as can be seen from here."""

    TRAINING = "training"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"
    """Left in good order before its end."""
    ENDED = "ended"
    FAILED = "failed"
    CUT_OFF = "cut off"
    """Its process is dead and could not put things in order."""
    SILENT = "silent"
    """Its process may live, and has said nothing for long."""
    DAMAGED = "damaged"
    """What it is cannot be read."""


@dataclass(frozen=True)
class RunSummary:
    """One run of a list."""

    folder: RunFolder
    manifest: Manifest | None
    """None where it is damaged."""
    status: StatusRecord | None
    """None where there is none yet, or it is damaged."""
    condition: RunCondition
    problem: str = ""
    """What is damaged, in one sentence; empty if nothing is."""
    silent_for: float | None = None
    """Seconds since its last news; None if there never was any."""

    @property
    def can_be_continued(self) -> bool:
        """Whether it has not come to its end and nobody is at it.

        One that was left before its first checkpoint begins anew.
        """
        return self.condition in (RunCondition.INTERRUPTED, RunCondition.CUT_OFF)


def list_runs(root: Path, now: float) -> list[RunSummary]:
    """All runs of a folder, newest first; damaged ones too.

    Args:
        root: The folder of all runs; it need not exist.
        now: Seconds since 1970.

    Raises:
        RunError: `root` cannot be read.
    """
    return [summarise(folder, now) for folder in run_folders(root)]


def summarise(folder: RunFolder, now: float) -> RunSummary:
    """How one run stands. Whatever is damaged is told in the summary.

    Args:
        folder: The run's.
        now: Seconds since 1970.
    """
    problems: list[str] = []
    manifest = _sound(read_manifest, folder, problems)
    owner = _sound(read_owner, folder, problems)
    alive = is_alive(owner) if owner else False
    status = _sound(read_status, folder, problems)  # later: a dead process adds nothing to it
    if owner is None and status is not None and folder.owner_path.exists():  # damaged
        alive = is_alive(Owner(status.host, status.pid, status.written_at, token=""))
    news = [owner.started_at] if owner else []
    news += [status.written_at] if status else []
    silent_for = max(0.0, now - max(news)) if news else None
    if manifest is None:
        condition = RunCondition.DAMAGED
    elif status is None or (owner and owner.started_at > status.written_at):  # just taken
        condition = _condition(RunState.TRAINING, alive, silent_for)
    else:
        condition = _condition(status.view.state, alive, silent_for)
        if condition is RunCondition.ENDED and owner is not None and alive is False:
            condition = RunCondition.CUT_OFF  # before its networks were put away
    return RunSummary(folder, manifest, status, condition, "; ".join(problems), silent_for)


def _sound(
    read: Callable[[RunFolder], _Part | None], folder: RunFolder, problems: list[str]
) -> _Part | None:
    """A part of the folder; None if it is not there, or damaged, which goes to `problems`."""
    try:
        return read(folder)
    except RunError as error:
        problems.append(str(error))
        return None


def _condition(state: RunState, alive: bool | None, silent_for: float | None) -> RunCondition:
    """How a run stands.

    Args:
        state: Its last word.
        alive: Whether its process lives; None if that cannot be seen from here.
        silent_for: Seconds since its last news, if there ever was any.
    """
    if state not in (RunState.TRAINING, RunState.PAUSED):
        return RunCondition(state)
    given_up = silent_for is not None and silent_for > SECONDS_UNTIL_GIVEN_UP
    if alive is False or (alive is None and given_up):
        return RunCondition.CUT_OFF
    is_silent = silent_for is None or silent_for > SECONDS_UNTIL_SILENT
    return RunCondition.SILENT if is_silent else RunCondition(state)
