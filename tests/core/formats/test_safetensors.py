from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from safetensors import safe_open

from wordnet_tui.core.formats.model_files import read_network, write_network
from wordnet_tui.core.model.trained_network import Provenance

PROVENANCE = Provenance(
    data_name="the data",
    data_fingerprint="ab" * 32,
    data_rows=(80, 10, 9),
    figures={"test cross-entropy": 2.5230000000000001, "epochs": 9.0},
    program_version="0.1.0",
)


@pytest.fixture
def saved(tmp_path: Path, make_network) -> Path:
    path = tmp_path / "small.safetensors"
    write_network(path, make_network(provenance=PROVENANCE))
    return path


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_all_that_was_saved_comes_back(
    tmp_path: Path, make_network, assert_same_weights: Callable, dtype: str, activation: str
) -> None:
    network = make_network(
        shown=("犬", "a", "the", "it's", "größer"),
        provenance=PROVENANCE, dtype=dtype, activation=activation, optimizer="adam",
        learning_rate=0.1 + 0.2, dropout=0.1, seed=7,
    )  # fmt: skip
    write_network(tmp_path / "a.safetensors", network)
    back = read_network(tmp_path / "a.safetensors")
    assert_same_weights(back, network)
    assert back.hyperparameters == network.hyperparameters
    assert back.vocabulary == network.vocabulary
    assert back.vocabulary.shown == network.vocabulary.shown
    assert back.provenance == PROVENANCE


def test_any_safetensors_tool_reads_it(saved: Path, make_network) -> None:
    network = make_network()
    tensors = safetensors.numpy.load_file(saved)
    assert set(tensors) == set(network.parameters.__dataclass_fields__)
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(tensor, getattr(network.parameters, name), strict=True)
    with safe_open(saved, framework="np") as file:
        metadata = file.metadata()
    assert metadata["format"] == "wordnet-tui"
    assert metadata["program_version"] == "0.1.0"
    assert metadata["vocabulary"] == '["the", "a", "größer", "犬", "it\'s"]'
    assert json.loads(metadata["hyperparameters"])["hidden_size"] == 4
    assert json.loads(metadata["data"])["rows"] == [80, 10, 9]
    assert json.loads(metadata["figures"])["test cross-entropy"] == 2.523
    assert "vocabulary_shown" not in metadata


def test_tensors_begin_at_a_multiple_of_eight_bytes(saved: Path) -> None:
    assert struct.unpack("<Q", saved.read_bytes()[:8])[0] % 8 == 0


def test_two_processes_write_the_same_bytes(saved: Path, tmp_path: Path) -> None:
    """Each hashes with another seed; the library's own order differs by process."""
    program = """
import sys
from pathlib import Path
from wordnet_tui.core.formats.model_files import read_network, write_network
write_network(Path(sys.argv[2]), read_network(Path(sys.argv[1])))
"""
    for seed in ("1", "2"):
        copy = tmp_path / f"copy{seed}.safetensors"
        subprocess.run(
            [sys.executable, "-c", program, saved, copy],
            check=True,
            env={"PYTHONHASHSEED": seed},
        )
        assert copy.read_bytes() == saved.read_bytes()


def test_a_network_without_words_can_be_saved(tmp_path: Path, make_network) -> None:
    write_network(tmp_path / "a.safetensors", make_network(words=None))
    assert read_network(tmp_path / "a.safetensors").vocabulary is None


def test_a_figure_that_is_not_finite_is_left_out(tmp_path: Path, make_network) -> None:
    figures = {"perplexity": float("inf"), "accuracy": float("nan"), "epochs": 1.0}
    network = make_network(provenance=Provenance(figures=figures))
    write_network(tmp_path / "a.safetensors", network)
    assert read_network(tmp_path / "a.safetensors").provenance.figures == {"epochs": 1.0}


def test_a_name_of_data_that_is_no_unicode_survives(tmp_path: Path, make_network) -> None:
    """Linux allows any bytes in the name of a file; Python shows such bytes as surrogates."""
    network = make_network(provenance=Provenance(data_name="caf\udce9.txt"))
    write_network(tmp_path / "a.safetensors", network)
    assert read_network(tmp_path / "a.safetensors").provenance.data_name == "caf\udce9.txt"


def test_words_with_escape_sequences_and_markup_survive(tmp_path: Path, make_network) -> None:
    words = ("\x1b[31mred", "[bold]", '"quoted"', "back\\slash", "\u202eright")
    write_network(tmp_path / "a.safetensors", make_network(words=words))
    assert read_network(tmp_path / "a.safetensors").vocabulary.words == words
