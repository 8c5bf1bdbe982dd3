"""The characters of a chart, and what they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from wordnet_tui.charts.raster import Markers


class Role(IntEnum):
    """What a cell belongs to; its style is the component class `loss-chart--<name>`."""

    BLANK = 0
    FRAME = 1
    BASELINE = 2
    TRAINING = 3
    SMOOTHED = 4
    VALIDATION = 5
    BEST = 6
    MARK = 7
    CROSS = 8
    LABEL = 9

    @property
    def component_class(self) -> str:
        """The name of its style."""
        return f"loss-chart--{self.name.lower()}"


BEHIND_CURVES = {Role.BLANK, Role.FRAME, Role.BASELINE}
"""What an upright line may be drawn over."""


@dataclass(frozen=True)
class Glyphs:
    """One character each, but for those of the legend."""

    training_in_legend: str
    smoothed_in_legend: str
    levels: str
    """One dot of a character, from the lowest to the highest."""
    training: str = "░"
    smoothed: str = "#"
    validation: str = "○"
    best: str = "◆"
    epoch: str = "┊"
    rate: str = "▼"
    end: str = "┃"
    cross_upright: str = "│"
    cross_level: str = "─"
    cross: str = "┼"
    above: str = "↑"
    below: str = "↓"
    times: str = "\N{MULTIPLICATION SIGN}"


GLYPHS = {
    Markers.BRAILLE: Glyphs("⠡⢂", "⠶⠶", "⡀⠄⠂⠁"),
    Markers.BLOCK: Glyphs("░░", "▄▄", "▖▘"),
    Markers.ASCII: Glyphs(
        "..", "##", "-", ".", "#", "o", "X", ":", "v", "!", "|", "-", "+", "^", "_", "x"
    ),
}
