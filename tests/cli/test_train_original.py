"""`train --preset original`: the network of the original's author, from nothing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Run = Callable[..., Any]

HEADER = 72  # bytes of the original's file before its weights


def test_the_preset_original_gives_the_network_of_the_original_s_author(
    run: Run, reference: Path, tmp_path: Path
) -> None:
    """Nine epochs, 32,801 mini-batches: about 20 seconds on a core that does nothing else."""
    folder = tmp_path / "data" / "original"  # as `data fetch original` leaves it
    folder.mkdir(parents=True)
    for name in ("valid_data.csv", "test_data.csv", "vocab.txt"):
        shutil.copyfile(reference / name, folder / name)
    shutil.copyfile(reference / "train_data_original_order.csv", folder / "train_data.csv")
    out = tmp_path / "model.bin"
    ran = run("train", out, "--preset", "original", "--log", "original")
    assert ran.status == 0
    figures = re.findall(r"Training CE .* = (\S+)", ran.output)
    assert len(figures) == 8 * 3_725 + 3_001
    assert figures[-1] == "2.55981273"  # what the original printed last

    ours, theirs = out.read_bytes(), (reference / "model9-3000.bin").read_bytes()
    assert len(ours) == len(theirs)
    assert ours[:HEADER] == theirs[:HEADER]
    np.testing.assert_allclose(
        np.frombuffer(ours, "<f8", offset=HEADER),
        np.frombuffer(theirs, "<f8", offset=HEADER),
        rtol=0,
        atol=1e-9,
    )


def test_the_preset_original_asks_for_its_own_data(
    run: Run, small_text: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.safetensors"
    unfetched = run("train", out, "--preset", "original")
    assert "wordnet-tui data fetch original downloads it" in unfetched.sentence
    assert not out.exists()
    sizes = "--batch-size", "5", "--epochs", "1", "--early-stop-iteration", "1"
    reported = run("train", out, "--preset", "original", "--data", small_text, *sizes)
    assert reported.status == 0
    found = run("info", out, "--json").json
    assert found["data_sources"] == [str(small_text)]
    assert found["hyperparameters"]["init"] == "original"
    assert "   initial weights          = original" in run("info", out).output.splitlines()
