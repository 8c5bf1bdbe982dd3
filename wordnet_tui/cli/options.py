"""Arguments and options of commands, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from wordnet_tui.cli.completion import complete_model, complete_run
from wordnet_tui.core.model.hyperparameters import PRESETS, Hyperparameters, limits
from wordnet_tui.runs.checkpoint_writer import SECONDS_BETWEEN_CHECKPOINTS

Function = TypeVar("Function", bound=Callable[..., Any])
Decorator = Callable[[Function], Function]


FILE = click.Path(path_type=Path)
"""A path; whether the file is there and good is for the core to say, with status 1."""


def vocab_option(command: Function) -> Function:
    """`--vocab`; gives vocab, None where not given."""
    return click.option(
        "--vocab", metavar="FILE", type=FILE, help="Words of a .bin, one a line (vocab.txt)."
    )(command)


def vocabulary_options(command: Function) -> Function:
    """`--vocab` and `--data`, for a model file that may hold no words; gives vocab, data."""
    return vocab_option(
        click.option(
            "--data",
            metavar="SOURCE",
            multiple=True,
            help="Corpus whose words a .bin is about; may be given several times.",
        )(command)
    )


def network_arguments(command: Function) -> Function:
    """MODEL, `--vocab` and `--data`; gives model, vocab and data."""
    return click.argument("model", shell_complete=complete_model)(vocabulary_options(command))


def words_argument(command: Function) -> Function:
    """Some words, in one quoted argument or several; gives words."""
    return click.argument("words", nargs=-1, required=True)(command)


def data_option(default: str) -> Decorator[Any]:
    """`--data` where a corpus is read; gives data, empty where not given."""
    return click.option(
        "--data",
        metavar="SOURCE",
        multiple=True,
        help=f"Corpus; text files may be given several times.  [default: {default}]",
    )


def runs_option(command: Function) -> Function:
    """`--runs`; gives runs, None where not given."""
    return click.option(
        "--runs",
        metavar="DIR",
        type=FILE,
        callback=_or_inherited,
        help="Where runs are kept.  [default: $WORDNET_TUI_RUNS, or the user's data folder]",
    )(command)


def checkpoint_option(command: Function) -> Function:
    """`--checkpoint-every`; gives checkpoint_every, in seconds."""
    return click.option(
        "--checkpoint-every",
        metavar="SECONDS",
        type=click.FloatRange(min=0.1),
        default=SECONDS_BETWEEN_CHECKPOINTS,
        show_default=True,
        help="How much work a crash may cost.",
    )(command)


def _or_inherited(
    context: click.Context, _parameter: click.Parameter, given: Path | None
) -> Path | None:
    """What is given before the command counts where nothing is given behind it."""
    while given is None and context.parent is not None:
        context = context.parent
        given = context.params.get("runs")
    return given


def run_argument(command: Function) -> Function:
    """RUN, the newest where not given; gives name."""
    return click.argument("name", metavar="[RUN]", default="", shell_complete=complete_run)(
        command
    )


def shaping_options(command: Function) -> Function:
    """How a text becomes windows; gives vocabulary_size and seed."""
    for option in (
        click.option(
            "--seed",
            type=click.IntRange(min=0),
            default=1,
            show_default=True,
            help="Deals the sentences into training, validation and test.",
        ),
        click.option(
            "--vocabulary-size",
            type=int,
            metavar="V",
            help="Most frequent words to keep.  [default: 250, or what the source says]",
        ),
    ):
        command = option(command)
    return command


def count_option(default: int, what: str) -> Decorator[Any]:
    """`-k`: how many rows to show; gives count."""
    return click.option(
        "-k",
        "--count",
        type=click.IntRange(min=1),
        default=default,
        show_default=True,
        help=f"How many {what} to show.",
    )


def cosine_option(command: Function) -> Function:
    """`--cosine`; gives metric, "euclidean" or "cosine"."""
    return click.option(
        "--cosine",
        "metric",
        flag_value="cosine",
        default="euclidean",
        help="Compare directions (1 - cosine) instead of Euclidean distances.",
    )(command)


def plot_option(command: Function) -> Function:
    """`--plot`; gives plot."""
    return click.option(
        "--plot", is_flag=True, help="Plot the curves at the end, as `runs plot` does."
    )(command)


def json_option(command: Function) -> Function:
    """`--json`; gives as_json."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON object instead of lines."
    )(command)


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
