"""The frame of a chart: axes, ticks, their labels and upright lines, by plotext.

plotext draws only this. It takes a few milliseconds, so its rows are kept until the axes move;
the curves, which change at every look, are laid into it by `chart_painter`. With plotext
drawing all, two curves of 240 points at 120x40 take 34 to 65 ms a picture, and hold up a
training thread for as long. plotext gets places in whole cells, rounded here, so that its
frame and our curves cannot disagree, and that it never sees a log scale or a huge number.

plotext's module-level figure is shared by all threads and widgets; each `ChartFrame` has a
figure of its own. plotext 5.3 has no public name for the class.
"""

from __future__ import annotations

import logging
import re
from typing import Any, NamedTuple

_IN_ASCII = str.maketrans("│┤├┼└─┬┴", "|++++-++")
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


class FrameWish(NamedTuple):
    """What a frame shall look like. Places are in cells from the canvas' lower left corner."""

    width: int
    """Of all, labels included."""
    height: int
    x_ticks: tuple[tuple[int, str], ...]
    y_ticks: tuple[tuple[int, str], ...]
    uprights: tuple[int, ...]
    """Columns of upright lines."""
    plain: bool
    """ASCII characters only."""


class ChartFrame:
    """Draws frames; keeps the latest."""

    def __init__(self) -> None:
        self._figure: Any = None
        self._wish: FrameWish | None = None
        self._rows: list[str] = []

    def rows(self, wish: FrameWish) -> list[str]:
        """The rows of a frame, `wish.height` of them; none if it cannot be drawn."""
        if wish != self._wish:
            self._wish = wish
            try:
                self._rows = self._drawn(wish)
            except (ArithmeticError, LookupError, TypeError, ValueError):
                logging.getLogger(__name__).exception("plotext cannot draw %s", wish)
                self._rows = []
        return self._rows

    def _drawn(self, wish: FrameWish) -> list[str]:
        if self._figure is None:
            # Imported on the first picture: it takes 50 ms, and the app opens without it.
            from plotext._figure import _figure_class

            self._figure = _figure_class()
        figure = self._figure
        figure.clear_figure()
        figure._limit_size(False, False)  # else no larger than the terminal of the process
        figure.plot_size(wish.width, wish.height)
        figure.theme("clear")
        figure.xaxes(True, False)
        figure.yaxes(True, False)
        left = label_width(wish.y_ticks) + 1
        figure.xlim(0, max(wish.width - left - 1, 1))
        figure.ylim(0, max(wish.height - 3, 1))
        figure.xticks(*_places_and_labels(wish.x_ticks))
        figure.yticks(*_places_and_labels(wish.y_ticks))
        figure.scatter([0], [-1e3])  # far below: without a point there are no axes
        for column in wish.uprights:
            figure.vline(column)
        rows = _ESCAPES.sub("", figure.build()).split("\n")[: wish.height]
        shown = [row[: wish.width].ljust(wish.width) for row in rows]
        return [
            _restyled(row, left, number % 2 == 0, plain=wish.plain)
            for number, row in enumerate(shown)
        ]


def label_width(y_ticks: tuple[tuple[int, str], ...]) -> int:
    """Cells left of the axis."""
    return max((len(label) for _, label in y_ticks), default=0)


def _places_and_labels(ticks: tuple[tuple[int, str], ...]) -> tuple[list[int], list[str]]:
    return [place for place, _ in ticks], [label for _, label in ticks]


def _restyled(row: str, left: int, is_broken: bool, *, plain: bool) -> str:
    """Upright lines on the canvas broken, so that they are not taken for curves or axes.

    In every second row they are left out: they draw the eye less, and where the axes move,
    each piece costs some 80 bytes on the way to the terminal.
    """
    upright = " " if is_broken else ":" if plain else "┊"
    restyled = row[:left] + row[left:].replace("│", upright)
    return restyled.translate(_IN_ASCII) if plain else restyled
