"""Paints the inside of a chart's frame, from the back to the front.

The order: training (stippled, or its extremes), baselines (dotted), validation (circles on a
dotted line), smoothed (thick), marks. Curves differ by their line, not only by their colour.
"""

from __future__ import annotations

from wordnet_tui.charts.axes import Values
from wordnet_tui.charts.decimate import Columns, columns, curve_row, filled, validation_columns
from wordnet_tui.charts.glyphs import Role
from wordnet_tui.charts.marks import (
    draw_baselines,
    draw_cross_hair,
    mark_best,
    mark_end,
    mark_rate_changes,
    name_baselines,
)
from wordnet_tui.charts.plot_area import Plot
from wordnet_tui.charts.raster import (
    Dots,
    Markers,
    Spans,
    dots,
    every,
    line,
    nearest,
    pack,
    stamp,
)

_CIRCLE_CELLS = 4
"""Least distance of two circles."""
_CROWDED = 1.5
"""Mini-batches, or bins of them, in a column from which on a line becomes an area."""


def paint(plot: Plot) -> int:
    """Paint everything.

    Returns:
        How many points were looked at.
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


def _training(plot: Plot, losses: Columns) -> None:
    """The raw line: alone as it is, behind the smoothed one stippled.

    Where it would fill an area, behind the smoothed line, only the smallest and the largest
    loss of each column are drawn: the area would hide what is before it, and each look would
    change all the rows that it spans.
    """
    behind = plot.scene.view.smoothing > 0
    if behind and losses.points > _CROWDED * max(len(filled(losses.lowest)), 1):
        lowest, highest = (
            dots(Spans(ends, ends), plot.dots_up)
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


def _circles(plot: Plot, validations: Columns) -> None:
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


def _line(plot: Plot, lowest: Values, highest: Values) -> Spans:
    return line(plot.y.places(lowest, plot.dots_up), plot.y.places(highest, plot.dots_up))


def _lay(
    plot: Plot, painted: Dots, role: Role, character: str, *, as_they_are: bool = True
) -> None:
    """Put dots on the canvas, as they are or by one character wherever there are some."""
    if plot.markers is Markers.ASCII or not as_they_are:
        plot.canvas.lay(stamp(painted, plot.markers, character), role)
    else:
        plot.canvas.lay(pack(painted, plot.markers), role)
