"""One option of the command line for each field of `Hyperparameters`, made from the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import click

from wordnet_tui.core.model.hyperparameters import PRESETS, Hyperparameters, limits


def hyperparameter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add all options; what is not given arrives as None, under the name of the field."""
    for name, field in reversed(Hyperparameters.model_fields.items()):
        flag = f"--{name.replace('_', '-')}"
        choices = get_args(field.annotation)
        kind: Any = field.annotation
        metavar = None
        help_line = str(field.description)
        if choices:
            kind = click.Choice(choices)
        elif kind is bool:
            flag = f"{flag}/--no-{name}"
        else:
            metavar = "N" if kind is int else "X"
            help_line += f", {limits(field)}"
        default = getattr(PRESETS["default"], name)
        shown = str(default).lower() if isinstance(default, bool) else default
        command = click.option(
            flag,
            type=kind,
            default=None,
            metavar=metavar,
            help=f"{help_line}.  [default: {shown}]",
        )(command)
    return click.option(
        "--preset",
        type=click.Choice(list(PRESETS)),
        help="Named settings to start from; other options change them.  [default: default]",
    )(command)


def given(options: dict[str, Any]) -> dict[str, Any]:
    """The hyperparameters among `options` that the user named."""
    return {
        name: options[name]
        for name in Hyperparameters.model_fields
        if options.get(name) is not None
    }
