"""The picture of a run's curves: a pure function from curves, window and size to cells.

    row 0          legend, or what the cross-hair reads
    rows 1 to -3   the curves, right of the labels of the upright axis
    the last two   the axis of mini-batches and its labels

plotext draws the frame (`chart_frame`); what changes from look to look is laid into it by
`chart_painter`, on arrays: about a millisecond, whatever the length of the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from wordnet_tui.charts.axes import Axis, tick_labels, ticks
from wordnet_tui.charts.canvas import Canvas
from wordnet_tui.charts.frame import ChartFrame, FrameWish, label_width
from wordnet_tui.charts.glyphs import Role
from wordnet_tui.charts.legend import header
from wordnet_tui.charts.painter import paint
from wordnet_tui.charts.plot_area import Plot
from wordnet_tui.charts.raster import Markers
from wordnet_tui.charts.scene import Scene

_TICK_CELLS = 12
"""Least room of a tick on the axis of mini-batches."""
_EPOCH_CELLS = 5
"""Least distance of two epoch borders; more are thinned out."""
_UNIT = "mini-batches"

Ticks = tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Chart:
    """A drawn picture, and what is needed to point into it."""

    canvas: Canvas
    x: Axis
    y: Axis
    left: int
    """Column of the first cell of the curves; their first row is 1."""
    columns: int
    """Cells of the curves; 0 if there is no room for them."""
    rows: int
    points: int = 0
    """How many points were looked at for it."""


def draw(scene: Scene, width: int, height: int, frame: ChartFrame) -> Chart:
    """Draw everything into so many cells; what has no room is left out."""
    canvas = Canvas(width, height)
    x = scene.view.x_axis(scene.picture)
    y = scene.view.y_axis(scene.picture, x, tuple(value for _, value in scene.baselines))
    rows = height - 3
    y_ticks = placed(y, ticks(y, min(max(rows // 2, 2), 8)), rows)
    left = label_width(y_ticks) + 1
    across = width - left
    if rows < 1 or across < 4:
        return Chart(canvas, x, y, 0, 0, 0)
    step, borders = _epoch_borders(x, scene.batches_per_epoch, across)
    wish = FrameWish(
        width,
        height - 1,
        with_unit(placed(x, ticks(x, x_tick_count(across)), across), across, _UNIT),
        y_ticks,
        borders,
        scene.markers is Markers.ASCII,
    )
    for row, text in enumerate(frame.rows(wish), start=1):
        canvas.write(0, row, text, Role.FRAME)
    points = paint(Plot(scene, canvas.part(left, 1, across, rows), x, y))
    column = 0
    for text, role in header(scene, width, step if borders else 0):
        canvas.write(column, 0, text, role)
        column += len(text)
    return Chart(canvas, x, y, left, across, rows, points)


def brings_a_column(chart: Chart, drawn: Scene, scene: Scene) -> bool:
    """Whether a new picture would show more than a part of a column, or something else."""
    before, now = drawn.picture, scene.picture
    new = now.batches - before.batches
    ended = now.latest is not None and now.latest.stop_reason is not None
    others = [
        (each.baselines, each.rate_changes, each.batches_per_epoch) for each in (drawn, scene)
    ]
    if new < 0 or ended or others[0] != others[1] or not chart.columns:
        return True
    places = chart.x.places([before.batches, now.batches], chart.columns)
    return bool(places[1] - places[0] >= 1.0) or now.batches > chart.x.high


def message(text: str, width: int, height: int) -> Canvas:
    """Words in the middle, where there is nothing to draw."""
    canvas = Canvas(width, height)
    lines = wrap(text, max(width - 2, 1))
    for row, line in enumerate(lines, start=max((height - len(lines)) // 2, 0)):
        canvas.write(max((width - len(line)) // 2, 0), row, line, Role.LABEL)
    return canvas


def placed(axis: Axis, values: list[float], cells: int) -> Ticks:
    """Ticks on cells of their own."""
    placed: dict[int, str] = {}
    for value, label in zip(values, tick_labels(values), strict=True):
        place = round(float(axis.places(value, cells)))
        if 0 <= place < cells:
            placed.setdefault(place, label)
    return tuple(placed.items())


def x_tick_count(across: int) -> int:
    """How many ticks an axis of so many cells has room for."""
    return max(across // _TICK_CELLS, 2)


def with_unit(x_ticks: Ticks, across: int, unit: str) -> Ticks:
    """Name the unit at the last tick; the one before it gives way, if there are enough."""
    if len(x_ticks) < 2:
        return x_ticks
    *others, (place, label) = x_ticks
    label += f" {unit}"
    first_cell = min(place - len(label) // 2, across - len(label))
    free = [(other, text) for other, text in others if other + len(text) < first_cell]
    if len(free) < min(len(others), max(len(others) - 1, 2)):
        return x_ticks
    return (*free, (place, label))


def _epoch_borders(x: Axis, per_epoch: int, across: int) -> tuple[int, tuple[int, ...]]:
    """Every how many epochs a border is shown, and the columns of the borders."""
    if per_epoch < 1:
        return 1, ()
    cells_each = per_epoch / (x.high - x.low) * across
    step = 1
    while step * cells_each < _EPOCH_CELLS and step < 1_000_000:
        step *= 5 if str(step)[0] == "1" else 2
    border = step * per_epoch
    first = max(int(x.low // border), 0) + 1
    columns: list[int] = []
    for number in range(first, min(int(x.high // border), first + across) + 1):
        place = round(float(x.places(number * border, across)))
        crowded = bool(columns) and place - columns[-1] < _EPOCH_CELLS
        if 0 < place < across - 1 and not crowded:
            columns.append(place)
    return step, tuple(columns)
