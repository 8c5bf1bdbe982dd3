"""What differs between runs, as rows of a table."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.view_models.run_differences import Compared, Row, differences, lowest

BASE = Hyperparameters()


def run(best: float | None = None, data: str = "chitchat", **settings: Any) -> Compared:
    return Compared(BASE.changed(**settings), data, f"fingerprint of {data}", best)


def test_only_settings_that_differ_are_told_and_the_best_validation_last() -> None:
    rows = differences([run(2.5, learning_rate=0.1), run(None, learning_rate=0.05, epochs=4)])
    assert rows == [
        Row("epochs", ("9", "4")),
        Row("learning rate", ("0.1", "0.05")),
        Row("best validation", ("2.5000", "-")),
    ]


def test_equal_runs_differ_in_nothing_and_their_best_is_still_told() -> None:
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
