"""The part of a plane that a map shows: fitted, zoomed, moved, and held steady."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""(n, 2) across and up, hardly farther than `FARTHEST` from 0."""

FARTHEST = 1e300
"""Leaves room for views wider than all points, and for the arithmetic about them."""
LEAST_SHARE, LEAST_SIZE = 1e-9, 1e-300
"""What a fitted view spans at least: this share of its coordinates, and this much. The nearest
view of it, smaller by `NARROWEST`, still has hundreds of floats from one side to the other.
"""

MARGIN = 0.04
"""Share of the width left free on each side of what is fitted."""
WIDEST, NARROWEST = 4.0, 1e-4
"""How far one can zoom, in widths of the whole."""
SHRUNK = 0.6
"""A fitted view follows points that have drawn together to less than this share of it."""


class MapView(NamedTuple):
    """A rectangle of the plane."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From bottom to top."""
        return self.top - self.bottom

    def zoomed(self, factor: float) -> MapView:
        """`factor` times as near, about the same middle."""
        return self.around(
            (self.left + self.right) / 2,
            (self.bottom + self.top) / 2,
            self.width / factor,
            self.height / factor,
        )

    def panned(self, across: float, up: float) -> MapView:
        """Moved by parts of its own width and height."""
        x, y = across * self.width, up * self.height
        return MapView(self.left + x, self.right + x, self.bottom + y, self.top + y)

    def centred(self, x: float, y: float) -> MapView:
        """Of the same size, with (x, y) in the middle."""
        return self.around(x, y, self.width, self.height)

    def holds(self, other: MapView) -> bool:
        """Whether all of `other` is within."""
        return (
            self.left <= other.left
            and self.right >= other.right
            and self.bottom <= other.bottom
            and self.top >= other.top
        )

    @staticmethod
    def around(x: float, y: float, width: float, height: float) -> MapView:
        """Of that size, with (x, y) in the middle."""
        return MapView(x - width / 2, x + width / 2, y - height / 2, y + height / 2)


def fit(points: Points, margin: float = MARGIN) -> MapView:
    """The view that shows all of `points`; around the origin if there are none.

    Its width and height are above 0 however near to one another the points lie.
    """
    if not len(points):
        return MapView(-1.0, 1.0, -1.0, 1.0)
    low, high = points.min(axis=0), points.max(axis=0)
    size = high - low
    size = np.where(size > 0.0, size, size.max() or 1.0)  # in a line, or all in one place
    least = np.maximum(LEAST_SHARE * np.maximum(abs(low), abs(high)), LEAST_SIZE)
    size = np.maximum(size, least)
    middle = (low + high) / 2
    low, high = middle - size * (0.5 + margin), middle + size * (0.5 + margin)
    return MapView(float(low[0]), float(high[0]), float(low[1]), float(high[1]))


def held(view: MapView, points: Points) -> MapView:
    """`view` while it shows all points and is not much too large, else a roomy new one."""
    exact = fit(points, margin=0.0)
    if (
        view.holds(exact)
        and max(exact.width / view.width, exact.height / view.height) >= SHRUNK
    ):
        return view
    return fit(points, margin=3 * MARGIN)


def bounded(view: MapView, whole: MapView) -> MapView:
    """`view`, but neither nearer nor farther than makes sense, and never away from `whole`."""
    width, height = (
        min(max(size, NARROWEST * whole_size), WIDEST * whole_size)
        for size, whole_size in ((view.width, whole.width), (view.height, whole.height))
    )
    x, y = (view.left + view.right) / 2, (view.bottom + view.top) / 2
    return MapView.around(
        min(max(x, whole.left), whole.right),
        min(max(y, whole.bottom), whole.top),
        width,
        height,
    )


def aligned(points: Points, before: Points) -> Points:
    """`points` turned, and mirrored if need be, to lie as near as can be to where they were.

    Principal components may swap or flip from one copy of a learning network to the next. By
    the orthogonal Procrustes problem, P. H. Schonemann (1966): of all orthogonal R that of
    U V^T, with U S V^T the singular values of points^T before, brings points R nearest.

    Args:
        points: (V, 2) with mean 0.
        before: (V, 2) the same words in the last picture; of another shape, nothing is turned.
    """
    if points.shape != before.shape:
        return points
    left, _, right = np.linalg.svd(at_unit_size(points).T @ at_unit_size(before))
    turned: Points = points @ (left @ right)
    return turned


def at_unit_size(points: Points) -> Points:
    """At a size where no product overflows or vanishes."""
    largest = np.abs(points).max(initial=0.0)
    scaled: Points = points / (largest or 1.0)
    return scaled
