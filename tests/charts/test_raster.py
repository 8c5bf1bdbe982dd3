from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from wordnet_tui.charts.raster import Markers, dots, every, line, pack, stamp

NONE = np.nan
places = st.floats(-1e6, 1e6) | st.just(np.nan)


def picture(painted: np.ndarray) -> list[str]:
    return ["".join(".#"[dot] for dot in row) for row in painted.tolist()]


def test_a_line_has_no_holes_across_columns() -> None:
    values = np.array([0.0, 4.0, 1.0])
    assert picture(dots(line(values, values), 5)) == [".#.", ".#.", "#.#", "#.#", "#.."]


def test_a_line_goes_straight_where_columns_have_no_value() -> None:
    values = np.array([NONE, 0.0, NONE, NONE, NONE, 4.0, NONE])
    assert picture(dots(line(values, values), 5)) == [
        ".....#.",
        "....#..",
        "...#...",
        "..#....",
        ".#.....",
    ]


def test_the_smallest_and_the_largest_place_are_always_drawn() -> None:
    lowest, highest = np.array([1.0, 3.0]), np.array([6.0, 3.0])
    for dotted in (False, True):
        painted = dots(line(lowest, highest), 8, dotted=dotted)
        assert painted[8 - 1 - 1, 0]
        assert painted[8 - 1 - 6, 0]


@given(
    arrays.arrays(np.float64, st.tuples(st.just(2), st.integers(0, 40)), elements=places),
    st.integers(0, 30),
)
def test_any_places_can_be_drawn_and_all_inside_are(values: np.ndarray, rows: int) -> None:
    lowest, highest = values.min(axis=0), values.max(axis=0)
    painted = dots(line(lowest, highest), rows)
    assert painted.shape == (rows, values.shape[1])
    for column, ends in enumerate(zip(lowest, highest, strict=True)):
        for place in ends:
            if np.isfinite(ends).all() and 0 <= np.floor(place + 0.5) < rows:
                assert painted[rows - 1 - int(np.floor(place + 0.5)), column]


def test_braille_has_the_dots_of_its_table() -> None:
    painted = np.zeros((4, 6), bool)
    painted[0, 0] = True  # dot 1
    painted[3, 3] = True  # dot 8
    assert [chr(code) if code else "" for code in pack(painted, Markers.BRAILLE)[0]] == [
        "\u2801",
        "\u2880",
        "",
    ]
    assert chr(pack(np.ones((4, 2), bool), Markers.BRAILLE)[0, 0]) == "⣿"


@pytest.mark.parametrize(
    ("rows", "character"),
    [(["#.", ".."], "▘"), (["..", ".#"], "▗"), (["##", ".."], "▀"), ([".#", "#."], "▞")],
)
def test_blocks_show_their_quarters(rows: list[str], character: str) -> None:
    painted = np.array([[dot == "#" for dot in row] for row in rows])
    assert chr(pack(painted, Markers.BLOCK)[0, 0]) == character


def test_a_stamp_is_the_same_character_wherever_a_dot_is() -> None:
    painted = np.zeros((4, 4), bool)
    painted[2, 3] = True
    assert stamp(painted, Markers.BRAILLE, "x").tolist() == [[0, ord("x")]]
    assert stamp(painted[:2], Markers.ASCII, "x").max() == 0


def test_a_dotted_line_leaves_columns_out() -> None:
    values = np.full(6, 1.0)
    assert picture(dots(every(line(values, values), 3), 2)) == ["#..#..", "......"]


def test_markers_have_names() -> None:
    assert Markers.named("ascii") is Markers.ASCII
    assert Markers.named("anything else") is Markers.BRAILLE
