"""The table of baselines: what is in it and that its simple entries are right."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wordnet_tui.core.errors import DataError
from wordnet_tui.core.inference.baselines import baselines
from wordnet_tui.core.inference.kneser_ney import KneserNey

TRAINING = np.array([[0, 1, 2], [1, 2, 2], [2, 2, 0]], dtype=np.uint8)
HELD_OUT = np.array([[1, 2, 0], [0, 0, 2], [2, 2, 3]], dtype=np.uint8)


def test_uniform_unigram_and_each_order_up_to_the_whole_window_are_listed() -> None:
    table = baselines(TRAINING, HELD_OUT, 4)
    assert [(row.name, row.order) for row in table] == [
        ("uniform", 0),
        ("unigram", 1),
        ("Kneser-Ney, order 2", 2),
        ("Kneser-Ney, order 3", 3),
    ]


def test_each_is_measured_on_the_held_out_rows() -> None:
    uniform, unigram, *kneser_ney = (
        row.cross_entropy for row in baselines(TRAINING, HELD_OUT, 4)
    )
    assert uniform == pytest.approx(math.log(4))
    # Last words in training: 0 once, 2 twice; 1 is added to each of 4 words, so 7 in all.
    assert unigram == pytest.approx(-(math.log(2 / 7) + math.log(3 / 7) + math.log(1 / 7)) / 3)
    assert kneser_ney == [
        pytest.approx(-KneserNey.fit(TRAINING, 4, order).log_probabilities_of(HELD_OUT).mean())
        for order in (2, 3)
    ]


def test_a_network_of_one_context_word_has_one_kneser_ney_baseline() -> None:
    assert [row.order for row in baselines(TRAINING[:, 1:], HELD_OUT[:, 1:], 4)] == [0, 1, 2]


@pytest.mark.parametrize(("training_rows", "held_out_rows"), [(0, 3), (3, 0)])
def test_an_empty_part_is_a_data_error(training_rows: int, held_out_rows: int) -> None:
    with pytest.raises(DataError, match="part holds no windows"):
        baselines(TRAINING[:training_rows], HELD_OUT[:held_out_rows], 4)
