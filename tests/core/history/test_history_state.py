"""Curves that are put away and taken up again, and curves made of a metrics file's rows."""

from __future__ import annotations

import dataclasses
import threading
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wordnet_tui.core.history.bins import CurveState, Field, Levels
from wordnet_tui.core.history.history import History, HistoryPicture, HistoryState
from wordnet_tui.core.history.validation_curve import MOST_VALIDATIONS
from wordnet_tui.core.training.progress import TrainingProgress

MIB = 2**20
MOST = 512
"""Bins of the finest level, so that it is dropped early."""
PER_EPOCH = 700


@cache
def records() -> tuple[TrainingProgress, ...]:
    """3,000 mini-batches with gaps and peaks, each fifth followed by a validation."""
    losses = np.random.default_rng(7).normal(3.0, 0.2, 3000)
    losses[[690, 695, 2095]] = 1e300, np.nan, np.inf  # the rest of an epoch has no mean then
    losses[[300, 2200]] = 0.5, 9.0
    found, mean = [], 0.0
    for batch, loss in enumerate(losses.tolist(), start=1):
        place = (batch - 1) % PER_EPOCH + 1
        mean = loss if place == 1 else mean + (loss - mean) / place
        validated = batch // 5 * 5 or None
        figure = validated and validated * 0.001
        head = (batch, 3000, (batch - 1) // PER_EPOCH + 1, 5, place, PER_EPOCH, mean, mean)
        tail = (figure, validated, figure, validated, 0, 0.1, 1.0, 1.0, None)
        found.append(TrainingProgress(*head, *tail))
    return tuple(found)


def history_of(upto: int) -> History:
    history = History(MOST)
    for record in records()[:upto]:
        history.add(record)
    return history


def assert_same(left: HistoryPicture, right: HistoryPicture) -> None:
    """Every number of the two pictures."""
    assert left.levels.width == right.levels.width
    assert len(left.levels.levels) == len(right.levels.levels)
    for one, other in zip(left.levels.levels, right.levels.levels, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(left.tail, right.tail)
    np.testing.assert_array_equal(left.validations, right.validations)
    assert left.first_of_tail == right.first_of_tail
    assert left.latest is right.latest


def plain(state: HistoryState) -> list[Any]:
    """What can be compared; every array must be read-only."""
    found: list[Any] = []
    for field in dataclasses.fields(state):
        value = getattr(state, field.name)
        if isinstance(value, np.ndarray):
            assert not value.flags.writeable
            value = (value.dtype.name, value.shape, value.tobytes())
        found.append(value)
    return found


@settings(max_examples=settings().max_examples // 5)  # each adds thousands of records
@given(
    cut=st.integers(0, 3000) | st.sampled_from([0, 1, 511, 512, 513, 1024, 2560, 3000]),
    longer=st.integers(0, 600),
)
def test_curves_taken_up_again_are_those_that_were_never_saved(cut: int, longer: int) -> None:
    history = history_of(cut)
    state = history.state()
    before = plain(state)
    assert state.batches == cut
    assert_same(History(MOST, state).picture(), history.picture())
    for record in records()[cut : cut + longer]:
        history.add(record)
    assert plain(state) == before

    resumed = History(MOST, History(MOST, state).state())
    for record in records()[cut:]:
        resumed.add(record)
    assert_same(resumed.picture(), history_of(3000).picture())
    assert plain(resumed.state()) == plain(history_of(3000).state())


def test_states_taken_beside_a_writing_thread_are_whole() -> None:
    """Each mini-batch is followed by a validation, and every state has all of them."""
    reported = [
        dataclasses.replace(
            records()[0],
            batch=batch,
            batch_in_epoch=batch,
            epoch_cross_entropy=float(batch),
            validation_cross_entropy=1.0,
            validated_at=batch,
        )
        for batch in range(1, 6000)
    ]
    history = History(MOST)
    writer = threading.Thread(target=lambda: [history.add(record) for record in reported])
    writer.start()
    states = [history.state()]
    while writer.is_alive():
        states.append(history.state())
    writer.join()
    for state in states:
        assert (state.latest.batch if state.latest else 0) == state.batches
        assert state.validations.shape == (2, state.batches)
    for state in states[:: len(states) // 20 + 1]:
        picture = History(MOST, state).picture()
        assert picture.batches == state.batches
        assert picture.validations[0].tolist() == list(range(1, state.batches + 1))


def test_a_validation_in_a_pause_belongs_to_the_state() -> None:
    history = history_of(603)
    asked_for = dataclasses.replace(
        records()[602], validation_cross_entropy=2.5, validated_at=603
    )
    history.add_validation(asked_for)
    assert History(MOST, history.state()).picture().validations[:, -1].tolist() == [603, 2.5]


# ---- spans


def one_by_one(lengths: list[int], losses: list[float]) -> Levels:
    """The bins of mini-batches that all have the mean loss of their span."""
    levels = Levels(MOST)
    values = np.repeat(losses, lengths)
    _, rows = CurveState().after_losses(values, values)
    levels.extend(rows)
    return levels


def add_spans(
    history: History,
    last_batch: np.ndarray,
    lengths: np.ndarray,
    losses: np.ndarray,
    validations: np.ndarray | None = None,
) -> None:
    """Spans whose running mean is their own loss."""
    if validations is None:
        validations = np.full(len(losses), np.nan)
    history.add_spans(last_batch, lengths, losses, losses, validations, records()[-1])


@given(
    spans=st.lists(
        st.tuples(
            st.integers(1, 300) | st.integers(600, 4000),
            st.floats(0, 10, width=32) | st.sampled_from([np.nan, np.inf]),
        ),
        min_size=1,
        max_size=60,
    ),
    at_once=st.integers(1, 60),
)
@example(spans=[(700, 3.0), (1300, 5.0), (37, 1.0), (9000, 2.0), (2, 3.0)], at_once=5)
def test_spans_make_the_bins_of_mini_batches_that_all_have_their_mean(
    spans: list[tuple[int, float]], at_once: int
) -> None:
    lengths, losses = [length for length, _ in spans], [loss for _, loss in spans]
    last_batch = np.cumsum(lengths)
    history = History(MOST)
    for start in range(0, len(spans), at_once):
        part = slice(start, start + at_once)
        add_spans(history, last_batch[part], np.array(lengths[part]), np.array(losses[part]))
    picture, expected = history.picture(), one_by_one(lengths, losses).view()
    assert picture.batches == last_batch[-1]
    assert picture.levels.width == expected.width
    assert picture.tail.shape[1] == last_batch[-1] % expected.width
    for found, right in zip(picture.levels.levels, expected.levels, strict=True):
        np.testing.assert_allclose(found, right, rtol=1e-6)


def test_the_rest_of_spans_that_fills_no_bin_is_seen_one_by_one() -> None:
    history = History(MOST)
    add_spans(history, np.array([3000, 3007]), np.array([3000, 7]), np.array([3.0, 2.0]))
    picture = history.picture()
    assert picture.levels.width == 8
    assert picture.first_of_tail == 3001
    assert picture.tail[Field.MEAN].tolist() == [2.0] * 7
    state = history.state()
    assert_same(History(MOST, state).picture(), picture)
    assert state.batches == 3007


def test_a_gap_between_spans_is_a_gap_of_the_curve_and_repeats_are_left_out() -> None:
    history = History(MOST)
    add_spans(history, np.array([10, 30]), np.array([10, 10]), np.array([3.0, 2.0]))
    add_spans(history, np.array([30, 34]), np.array([10, 8]), np.array([7.0, 1.0]))
    losses = history.picture().levels.levels[0][Field.MEAN]
    expected = [3.0] * 10 + [np.nan] * 10 + [2.0] * 10 + [1.0] * 4
    np.testing.assert_array_equal(losses, np.float32(expected))


def test_validations_of_spans_are_listed_once_and_those_alone_too() -> None:
    history, nan = History(MOST), np.nan
    last_batch, lengths = np.array([10.0, 20, 20, 30]), np.array([10.0, 10, 0, 10])
    losses, figures = np.array([3.0, 3.0, nan, 3.0]), np.array([nan, 2.5, 2.4, 2.3])
    add_spans(history, last_batch, lengths, losses, figures)
    add_spans(history, last_batch[3:], lengths[3:], losses[3:], figures[3:])
    validations = history.picture().validations
    assert validations.tolist() == [[20.0, 20.0, 30.0], [2.5, 2.4, 2.3]]
    assert history.picture().batches == 30


@pytest.mark.parametrize("cut", [0, 100, 512, 1000, 2600])
def test_spans_follow_what_a_trainer_had_recorded(cut: int) -> None:
    """A watcher begins with the curves of a checkpoint, and reads on in the metrics."""
    history = History(MOST, history_of(cut).state())
    lengths = np.full(50, 13)
    add_spans(history, cut + np.cumsum(lengths), lengths, np.full(50, 2.0))
    picture, before = history.picture(), history_of(cut).picture()
    assert picture.batches == cut + 650
    width = picture.levels.width
    bins = np.concatenate([picture.levels.levels[0][Field.LOWEST], picture.tail[Field.LOWEST]])
    assert (bins[-(-cut // width) :] == 2.0).all()
    if width == before.levels.width:
        earlier = before.levels.levels[0]
        np.testing.assert_array_equal(picture.levels.levels[0][:, : earlier.shape[1]], earlier)


def test_mini_batches_may_follow_spans() -> None:
    history = History(MOST)
    add_spans(history, np.array([3003]), np.array([3003]), np.array([3.0]))
    for record in records()[:100]:
        history.add(record)
    tail = history.picture().tail[Field.MEAN]
    np.testing.assert_array_equal(tail[:3], 3.0)  # 375 bins of 8 hold the others
    np.testing.assert_array_equal(tail[3:], history_of(100).picture().tail[Field.MEAN])
    for record in records()[100:600]:
        history.add(record)
    picture = history.picture()
    assert picture.batches == 3603
    assert picture.latest is records()[599]
    assert picture.levels.levels[0][Field.LOWEST].min() == 0.5  # that of mini-batch 301


def test_ten_million_mini_batches_in_spans_fit_in_20_mib() -> None:
    count = 10_000_000 // 130
    history = History()
    lengths = np.full(count, 130)
    losses = np.random.default_rng(1).normal(3.0, 0.1, count)
    add_spans(history, np.cumsum(lengths), lengths, losses, losses)
    picture = history.picture()
    assert picture.batches == count * 130
    views = *picture.levels.levels, picture.validations
    assert sum(view.base.nbytes for view in views) <= 20 * MIB
    means = picture.levels.levels[-1][Field.MEAN]
    assert means == pytest.approx(losses.mean(), abs=1e-3)
    assert picture.validations.shape[1] <= MOST_VALIDATIONS
    assert picture.validations[1].min() == losses.min()
