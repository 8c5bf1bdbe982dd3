"""The plain network: the golden set is its work, and the original prints what it prints."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np

from tests.golden.__main__ import DATA, write
from tests.golden.plain_network import train
from tests.golden.plain_program import HEADER, dialogue, model_bytes, read_model, read_rows


def test_the_golden_set_is_what_the_plain_network_gives(tmp_path: Path) -> None:
    write(tmp_path)
    names = sorted(path.name for path in DATA.iterdir())
    assert names == sorted(path.name for path in tmp_path.iterdir())
    for name in names:
        kept, made = (DATA / name).read_bytes(), (tmp_path / name).read_bytes()
        if not name.endswith(".bin"):
            assert made == kept, name
            continue
        # Other machines may round exp and log otherwise.
        assert made[: HEADER.size] == kept[: HEADER.size]
        weights = (
            np.frombuffer(content, "<f8", offset=HEADER.size) for content in (made, kept)
        )
        np.testing.assert_allclose(*weights, rtol=0, atol=1e-13)


def test_the_plain_network_chains_words_as_the_original_did(reference: Path) -> None:
    network = read_model(reference / "model9-3000.bin")
    assert model_bytes(network) == (reference / "model9-3000.bin").read_bytes()
    words, shown, typed, transcript = (
        (reference / name).read_text()
        for name in (
            "vocab.txt",
            "vocab_ordered.txt",
            "forward_input.txt",
            "forward_transcript.txt",
        )
    )
    printed = dialogue(
        network, "model9-3000.bin", words.split(), shown.split(), typed.splitlines()
    )
    assert printed == transcript


def test_the_plain_network_trains_as_the_original_did(reference: Path) -> None:
    """As far as patience goes: three mini-batches, the last after a step with momentum."""
    network = read_model(reference / "finetune_start.bin")
    parts = (
        read_rows(reference / name)
        for name in ("train_data.csv", "valid_data.csv", "test_data.csv")
    )
    log = (reference / "finetune_log.txt").read_text().splitlines()
    begin = log.index("# Start training ...")
    assert list(islice(train(network, *parts, out="out.bin"), 5)) == log[begin : begin + 5]
