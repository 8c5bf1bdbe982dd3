"""The row in which a recipe to start from is chosen."""

from __future__ import annotations

from wordnet_tui.core.model.hyperparameters import PRESETS, Hyperparameters
from wordnet_tui.widgets.form.choice import Choice
from wordnet_tui.widgets.form.field import FormField

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


def _label(name: str) -> str:
    return RECIPES[name][0] if name in RECIPES else name
