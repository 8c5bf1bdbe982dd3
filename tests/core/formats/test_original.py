from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from tests.golden.arrays import parameters_of
from tests.golden.plain_program import read_model
from tests.support.known_answers import Original
from wordnet_tui.core.errors import ModelFileError
from wordnet_tui.core.formats.model_files import read_network, write_network
from wordnet_tui.core.model.hyperparameters import LARGEST_INT32, PRESETS
from wordnet_tui.core.model.trained_network import Provenance

OFFSETS = {  # of the fields of the header, as ../shared/reference/README.md lists them
    "N": 0, "h1": 4, "h2": 8, "epochs": 12, "early stop": 16, "momentum": 24, "rate": 32,
    "validate every": 40, "training rows": 44, "validation rows": 48, "test rows": 52,
    "columns": 56, "D": 60, "V": 64,
}  # fmt: skip


@pytest.fixture
def saved(tmp_path: Path, make_network) -> Path:
    """A sound `.bin` with D = 2, h1 = 3, h2 = 4, V = 5."""
    path = tmp_path / "small.bin"
    write_network(path, make_network(dtype="float64"))
    assert path.stat().st_size == 72 + 8 * (15 + 24 + 4 + 20 + 5)
    return path


def overwrite(path: Path, field: str, value: float) -> None:
    content = bytearray(path.read_bytes())
    layout = "<d" if field in ("momentum", "rate") else "<i"
    struct.pack_into(layout, content, OFFSETS[field], value)
    path.write_bytes(content)


def complaint(path: Path) -> str:
    """The one sentence about a file that cannot be read; names the file."""
    with pytest.raises(ModelFileError) as caught:
        read_network(path)
    sentence = str(caught.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("name", ["model9-3000.bin", "finetune_start.bin", "finetune_end.bin"])
def test_files_of_the_original_are_written_byte_for_byte(
    original: Original, tmp_path: Path, name: str
) -> None:
    network = read_network(original.folder / name)
    write_network(tmp_path / name, network)
    assert (tmp_path / name).read_bytes() == (original.folder / name).read_bytes()


def test_the_header_of_the_original_becomes_its_recipe(original: Original) -> None:
    network = read_network(original.model)
    assert network.hyperparameters == PRESETS["reference"].changed(
        embedding_size=original.embedding_size,
        hidden_size=original.hidden_size,
        vocabulary_size=original.vocabulary_size,
        dtype="float64",
    )
    assert network.vocabulary is None
    assert network.provenance == Provenance(data_rows=original.rows)


def test_the_weights_of_the_original_are_those_that_lie_in_its_file(
    original: Original,
) -> None:
    expected = parameters_of(read_model(original.model))
    for ours, theirs in zip(read_network(original.model).parameters, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs, strict=True)


def test_the_trained_network_of_the_original_predicts_what_is_known(
    original: Original,
) -> None:
    """The forward pass is written out here, in the equations of the slides."""
    words = original.words
    parameters = read_network(original.model).parameters
    ids = [words.index(word) for word in ("have", "a", "good")]
    hidden = np.concatenate([parameters.embedding[i] for i in ids]) @ parameters.hidden_weights
    hidden = 1 / (1 + np.exp(-hidden - parameters.hidden_bias))
    scores = np.exp(hidden @ parameters.output_weights + parameters.output_bias)
    probabilities = dict(zip(words, scores / scores.sum(), strict=True))
    expected = original.after_have_a_good
    assert {word: round(probabilities[word], 6) for word in expected} == expected


def test_every_field_lies_where_the_original_has_it(tmp_path: Path, make_network) -> None:
    path = tmp_path / "laid out.bin"
    network = make_network(
        batch_size=7, epochs=11, early_stop_iteration=13, validate_every=17, momentum=0.25,
        learning_rate=0.75, dtype="float64", provenance=Provenance(data_rows=(19, 23, 29)),
    )  # fmt: skip
    write_network(path, network)
    content = path.read_bytes()
    ints = {"N": 7, "h1": 3, "h2": 4, "epochs": 11, "early stop": 13, "validate every": 17,
            "training rows": 19, "validation rows": 23, "test rows": 29, "columns": 3,
            "D": 2, "V": 5}  # fmt: skip
    for field, value in ints.items():
        assert struct.unpack_from("<i", content, OFFSETS[field]) == (value,), field
    assert struct.unpack_from("<dd", content, 24) == (0.25, 0.75)
    weights = np.frombuffer(content, "<f8", offset=72)
    W1, W2, W3 = weights[:15], weights[15:39], weights[43:63]
    ours = network.parameters
    np.testing.assert_array_equal(W1.reshape(3, 5), ours.embedding.T)
    np.testing.assert_array_equal(W2.reshape(4, 6), ours.hidden_weights.T)
    np.testing.assert_array_equal(weights[39:43], ours.hidden_bias)
    np.testing.assert_array_equal(W3.reshape(5, 4), ours.output_weights.T)
    np.testing.assert_array_equal(weights[63:], ours.output_bias)


def test_float32_weights_come_back_as_the_same_numbers_in_float64(
    tmp_path: Path, make_network
) -> None:
    network = make_network(dtype="float32")
    write_network(tmp_path / "a.bin", network)
    back = read_network(tmp_path / "a.bin")
    assert back.hyperparameters.dtype == "float64"
    for ours, theirs in zip(network.parameters, back.parameters, strict=True):
        assert theirs.dtype == np.float64
        np.testing.assert_array_equal(ours, theirs)


def test_settings_that_mean_never_are_ones_that_the_original_never_reaches(
    tmp_path: Path, make_network
) -> None:
    write_network(tmp_path / "a.bin", make_network(validate_every=0, early_stop_iteration=-1))
    settings = read_network(tmp_path / "a.bin").hyperparameters
    assert settings.validate_every == LARGEST_INT32
    assert settings.early_stop_iteration == -1


@pytest.mark.parametrize("activation", ["tanh", "relu", "identity"])
def test_only_the_sigmoid_can_be_written(
    tmp_path: Path, make_network, activation: str
) -> None:
    with pytest.raises(ModelFileError, match=rf"knows only .* sigmoid.*{activation}"):
        write_network(tmp_path / "a.bin", make_network(activation=activation))
    assert not list(tmp_path.iterdir())


def test_more_rows_than_an_int32_counts_cannot_be_written(
    tmp_path: Path, make_network
) -> None:
    network = make_network(provenance=Provenance(data_rows=(2**31, 1, 1)))
    with pytest.raises(ModelFileError, match="2,147,483,648"):
        write_network(tmp_path / "a.bin", network)


def test_a_file_shorter_than_the_header_is_cut_off(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:71])
    assert "cut off: it holds 71 bytes" in complaint(saved)


@pytest.mark.parametrize("change", [-8, -1, 1, 8])
def test_a_file_of_another_length_than_its_header_says_is_refused(
    saved: Path, change: int
) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content[:change] if change < 0 else content + bytes(change))
    assert f"616 bytes long, but it holds {616 + change}" in complaint(saved)


@pytest.mark.parametrize("field", ["N", "h1", "h2", "D", "V", "epochs", "columns"])
@pytest.mark.parametrize("value", [0, -1, -(2**31), 2**31 - 1])
def test_negative_zero_and_absurd_sizes_are_refused(
    saved: Path, field: str, value: int
) -> None:
    overwrite(saved, field, value)
    assert str(value) in complaint(saved).replace(",", "")


@pytest.mark.parametrize("field", ["momentum", "rate"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 1e300])
def test_momentum_and_rate_out_of_range_are_refused(
    saved: Path, field: str, value: float
) -> None:
    overwrite(saved, field, value)
    assert f"{field} must be" in complaint(saved)


def test_everything_wrong_with_a_header_is_said_at_once(saved: Path) -> None:
    nan = float("nan")
    wrong = {"N": 0, "epochs": -5, "rate": nan, "columns": 9, "test rows": -2,
             "early stop": -7, "validate every": -3}  # fmt: skip
    for field, value in wrong.items():
        overwrite(saved, field, value)
    saved.write_bytes(saved.read_bytes()[:-8])
    sentence = complaint(saved)
    for part in ("mini-batch (N)", "epochs", "learning rate", "D + 1 = 3 columns, not 9",
                 "rows of test data", "early-stop iteration", "validate every",
                 "616 bytes long, but it holds 608"):  # fmt: skip
        assert part in sentence


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_not_finite_are_refused(saved: Path, value: float) -> None:
    content = bytearray(saved.read_bytes())
    struct.pack_into("<d", content, 72 + 8 * 40, value)  # the second of b2
    saved.write_bytes(content)
    assert "not finite numbers, in its hidden bias" in complaint(saved)


def test_a_huge_header_is_refused_before_anything_is_allocated(tmp_path: Path) -> None:
    """Within the limits of the settings these sizes would take 12 GB."""
    path = tmp_path / "huge.bin"
    sizes, rest = (100, 4096, 16384), (9, -1, 0.9, 0.1, 100, 1, 1, 1)
    path.write_bytes(struct.pack("<5i4x2d7i4x", *sizes, *rest, 9, 8, 65_000))
    assert "14,945,218,440 bytes long, but it holds 72" in complaint(path)


def test_nonzero_padding_is_no_reason_to_refuse(saved: Path) -> None:
    """A C program need not clear it."""
    content = bytearray(saved.read_bytes())
    content[20:24] = content[68:72] = b"\xcc\xcc\xcc\xcc"
    saved.write_bytes(content)
    assert read_network(saved).hyperparameters.vocabulary_size == 5
