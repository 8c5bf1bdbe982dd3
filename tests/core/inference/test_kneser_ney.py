"""Kneser-Ney against hand counts, a slow dictionary version, and the known figure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.golden.plain_kneser_ney import plain_kneser_ney
from tests.support.known_answers import CSV_OF_PART, Original
from wordnet_tui.core.errors import DataError
from wordnet_tui.core.inference.kneser_ney import DISCOUNT, KneserNey, each_order

Ids = tuple[int, ...]

# Five windows over the words 0, 1, 2; each row is (context, target).
TOY = np.array([[0, 1], [0, 1], [0, 2], [1, 2], [2, 0]], dtype=np.uint8)


def probabilities_after(model: KneserNey, context: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """(V,) of every word."""
    words = np.arange(model.vocabulary_size)
    contexts = np.tile(np.asarray(context, np.int64), (len(words), 1))
    return np.exp(model.log_probabilities_of(np.column_stack([contexts, words])))


def test_a_bigram_agrees_with_a_computation_by_hand() -> None:
    # N1+(. w): word 0 comes after {2}, word 1 after {0}, word 2 after {0, 1}; the sum is 4.
    floor = 0.8 * 3 / 4 * (1 / 3)  # discount * words seen / sum * 1/V
    single = [0.2 / 4 + floor, 0.2 / 4 + floor, 1.2 / 4 + floor]
    # After 0: word 1 twice, word 2 once; 3 in all, 2 different words.
    after_0 = [0.8 * 2 / 3 * p for p in single]
    after_0[1] += (2 - 0.8) / 3
    after_0[2] += (1 - 0.8) / 3

    model = KneserNey.fit(TOY, 3, 2)

    np.testing.assert_allclose(probabilities_after(model, [0]), after_0, rtol=1e-14)
    np.testing.assert_allclose(
        model.log_probabilities_of(TOY[:3]), np.log([after_0[1], after_0[1], after_0[2]])
    )


def test_after_an_unseen_context_the_lower_order_is_all() -> None:
    windows = TOY[:4]  # nothing follows word 2
    model = KneserNey.fit(windows, 4, 2)
    np.testing.assert_array_equal(
        probabilities_after(model, [2]),
        probabilities_after(KneserNey(4, model.levels[:1]), []),
    )


def of_every_gram(
    probability: Callable[[Ids], float], vocabulary_size: int, order: int
) -> dict[Ids, float]:
    """That of every possible gram of `order` words."""
    grams: list[Ids] = [()]
    for _ in range(order):
        grams = [(*gram, word) for gram in grams for word in range(vocabulary_size)]
    return {gram: probability(gram) for gram in grams}


@given(data=st.data())
def test_it_agrees_with_a_slow_version_by_the_definition(data: st.DataObject) -> None:
    vocabulary_size = data.draw(st.integers(2, 4))
    columns = data.draw(st.integers(1, 4))
    order = data.draw(st.integers(1, columns))
    discount = data.draw(st.sampled_from([0.3, DISCOUNT, 1.0]))
    row = st.tuples(*[st.integers(0, vocabulary_size - 1)] * columns)
    windows = data.draw(st.lists(row, min_size=1, max_size=25))
    by_definition = plain_kneser_ney(windows, vocabulary_size, order, discount)
    expected = of_every_gram(by_definition, vocabulary_size, order)

    model = KneserNey.fit(np.array(windows, dtype=np.uint8), vocabulary_size, order, discount)

    np.testing.assert_allclose(
        model.log_probabilities_of(np.array(list(expected), dtype=np.uint8)),
        np.log(list(expected.values())),
        rtol=1e-12,
    )


def random_windows(rows: int, columns: int, vocabulary_size: int) -> npt.NDArray[np.uint16]:
    """Rows in which few words are frequent and most are not, as in text."""
    rng = np.random.default_rng(seed=5)
    return (rng.zipf(1.4, size=(rows, columns)) % vocabulary_size).astype(np.uint16)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_the_probabilities_of_all_words_sum_to_1(order: int) -> None:
    windows = random_windows(2_000, 4, 300)
    model = KneserNey.fit(windows, 300, order)
    for context in ([1, 1, 1], windows[7, :3], [299, 298, 297], [0, 299, 1]):
        probabilities = probabilities_after(model, context)
        assert probabilities.min() > 0.0
        assert probabilities.sum() == pytest.approx(1.0, abs=1e-12)


def test_contexts_longer_than_64_bits_are_told_apart() -> None:
    """65,000^8 has 128 bits; rows that differ only in their first word must not mix."""
    rng = np.random.default_rng(seed=2)
    tail = rng.integers(65_000, size=7)
    rows = [[first, *tail, 64_999 - first] for first in range(50)]
    rows += [[*rng.integers(65_000, size=9)] for _ in range(500)]
    windows = np.array(rows, dtype=np.uint16)

    model = KneserNey.fit(windows, 65_000, order=9)

    # Each context was seen once, before one word: (1 - d) is that word's own share of P.
    shorter = np.exp(KneserNey(65_000, model.levels[:-1]).log_probabilities_of(windows))
    own = np.exp(model.log_probabilities_of(windows)) - 0.8 * shorter
    np.testing.assert_allclose(own, 0.2, atol=1e-12)
    swapped = windows[:50].copy()
    swapped[:, 0] = np.roll(swapped[:, 0], 1)  # contexts all seen, but not before these words
    assert np.exp(model.log_probabilities_of(swapped)).max() < 0.05
    assert probabilities_after(model, windows[3, :8]).sum() == pytest.approx(1.0, abs=1e-9)


def test_orders_counted_together_are_those_counted_alone() -> None:
    windows = random_windows(3_000, 5, 90)
    models = list(each_order(windows, 90))
    assert [model.order for model in models] == [2, 3, 4, 5]
    held_out = random_windows(3_400, 5, 90)[3_000:]
    for model in models:
        alone = KneserNey.fit(windows, 90, model.order)
        np.testing.assert_array_equal(
            model.log_probabilities_of(held_out), alone.log_probabilities_of(held_out)
        )


def test_windows_read_from_a_memory_map_give_the_same(tmp_path: Path) -> None:
    windows = random_windows(70_000, 3, 250).astype(np.uint8)  # more than one block
    np.save(tmp_path / "windows.npy", windows)
    mapped = np.load(tmp_path / "windows.npy", mmap_mode="r")
    np.testing.assert_array_equal(
        KneserNey.fit(mapped, 250, 3).log_probabilities_of(mapped),
        KneserNey.fit(windows, 250, 3).log_probabilities_of(windows),
    )


def test_nothing_to_count_is_a_data_error() -> None:
    with pytest.raises(DataError, match="holds no windows"):
        KneserNey.fit(TOY[:0], 3, 2)


@pytest.mark.parametrize("part", ["validation", "test"])
def test_order_4_reaches_the_known_figure(original: Original, part: str) -> None:
    """The figures come from other implementations."""
    training, held_out = (
        np.loadtxt(original.folder / CSV_OF_PART[name], delimiter=",", dtype=np.int64) - 1
        for name in ("training", part)
    )
    model = KneserNey.fit(training.astype(np.uint8), original.vocabulary_size, 4)
    loss = -model.log_probabilities_of(held_out.astype(np.uint8)).mean()
    assert loss == pytest.approx(original.kneser_ney[part], abs=original.figures_within)
