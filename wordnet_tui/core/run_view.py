"""A picture of a run at one moment: what screens, watchers and a run's folder tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wordnet_tui.core.progress import TrainingProgress


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
class RunView:
    """A picture of a run at one moment, complete in itself."""

    state: RunState
    progress: TrainingProgress | None
    """None until the first mini-batch is done."""
    rate_changes: tuple[RateChange, ...]
    rate_factor: float
    patience: int
    min_delta: float
    failure: str
    """Why it failed, in one sentence; empty if it did not."""
    kept: tuple[str, ...] = ()
    """Where its networks were put away, in sentences; empty until they were."""
    trouble: str = ""
    """Why its folder cannot be written just now, in one sentence; empty if it can."""
    notice: str = ""
    """What was asked of it last, by whom, and what came of it, in one sentence."""
    silent_for: float | None = None
    """Seconds since the last news of a run that another process trains; None for our own."""

    @property
    def is_over(self) -> bool:
        """Whether no further mini-batch will come from the process that trained it."""
        return self.state in (RunState.ENDED, RunState.FAILED, RunState.INTERRUPTED)
