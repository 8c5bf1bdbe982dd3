"""Every row once an epoch, in file order or in a new one, from memory or from a map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.data import dataset as module
from wordnet_tui.core.data.dataset import Windows, minibatches


def numbered(rows: int) -> Windows:
    """(rows, 3) where each row tells its number."""
    return np.arange(rows * 3, dtype=np.uint16).reshape(rows, 3)


def order_of(
    windows: Windows, batch_size: int, random: np.random.Generator | None = None
) -> list[int]:
    """The numbers of the rows in the order they come; each batch must be whole."""
    order: list[int] = []
    for batch in minibatches(windows, batch_size, random):
        assert batch.shape == (batch_size, 3)
        assert batch.dtype == windows.dtype
        assert (np.diff(batch.astype(int), axis=1) == 1).all()  # no row is torn apart
        order += (batch[:, 0] // 3).tolist()
    return order


@pytest.fixture
def small_pools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pools of 4 blocks of 5 rows, as if the rows were too many for the memory."""
    monkeypatch.setattr(module, "BLOCK_ROWS", 5)
    monkeypatch.setattr(module, "POOL_ROWS", 20)


@given(rows=st.integers(0, 60), batch_size=st.integers(1, 20))
def test_without_a_generator_the_rows_come_in_their_order_but_a_last_short_batch(
    rows: int, batch_size: int
) -> None:
    assert order_of(numbered(rows), batch_size) == list(range(rows // batch_size * batch_size))


@given(rows=st.integers(0, 60), batch_size=st.integers(1, 20), seed=st.integers(0, 99))
def test_shuffled_rows_come_at_most_once_and_as_many(
    rows: int, batch_size: int, seed: int
) -> None:
    order = order_of(numbered(rows), batch_size, np.random.default_rng(seed))
    assert len(order) == rows // batch_size * batch_size
    assert len(set(order)) == len(order)


@pytest.mark.usefixtures("small_pools")
@pytest.mark.parametrize("rows", [20, 21, 40, 83, 100])
@pytest.mark.parametrize("batch_size", [1, 3, 7, 20])
def test_pools_give_as_many_rows_as_one_shuffle_of_all(rows: int, batch_size: int) -> None:
    """Batches that straddle two pools included: 20 is no multiple of 3 or 7."""
    order = order_of(numbered(rows), batch_size, np.random.default_rng(1))
    assert len(order) == rows // batch_size * batch_size
    assert len(set(order)) == len(order)
    if batch_size == 1:
        assert sorted(order) == list(range(rows))


@pytest.mark.usefixtures("small_pools")
def test_a_pool_mixes_rows_of_blocks_from_all_over() -> None:
    order = order_of(numbered(100), 20, np.random.default_rng(1))
    pools = [order[start : start + 20] for start in range(0, 100, 20)]
    for pool in pools:
        blocks = {row // 5 for row in pool}
        assert len(blocks) == 4
        assert pool != sorted(pool)
    first_blocks = sorted({row // 5 for row in pools[0]})
    assert first_blocks != [0, 1, 2, 3]


@pytest.mark.parametrize("pooled", [False, True])
def test_each_epoch_has_an_order_of_its_own_that_the_seed_decides(
    pooled: bool, request: pytest.FixtureRequest
) -> None:
    if pooled:
        request.getfixturevalue("small_pools")
    windows = numbered(60)
    random = np.random.default_rng(4)
    first, second = order_of(windows, 6, random), order_of(windows, 6, random)
    assert first != second
    assert sorted(first) == sorted(second) == list(range(60))
    random = np.random.default_rng(4)
    assert [order_of(windows, 6, random), order_of(windows, 6, random)] == [first, second]
    assert order_of(windows, 6, np.random.default_rng(5)) != first


def test_all_orders_of_a_few_rows_are_about_equally_frequent() -> None:
    random = np.random.default_rng(1)
    counts: dict[tuple[int, ...], int] = {}
    for _ in range(2400):
        order = tuple(order_of(numbered(3), 1, random))
        counts[order] = counts.get(order, 0) + 1
    assert len(counts) == 6
    assert all(abs(count - 400) < 4 * 20 for count in counts.values())  # 4 deviations


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize("pooled", [False, True])
def test_a_read_only_memory_map_gives_what_memory_gives(
    tmp_path: Path, seed: int | None, pooled: bool, request: pytest.FixtureRequest
) -> None:
    if pooled:
        request.getfixturevalue("small_pools")
    windows = numbered(53)
    path = tmp_path / "windows"
    windows.tofile(path)
    mapped = np.memmap(path, np.uint16, mode="r", shape=(53, 3))

    def random() -> np.random.Generator | None:
        return None if seed is None else np.random.default_rng(seed)

    assert order_of(mapped, 4, random()) == order_of(windows, 4, random())
    assert np.array_equal(mapped, windows)


@given(
    rows=st.integers(0, 130),
    batch_size=st.integers(1, 20),
    skip=st.integers(0, 130),
    seed=st.none() | st.integers(0, 99),
    pooled=st.booleans(),
)
def test_after_those_skipped_come_the_same_mini_batches_in_this_epoch_and_the_next(
    rows: int, batch_size: int, skip: int, seed: int | None, pooled: bool
) -> None:
    skip = min(skip, rows // batch_size)
    windows = numbered(rows)

    def two_epochs(skip: int) -> list[list[list[int]]]:
        random = None if seed is None else np.random.default_rng(seed)
        batches = (minibatches(windows, batch_size, random, each) for each in (skip, 0))
        return [[batch[:, 0].tolist() for batch in epoch] for epoch in batches]

    with pytest.MonkeyPatch.context() as patch:
        if pooled:
            patch.setattr(module, "BLOCK_ROWS", 5)
            patch.setattr(module, "POOL_ROWS", 20)
        this, following = two_epochs(0)
        assert two_epochs(skip) == [this[skip:], following]


@pytest.mark.usefixtures("small_pools")
def test_of_a_pool_that_is_skipped_nothing_is_read() -> None:
    """Its rows lie in a file that may be slow: of five pools only the last two are needed."""

    class Watched(np.ndarray):
        rows_read = 0

        def __getitem__(self, key: object) -> object:
            found = np.asarray(self)[key]  # type: ignore[index]
            Watched.rows_read += len(found)
            return found

    windows = numbered(100)
    expected = [batch.tolist() for batch in minibatches(windows, 10, np.random.default_rng(1))]
    found = minibatches(windows.view(Watched), 10, np.random.default_rng(1), skip=7)
    assert [batch.tolist() for batch in found] == expected[7:]
    assert Watched.rows_read == 40
