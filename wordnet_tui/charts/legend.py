"""The first row of a chart: the legend, or what the cross-hair reads."""

from __future__ import annotations

from wordnet_tui.charts.canvas import Run
from wordnet_tui.charts.decimate import reading
from wordnet_tui.charts.glyphs import GLYPHS, Role
from wordnet_tui.charts.scene import Scene


def header(scene: Scene, width: int, epochs_each: int) -> list[Run]:
    """Runs of cells for the first row.

    Args:
        scene: What is drawn.
        width: Cells that there are.
        epochs_each: Epochs between two borders that are shown; 0 if none is.
    """
    if scene.view.cross is not None:
        return [Run(_readout(scene, width), Role.LABEL)]
    runs: list[Run] = []
    room = width
    for glyph, role, label in _legend(scene, epochs_each):
        needed = len(glyph) + len(label) + 1 + (2 if runs else 0)
        if needed > room:
            break
        runs += [Run("  ", Role.LABEL)] if runs else []
        runs += [Run(glyph, role), Run(f" {label}" if glyph else label, Role.LABEL)]
        room -= needed
    return runs


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


def _readout(scene: Scene, width: int) -> str:
    """The values under the cross-hair, by short names where there is little room."""
    cross, view = scene.view.cross, scene.view
    if cross is None:
        return ""
    found = reading(scene.picture, cross.batch, view.smoothing)
    per_epoch = scene.batches_per_epoch
    values = [
        ("batch", "", f"{found.batch:,}"),
        ("epoch", "ep", f"{(found.batch - 1) // per_epoch + 1:,}" if per_epoch else None),
        ("training", "tr", _figure(found.loss)),
        ("smoothed", "sm", _figure(found.smoothed) if view.smoothing else None),
        ("validation", "va", _figure(found.validation)),
        ("at", "at", _figure(cross.value)),
    ]
    full = "  ".join(f"{name} {value}" for name, _, value in values if value)
    if len(full) <= width:
        return full
    return " ".join(f"{short} {value}".strip() for _, short, value in values if value)[:width]


def _figure(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"
