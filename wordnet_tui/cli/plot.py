"""Curves of runs as one plot of characters: `runs plot`, and `train --plot`.

plotext draws it, through its public functions alone. They share one figure, which is cleared
first; a command plots once. It is given places on our own axes, so it never sees a logarithm,
a value that is not finite, or more than two points of a curve in a column of dots.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import click
import numpy as np
import plotext
from rich.cells import cell_len

from wordnet_tui.charts.axes import Axis, axis, held_limits, tick_labels, ticks
from wordnet_tui.charts.comparison_chart import Curve, Unit, window
from wordnet_tui.charts.decimate import columns, curve_row, readout, validation_columns
from wordnet_tui.cli.output import is_terminal, say, say_colored
from wordnet_tui.core.errors import RunError, printable
from wordnet_tui.core.history.history import HistoryPicture, Values
from wordnet_tui.runs.listing import summarise
from wordnet_tui.runs.remote.curves import Curves
from wordnet_tui.runs.storage.folder import RunFolder

SMOOTHING = 0.99
LETTERS = "abcdefgh"
"""One for each run of several."""
_COLORS = ("blue+", "orange+", "green+", "red+", "magenta+", "cyan+", "gray+", "orange")
_MARKS, _ASCII_MARKS = "⠒○◆", ".oX"
"""Of the training, of a validation, and of the best one."""
_IN_ASCII = str.maketrans("│─┌┐└┘├┤┬┴", "|-++++++++")
_SIZE_IN_PIPES = 100, 30
_LEAST_SIZE = 60, 9
"""Without the legend."""
_DOTS = 2, 4
"""Columns and rows of dots in a character of braille."""


class PlottedRun(NamedTuple):
    """A run, and its curves."""

    name: str
    picture: HistoryPicture


class _Curve(NamedTuple):
    """A row of the legend, and what is drawn for it, if any of the losses is finite."""

    mark: str
    name: str
    fact: str
    places: Values
    """Columns of dots, rising; NaN outside of a log axis."""
    losses: Values
    """Nats per word."""
    is_joined: bool = False
    """By a line of dots; of marks, where there is only ASCII."""
    marks_apart: int = 0
    """Columns of dots between two marks; 0 for none."""


def read_run(folder: RunFolder) -> PlottedRun:
    """The curves in the folder of a run; what is damaged there is said on standard error."""
    summary, curves = summarise(folder, time.time()), Curves(folder)
    status = summary.status
    curves.follow(status.view.progress if status else None, status.attempt if status else 0)
    for problem in filter(None, (summary.problem, curves.problem)):
        say(f"wordnet-tui: {printable(folder.name)}: {problem}", err=True)
    return PlottedRun(folder.name, curves.history.picture())


def print_plot(
    runs: Sequence[PlottedRun],
    size: tuple[int, int] | None = None,
    *,
    log_x: bool = False,
    log_y: bool = False,
) -> None:
    """Print the curves of one run, or the validation curves of several, and a legend.

    Args:
        runs: At most as many as there are `LETTERS`.
        size: Columns and rows of all that is printed; as the terminal has, if None.
        log_x: Mini-batches in logarithms.
        log_y: Losses in logarithms.

    Raises:
        RunError: There is nothing to draw, or it cannot be drawn in logarithms.
        click.UsageError: There is no room for the legend.
    """
    least = _LEAST_SIZE[1] + max(len(runs), len(_MARKS))
    width, height = size or _size_of_output(least)
    if height < least:
        raise click.UsageError(f"a plot with this legend needs {least} rows or more")
    plain = not _can_show(_MARKS)
    x = axis(int(log_x), max(2, *(run.picture.batches for run in runs)), log=log_x)
    dots = width * _DOTS[0]
    if len(runs) == 1:
        name = _label(runs[0].name, width - 36, plain)  # centred, right of the axis' name
        title = f"run {name}".rstrip()
        lines = list(_lines_of_one(runs[0].picture, x, dots, plain))
        nothing = f"{title} has no loss yet that could be drawn"
    else:
        title = f"validation of {len(runs)} runs"
        lines = list(_lines_of_several(runs, x, dots, plain))
        nothing = "none of these runs has been validated yet"
    y = _upright_axis(lines, nothing, log=log_y)
    if len(runs) > 1 and not log_y:  # a run that diverged would make the others look flat
        curves = [Curve(run.picture, batches_per_epoch=1) for run in runs]
        shown = window(curves, Unit.BATCHES, main_part=True)
        if shown and shown.y.high < y.high:
            y, title = shown.y, f"{title}, main part"
    rows = _drawn(lines, x, y, (width, height - len(lines)), title, plain)
    rows += _legend(lines, width)
    colored = is_terminal(sys.stdout) and not os.environ.get("NO_COLOR")
    for row in rows:
        if colored:
            say_colored(row)
        else:
            say(plotext.uncolorize(row))


# ---- what is drawn


def _lines_of_one(
    picture: HistoryPicture, x: Axis, dots: int, plain: bool
) -> Iterator[_Curve]:
    """Training, validation, and the best point."""
    training_mark, validation_mark, best_mark = tuple(_ASCII_MARKS if plain else _MARKS)
    edges, batches = x.edges(dots), picture.batches
    losses = columns(picture, edges, curve_row(SMOOTHING)).last
    fact = _fact(readout(picture, batches, SMOOTHING).smoothed, batches)
    name = f"training, smoothed {SMOOTHING:g}"
    yield _Curve(
        training_mark, name, fact, np.arange(dots, dtype=np.float64), losses, is_joined=True
    )
    at, figure = picture.validations[:, -1] if picture.validations.size else (0, None)
    found = _validation(picture, edges)
    fact = _fact(figure, int(at))
    yield _Curve(validation_mark, "validation", fact, *found, marks_apart=3 * _DOTS[0])
    best, best_at = _best(picture)
    losses = np.array([np.nan if best is None else best])
    place, fact = x.places([best_at], dots), _fact(best, best_at)
    yield _Curve(best_mark, "best validation", fact, place, losses, marks_apart=1)


def _lines_of_several(
    runs: Sequence[PlottedRun], x: Axis, dots: int, plain: bool
) -> Iterator[_Curve]:
    """The validation curve of each run."""
    edges = x.edges(dots)
    for letter, (name, picture) in zip(LETTERS, runs, strict=False):
        name, fact = _label(name, 24, plain), f"best {_fact(*_best(picture))}"
        found = _validation(picture, edges)
        yield _Curve(letter, name, fact, *found, is_joined=True, marks_apart=9 * _DOTS[0])


def _validation(picture: HistoryPicture, edges: Values) -> tuple[Values, Values]:
    """Two points in each column of dots, the lowest and the highest; NaN where it has none."""
    found = validation_columns(picture, edges)
    both = np.column_stack([found.lowest, found.highest])
    return np.repeat(np.arange(len(both), dtype=np.float64), 2), both.ravel()


def _best(picture: HistoryPicture) -> tuple[float | None, int]:
    latest = picture.latest
    return (latest.best_cross_entropy, latest.best_at or 0) if latest else (None, 0)


def _fact(value: float | None, batch: int) -> str:
    return "-" if value is None else f"{value:.4f} at mini-batch {batch:,}"


def _upright_axis(lines: Sequence[_Curve], nothing: str, *, log: bool) -> Axis:
    losses = np.concatenate([line.losses for line in lines])
    losses = losses[np.isfinite(losses)]
    if not losses.size:
        raise RunError(nothing)
    low, high = float(losses.min()), float(losses.max())
    if log and low <= 0:
        raise RunError(f"a logarithmic axis cannot show a loss of {low:g}; omit --log-y")
    return axis(*held_limits(None, low, high, log=log), log=log)


# ---- how it is drawn


def _drawn(
    lines: Sequence[_Curve], x: Axis, y: Axis, size: tuple[int, int], title: str, plain: bool
) -> list[str]:
    """The rows of the plot without its legend, colours and all."""
    (width, height), across, up = size, size[0] * _DOTS[0], size[1] * _DOTS[1]
    plotext.clear_figure()
    plotext.limit_size(False, False)  # else no larger than the terminal
    plotext.plot_size(width, height)
    plotext.theme("clear")
    plotext.title("nats per word")  # at the left end of the first row, above its axis
    plotext.xlabel(title, xside="upper")
    plotext.xlabel("mini-batches")
    values = ticks(x, width // 12)
    plotext.xticks(x.places(values, across).tolist(), tick_labels(values))
    plotext.xlim(0, across - 1)
    values = ticks(y, max(height // 3, 2))
    plotext.yticks(y.places(values, up).tolist(), tick_labels(values))
    plotext.ylim(0, up - 1)
    marks = []
    for number, (line, color) in enumerate(zip(lines, _COLORS, strict=False)):
        known = np.isfinite(line.losses) & np.isfinite(line.places)
        places = line.places[known].tolist()
        # What lies far outside would cost many dots that nobody sees.
        heights = np.clip(y.places(line.losses[known], up), -up, 2 * up).tolist()
        if line.is_joined and places:
            marker = line.mark if plain else "braille"
            plotext.plot(places, heights, marker=marker, color=color)
        chosen = _marked(places, line.marks_apart, number * _DOTS[0] * line.is_joined)
        marked = [places[each] for each in chosen], [heights[each] for each in chosen]
        marks.append((marked, line.mark, color))
    for marked, mark, color in marks:  # over all lines
        plotext.scatter(*marked, marker=mark, color=color)
    text: str = plotext.build()
    return (text.translate(_IN_ASCII) if plain else text).splitlines()


def _legend(lines: Sequence[_Curve], width: int) -> Iterator[str]:
    name_cells = max(len(line.name) for line in lines)
    for line, color in zip(lines, _COLORS, strict=False):
        text = f" {line.name:<{name_cells}}  {line.fact}"[: width - 1]
        yield plotext.colorize(line.mark, color) + text.ljust(width - 1)


def _marked(places: Sequence[float], apart: int, skipped: int) -> list[int]:
    """Which points get a mark.

    Args:
        places: Of the points, rising.
        apart: The least distance of two marks; 0 for none.
        skipped: How far from the end the last mark may be, so that those of curves that lie
            upon one another do not.
    """
    chosen: list[int] = []
    for number in reversed(range(len(places) if apart else 0)):
        if places[number] <= (places[chosen[-1]] - apart if chosen else places[-1] - skipped):
            chosen.append(number)
    return chosen or [*range(len(places) if apart else 0)][-1:]


# ---- where it is printed


def _can_show(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _label(name: str, most: int, plain: bool) -> str:
    """A name as characters of one cell each; of a long one the end."""
    name = printable(name)
    if plain or cell_len(name) != len(name):
        name = name.encode("ascii", "backslashreplace").decode()
    return f"..{name[2 - most :]}" if len(name) > most else name


def _size_of_output(least_rows: int) -> tuple[int, int]:
    """Columns and rows of the terminal, a row left for the prompt."""
    if not is_terminal(sys.stdout):
        return _SIZE_IN_PIPES
    width, height = shutil.get_terminal_size(_SIZE_IN_PIPES)
    return max(width, _LEAST_SIZE[0]), max(height - 1, least_rows)
