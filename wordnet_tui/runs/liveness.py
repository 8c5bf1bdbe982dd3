"""How a run stands, by what its folder tells and by whether its process still lives.

A status is the last word of whoever trains the run. A process that was killed leaves one that
says "training" for ever, so the process itself is looked for too, where that can be done from
here; of one on another machine only the age of its news tells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from wordnet_tui.core.errors import RunError, printable
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.runs.status import RunState, RunStatus
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.owner import Owner, is_alive, read_owner
from wordnet_tui.runs.storage.status_file import StatusRecord, read_status

Part = TypeVar("Part")


class Standing:
    """Follows the status of a run; `look` now and then, then ask for a `view`.

    Args:
        folder: The run's. None of it need be there, or be sound.

    Attributes:
        status: The newest that could be read; None until there is one.
        is_given_back: Whether, as far as can be told, no process has the run any more.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.status: StatusRecord | None = None
        self.is_given_back = False
        self._folder = folder
        self._trouble = ""
        self._gone: Owner | None = None
        self._is_taken_anew = False
        self._news: tuple[object, ...] = ()
        self._heard_at: float | None = None

    def look(self, now: float, clock: float) -> None:
        """Read what there is now.

        Args:
            now: Seconds, of a clock that never goes back.
            clock: Seconds since 1970; only the first look asks how old the news is by it.
        """
        owner, no_owner = _read(read_owner, self._folder)
        alive = is_alive(owner) if owner else None  # before the status: its last word counts
        status, no_status = _read(read_status, self._folder)
        if status is None and self.status is not None and not no_status:
            no_status = f"{printable(str(self._folder.status_path))} has vanished"
        self._trouble = "; ".join(filter(None, (no_owner, no_status)))
        told = self.status = status or self.status
        nobody = owner is None and not no_owner and not no_status
        if owner is None and told is not None:
            owner = Owner(told.host, told.pid, told.written_at, token="")
            alive = is_alive(owner)
            if nobody and alive is not None:  # it has given the run back
                alive = False
        self._gone = owner if alive is False else None
        self.is_given_back = nobody or alive is False
        self._is_taken_anew = bool(
            alive is not False and owner and told and owner.started_at > told.written_at
        )
        self._listen(owner, now, clock)

    def _listen(self, owner: Owner | None, now: float, clock: float) -> None:
        """Note when there was news last."""
        told = self.status
        news = (told and (told.attempt, told.written_at), owner and owner.started_at)
        if self._heard_at is None:
            spoken = [told.written_at] if told else []
            spoken += [owner.started_at] if owner else []
            self._heard_at = now - max(0.0, clock - max(spoken, default=clock))
        elif news != self._news:
            self._heard_at = now
        self._news = news

    def silent_for(self, now: float) -> float | None:
        """Whole seconds since the last news; None before the first look."""
        return None if self._heard_at is None else float(int(max(0.0, now - self._heard_at)))

    def view(self, latest: TrainingProgress | None = None) -> RunStatus:
        """The run as far as it can be seen from here.

        Args:
            latest: The newest record from elsewhere, such as a checkpoint, for a run whose
                status cannot be read.
        """
        view = self.status.view if self.status else _before_any_status(latest)
        trouble = "; ".join(filter(None, (self._trouble, view.write_error)))
        view = replace(view, write_error=trouble)
        if self._is_taken_anew and view.is_over:  # by a process that has yet to say something
            return replace(view, state=RunState.TRAINING, failure="")
        if self._gone is None or view.is_over:
            return view
        failure = cut_off(self._folder, self._gone, view.progress)
        return replace(view, state=RunState.INTERRUPTED, failure=failure)


def cut_off(folder: RunFolder, owner: Owner, progress: TrainingProgress | None) -> str:
    """What became of a run whose process is gone without having said why."""
    where = f"at mini-batch {progress.batch:,}" if progress else "before its first mini-batch"
    return (
        f"cut off {where}: process {owner.pid} on {printable(owner.host)} is gone; "
        f"`wordnet-tui resume {printable(folder.name)}` continues it"
    )


def was_cut_off(view: RunStatus) -> bool:
    """Whether the process that trained it is gone without having left in order."""
    return view.state is RunState.INTERRUPTED and bool(view.failure)


def _read(
    read: Callable[[RunFolder], Part | None], folder: RunFolder
) -> tuple[Part | None, str]:
    """A part of the folder, None if it is not there or damaged; and what is wrong with it."""
    try:
        return read(folder), ""
    except RunError as error:
        return None, str(error)


def _before_any_status(latest: TrainingProgress | None) -> RunStatus:
    has_ended = latest is not None and latest.stop_reason is not None
    state = RunState.ENDED if has_ended else RunState.TRAINING
    settings = Hyperparameters()
    return RunStatus(state, latest, (), 1.0, settings.patience, settings.min_delta, "")
