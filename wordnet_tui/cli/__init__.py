"""The command line: `wordnet-tui`.

This module, and what it imports, loads nothing but click, so that `--version`, `--help` and
shell completion answer at once; a command's own module is imported when the command is used.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from wordnet_tui import __version__
from wordnet_tui.cli.group import LazyGroup

COMMANDS = {
    "train": ("train", "Train a network, from scratch or from START, into OUT."),
    "resume": ("train", "Continue a training that was left or cut off."),
    "watch": ("watch", "Watch a training that another process does, and steer it."),
    "runs": ("runs", "List runs; show, plot, export or delete one."),
    "info": ("info", "Show what a model file holds and where it comes from."),
    "forward": ("forward", "Chain words, choosing among the likeliest next ones."),
    "predict": ("words", "Show the words most likely to come next."),
    "generate": ("words", "Write on from the words given, word by word."),
    "evaluate": ("evaluate", "Measure a network beside baselines on the same rows."),
    "neighbors": ("words", "Show the words whose embeddings lie nearest."),
    "distance": ("words", "Show how far apart the embeddings of two words lie."),
    "occurrences": ("data", "Count what follows some words in the training part."),
    "convert": ("info", "Convert a model file: .bin to .safetensors, or back."),
    "check-gradients": ("check_gradients", "Compare the gradients with measured slopes."),
    "data": ("data", "Look into a corpus, or fetch one."),
    "demo": ("demo", "Train for a few seconds, then chain words."),
    "completion": ("completion", "Print the script for completion in a shell."),
}
"""Command -> the module of this package that holds it, and what it does in one line."""


@click.group(
    cls=LazyGroup,
    package=__name__,
    table=COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 95},
    epilog="`wordnet-tui COMMAND -h` tells more. SOURCE is chitchat (built in), reference or "
    "original (to be fetched), a folder of CSV files, a .mat file, or text files.",
)
@click.version_option(__version__, prog_name="wordnet-tui", message="%(prog)s %(version)s")
@click.option("--data", metavar="SOURCE", multiple=True, help="Corpus to open the app with.")
@click.option("--model", metavar="MODEL", default="", help="Network to open the app with.")
@click.option(
    "--screen",
    type=click.Choice(["train", "vocabulary", "predict", "runs"]),
    default="train",
    show_default=True,
    help="Screen to begin on.",
)
@click.option(
    "--theme", metavar="NAME", default="", help="dark, light, plain, or one of Textual."
)
@click.option(
    "--marker",
    type=click.Choice(["braille", "block", "ascii"]),
    default="braille",
    show_default=True,
    help="What pictures are made of.",
)
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@click.option(
    "--refresh",
    type=click.FloatRange(0.1, 30.0),
    default=2.0,
    show_default=True,
    metavar="HZ",
    help="How often the app updates what it shows of a training.",
)
@click.option(
    "--runs",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where runs are kept.  [default: $WORDNET_TUI_RUNS, or the user's data folder]",
)
@click.option(
    "--on-hangup",
    type=click.Choice(["continue", "stop"]),
    default="continue",
    show_default=True,
    help="What a training does when the terminal is lost. Natively on Windows it ends either "
    "way, and `wordnet-tui resume` continues it from its last checkpoint.",
)
@click.pass_context
def program(context: click.Context, /, **options: Any) -> None:
    """A small neural network reads a few words and predicts the next one.

    Without a command it opens the app.
    """
    if context.invoked_subcommand is None:
        from wordnet_tui.cli.open import open_app

        open_app(**options)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and leave with its exit status: 0 done, 1 a bad input, 2 wrong usage."""
    # A terminal or pipe that cannot show a letter gets it as an escape, not a traceback; bytes
    # that are no text arrive as characters that no vocabulary holds.
    for stream, errors in (
        (sys.stdin, "surrogateescape"),
        (sys.stdout, "backslashreplace"),
        (sys.stderr, "backslashreplace"),
    ):
        if isinstance(stream, io.TextIOWrapper):  # None where it was closed
            stream.reconfigure(errors=errors)
    program.main(arguments, prog_name="wordnet-tui")
