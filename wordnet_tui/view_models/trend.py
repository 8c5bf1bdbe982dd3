"""The validation curve in words, for those who cannot see it."""

from __future__ import annotations

from enum import StrEnum
from math import isfinite

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.history.history import History, Values

_LATEST = 5
"""Validations that a trend is taken from."""
_FLAT = 0.002
"""Change between two validations, in nats per word, below which a curve is flat."""


class Trend(StrEnum):
    """Where a curve goes."""

    FALLING = "falling"
    FLAT = "flat"
    RISING = "rising"


def trend(figures: npt.ArrayLike) -> Trend | None:
    """The slope of the straight line through the latest figures; None for less than two."""
    latest = np.asarray(figures, np.float64)[-_LATEST:]
    if len(latest) < 2:
        return None
    places = np.arange(len(latest)) - (len(latest) - 1) / 2
    slope = float(places @ (latest - latest.mean()) / (places @ places))
    if abs(slope) < _FLAT:
        return Trend.FLAT
    return Trend.FALLING if slope < 0 else Trend.RISING


def in_words(history: History) -> str:
    """One line, such as "validation 2.980, best 2.914 at batch 4,200, falling"."""
    picture = history.picture()
    if picture.latest is None:
        return "no mini-batch yet"
    batches, figures = picture.validations
    recent = picture.latest.recent_cross_entropy
    if not len(figures):
        words = [f"training {recent:.3f}"] if isfinite(recent) else []
        words.append("no validation yet")
    else:
        words = [f"validation {figures[-1]:.3f}", _best(batches, figures)]
        if (going := trend(figures)) is not None:
            words.append(going.value)
    if not isfinite(recent):
        words.append("the training loss is no longer finite")
    return ", ".join(words)


def _best(batches: Values, figures: Values) -> str:
    best = int(np.argmin(figures))
    words = f"best {figures[best]:.3f} at batch {int(batches[best]):,}"
    since = len(figures) - 1 - best
    if not since:
        return words
    return words + (" (1 validation ago)" if since == 1 else f" ({since:,} validations ago)")
