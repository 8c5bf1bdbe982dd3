"""Words and marks on the picture of a run: legend, baselines, best point, end, cross-hair."""

from __future__ import annotations

from wordnet_tui.charts.canvas import Canvas
from wordnet_tui.charts.decimate import line_value, readout
from wordnet_tui.charts.plot_area import GLYPHS, PlotArea, Role, Scene
from wordnet_tui.charts.viewport import CrossHair
from wordnet_tui.core.training.progress import StopReason

_ENDS = {
    StopReason.EPOCHS_DONE: "end",
    StopReason.REQUESTED: "stopped",
    StopReason.EARLY_STOP_ITERATION: "early stop",
    StopReason.PATIENCE: "early stop",
    StopReason.DIVERGED: "failed",
}


def mark_best(plot: PlotArea) -> None:
    """The best validation."""
    latest = plot.scene.picture.latest
    if latest is None or latest.best_at is None or latest.best_cross_entropy is None:
        return
    column, row = plot.column(latest.best_at), plot.row(latest.best_cross_entropy)
    if column is not None and row is not None:
        plot.canvas.write(column, row, plot.glyphs.best, Role.BEST)


def draw_baselines(plot: PlotArea, baselines: tuple[tuple[str, float], ...]) -> None:
    """Level lines, as dotted as the markers allow: one dot in each character."""
    for _, value in baselines:
        dot = plot.dot(value)
        if dot is not None:
            row, height = divmod(dot, plot.markers.dots_high)
            text = plot.glyphs.levels[height] * plot.canvas.width
            plot.canvas.write(0, plot.canvas.height - 1 - row, text, Role.BASELINE)


def name_baselines(plot: PlotArea, baselines: tuple[tuple[str, float], ...]) -> None:
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


def mark_rate_changes(plot: PlotArea) -> None:
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


def mark_end(plot: PlotArea) -> None:
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


def draw_cross_hair(plot: PlotArea) -> None:
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


# ---- the first row


def write_header(canvas: Canvas, scene: Scene, epochs_each: int) -> None:
    """Write the legend, or what the cross-hair reads, as far as it has room.

    Args:
        canvas: Of the whole chart.
        scene: What is drawn.
        epochs_each: Epochs between two borders that are shown; 0 if none is.
    """
    if scene.view.cross is not None:
        text = _cross_hair_text(scene, scene.view.cross, canvas.width)
        canvas.write(0, 0, text, Role.LABEL)
        return
    column = 0
    for glyph, role, label in _legend(scene, epochs_each):
        label = f" {label}" if glyph else label
        if column + len(glyph) + len(label) > canvas.width:
            break
        canvas.write(column, 0, glyph, role)
        canvas.write(column + len(glyph), 0, label, Role.LABEL)
        column += len(glyph) + len(label) + 2


def _legend(scene: Scene, epochs_each: int) -> list[tuple[str, Role, str]]:
    view, glyphs = scene.view, GLYPHS[scene.markers]
    items = [(glyphs.training_in_legend, Role.TRAINING, "training")]
    if view.smoothing:
        label = f"smoothed {view.smoothing:g}"
        items.append((glyphs.smoothed_in_legend, Role.SMOOTHED, label))
    if scene.picture.validations.size:
        items.append((glyphs.validation, Role.VALIDATION, "validation"))
        items.append((glyphs.best, Role.BEST, "best"))
    modes = [
        ("zoomed", view.fixed_x is not None or view.fixed_y is not None),
        ("newest", view.newest and view.fixed_x is None),
        ("log x", view.log_x),
        ("log y", view.log_y),
    ]
    items += [("", Role.LABEL, f"({mode})") for mode, on in modes if on]
    if epochs_each:
        label = "epoch" if epochs_each == 1 else f"{epochs_each:,} epochs"
        items.append((glyphs.epoch, Role.FRAME, label))
    items.append(("", Role.LABEL, "nats per word"))
    return items


def _cross_hair_text(scene: Scene, cross: CrossHair, width: int) -> str:
    """The values under the cross-hair, by short names where there is little room."""
    smoothing, per_epoch = scene.view.smoothing, scene.batches_per_epoch
    found = readout(scene.picture, cross.batch, smoothing)
    values = [
        ("batch", "", f"{found.batch:,}"),
        ("epoch", "ep", f"{(found.batch - 1) // per_epoch + 1:,}" if per_epoch else None),
        ("training", "tr", _figure(found.loss)),
        ("smoothed", "sm", _figure(found.smoothed) if smoothing else None),
        ("validation", "va", _figure(found.validation)),
        ("at", "at", _figure(cross.value)),
    ]
    full = "  ".join(f"{name} {value}" for name, _, value in values if value)
    if len(full) <= width:
        return full
    return " ".join(f"{short} {value}".strip() for _, short, value in values if value)[:width]


def _figure(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"
