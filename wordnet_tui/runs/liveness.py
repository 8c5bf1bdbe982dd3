"""Whether a run lives: what its folder says, held against what can be seen of its process.

A status is the last word of whoever trains the run. A process that was killed leaves one that
says "training" for ever, so it is checked that the process lives, where that can be done from
here; of one on another machine only the age of its news tells.

`LastNews.condition` decides for everybody: the list of runs, watchers, and who resumes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from wordnet_tui.core.errors import RunError, printable
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.runs.status import SECONDS_UNTIL_SILENT, RunState, RunStatus
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.owner import Owner, has_spoken, is_alive, read_owner
from wordnet_tui.runs.storage.status_file import StatusRecord, read_status

SECONDS_UNTIL_GIVEN_UP = 600.0
"""Silence after which a process that cannot be seen from here is taken for dead."""

Part = TypeVar("Part")


class RunCondition(StrEnum):
    """What a run does, as far as can be seen from here."""

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
class LastNews:
    """What a run said last, and who said it."""

    status: StatusRecord | None
    """None where there is none yet, or it is damaged."""
    owner: Owner | None
    """The process that has the run; None if none has, or that is damaged."""
    process: Owner | None
    """The same; where there is none, the process that wrote the status."""
    is_alive: bool | None
    """Whether that process lives; None if it cannot be seen from here."""
    problems: tuple[str, ...]
    """What is damaged, in sentences."""

    @property
    def is_given_back(self) -> bool:
        """Whether, as far as can be seen, no process has the run any more."""
        return self.is_alive is False

    @property
    def at(self) -> float | None:
        """When, in seconds since 1970 by the clock of its machine; None if never."""
        if self.owner is not None and self.is_just_taken:
            return self.owner.started_at
        return self.status.written_at if self.status else None

    @property
    def is_just_taken(self) -> bool:
        """Whether a process has taken the run and not yet said anything."""
        return self.owner is not None and not has_spoken(self.owner, self.status)

    def is_gone(self, silent_for: float | None) -> bool:
        """Whether its process is dead, or must be taken for dead.

        Args:
            silent_for: Seconds since the news, if there ever was any.
        """
        if self.is_alive is None:
            return silent_for is not None and silent_for > SECONDS_UNTIL_GIVEN_UP
        return not self.is_alive

    def condition(self, silent_for: float | None) -> RunCondition:
        """What the run does.

        Args:
            silent_for: Seconds since the news, if there ever was any.
        """
        state = RunState.TRAINING
        if self.status is not None and not self.is_just_taken:
            state = self.status.view.state
        if state not in (RunState.TRAINING, RunState.PAUSED):
            died = (
                state is RunState.ENDED and self.owner is not None and self.is_alive is False
            )
            return RunCondition.CUT_OFF if died else RunCondition(state)
        if self.is_gone(silent_for):
            return RunCondition.CUT_OFF
        is_silent = silent_for is None or silent_for > SECONDS_UNTIL_SILENT
        return RunCondition.SILENT if is_silent else RunCondition(state)


def last_news(folder: RunFolder) -> LastNews:
    """Read what there is; what is damaged or missing is left out."""
    problems: list[str] = []
    owner = sound_part(read_owner, folder, problems)
    owner_is_damaged = bool(problems)
    alive = is_alive(owner) if owner else False  # before the status: its last word counts
    status = sound_part(read_status, folder, problems)
    process = owner
    if process is None and status is not None:
        process = Owner(status.host, status.pid, status.written_at, token="")
        if owner_is_damaged:
            alive = is_alive(process)
    return LastNews(status, owner, process, alive, tuple(problems))


def sound_part(
    read: Callable[[RunFolder], Part | None], folder: RunFolder, problems: list[str]
) -> Part | None:
    """A part of the folder; None if it is not there, or damaged, which goes to `problems`."""
    try:
        return read(folder)
    except RunError as error:
        problems.append(str(error))
        return None


class StatusFollower:
    """Follows the status of a run; `update` now and then, then ask for `run_status`.

    Args:
        folder: The run's. None of it need be there, or be sound.

    Attributes:
        news: The newest, with the latest status that could be read.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.news = LastNews(None, None, None, None, ())
        self._folder = folder
        self._heard: tuple[object, ...] = ()
        self._heard_at: float | None = None
        self._silent_for: float | None = None

    @property
    def record(self) -> StatusRecord | None:
        """The newest that could be read; None until there is one."""
        return self.news.status

    def update(self, now: float, clock: float) -> None:
        """Read what there is now.

        Args:
            now: Seconds, of a clock that never goes back.
            clock: Seconds since 1970; only the first update asks how old the news is by it.
        """
        before, news = self.news.status, last_news(self._folder)
        if news.status is None and before is not None:
            problems = news.problems or (
                f"{printable(str(self._folder.status_file))} has vanished",
            )
            news = replace(news, status=before, problems=problems)
        self.news = news
        status, owner = news.status, news.owner
        heard = (status and (status.attempt, status.written_at), owner and owner.started_at)
        if self._heard_at is None:
            self._heard_at = now - max(0.0, clock - (clock if news.at is None else news.at))
        elif heard != self._heard:
            self._heard_at = now
        self._heard = heard
        self._silent_for = self.silent_for(now)

    def silent_for(self, now: float) -> float | None:
        """Whole seconds since the last news; None before the first update."""
        return None if self._heard_at is None else float(int(max(0.0, now - self._heard_at)))

    def run_status(self, latest: TrainingProgress | None = None) -> RunStatus:
        """The run as far as it can be seen from here.

        Args:
            latest: The newest record from elsewhere, such as a checkpoint, for a run whose
                status cannot be read.
        """
        news = self.news
        view = news.status.view if news.status else _before_any_status(latest)
        view = replace(
            view, write_error="; ".join(filter(None, (*news.problems, view.write_error)))
        )
        if news.is_just_taken and news.is_alive is not False and view.is_over:
            return replace(view, state=RunState.TRAINING, failure="")
        if view.is_over or news.process is None or not news.is_gone(self._silent_for):
            return view
        failure = cut_off(self._folder, news.process, view.progress)
        return replace(view, state=RunState.INTERRUPTED, failure=failure)


def cut_off(folder: RunFolder, process: Owner, progress: TrainingProgress | None) -> str:
    """What became of a run whose process is gone without having said why."""
    where = f"at mini-batch {progress.batch:,}" if progress else "before its first mini-batch"
    return (
        f"cut off {where}: process {process.pid} on {printable(process.host)} is gone; "
        f"`wordnet-tui resume {printable(folder.name)}` continues it"
    )


def was_cut_off(view: RunStatus) -> bool:
    """Whether the process that trained it is gone without having left in order."""
    return view.state is RunState.INTERRUPTED and bool(view.failure)


def _before_any_status(latest: TrainingProgress | None) -> RunStatus:
    has_ended = latest is not None and latest.stop_reason is not None
    state = RunState.ENDED if has_ended else RunState.TRAINING
    settings = Hyperparameters()
    return RunStatus(state, latest, (), 1.0, settings.patience, settings.min_delta, "")
