"""What can be asked of a run: one `Command`, from a key to the trainer.

    a key, the form   ->  RunHandle.send(command)
    trained here      ->  Run.obey
    trained elsewhere ->  a file in the run's folder  ->  RequestInbox  ->  Run.obey there

A further command is declared in `CommandKind`, obeyed in `Run.obey` (`runs/local.py`), and
bound to a key by a screen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from wordnet_tui.core.errors import HyperparameterError
from wordnet_tui.core.model.hyperparameters import Hyperparameters

SMALLEST_RATE, LARGEST_RATE = 1e-35, 1e35
"""To which a run may be steered, at its peak: far beyond use, and normal as float32."""


def refuse_rate(rate: float) -> None:
    """Refuse a learning rate that a run must not be steered to.

    Args:
        rate: The peak of the schedule.

    Raises:
        HyperparameterError: It is too small, too large, or no number.
    """
    if not SMALLEST_RATE <= rate <= LARGEST_RATE:
        limits = f"from {SMALLEST_RATE:g} to {LARGEST_RATE:g}"
        raise HyperparameterError(
            [f"the learning rate would be {rate:g}; it must be {limits}"]
        )


class CommandKind(StrEnum):
    """Each with what is said when it was done; `{}` is its value, where it takes one."""

    done: str

    def __new__(cls, name: str, done: str = "") -> CommandKind:
        """A member whose value is its name in files."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.done = done
        return member

    PAUSE = "pause", "paused"
    RESUME = "resume", "goes on"
    STEP = "step", "one mini-batch"
    STOP = "stop", "stopped early"
    VALIDATE = "validate", "validated"
    CHECKPOINT = "checkpoint", "checkpoint asked for"
    SCALE_RATE = "scale_rate", "learning rate times {:g}"
    LEARNING_RATE = "learning_rate", "learning rate is {:g} now"
    """Its peak; the schedule stays."""
    PATIENCE = "patience", "patience is {:g} now"
    MIN_DELTA = "min_delta", "min delta is {:g} now"

    @property
    def takes_value(self) -> bool:
        """Whether the command has a value."""
        return "{" in self.done


@dataclass(frozen=True)
class Command:
    """Something to be done with a run.

    Attributes:
        kind: What.
        value: The factor or the new setting; None where the kind takes none.

    Raises:
        HyperparameterError: The value is out of range, or there is one and must be none, or
            the other way round.
    """

    kind: CommandKind
    value: float | None = None

    def __post_init__(self) -> None:
        """Check the value."""
        kind, value = self.kind, self.value
        if not kind.takes_value:
            if value is not None:
                raise HyperparameterError([f"{kind} takes no value, not {value}"])
        elif kind is CommandKind.SCALE_RATE:
            if value is None or not 0 < value < math.inf:
                raise HyperparameterError(
                    [f"the factor of the learning rate must be a number above 0, not {value}"]
                )
        else:  # a hyperparameter of the same name
            setting = value
            if (
                kind is CommandKind.PATIENCE
                and value is not None
                and float(value).is_integer()
            ):
                setting = int(value)  # JSON gives it back as a float
            Hyperparameters.checked(**{kind: setting})

    @property
    def done(self) -> str:
        """What is said when it was done."""
        return self.kind.done.format(self.value)

    def __str__(self) -> str:
        """What it is, in words."""
        return self.kind.replace("_", " ")


PAUSE = Command(CommandKind.PAUSE)
RESUME = Command(CommandKind.RESUME)
STEP = Command(CommandKind.STEP)
STOP = Command(CommandKind.STOP)
VALIDATE = Command(CommandKind.VALIDATE)
CHECKPOINT = Command(CommandKind.CHECKPOINT)
