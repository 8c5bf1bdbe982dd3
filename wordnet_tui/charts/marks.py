"""Marks on a chart beside its curves: labels, changes of rate, the end, the cross-hair."""

from __future__ import annotations

from wordnet_tui.charts.decimate import line_value
from wordnet_tui.charts.glyphs import Role
from wordnet_tui.charts.plot_area import Plot
from wordnet_tui.core.training.progress import StopReason

_ENDS = {
    StopReason.EPOCHS_DONE: "end",
    StopReason.REQUESTED: "stopped",
    StopReason.EARLY_STOP_ITERATION: "early stop",
    StopReason.PATIENCE: "early stop",
    StopReason.DIVERGED: "failed",
}


def mark_best(plot: Plot) -> None:
    """The best validation."""
    latest = plot.scene.picture.latest
    if latest is None or latest.best_at is None or latest.best_cross_entropy is None:
        return
    column, row = plot.column(latest.best_at), plot.row(latest.best_cross_entropy)
    if column is not None and row is not None:
        plot.canvas.write(column, row, plot.glyphs.best, Role.BEST)


def draw_baselines(plot: Plot, baselines: tuple[tuple[str, float], ...]) -> None:
    """Level lines, as dotted as the markers allow: one dot in each character."""
    for _, value in baselines:
        dot = plot.dot(value)
        if dot is not None:
            row, height = divmod(dot, plot.markers.dots_high)
            text = plot.glyphs.levels[height] * plot.canvas.width
            plot.canvas.write(0, plot.canvas.height - 1 - row, text, Role.BASELINE)


def name_baselines(plot: Plot, baselines: tuple[tuple[str, float], ...]) -> None:
    """Name the level lines, or say that they lie above or below the window."""
    height = plot.canvas.height
    above, below = 0, height - 1
    for name, value in baselines:
        text = f" {name} {value:.2f} "
        if (row := plot.row(value)) is not None:
            plot.label(text, row, at_left=row >= height / 2)
        elif value > plot.y.high:
            plot.label(f" {plot.glyphs.above}{text}", above, at_left=False)
            above += 1
        elif value < plot.y.low:
            plot.label(f" {plot.glyphs.below}{text}", below, at_left=True)
            below -= 1


def mark_rate_changes(plot: Plot) -> None:
    """Where the learning rate was scaled by hand, and to what part of its schedule."""
    for batch, factor in plot.scene.rate_changes:
        column = plot.column(batch)
        if column is None:
            continue
        text = f"{plot.glyphs.rate}{plot.glyphs.times}{factor:g}"
        fits = column + len(text) <= plot.canvas.width
        if not fits or not plot.is_free(column, 0, len(text)):
            text = plot.glyphs.rate
        plot.canvas.write(column, 0, text, Role.MARK)


def mark_end(plot: Plot) -> None:
    """Where the run ended, and why."""
    latest = plot.scene.picture.latest
    if latest is None or latest.stop_reason is None:
        return
    column = plot.column(latest.batch)
    if column is None:
        return
    plot.upright(column, plot.glyphs.end, Role.MARK)
    text = _ENDS[latest.stop_reason]
    start = column - len(text) - 1 if column > len(text) else column + 2
    plot.canvas.write(start, min(1, plot.canvas.height - 1), text, Role.MARK)


def draw_cross_hair(plot: Plot) -> None:
    """An upright line at its mini-batch, and a cross at its height or on the curve."""
    scene, cross = plot.scene, plot.scene.view.cross
    column = plot.column(cross.batch) if cross else None
    if cross is None or column is None:
        return
    plot.upright(column, plot.glyphs.cross_upright, Role.CROSS)
    value = cross.value
    if value is None:
        value = line_value(scene.picture, cross.batch, scene.view.smoothing)
    row = None if value is None else plot.row(value)
    if row is None:
        return
    if cross.value is not None:
        plot.level(row, plot.glyphs.cross_level, Role.CROSS)
    plot.canvas.write(column, row, plot.glyphs.cross, Role.CROSS)
