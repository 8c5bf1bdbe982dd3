"""How a command ends when it does not end well."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells count it: 128 + SIGINT."""
PIPE_CLOSED = 141
"""Exit status when nobody reads the output any more: 128 + SIGPIPE."""


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
    click.echo(f"wordnet-tui: {sentence}", err=True)
    raise click.exceptions.Exit(status) from None


def _discard_output() -> None:
    """Send what is still buffered nowhere, or Python would complain again at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
