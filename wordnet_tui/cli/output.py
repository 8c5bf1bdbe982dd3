"""What commands print: JSON, aligned columns, bars, and progress while something is read."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TextIO

import click
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from wordnet_tui.core.errors import printable, printable_lines

BAR_WIDTH = 30
"""Columns of a bar for a share of 1."""


def say(text: str = "", *, end: str = "\n", err: bool = False) -> None:
    """Print `text` on standard output, or standard error, and let it be seen at once.

    All that this program prints for people comes here, or to `say_colored`. Wherever a text
    has its words from, it cannot steer a terminal: newlines alone pass as they are.
    """
    _write(printable_lines(text + end), sys.stderr if err else sys.stdout)


def say_colored(text: str) -> None:
    """As `say`, for a line that was coloured here, its words made harmless before."""
    _write(f"{text}\n", sys.stdout)


def _write(text: str, stream: TextIO | None) -> None:
    """In the encoding that the stream has: click alone takes ASCII for a mistake."""
    click.echo(text, file=stream, nl=False)


def warn(sentence: str) -> None:
    """Say on standard error what a user should know about an otherwise good result."""
    say(f"wordnet-tui: warning: {sentence}", err=True)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person sits there; None is a stream that the caller has closed."""
    return stream is not None and stream.isatty()


def print_json(payload: Mapping[str, object]) -> None:
    """Print one JSON object on one line.

    Letters beyond ASCII and control characters are escaped, so any terminal, pipe and locale
    can take it; a figure that is not finite becomes null, which JSON can hold.
    """
    say(json.dumps(_finite(payload), allow_nan=False))


def _finite(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def print_columns(rows: Sequence[Sequence[str]], *, align: str) -> None:
    """Print `rows` with their columns in line, each cell harmless to a terminal.

    Args:
        rows: Cells, as many in each row as `align` has signs.
        align: For each column "<", its cells begin in line, or ">", they end in line.
    """
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = [
            cell + " " * (width - cell_len(cell))
            if side == "<"
            else " " * (width - cell_len(cell)) + cell
            for cell, width, side in zip(row, widths, align, strict=True)
        ]
        say("  ".join(padded).rstrip())


def bar(share: float) -> str:
    """A bar for a share from 0 to 1 where standard output is a terminal, else nothing."""
    if not is_terminal(sys.stdout):
        return ""
    sign = "█" if (sys.stdout.encoding or "").lower().startswith("utf") else "#"
    return sign * round(share * BAR_WIDTH)


@contextmanager
def progress_display() -> Iterator[Callable[[str, float | None], None]]:
    """Give a function that shows, on a terminal, what is being done and how much of it is.

    It takes a phrase and a share from 0 to 1, or None where that is unknown. The display
    is on standard error and is gone at the end; where that is no terminal nothing shows.
    """
    if not is_terminal(sys.stderr):
        yield lambda _doing, _share: None
        return
    display = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        console=Console(stderr=True),
        transient=True,
    )

    def show(doing: str, share: float | None) -> None:
        display.start()  # only now, since what is cached needs no display
        description, percent = printable(doing), round(100 * (share or 0.0))
        for task in display.tasks:
            if task.description == description:
                display.update(task.id, completed=percent)
                return
            display.remove_task(task.id)
        display.add_task(description, total=None if share is None else 100, completed=percent)

    try:
        yield show
    finally:
        display.stop()
