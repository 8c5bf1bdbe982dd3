"""What is typed to branch off a run, `learning_rate=0.05 dropout=0.1`, as changes of settings.

Who types sees at once what is wrong; what is not typed to its end yet is not wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from wordnet_tui.core.errors import HyperparameterError, printable
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.training.branching import SHARED
from wordnet_tui.runs.train_command import as_text, as_value

CHANGEABLE = tuple(name for name in Hyperparameters.model_fields if name not in SHARED)
"""The settings that a branch may change."""


@dataclass(frozen=True)
class Wish:
    """What was typed so far."""

    changes: dict[str, object]
    """Setting -> its new value; only those that may be and that differ."""
    problems: tuple[str, ...]
    """What is wrong, a phrase each."""
    in_hand: str
    """The last word, where it is not NAME=VALUE yet; empty if it is."""

    @property
    def is_ready(self) -> bool:
        """Whether there is something to change and nothing wrong."""
        return bool(self.changes) and not self.problems and not self.in_hand


def read_wish(text: str, settings: Hyperparameters, least_epochs: int = 1) -> Wish:
    """What was typed.

    Args:
        text: Words NAME=VALUE, parted by blanks; names may be those of the command line too.
        settings: Of the run to branch off.
        least_epochs: Fewer would leave the branch nothing to train.
    """
    words = text.split()
    in_hand, given, problems = "", {}, []
    for place, word in enumerate(words):
        typed, _, value = word.partition("=")
        name = typed.removeprefix("--").replace("-", "_")
        if not value:
            if place < len(words) - 1:
                problems.append(f"{printable(word)} is not NAME=VALUE")
            else:
                in_hand = word
        elif name in CHANGEABLE:
            given[name] = as_value(name, value)
        else:
            problems.append(_no_such(name))
    changes = {
        name: value for name, value in given.items() if value != getattr(settings, name)
    }
    try:
        changed = settings.changed(**changes)
    except HyperparameterError as error:
        problems += error.problems
    else:
        if changed.epochs < least_epochs:
            problems.append(f"epochs must be at least {least_epochs}, not {changed.epochs}")
    return Wish(changes, tuple(problems), in_hand)


def beginning(settings: Hyperparameters, least_epochs: int) -> str:
    """What can be typed on: the epochs, where those of the run leave nothing to train."""
    return f"epochs={least_epochs} " if settings.epochs < least_epochs else ""


def offered(wish: Wish) -> tuple[str, ...]:
    """The settings that could be meant by the word in hand, and the changed ones.

    All, if there is no word in hand.
    """
    typed = wish.in_hand.partition("=")[0].removeprefix("--").replace("-", "_")
    return tuple(name for name in CHANGEABLE if typed in name or name in wish.changes)


def in_words(name: str, settings: Hyperparameters, wish: Wish) -> str:
    """A setting and its value: "dropout 0.0 -> 0.1"."""
    now = f"{name} {as_text(getattr(settings, name))}"
    return f"{now} -> {as_text(wish.changes[name])}" if name in wish.changes else now


def _no_such(name: str) -> str:
    if name in SHARED:
        return f"{Hyperparameters.model_fields[name].title} cannot change in a branch"
    close = get_close_matches(name, CHANGEABLE, 1)
    meant = f"; did you mean {close[0]}?" if close else ""
    return f"there is no setting {printable(name)}{meant}"
