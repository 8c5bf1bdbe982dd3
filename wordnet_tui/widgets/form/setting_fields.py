"""The rows of the form: for a recipe to start from, for a setting, for the data."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import get_args

from wordnet_tui.core.errors import HyperparameterError, printable
from wordnet_tui.core.model.hyperparameters import PRESETS, Hyperparameters, allowed
from wordnet_tui.runs.train_command import as_text, as_value
from wordnet_tui.widgets.form.field import Choice, FormField, FormInput

LONGEST_VALUE = 40
"""Characters that a value may have while it is typed."""

NO_YES = ("no", "yes")

CHANGED = "changed"
RECIPES = {
    "default": ("default", "the best recipe found for a network of this size"),
    "reference": (
        "original's recipe",
        "as the original C program trains: rows in their order, rate 0.1, an early stop",
    ),
    "original": (
        "original's start",
        "the same from the weights that the original draws: on the data original, its network",
    ),
    "taste": (
        "20-second taste",
        "a short run: about 20 seconds on one core with the built-in corpus",
    ),
}
"""What a preset is called here, and what it is good for."""


class SettingField(FormField):
    """One field of `Hyperparameters`.

    Args:
        setting: Its name.
        value: What it is at first.
    """

    def __init__(self, setting: str, value: object) -> None:
        self.setting = setting
        self._about = about = Hyperparameters.model_fields[setting]
        extra = about.json_schema_extra if isinstance(about.json_schema_extra, dict) else {}
        self._is_switch = about.annotation is bool
        values = NO_YES if self._is_switch else get_args(about.annotation)
        text = self._text_of(value)
        editor = Choice(values, text) if values else FormInput(text, max_length=LONGEST_VALUE)
        super().__init__(str(about.title), editor, str(extra["unit"]))
        self.is_live = bool(extra["live"])

    def _text_of(self, value: object) -> str:
        return NO_YES[bool(value)] if self._is_switch else as_text(value)

    @property
    def value(self) -> object:
        """The text of the editor, as a value for `Hyperparameters`; it may be wrong."""
        return self.text == "yes" if self._is_switch else as_value(self.setting, self.text)

    def set_value(self, value: object) -> None:
        """Put a value into the editor; no message is sent."""
        self.set_text(self._text_of(value))

    def find_problem(self) -> str:
        """The sentence of `Hyperparameters.checked`."""
        try:
            Hyperparameters.checked(**{self.setting: self.value})
        except HyperparameterError as error:
            return str(error)
        return ""

    @property
    def help_line(self) -> str:
        """What the setting is, and the values it takes."""
        values = "yes or no" if self._is_switch else allowed(self._about)
        return f"{self._about.description} ({values})"


class PresetField(FormField):
    """Which preset the form holds; what is none of them is kept as "changed"."""

    label_cells = 11

    def __init__(self, hyperparameters: Hyperparameters) -> None:
        self._own: Hyperparameters | None = None
        self._names = tuple(_label(name) for name in PRESETS)
        self._choice = Choice(self._names, self._names[0])
        super().__init__("start from", self._choice)
        self.add_class("presets")
        self.show(hyperparameters)

    def show(self, hyperparameters: Hyperparameters | None) -> None:
        """Name what the form holds; None while something there is wrong."""
        named = [name for name, preset in PRESETS.items() if preset == hyperparameters]
        if hyperparameters is not None and not named:
            self._own = hyperparameters
        has_own = self._own is not None or not named
        self._choice.values = (*self._names, CHANGED) if has_own else self._names
        self.set_text(_label(named[0]) if named else CHANGED)

    @property
    def recipe(self) -> Hyperparameters | None:
        """What is chosen; None for "changed" where nothing right was ever held."""
        for name, preset in PRESETS.items():
            if _label(name) == self.text:
                return preset
        return self._own

    @property
    def help_line(self) -> str:
        """What the chosen recipe is good for."""
        for label, about in RECIPES.values():
            if label == self.text:
                return f"{about} (← and → choose another)"
        return "settings of your own (← and → go to a recipe, and back to these)"


class SourcesField(FormField):
    """What to learn from: names and paths, parted by blanks as in a shell."""

    label_cells = 7
    help_line = (
        "chitchat, reference, or paths of text files; blanks in a path: put it in quotes"
    )

    def __init__(self, sources: Sequence[str]) -> None:
        self._given, self._given_as = tuple(sources), _as_typed(sources)
        super().__init__("source", FormInput(self._given_as, placeholder="chitchat"))
        self.add_class("sources")

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources in the editor; none if its quotes are not closed."""
        if self.text == self._given_as:
            return self._given  # a name may hold what cannot be shown
        try:
            return tuple(shlex.split(self.text))
        except ValueError:
            return ()

    def set_sources(self, sources: Sequence[str]) -> None:
        """Put sources into the editor; no message is sent."""
        self._given, self._given_as = tuple(sources), _as_typed(sources)
        self.set_text(self._given_as)

    def find_problem(self) -> str:
        """A source must be named; whether there is such a one is seen when it is read."""
        if self.sources and all(self.sources):
            return ""
        if self.text.strip() and not self.sources:
            return "source cannot be read: a quote is not closed, or a backslash comes last"
        return "source must be chitchat, reference or paths of text files, not empty"


def _as_typed(sources: Sequence[str]) -> str:
    return printable(shlex.join(sources))


def _label(name: str) -> str:
    return RECIPES[name][0] if name in RECIPES else name
