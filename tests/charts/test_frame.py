"""The axes of a chart: ticks at their cells, labels that do not touch, upright lines."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.charts.axes import axis
from wordnet_tui.charts.canvas import Canvas
from wordnet_tui.charts.frame import frame_of


def picture(width: int, height: int, end: float = 4000, *, plain: bool = False) -> list[str]:
    """A frame from 0 to `end` mini-batches and from 2 to 5 nats, with one upright line."""
    canvas = Canvas(width, height)
    frame = frame_of(axis(0, end), axis(2, 5), width, height, "mini-batches")
    assert frame is not None
    frame.draw(canvas, uprights=(10,), plain=plain)
    return canvas.text().split("\n")


def test_a_frame_is_two_axes_with_ticks_and_labels() -> None:
    assert picture(40, 9) == [
        "",
        " │",
        " │          ┊",
        "4┤",
        "3┤          ┊",
        " │",
        "2┤          ┊",
        " └┬─────────┴───────┬──────────────────┬",
        "  0               2,000           4,000",
    ]


def test_there_is_no_frame_without_room_for_curves() -> None:
    for width, height in ((0, 0), (5, 20), (80, 3)):
        assert frame_of(axis(0, 9), axis(0, 9), width, height, "mini-batches") is None


def test_a_plain_frame_is_ascii() -> None:
    fancy, plain = picture(80, 12), picture(80, 12, plain=True)
    assert "".join(plain).isascii()
    assert [len(row) for row in plain] == [len(row) for row in fancy]


@given(
    st.integers(12, 200),
    st.integers(6, 30),
    st.floats(2, 1e7),
    st.floats(-1e6, 1e6),
    st.floats(1e-3, 1e6),
)
def test_labels_stand_apart_over_their_ticks_and_within_the_chart(
    width: int, height: int, end: float, low: float, span: float
) -> None:
    x, y = axis(0, end), axis(low, low + span)
    frame = frame_of(x, y, width, height, "mini-batches")
    if frame is None:
        return
    canvas = Canvas(width, height)
    inside = frame.draw(canvas)
    assert (inside.width, inside.height) == (frame.columns, frame.rows)
    *rows, axis_row, labels = canvas.text().split("\n")
    assert len(labels) < width
    for label in re.finditer(r"\S+( mini-batches)?", labels):
        assert "┬" in axis_row[label.start() : label.end() + 1]
    ticks = [row for row in rows if "┤" in row]
    assert len(ticks) == len(frame.y_ticks)


def test_a_tick_is_at_its_value() -> None:
    rows = picture(80, 24)
    column = rows[-2].index("┬", rows[-2].index("┬") + 1)
    assert rows[-1][column - 2 : column + 3] == "1,000"
    left = rows[-2].index("└") + 1
    place = float(axis(0, 4000).places(1000, 80 - left))
    assert column - left == pytest.approx(place, abs=0.5)
