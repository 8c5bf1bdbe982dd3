"""The parts of the torture that decide whether a trial went well, or damage a file."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.torture.damage import damaged
from benchmarks.torture.moments import speed, time_ratio
from benchmarks.torture.processor import busy_cores, seconds_in
from benchmarks.torture.proof import Settings, TrialError, try_all
from benchmarks.torture.readings import are_among
from benchmarks.ui.terminal import TICKS_PER_SECOND


@given(content=st.binary(min_size=1, max_size=200), seed=st.integers())
def test_a_damage_is_one_byte_that_is_changed_missing_or_the_first_of_a_cut(
    content: bytes, seed: int
) -> None:
    found, what = damaged(content, random.Random(seed))
    assert found != content
    if len(found) == len(content):
        assert sum(one != other for one, other in zip(found, content, strict=True)) == 1
    elif what.endswith("is missing"):
        assert len(found) == len(content) - 1
        assert are_among(found, content)
    else:
        assert content.startswith(found)


def test_every_kind_of_damage_comes_and_the_head_of_a_large_file_gets_its_share() -> None:
    content = bytes(1_000_000)
    whats = [damaged(content, random.Random(seed))[1] for seed in range(200)]
    for kind in ("is 0x", "is missing", "cut off"):
        assert sum(kind in what for what in whats) > 40
    cuts = [int(what.split()[3]) for what in whats if what.startswith("cut")]
    assert sum(place < 4_096 for place in cuts) > len(cuts) / 4


def test_a_trial_that_fails_costs_only_itself_and_says_why() -> None:
    def attempt(number: int) -> int:
        if number == 2:
            raise TrialError("it is torn")
        return number

    for at_once in (1, 3):
        trials = try_all(5, attempt, at_once)
        assert trials.results == [0, 1, 3, 4]
        assert trials.problems == ("trial 2: TrialError: it is torn",)
        assert trials.share == "4 of 5"
        assert not trials.all_went_well
    assert try_all(1, lambda _: None).all_went_well


def test_fewer_trials_are_done_if_asked_for_and_never_more() -> None:
    assert Settings(Path(), 1, None).at_most(20) == 20
    assert Settings(Path(), 1, 3).at_most(20) == 3
    assert Settings(Path(), 1, 50).at_most(20) == 20


def test_speed_and_ratio_are_those_of_the_clock() -> None:
    quick = [(100, 10.0), (200, 11.0), (400, 13.0)]
    slow = [(150, 50.0), (350, 54.0)]
    assert speed(quick) == 100
    assert speed(slow) == 50
    assert time_ratio(slow, quick) == pytest.approx(2.0)
    with pytest.raises(TrialError, match="in common"):
        time_ratio(quick, [(400, 1.0), (500, 2.0)])
    with pytest.raises(TrialError, match="does not go on"):
        speed([(100, 1.0), (100, 2.0)])


def test_threads_are_told_apart_by_the_time_they_used() -> None:
    ticks = 2 * TICKS_PER_SECOND
    stat = f"17 (a ) b) R {' '.join(['0'] * 10)} {ticks} {ticks} 0 0"
    assert seconds_in(stat) == 4.0
    assert busy_cores({1: 1.0, 2: 5.0}, {1: 1.5, 2: 7.0, 3: 0.1}, 2.0) == [1.0, 0.25, 0.05]


def test_lines_may_be_missing_but_neither_added_nor_in_another_order() -> None:
    assert are_among("ac", "abc")
    assert are_among("", "abc")
    assert not are_among("ca", "abc")
    assert not are_among("aa", "abc")
