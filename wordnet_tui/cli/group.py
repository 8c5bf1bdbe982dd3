"""The group of all commands: each is imported only when it is used, and ends tidily."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells count it: 128 + SIGINT."""
PIPE_CLOSED = 141
"""Exit status when nobody reads the output any more: 128 + SIGPIPE."""


class LazyGroup(click.Group):
    """A group made from a table; errors of the user's making end here, as one sentence.

    Args:
        package: Where the modules of the commands lie.
        table: Command -> (module, what it does in one line). The module holds the command
            under its own name, with `_` for `-`.
    """

    def __init__(
        self, *args: Any, package: str, table: Mapping[str, tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._package = package
        self._table = table

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the words of the command line."""
        with _harmless_errors():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        with _harmless_errors(), tidy_ending():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The commands in the order of the table."""
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command; None where there is none of that name."""
        if cmd_name not in self._table:
            return None
        module = importlib.import_module(f"{self._package}.{self._table[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self._table.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands, then options, that begin with `incomplete`."""
        commands = [
            CompletionItem(name, help=line)
            for name, (_, line) in self._table.items()
            if name.startswith(incomplete)
        ]
        return commands + click.Command.shell_complete(self, ctx, incomplete)


@contextmanager
def _harmless_errors() -> Iterator[None]:
    """What click says of wrong usage repeats words that may come from elsewhere."""
    try:
        yield
    except click.UsageError as error:
        from wordnet_tui.core.errors import printable_lines

        message = error.format_message()
        if message == (harmless := printable_lines(message)):
            raise
        raise click.UsageError(harmless, error.ctx) from None


@contextmanager
def tidy_ending() -> Iterator[None]:
    """Turn what a user can cause into one line on standard error and an exit status.

    A `WordnetError` becomes its sentence and status 1. A reader that has gone away
    (`| head`) ends the program in silence. Anything else is a bug and keeps its traceback.
    """
    from wordnet_tui.core.errors import WordnetError

    try:
        yield
        if sys.stdout is not None:  # closed by the caller
            sys.stdout.flush()
    except WordnetError as error:
        _leave(1, str(error))
    except KeyboardInterrupt:
        click.echo(err=True)  # ends the line that shows ^C
        _leave(INTERRUPTED, "interrupted")
    except BrokenPipeError:
        _discard_output()
        raise click.exceptions.Exit(PIPE_CLOSED) from None
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        _discard_output()
        _leave(1, f"the output cannot be written: {error.strerror}")


def _leave(status: int, sentence: str) -> NoReturn:
    from wordnet_tui.core.errors import printable_lines

    click.echo(printable_lines(f"wordnet-tui: {sentence}"), err=True)
    raise click.exceptions.Exit(status) from None


def _discard_output() -> None:
    """Send what is still buffered nowhere, or Python would complain again at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
