"""The picture of a run's curves: a pure function from curves, window and size to cells.

Its rows are those of a `frame`, under a legend or what the cross-hair reads. From the back to
the front are painted: training (stippled, or its extremes), baselines (dotted), validation
(circles on a dotted line), smoothed (thick), marks. Curves differ by their line, not only by
their colour. The work is done on arrays: two milliseconds, whatever the length of the run.
"""

from __future__ import annotations

from dataclasses import dataclass

from wordnet_tui.charts.annotations import (
    draw_baselines,
    draw_cross_hair,
    mark_best,
    mark_end,
    mark_rate_changes,
    name_baselines,
    write_header,
)
from wordnet_tui.charts.axes import Axis, Values
from wordnet_tui.charts.canvas import Canvas
from wordnet_tui.charts.decimate import Columns, columns, curve_row, filled, validation_columns
from wordnet_tui.charts.frame import frame_of
from wordnet_tui.charts.plot_area import PlotArea, Role, Scene
from wordnet_tui.charts.raster import (
    Dots,
    DotSpans,
    Markers,
    dots,
    every,
    line,
    nearest,
    pack,
    stamp,
)

_EPOCH_CELLS = 5
"""Least distance of two epoch borders; more are thinned out."""
_CIRCLE_CELLS = 4
"""Least distance of two circles."""
_CROWDED = 1.5
"""Mini-batches, or bins of them, in a column from which on a line becomes an area."""


@dataclass(frozen=True)
class Chart:
    """A drawn picture, and what is needed to point into it."""

    scene: Scene
    canvas: Canvas
    x: Axis
    y: Axis
    left: int = 0
    """Column of the first cell of the curves; their first row is 1."""
    columns: int = 0
    """Cells of the curves; 0 if there is no room for them."""
    rows: int = 0
    points: int = 0
    """How many points were read for it."""


def draw(scene: Scene, width: int, height: int) -> Chart:
    """Draw everything into so many cells; what has no room is left out."""
    canvas = Canvas(width, height)
    x = scene.view.x_axis(scene.picture)
    y = scene.view.y_axis(scene.picture, x, tuple(value for _, value in scene.baselines))
    frame = frame_of(x, y, width, height, "mini-batches")
    if frame is None:
        return Chart(scene, canvas, x, y)
    step, borders = _epoch_borders(x, scene.batches_per_epoch, frame.columns)
    plain = scene.markers is Markers.ASCII
    inside = frame.draw(canvas, uprights=borders, plain=plain)
    points = _paint(PlotArea(scene, inside, x, y))
    write_header(canvas, scene, step if borders else 0)
    return Chart(scene, canvas, x, y, frame.left, frame.columns, frame.rows, points)


def brings_a_column(chart: Chart, scene: Scene) -> bool:
    """Whether a new picture would show more than a part of a column, or something else."""
    drawn = chart.scene
    before, now = drawn.picture, scene.picture
    ended = now.latest is not None and now.latest.stop_reason is not None
    others = [
        (each.baselines, each.rate_changes, each.batches_per_epoch) for each in (drawn, scene)
    ]
    if now.batches < before.batches or ended or others[0] != others[1] or not chart.columns:
        return True
    places = chart.x.places([before.batches, now.batches], chart.columns)
    return bool(places[1] - places[0] >= 1.0) or now.batches > chart.x.high


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


# ---- inside of the frame


def _paint(plot: PlotArea) -> int:
    """Paint everything.

    Returns:
        How many points were read.
    """
    scene, view = plot.scene, plot.scene.view
    edges = plot.x.edges(plot.dots_across)
    losses = columns(scene.picture, edges, curve_row(view.smoothing))
    validations = validation_columns(scene.picture, edges)
    baselines = scene.baselines if view.baselines else ()
    _training(plot, losses)
    draw_baselines(plot, baselines)
    if plot.markers is not Markers.ASCII:
        spans = every(_line(plot, validations.lowest, validations.highest), 2)
        _lay(plot, dots(spans, plot.dots_up), Role.VALIDATION, ".")
    if view.smoothing:
        thick = plot.markers is Markers.BRAILLE
        painted = dots(_line(plot, losses.last, losses.last), plot.dots_up, thick=thick)
        _lay(plot, painted, Role.SMOOTHED, plot.glyphs.smoothed)
    _circles(plot, validations)
    mark_best(plot)
    name_baselines(plot, baselines)
    mark_rate_changes(plot)
    mark_end(plot)
    draw_cross_hair(plot)
    return losses.points + validations.points


def _training(plot: PlotArea, losses: Columns) -> None:
    """The raw line: alone as it is, behind the smoothed one stippled.

    Where it would fill an area, behind the smoothed line, only the smallest and the largest
    loss of each column are drawn: the area would hide what is before it, and each refresh
    would change all the rows that it spans.
    """
    behind = plot.scene.view.smoothing > 0
    if behind and losses.points > _CROWDED * max(len(filled(losses.lowest)), 1):
        lowest, highest = (
            dots(DotSpans(ends, ends), plot.dots_up)
            for ends in (
                nearest(plot.y.places(losses.lowest, plot.dots_up)),
                nearest(plot.y.places(losses.highest, plot.dots_up)),
            )
        )
        painted = lowest | highest
    else:
        stippled = behind and plot.markers is Markers.BRAILLE
        painted = dots(
            _line(plot, losses.lowest, losses.highest), plot.dots_up, dotted=stippled
        )
    as_they_are = plot.markers is Markers.BRAILLE or not behind
    _lay(plot, painted, Role.TRAINING, plot.glyphs.training, as_they_are=as_they_are)


def _circles(plot: PlotArea, validations: Columns) -> None:
    """A circle at a validation figure; where they are dense, only at some of them."""
    lowest, highest = plot.rows(validations.lowest), plot.rows(validations.highest)
    latest = -_CIRCLE_CELLS
    for dot in filled(validations.lowest):
        column = dot // plot.markers.dots_wide
        if column - latest < _CIRCLE_CELLS:
            continue
        latest = column
        for row in {lowest[dot], highest[dot]}:
            plot.canvas.write(column, row, plot.glyphs.validation, Role.VALIDATION)


def _line(plot: PlotArea, lowest: Values, highest: Values) -> DotSpans:
    return line(plot.y.places(lowest, plot.dots_up), plot.y.places(highest, plot.dots_up))


def _lay(
    plot: PlotArea, painted: Dots, role: Role, character: str, *, as_they_are: bool = True
) -> None:
    """Put dots on the canvas, as they are or by one character wherever there are some."""
    if plot.markers is Markers.ASCII or not as_they_are:
        plot.canvas.lay(stamp(painted, plot.markers, character), role)
    else:
        plot.canvas.lay(pack(painted, plot.markers), role)
