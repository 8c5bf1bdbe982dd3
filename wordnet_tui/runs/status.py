"""A picture of a run at one moment: what screens, watchers and a run's folder tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator

from wordnet_tui.core.errors import bounded
from wordnet_tui.core.training.progress import TrainingProgress

SECONDS_UNTIL_SILENT = 40.0
"""Without news of a run that goes on; its trainer writes at least every 5 s."""
SECONDS_UNTIL_SUSPECTED = 120.0
"""Silence after which one may well ask whether a run has crashed."""

ForPeople = Annotated[str, AfterValidator(bounded)]
"""A text that is shown: made harmless, and no longer than reasonable, when it is read."""


class RunState(StrEnum):
    """What a run is doing."""

    TRAINING = "training"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"
    """Left in good order before its end, to be continued later."""
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True)
class RateChange:
    """The learning rate was scaled by hand."""

    batch: int
    factor: float
    """What the scheduled rate is multiplied by from here on."""


@dataclass(frozen=True)
class RunStatus:
    """A picture of a run at one moment, complete in itself."""

    state: RunState
    progress: TrainingProgress | None
    """None until the first mini-batch is done."""
    rate_changes: tuple[RateChange, ...]
    rate_factor: float
    patience: int
    min_delta: float
    failure: ForPeople
    """Why it failed, in one sentence; empty if it did not."""
    saved_to: tuple[ForPeople, ...] = ()
    """Where its networks were saved, in sentences; empty until they were."""
    write_error: ForPeople = ""
    """Why its folder cannot be written just now, in one sentence; empty if it can."""
    message: ForPeople = ""
    """What was asked of it last, by whom, and what came of it, in one sentence."""
    silent_for: float | None = None
    """Seconds since the last news of a run that another process trains; None for our own."""

    @property
    def is_over(self) -> bool:
        """Whether no further mini-batch will come from the process that trained it."""
        return self.state in (RunState.ENDED, RunState.FAILED, RunState.INTERRUPTED)

    @property
    def silence(self) -> str:
        """What the age of the news of a run that goes on tells: "no news for 40 s", or ""."""
        seconds = self.silent_for
        if seconds is None or self.is_over or seconds < SECONDS_UNTIL_SILENT:
            return ""
        if seconds < SECONDS_UNTIL_SUSPECTED:
            return f"no news for {seconds:.0f} s"
        return f"no news for {seconds // 60:.0f} min: crashed?"
