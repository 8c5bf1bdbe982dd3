"""`train --log original` against the plain network, where the original left no log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.golden.__main__ import DATA
from tests.golden.arrays import parameters_of
from tests.golden.plain_network import PlainNetwork, train
from tests.golden.plain_program import model_bytes, read_model, read_rows
from tests.support.known_answers import CSV_OF_PART

Run = Callable[..., Any]


def assert_trained_alike(run: Run, network: PlainNetwork, folder: Path) -> None:
    """From this start both print the same lines and come to the same weights."""
    start, out = folder / "start.bin", folder / "out.bin"
    start.write_bytes(model_bytes(network))
    as_original = "--no-shuffle", "--log", "original"
    ran = run("train", start, out, "--data", DATA, *as_original)
    parts = (read_rows(DATA / name) for name in CSV_OF_PART.values())
    assert ran.output.splitlines() == list(train(network, *parts, out=str(out)))
    saved = read_model(out)
    for ours, plain in zip(parameters_of(saved), parameters_of(network), strict=True):
        np.testing.assert_allclose(ours, plain, rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    "changes",
    [
        {"N": 40},
        {"N": 1, "early_stop": 6},
        {"epochs": 3, "validate_every": 1},
        {"epochs": 1, "early_stop": 0},
        {"epochs": 1, "early_stop": 3000, "validate_every": 2**31 - 1},
        {"momentum": 0.0, "rate": 1.5},
        {"momentum": 0.99, "rate": 0.01},
    ],
    ids=str,
)
def test_other_settings_change_both_alike(
    run: Run, tmp_path: Path, changes: dict[str, float]
) -> None:
    network = read_model(DATA / "finetune_start.bin")
    network.settings = network.settings._replace(**changes)
    assert_trained_alike(run, network, tmp_path)


def test_a_word_all_but_impossible_costs_both_no_more_than_30_nats(
    run: Run, tmp_path: Path
) -> None:
    network = read_model(DATA / "finetune_start.bin")
    b3 = network.weights[-1]
    b3[read_rows(DATA / "train_data.csv")[0][-1] - 1] = [-60.0]
    assert_trained_alike(run, network, tmp_path)
