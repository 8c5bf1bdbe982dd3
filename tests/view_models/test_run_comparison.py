"""What differs between runs, as a table."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.charts.comparison_chart import STROKES
from wordnet_tui.charts.raster import Markers
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.view_models.run_comparison import (
    Compared,
    Row,
    comparison,
    differences,
    lowest,
)

BASE = Hyperparameters()


def run(best: float | None = None, data: str = "chitchat", **settings: Any) -> Compared:
    return Compared(BASE.changed(**settings), data, f"fingerprint of {data}", best)


def test_only_settings_that_differ_are_reported_and_the_best_validation_last() -> None:
    rows = differences([run(2.5, learning_rate=0.1), run(None, learning_rate=0.05, epochs=4)])
    assert rows == [
        Row("epochs", ("9", "4")),
        Row("learning rate", ("0.1", "0.05")),
        Row("best validation", ("2.5000", "-")),
    ]


def test_equal_runs_differ_in_nothing_and_their_best_is_still_reported() -> None:
    assert differences([run(2.0), run(2.0)]) == [Row("best validation", ("2.0000", "2.0000"))]


def test_other_data_come_first() -> None:
    rows = differences([run(data="chitchat"), run(data="days.txt", seed=2)])
    assert [row.label for row in rows] == ["data", "seed", "best validation"]
    assert rows[0].values == ("chitchat", "days.txt")


def test_data_of_one_name_and_another_content_are_told_apart() -> None:
    runs = [run()._replace(data_fingerprint=each * 64) for each in "ab"]
    assert differences(runs)[0] == Row("data", ("chitchat aaaaaa", "chitchat bbbbbb"))


@given(st.lists(st.sampled_from([{"momentum": 0.5}, {"seed": 7}, {}]), min_size=1, max_size=5))
def test_every_row_has_a_value_for_each_run_and_at_least_two(
    changes: list[dict[str, Any]],
) -> None:
    runs = [run(1.0, **each) for each in changes]
    *differing, best = differences(runs)
    assert len(best.values) == len(runs)
    for row in differing:
        assert len(row.values) == len(runs)
        assert len(set(row.values)) > 1


@pytest.mark.parametrize(
    ("bests", "expected"),
    [((None, 2.0, 1.5), 2), ((1.5, None), 0), ((None, None), None), ((1.0, 1.0), 0)],
)
def test_the_lowest_is_found_among_those_that_were_measured(
    bests: tuple[float | None, ...], expected: int | None
) -> None:
    assert lowest([run(best) for best in bests]) == expected


def test_a_table_that_is_too_wide_goes_on_below() -> None:
    count = len(STROKES)
    runs = [run(2.5, seed=seed) for seed in range(count)]
    names = [f"2026-11-23-15000{number}" for number in range(count)]
    for width in (30, 52, 78, 200):
        lines = comparison(names, runs, "abcdefgh", Markers.BRAILLE, width)
        assert max(map(len, lines)) <= max(width, 40)
        reported = " ".join(
            line.removeprefix("seed") for line in lines if line.startswith("seed")
        )
        assert [int(seed) for seed in reported.split()] == list(range(count))


def test_names_of_several_days_are_shown_whole_as_far_as_they_fit() -> None:
    lines = comparison(
        ["2026-11-23-150000", "mine\x1b[2J"],
        [run(2.5), run(2.5, seed=2)],
        "ab",
        Markers.ASCII,
        80,
    )
    assert "2026-11-23-150000" in lines[1]
    assert "mine\\x1b[2J" in lines[1]
