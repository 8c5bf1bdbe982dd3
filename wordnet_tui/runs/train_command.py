"""A set-up as the one command line that repeats it, and back.

    Hyperparameters, sources  --as_command-->    wordnet-tui train OUT --data chitchat --seed 7
                              <--from_command--

The options are made from `Hyperparameters.model_fields`, as those of the real command are.
What says nothing about the set-up (OUT, `--json`, `--log progress`) is read over.
"""

from __future__ import annotations

import re
import shlex
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from wordnet_tui.core.errors import HyperparameterError, printable
from wordnet_tui.core.model.hyperparameters import PRESET_SOURCES, PRESETS, Hyperparameters
from wordnet_tui.core.paths import DEFAULT_SOURCE

_BEGINNING = re.compile(
    r"\s*(?:\$\s*)?(?:\S*/)?(?:python[\d.]*\s+-m\s+wordnet_tui|wordnet-tui)\s+train(?!\S)"
)
_CONTINUED_LINE = re.compile(r"\\\r?\n")


@dataclass(frozen=True)
class CommandSettings:
    """What a command line asks for."""

    hyperparameters: Hyperparameters
    sources: tuple[str, ...]
    """What follows each `--data`; empty where the line has none."""
    default_source: str = field(default=DEFAULT_SOURCE, compare=False)
    """What its preset then learns from."""


def as_command(
    hyperparameters: Hyperparameters,
    sources: Sequence[str],
    out: str = "OUT.safetensors",
    start: str = "",
) -> str:
    """The shortest line that repeats a set-up exactly, for a POSIX shell.

    Args:
        hyperparameters: Those that differ from the nearest preset are named, and the seed;
            all of them after START, whose own would hold otherwise.
        sources: What to learn from; all are named.
        out: The model file to write.
        start: The model file to go on from, if any.
    """
    if start:
        settings = _options(hyperparameters.model_dump())
    else:
        settings = min(
            (_from_preset(hyperparameters, preset) for preset in PRESETS),
            key=lambda options: (len(options), len(" ".join(options))),
        )
    files = [file for file in (start, out) if file]
    begin_oddly = any(file.startswith("-") for file in files)
    quoted = [shlex.quote(file) for file in files]
    words = ["wordnet-tui", "train"]
    words += [] if begin_oddly else quoted
    words += [f"--data {shlex.quote(source)}" for source in sources]
    words += [*settings, f"--seed {hyperparameters.seed}"]
    words += ["--", *quoted] if begin_oddly else []
    return " ".join(words)


def _from_preset(hyperparameters: Hyperparameters, preset: str) -> list[str]:
    """What must be said, the seed apart, to come from a preset to a set-up."""
    settings = hyperparameters.model_dump()
    base = PRESETS[preset].model_dump()
    options = _options({name: settings[name] for name in base if settings[name] != base[name]})
    return options if preset == "default" else [f"--preset {preset}", *options]


def _options(settings: Mapping[str, object]) -> list[str]:
    """The options that say these settings, the seed apart."""
    return [
        " ".join(option_words(name, value))
        for name, value in settings.items()
        if name != "seed"
    ]


def option_words(name: str, value: object) -> list[str]:
    """The words of a command line that give a setting a value."""
    if isinstance(value, bool):
        return [option_of(name) if value else option_of(f"no_{name}")]
    return [option_of(name), as_text(value)]


def option_of(name: str) -> str:
    """How the command line calls a setting: "--batch-size"."""
    return f"--{name.replace('_', '-')}"


def as_text(value: object) -> str:
    """A value of a setting as one types it; nothing of a number is lost."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def as_value(name: str, text: str) -> object:
    """What was typed for a setting, as a value; a number that is none stays text.

    `Hyperparameters.checked` then says what is wrong with it.
    """
    kind = Hyperparameters.model_fields[name].annotation
    if kind is int or kind is float:
        try:
            return kind(text)
        except ValueError:
            return text
    return text


def is_command(text: str) -> bool:
    """Whether a text begins as a line for `from_command` does."""
    return _BEGINNING.match(text) is not None


def from_command(text: str) -> CommandSettings:
    """The set-up that a line asks for; settings it does not name are those of its preset.

    Args:
        text: `wordnet-tui train ...` or `python -m wordnet_tui train ...`, a `$` before it or
            not, as a POSIX shell reads it.

    Raises:
        HyperparameterError: It is another line, its quotes are not closed, or it holds options
            or values that there are not; all of them are named.
    """
    beginning = _BEGINNING.match(text)
    if beginning is None:
        start = printable(" ".join(text.split()[:2])) or "nothing"
        raise HyperparameterError([f"the line must begin with wordnet-tui train, not {start}"])
    try:
        words = shlex.split(_CONTINUED_LINE.sub(" ", text[beginning.end() :]))
    except ValueError as error:
        reason = str(error)
        problem = "a backslash comes last" if "escape" in reason else "a quote is not closed"
        raise HyperparameterError([f"the line cannot be read: {problem}"]) from None
    return _Line(deque(words)).settings()


@dataclass
class _Line:
    """The words after `train`, being read from left to right, as click reads them."""

    words: deque[str]
    given: dict[str, Any] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    preset: str = "default"
    problems: list[str] = field(default_factory=list)

    def settings(self) -> CommandSettings:
        """Read all; raise HyperparameterError with all that is wrong."""
        while self.words:
            word = self.words.popleft()
            if word == "--":
                self.files += self.words
                break
            if word.startswith("-") and word != "-":
                self._read_option(*word.partition("="))
            else:
                self.files.append(word)
        if len(self.files) > 1 and not self.problems:  # else one may be the value of a typo
            files = printable(" ".join(self.files))
            self.problems.append(f"only OUT may be named, without a START, not {files}")
        try:
            hyperparameters = PRESETS[self.preset].changed(**self.given)
        except HyperparameterError as error:
            self.problems += error.problems
        if self.problems:
            raise HyperparameterError(self.problems)
        default_source = PRESET_SOURCES.get(self.preset, DEFAULT_SOURCE)
        return CommandSettings(hyperparameters, tuple(self.sources), default_source)

    def _read_option(self, option: str, equals: str, value: str) -> None:
        if option in _FLAGS:
            if equals:
                self.problems.append(f"{option} takes no value")
            self.given.update(_FLAGS[option])
        elif option not in _OPTIONS:
            close = get_close_matches(option, [*_OPTIONS, *_FLAGS], n=1)
            hint = f"; {close[0]} is close to it" if close else ""
            self.problems.append(f"there is no option {printable(option)}{hint}")
        elif not equals and not self.words:
            self.problems.append(f"a value must follow {option}")
        else:
            self._take(option, value if equals else self.words.popleft())

    def _take(self, option: str, value: str) -> None:
        if option == "--data":
            self.sources.append(value)
        elif option == "--preset":
            if value in PRESETS:
                self.preset = value
            else:
                names = " or ".join(", ".join(PRESETS).rsplit(", ", 1))
                self.problems.append(f"preset must be {names}, not {value!r}")
        elif option == "--log":
            if value not in ("progress", "none"):
                self.problems.append("--log can only be progress or none here")
        else:
            name = _OPTIONS[option]
            self.given[name] = as_value(name, value)


_SWITCHES = [
    name for name, about in Hyperparameters.model_fields.items() if about.annotation is bool
]
_FLAGS: dict[str, dict[str, bool]] = {
    "--json": {},
    **{option_of(name): {name: True} for name in _SWITCHES},
    **{option_of(f"no_{name}"): {name: False} for name in _SWITCHES},
}
"""Options without a value, and what each sets."""
_OPTIONS = {
    "--data": "",
    "--preset": "",
    "--log": "",
    **{
        option_of(name): name for name in Hyperparameters.model_fields if name not in _SWITCHES
    },
}
"""Options with a value, and the setting of each."""
