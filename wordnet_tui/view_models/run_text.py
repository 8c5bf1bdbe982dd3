"""What the Runs screen says of runs in words; pure functions."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from wordnet_tui.charts.cell_text import left, short
from wordnet_tui.charts.comparison_chart import STROKES, sample
from wordnet_tui.charts.raster import Markers
from wordnet_tui.core.errors import printable
from wordnet_tui.runs.listing import RunSummary
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.view_models.run_differences import Compared, Row, differences, lowest
from wordnet_tui.view_models.run_list import RunColumn, RunRow, age_text

_SIGNS = {
    RunCondition.TRAINING: ("▶", ">"),
    RunCondition.PAUSED: ("‖", "="),
    RunCondition.INTERRUPTED: ("▷", "|"),
    RunCondition.ENDED: ("■", "#"),
    RunCondition.FAILED: ("✗", "x"),
    RunCondition.CUT_OFF: ("╌", "-"),
    RunCondition.SILENT: ("?", "?"),
    RunCondition.DAMAGED: ("!", "!"),
}
_SAMPLE = 6
"""Cells of a piece of a line in a legend."""
_WIDEST_VALUE = 20
_GAP = 2

Line = tuple[str, str]
"""What is told, and what is to be told of it; the first may be empty."""


def sign_of(condition: RunCondition, *, plain: bool) -> str:
    """One character for a state, always beside its word."""
    return _SIGNS[condition][plain]


def invitation(runs: str) -> str:
    """What to do where there is no run.

    Args:
        runs: The folder that was looked into.
    """
    return (
        f"No run lies in {printable(runs)} yet: start one with F5 on the Train screen (F2), "
        "or with `wordnet-tui train`."
    )


def facts(row: RunRow) -> list[Line]:
    """All that is known of a run, besides its curve."""
    return [(label, printable(text)) for label, text in _facts(row)]


def _facts(row: RunRow) -> Iterator[Line]:
    summary = row.summary
    manifest, progress = summary.manifest, row.progress
    yield row.name, reason(summary)
    if progress is not None and progress.best_cross_entropy is not None:
        at = f"{progress.best_at:,} of {progress.batches:,}"
        yield "best", f"{progress.best_cross_entropy:.4f} nats per word at mini-batch {at}"
    if manifest is None:
        yield "lies in", str(summary.folder.path)
        return
    begun = time.strftime("%Y-%m-%d %H:%M", time.localtime(manifest.created_at))
    ago = "" if row.age is None else f" ({age_text(row.age)} ago)"
    done = f"; epochs {row.text(RunColumn.EPOCHS)}, trained {row.text(RunColumn.TIME)}"
    yield "begun", f"{begun}{ago} on {manifest.host}{done}"
    if manifest.parent is not None:
        name, batch = manifest.parent
        yield "branched", f"from {name} at mini-batch {batch:,}"
    if manifest.start:
        yield "started", f"from the weights of {manifest.start}"
    yield "data", f"{manifest.data_name}, {manifest.data_rows[0]:,} windows to train on"
    yield "lies in", str(summary.folder.path)
    yield "repeat", manifest.command


def reason(summary: RunSummary) -> str:
    """The state of a run, and why it is in it, in one sentence."""
    status, condition = summary.status, summary.condition
    if summary.problem:
        return f"{condition}: {summary.problem}"
    if status is None:
        return condition.value
    view = status.view
    progress = view.progress
    if view.failure:
        return f"{condition}: {view.failure}"
    if condition in (RunCondition.TRAINING, RunCondition.PAUSED, RunCondition.SILENT):
        return f"{condition}: process {status.pid} on {status.host}"
    if progress is not None and progress.stop_reason is not None:
        return f"{condition}: {progress.stop_reason}"
    if condition is RunCondition.CUT_OFF:
        return f"{condition}: its process is gone; c continues it"
    if condition is RunCondition.INTERRUPTED:
        return f"{condition}: left in good order; c continues it"
    return condition.value


def comparison(
    names: Sequence[str], runs: Sequence[Compared], letters: str, markers: Markers, width: int
) -> list[str]:
    """What differs between runs as lines of a table, in several parts if it is too wide.

    Args:
        names: Of the runs.
        runs: As many.
        letters: One for each.
        markers: What their curves are drawn with.
        width: Cells.
    """
    told = [Row("run", _without_common_beginning(names)), *differences(runs)]
    rows = [Row(row.label, tuple(map(printable, row.values))) for row in told]
    best = lowest(runs)
    if best is not None and len(runs) > 1:
        label, values = rows[-1]
        starred = [f"{value}*" if i == best else value for i, value in enumerate(values)]
        rows[-1] = Row(label, tuple(starred))
    heads = [
        f"{letter} {sample(stroke, markers, _SAMPLE)}"
        for letter, stroke in zip(letters, STROKES, strict=False)
    ]
    first = max(cell_len(row.label) for row in rows) + _GAP
    widths = [
        min(max(cell_len(text) for text in texts), _WIDEST_VALUE) + _GAP
        for texts in zip(heads, *(row.values for row in rows), strict=True)
    ]
    lines: list[str] = []
    for part in _parts(widths, width - first):
        lines += [""] if lines else []
        for label, values in [Row("", tuple(heads)), *rows]:
            cells = [left(short(values[i], widths[i] - _GAP), widths[i]) for i in part]
            lines.append((left(label, first) + "".join(cells)).rstrip())
    return lines


def _without_common_beginning(names: Sequence[str]) -> tuple[str, ...]:
    """Names without the date that they share."""
    ends = [place + 1 for place, letter in enumerate(names[0]) if letter == "-"]
    shared = [end for end in ends if all(each.startswith(names[0][:end]) for each in names)]
    if not shared or len(names) == 1:
        return tuple(names)
    return tuple(f"…{name[shared[-1] :]}" for name in names)


def _parts(widths: Sequence[int], room: int) -> Iterator[list[int]]:
    """Columns put together as far as they fit beside one another."""
    part: list[int] = []
    for column, width in enumerate(widths):
        if part and sum(widths[each] for each in part) + width > room:
            yield part
            part = []
        part.append(column)
    if part:
        yield part
