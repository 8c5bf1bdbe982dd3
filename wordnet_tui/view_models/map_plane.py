"""The plane that a map of words shows: where they spread most, or axes made of two words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordnet_tui.charts.map_view import FARTHEST, Points, aligned, at_unit_size
from wordnet_tui.core.errors import printable
from wordnet_tui.core.inference.embedding_space import EmbeddingSpace
from wordnet_tui.core.model.trained_network import TrainedNetwork

Pair = tuple[str, str]
"""The axis from the first word to the second."""


class Plane(NamedTuple):
    """All words in two dimensions."""

    points: Points
    """(V, 2)."""
    caption: str
    """What the two directions are."""
    pairs: tuple[Pair | None, Pair | None]
    """The words that the axes across and up are made of; None for a principal component."""


def plane_of(
    network: TrainedNetwork,
    across: Pair | None = None,
    up: Pair | None = None,
    before: Plane | None = None,
) -> Plane:
    """Where the words lie.

    Args:
        network: Its words and their embedding.
        across: The axis from left to right, by words; a principal component if None.
        up: The one from the bottom to the top.
        before: An earlier plane. Principal components are turned to lie as they did there.

    Raises:
        VocabularyError: The network has no vocabulary, or one of another size.
        UnknownWordError: The vocabulary lacks a word of an axis.
        WordnetError: The two words of an axis have the same point.
    """
    space = EmbeddingSpace(network)
    components = min(2, *network.parameters.embedding.shape)
    projection = space.project(components)
    points = np.zeros((len(projection.points), 2))  # of one feature, the second is 0
    points[:, :components] = _within_reach(projection.points)
    shares = [*projection.variance_shares, 0.0][:2]
    same_axes = before is not None and before.pairs == (across, up)
    if across is None and up is None:
        if before is not None and same_axes:
            points = aligned(points, before.points)
        caption = (
            f"principal components: {sum(shares):.0%} of the variance "
            f"({shares[0]:.0%} + {shares[1]:.0%})"
        )
        return Plane(points, caption, (None, None))
    captions, first = [], points[:, 0].copy()
    for axis, (pair, where) in enumerate(((across, "across"), (up, "up"))):
        if pair is not None:
            points[:, axis] = _within_reach(space.axis(*pair))
            captions.append(f"{where}: {printable(pair[0])} to {printable(pair[1])}")
            continue
        points[:, axis] = first  # the other direction is made of words
        if before is not None and same_axes and _opposite(points, before.points, axis):
            points[:, axis] *= -1.0
        captions.append(f"{where}: 1st principal component ({shares[0]:.0%} of the variance)")
    return Plane(points, ", ".join(captions), (across, up))


def _opposite(points: Points, before: Points, axis: int) -> bool:
    """Whether the points run along the axis in the other direction than before."""
    now, then = at_unit_size(points[:, axis]), at_unit_size(before[:, axis])
    return bool(now @ then < 0)


def _within_reach(coordinates: Points) -> Points:
    """The coordinates as a map can show them: none farther than `FARTHEST`."""
    return np.clip(np.nan_to_num(coordinates), -FARTHEST, FARTHEST)
