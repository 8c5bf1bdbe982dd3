"""All that is on a picture of the curves, in one value."""

from __future__ import annotations

from dataclasses import dataclass

from wordnet_tui.charts.raster import Markers
from wordnet_tui.charts.viewport import View
from wordnet_tui.core.history.history import HistoryPicture


@dataclass(frozen=True)
class Scene:
    """What to draw."""

    picture: HistoryPicture
    view: View
    baselines: tuple[tuple[str, float], ...] = ()
    """Name and cross-entropy."""
    rate_changes: tuple[tuple[int, float], ...] = ()
    """Mini-batch, and what the scheduled rate is multiplied by from there on."""
    batches_per_epoch: int = 0
    markers: Markers = Markers.BRAILLE
