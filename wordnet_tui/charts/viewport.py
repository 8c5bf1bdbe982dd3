"""Which part of the curves is shown, and how: everything that the chart's keys change.

Left alone, the window follows the run: its limits move in steps, so that most updates of a run
change only the newest columns. Zooming or panning fixes it, until `fit`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wordnet_tui.charts.axes import Axis, axis, held_limits, stepped_end
from wordnet_tui.charts.decimate import extent
from wordnet_tui.core.history.history import HistoryPicture
from wordnet_tui.core.history.smoothing import WEIGHTS

SMOOTHINGS = (0.0, *WEIGHTS)
_ZOOM = 0.5
_LEAST_BATCHES = 4.0
"""The narrowest window."""
_NEAR = 0.35
"""A baseline this share of the span away is still taken into the window."""


@dataclass
class CrossHair:
    """A place on the curves."""

    batch: int
    value: float | None = None
    """None: it goes along with the training curve."""


@dataclass
class Viewport:
    """The window and its switches."""

    smoothing: float = 0.99
    log_x: bool = False
    log_y: bool = False
    newest: bool = False
    """Follow the newest fifth instead of the whole run."""
    everything: bool = False
    """Show every value on the upright axis, the first fall too."""
    baselines: bool = True
    cross: CrossHair | None = None
    fixed_x: Axis | None = None
    fixed_y: Axis | None = None
    _held_y: tuple[float, float] | None = field(default=None, repr=False)
    _held_for: object = field(default=None, repr=False)

    # ---- axes

    def x_axis(self, picture: HistoryPicture) -> Axis:
        """Mini-batches from left to right."""
        if self.fixed_x is not None:
            return axis(self.fixed_x.low, self.fixed_x.high, log=self.log_x)
        batches = max(picture.batches, 1)
        most = picture.latest.batches if picture.latest else batches
        if not self.newest:
            return axis(1 if self.log_x else 0, stepped_end(batches, most), log=self.log_x)
        width = stepped_end(-(-batches // 5), most)
        end = max(-(-batches // (width // 2)) * (width // 2), width)
        return axis(max(end - width, int(self.log_x)), end, log=self.log_x)

    def y_axis(
        self, picture: HistoryPicture, x: Axis, baselines: tuple[float, ...] = ()
    ) -> Axis:
        """Nats per word; holds still until a value leaves it or the window changes."""
        if self.fixed_y is not None:
            return axis(self.fixed_y.low, self.fixed_y.high, log=self.log_y)
        found = extent(
            picture,
            x,
            smoothing=self.smoothing,
            main_part=not self.everything,
            positive=self.log_y,
        )
        if found is None:
            return axis(0.0, 1.0)
        low, high = found
        near = float("inf") if self.everything else _NEAR * (high - low)
        for baseline in baselines if self.baselines else ():
            if found[0] - near <= baseline <= found[1] + near and baseline > 0:
                low, high = min(low, baseline), max(high, baseline)
        window = (x, self.everything, self.log_y, self.baselines, baselines)
        held = self._held_y if window == self._held_for else None
        self._held_y = held_limits(held, low, high, log=self.log_y)
        self._held_for = window
        return axis(*self._held_y, log=self.log_y)

    # ---- keys

    def zoom_x(self, picture: HistoryPicture, *, closer: bool, around: float | None) -> None:
        """Halve or double the window of mini-batches, about a place or its middle."""
        shown = self.x_axis(picture)
        centre = shown.value(0.5, 2) if around is None else around
        wanted = shown.zoomed(_ZOOM if closer else 1 / _ZOOM, centre)
        if closer and wanted.high - wanted.low < _LEAST_BATCHES:
            return
        self._fix_x(wanted, picture)

    def pan_x(self, picture: HistoryPicture, share: float) -> None:
        """Move the window by a share of its width."""
        self._fix_x(self.x_axis(picture).panned(share), picture)

    def zoom_y(self, shown: Axis, *, closer: bool) -> None:
        """Halve or double the upright axis, about the cross-hair or its middle."""
        value = self.cross.value if self.cross else None
        centre = shown.value(0.5, 2) if value is None else value
        self.fixed_y = shown.zoomed(_ZOOM if closer else 1 / _ZOOM, centre)

    def pan_y(self, shown: Axis, share: float) -> None:
        """Move the upright axis by a share of its height."""
        self.fixed_y = shown.panned(share)

    def fit(self) -> None:
        """Follow the run again; if it does already, show every value, or the main part."""
        if self.fixed_x is None and self.fixed_y is None:
            self.everything = not self.everything
        self.fixed_x = self.fixed_y = None

    def follow(self, *, newest: bool) -> None:
        """Follow the newest part, or the whole."""
        self.newest = newest
        self.fixed_x = None

    def next_smoothing(self) -> None:
        """More smoothing; none after the most."""
        place = SMOOTHINGS.index(self.smoothing)
        self.smoothing = SMOOTHINGS[(place + 1) % len(SMOOTHINGS)]

    def turn_log_x(self) -> None:
        """Logarithms of mini-batches, or not; the window stays."""
        self.log_x = not self.log_x
        if self.log_x and self.fixed_x is not None and self.fixed_x.low < 1:
            self.fixed_x = axis(1, max(self.fixed_x.high, 2))

    def move_cross(self, picture: HistoryPicture, x: Axis, cells: int, steps: int) -> None:
        """Move the cross-hair by so many columns, at least by one mini-batch each."""
        cross = self.cross or CrossHair(picture.batches)
        lowest = max(x.low, 1.0)
        highest = max(min(x.high, picture.batches), lowest)
        place = float(x.places(min(max(cross.batch, lowest), highest), cells)) + steps
        batch = round(x.value(place, cells))
        if steps and self.cross is not None:
            one = 1 if steps > 0 else -1
            batch = max(batch, cross.batch + one) if one > 0 else min(batch, cross.batch + one)
        cross.batch = round(min(max(batch, lowest), highest))
        self.cross = cross

    def raise_cross(self, y: Axis, cells: int, steps: int, start: float) -> None:
        """Move the cross-hair up by so many rows; from `start` if it has no height yet."""
        if self.cross is not None:
            value = self.cross.value if self.cross.value is not None else start
            place = float(y.places(value, cells)) + steps
            self.cross.value = y.value(min(max(place, 0.0), cells - 1.0), cells)

    def _fix_x(self, wanted: Axis, picture: HistoryPicture) -> None:
        """Fix the window, moved or cut so that it lies within the run."""
        first = 1.0 if self.log_x else 0.0
        most = picture.latest.batches if picture.latest else picture.batches
        end = float(max(stepped_end(max(picture.batches, 1), most), 2))
        if wanted.low <= first and wanted.high >= end:
            self.follow(newest=False)
            return
        low, high = wanted.low, wanted.high
        if not self.log_x:
            width = min(high - low, end - first)
            low = min(max(low, first), end - width)
            high = low + width
        self.fixed_x = axis(max(low, first), min(high, end), log=self.log_x)
