from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.history.bins import ROWS, CurveState, Field, Levels, merge_pairs
from wordnet_tui.core.history.history import History
from wordnet_tui.core.history.validation_curve import MOST_VALIDATIONS
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.core.training.trainer import Trainer

MIB = 2**20


def records(
    losses: Sequence[float],
    per_epoch: int = 1000,
    validations: Sequence[tuple[int, float]] = (),
) -> list[TrainingProgress]:
    """What a trainer reports whose mini-batches have these losses."""
    figures, found = dict(validations), []
    mean, latest, at = 0.0, None, None
    for batch, loss in enumerate(losses, start=1):
        place = (batch - 1) % per_epoch + 1
        mean = loss if place == 1 else mean + (loss - mean) / place
        if batch in figures:
            latest, at = figures[batch], batch
        epoch = (batch - 1) // per_epoch + 1
        head = (batch, len(losses), epoch, 10, place, per_epoch, mean, mean, latest, at)
        found.append(TrainingProgress(*head, latest, at, 0, 0.1, 1.0, 1.0, None))
    return found


def history_of(*args: object, most_bins: int = 1 << 17, **kwargs: object) -> History:
    history = History(most_bins)
    for record in records(*args, **kwargs):  # type: ignore[arg-type]
        history.add(record)
    return history


def bytes_behind(views: Sequence[np.ndarray]) -> int:
    """The memory of the tables of which these are views, their free ends included."""
    return sum(view.base.nbytes for view in views)


def all_bins(history: History) -> np.ndarray:
    """The finest bins and the tail, one after the other."""
    picture = history.picture()
    return np.concatenate([picture.levels.levels[0], picture.tail], axis=1)


@pytest.mark.parametrize("count", [1, 2, 511, 512, 513, 1100, 2500])
def test_every_mini_batch_has_its_own_loss_back(count: int) -> None:
    losses = np.random.default_rng(count).normal(3.0, 0.2, count)
    bins = all_bins(history_of(losses.tolist(), per_epoch=700))
    assert bins.shape == (ROWS, count)
    for row in (Field.FIRST, Field.LOWEST, Field.HIGHEST, Field.MEAN):
        np.testing.assert_allclose(bins[row], losses, rtol=1e-6)


def test_losses_are_those_of_the_trainer(toy_dataset: Callable[..., Dataset]) -> None:
    hyperparameters = Hyperparameters(
        context_size=2, vocabulary_size=10, batch_size=10, epochs=2, embedding_size=5
    )
    history = History()
    reported = list(Trainer(toy_dataset(), hyperparameters).run())
    for record in reported:
        history.add(record)
    losses = all_bins(history)[Field.MEAN]
    for record in reported:  # the trainer means over the latest 100 losses on its own
        recent = losses[max(record.batch - 100, 0) : record.batch].mean()
        assert recent == pytest.approx(record.recent_cross_entropy, rel=1e-5)


def test_the_running_mean_of_the_epoch_is_kept() -> None:
    history = history_of([3.0, 1.0, 2.0, 8.0, 4.0], per_epoch=3)
    assert all_bins(history)[Field.RUNNING].tolist() == [3.0, 2.0, 2.0, 8.0, 6.0]


@given(st.lists(st.floats(0, 10, width=32) | st.just(float("nan")), min_size=2, max_size=64))
def test_merged_bins_keep_first_extremes_and_mean(losses: list[float]) -> None:
    losses = losses[: len(losses) // 2 * 2]
    values = np.array(losses)
    pairs = merge_pairs(CurveState().after_losses(values, values)[1])
    for place, pair in enumerate(values.reshape(-1, 2)):
        known = pair[np.isfinite(pair)]
        first, lowest, highest, mean = pairs[: Field.RUNNING, place]
        np.testing.assert_array_equal(first, np.float32(pair[0]))
        if known.size:
            assert (lowest, highest) == (known.min(), known.max())
            assert mean == pytest.approx(known.mean(), rel=1e-5, abs=1e-6)
        else:
            assert np.isnan([lowest, highest, mean]).all()


def test_a_full_level_is_dropped_and_no_extreme_is_lost() -> None:
    losses = np.random.default_rng(3).normal(3.0, 0.2, 512 * 40)
    losses[[7, 9000, 20000]] = 0.5, 9.0, 0.1
    history = history_of(losses.tolist(), most_bins=1024)
    picture = history.picture()
    width, levels = picture.levels
    assert width == 32
    assert picture.batches == len(losses)
    bins = levels[0]
    grouped = losses[: bins.shape[1] * width].reshape(-1, width)
    np.testing.assert_allclose(bins[Field.LOWEST], grouped.min(axis=1), rtol=1e-6)
    np.testing.assert_allclose(bins[Field.HIGHEST], grouped.max(axis=1), rtol=1e-6)
    np.testing.assert_allclose(bins[Field.FIRST], grouped[:, 0], rtol=1e-6)
    np.testing.assert_allclose(bins[Field.MEAN], grouped.mean(axis=1), rtol=1e-5)
    for finer, coarser in pairwise(levels):
        assert coarser.shape[1] == finer.shape[1] // 2
        whole = finer[:, : coarser.shape[1] * 2]
        np.testing.assert_array_equal(coarser, merge_pairs(whole))


def test_ten_million_mini_batches_fit_in_20_mib() -> None:
    levels, state, most = Levels(), CurveState(), 0
    at_once = 1 << 15
    batch_in_epoch = np.arange(1.0, at_once + 1)
    running = np.full(at_once, 3.0)
    for _ in range(-(-10_000_000 // at_once)):
        state, rows = state.after(running, batch_in_epoch)
        before = bytes_behind(levels.view().levels)
        levels.extend(rows)
        after = bytes_behind(levels.view().levels)
        most = max(most, before + after)  # as if all were copied at once
    assert most <= 20 * MIB
    assert levels.view().levels[0].shape[1] * levels.view().width >= 10_000_000


def test_a_history_grows_no_further_once_its_levels_are_full() -> None:
    history = history_of([3.0] * (512 * 60), most_bins=1024)
    levels = history.picture().levels.levels
    assert levels[0].shape[1] <= 1024
    assert bytes_behind(levels) < 200_000


def test_losses_that_are_not_finite_become_gaps() -> None:
    losses = [3.0, 2.0, float("inf"), 2.0, float("nan"), 1e300]
    bins = all_bins(history_of(losses, per_epoch=1))
    np.testing.assert_array_equal(
        bins[Field.MEAN], np.float32([3, 2, np.nan, 2, np.nan, np.nan])
    )
    smoothed = bins[Field.SMOOTHED]
    assert smoothed[2] == smoothed[1]
    assert smoothed[5] == smoothed[3]


def test_a_picture_does_not_change_while_the_history_goes_on() -> None:
    history = History(most_bins=512)
    reported = records(np.linspace(5, 3, 4000).tolist())
    for record in reported[:700]:
        history.add(record)
    picture = history.picture()
    before = [level.copy() for level in picture.levels.levels], picture.tail.copy()
    for record in reported[700:]:
        history.add(record)
    assert picture.batches == 700
    assert picture.latest is reported[699]
    for level, copy in zip(picture.levels.levels, before[0], strict=True):
        np.testing.assert_array_equal(level, copy)
    np.testing.assert_array_equal(picture.tail, before[1])


def test_pictures_taken_beside_a_writing_thread_are_whole() -> None:
    reported = records([float(batch) for batch in range(1, 60_001)], per_epoch=10**6)
    history = History(most_bins=1024)
    writer = threading.Thread(target=lambda: [history.add(record) for record in reported])
    writer.start()
    pictures = []
    while writer.is_alive():
        pictures.append(history.picture())
    writer.join()
    pictures.append(history.picture())
    for picture in pictures:
        batches = picture.batches
        assert (picture.latest.batch if picture.latest else 0) == batches
        width, levels = picture.levels
        assert levels[0].shape[1] * width == picture.first_of_tail - 1
        everything = np.concatenate([levels[0], picture.tail], axis=1)
        assert (np.diff(everything[Field.FIRST]) > 0).all()
        if batches:
            assert everything[Field.HIGHEST, -1] == pytest.approx(batches, rel=1e-6)


def test_validations_are_listed_with_their_mini_batch() -> None:
    history = history_of([3.0] * 700, validations=[(100, 3.1), (600, 2.9)])
    assert history.picture().validations.tolist() == [[100.0, 600.0], [3.1, 2.9]]


def test_of_too_many_validations_the_lower_of_each_two_stays() -> None:
    count = MOST_VALIDATIONS + 2
    figures = np.random.default_rng(1).normal(3, 0.1, count)
    figures[4321] = 1.0
    pairs = list(enumerate(figures.tolist(), start=1))
    batches, kept = history_of([3.0] * count, validations=pairs).picture().validations
    assert len(kept) == MOST_VALIDATIONS // 2 + 2
    assert kept.min() == 1.0
    assert batches[kept.argmin()] == 4322
    assert (np.diff(batches) > 0).all()
    assert batches[-1] == count
