"""What holds for both formats, and which of them a file is."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.support.hostile_files import MakePipe, fill_up
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import ModelFileError
from wordnet_tui.core.formats import original, safetensors
from wordnet_tui.core.formats.model_files import check_target, read_network, write_network
from wordnet_tui.core.model.trained_network import TrainedNetwork

SUFFIXES = [".bin", ".safetensors"]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "other_name", ["model", "model.bin", "model.safetensors", "model.BIN"]
)
def test_a_file_is_read_by_what_it_holds(
    tmp_path: Path, make_network, assert_same_weights, suffix: str, other_name: str
) -> None:
    network = make_network(dtype="float64")
    write_network(tmp_path / f"right{suffix}", network)
    renamed = (tmp_path / f"right{suffix}").rename(tmp_path / other_name)
    assert_same_weights(read_network(renamed), network)


def test_a_bin_that_has_a_brace_where_a_safetensors_header_begins_is_still_a_bin(
    tmp_path: Path, make_network, assert_same_weights
) -> None:
    network = make_network(hidden_size=ord("{"), dtype="float64")
    write_network(tmp_path / "a.bin", network)
    assert (tmp_path / "a.bin").read_bytes()[8:9] == b"{"
    assert_same_weights(read_network(tmp_path / "a.bin"), network)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("empty.bin", b"", "is empty"),
        ("empty.safetensors", b"", "is empty"),
        ("note.txt", b"to be or not to be\n" * 100, "neither a .safetensors file nor a .bin"),
        ("short.txt", b"{}", "neither"),
        ("archive.pt", b"PK\x03\x04" + bytes(500), "neither"),
        ("text.bin", b"to be or not to be\n" * 100, "not a sound model file of the original"),
        ("text.safetensors", b"to be or not to be\n" * 100, "no safetensors file"),
    ],
)
def test_a_file_that_is_no_model_is_refused(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=problem) as caught:
        read_network(path)
    assert str(path) in str(caught.value)


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.bin")
    for path, problem in (
        (tmp_path / "none.bin", "there is no file"),
        (tmp_path, "is a folder"),
        (tmp_path / "pipe.bin", "it is a pipe, not a file"),
        (Path("/dev/zero"), "it is a device, not a file"),
        (tmp_path / ("x" * 300), "File name too long"),
        (Path("nul\0l"), "not the name of a file"),
    ):
        with pytest.raises(ModelFileError, match=problem):
            read_network(path)


@pytest.mark.parametrize("suffix", [".safetensors", ".bin"])
def test_a_model_file_far_larger_than_any_network_is_refused(
    suffix: str, tmp_path: Path, make_network
) -> None:
    path = tmp_path / f"a{suffix}"
    write_network(path, make_network())
    fill_up(path, path.read_bytes())
    with pytest.raises(
        ModelFileError, match=r"cannot read .*: it holds 1,099,511,627,776 bytes"
    ):
        read_network(path)


@pytest.mark.parametrize("suffix", [".safetensors", ".bin"])
def test_a_pipe_that_takes_the_place_of_a_model_file_is_not_waited_for(
    suffix: str, tmp_path: Path, make_network, make_pipe: MakePipe, monkeypatch
) -> None:
    path = tmp_path / f"a{suffix}"
    write_network(path, make_network())
    module = {".safetensors": safetensors, ".bin": original}[suffix]
    read = module.read

    def read_too_late(path: Path) -> TrainedNetwork:
        path.unlink()
        return read(make_pipe(path))

    monkeypatch.setattr(module, "read", read_too_late)
    with pytest.raises(ModelFileError, match="it is a pipe, not a file"):
        read_network(path)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)
def test_a_file_without_permission_to_read_is_refused(tmp_path: Path, make_network) -> None:
    path = tmp_path / "a.bin"
    write_network(path, make_network())
    path.chmod(0)
    with pytest.raises(ModelFileError, match=r"cannot read .*Permission denied"):
        read_network(path)


def test_the_name_of_a_file_cannot_steer_the_terminal(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError) as caught:
        read_network(tmp_path / "\x1b[31m.bin")
    assert r"\x1b[31m.bin" in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_vocabulary_is_given_to_a_file_that_has_none(tmp_path: Path, make_network) -> None:
    write_network(tmp_path / "a.bin", make_network())
    words = Vocabulary("abcde")
    assert read_network(tmp_path / "a.bin", words).vocabulary is words
    with pytest.raises(
        ModelFileError, match="5 words, and the vocabulary given for it holds 4"
    ):
        read_network(tmp_path / "a.bin", Vocabulary("abcd"))


def test_the_vocabulary_of_the_file_wins_over_one_that_is_given(
    tmp_path: Path, make_network
) -> None:
    network = make_network()
    write_network(tmp_path / "a.safetensors", network)
    back = read_network(tmp_path / "a.safetensors", Vocabulary("ab"))
    assert back.vocabulary == network.vocabulary


@pytest.mark.parametrize("name", ["model", "model.pt", "model.safetensors.gz", ".bin"])
def test_another_suffix_is_refused(tmp_path: Path, make_network, name: str) -> None:
    expected = r"ends in \.safetensors, or in \.bin"
    with pytest.raises(ModelFileError, match=expected):
        write_network(tmp_path / name, make_network())
    with pytest.raises(ModelFileError, match=expected):
        check_target(tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_folder_that_is_not_there_or_not_a_folder_is_refused(
    tmp_path: Path, make_network, suffix: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / f"folder{suffix}").mkdir()
    for path, problem in (
        (tmp_path / "none" / f"a{suffix}", "the folder .*none does not exist"),
        (tmp_path / "file" / f"a{suffix}", "Not a directory"),
        (tmp_path / f"folder{suffix}", "Is a directory"),
    ):
        with pytest.raises(ModelFileError, match=f"cannot write .*{problem}"):
            write_network(path, make_network())
        with pytest.raises(ModelFileError, match=f"cannot write .*{problem}"):
            check_target(path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_weights_that_are_not_finite_are_not_saved_over_an_older_file(
    tmp_path: Path, make_network, suffix: str
) -> None:
    path = tmp_path / f"a{suffix}"
    network = make_network()
    write_network(path, network)
    before = path.read_bytes()
    diverged = make_network()
    diverged.parameters.embedding[0, 0] = np.nan
    with pytest.raises(ModelFileError, match="not finite numbers, in its embedding"):
        write_network(path, diverged)
    assert path.read_bytes() == before


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_network_that_contradicts_itself_is_a_bug(
    tmp_path: Path, make_network, suffix: str
) -> None:
    network = make_network()
    for changes in ({"hidden_size": 9}, {"dtype": "float64"}, {"vocabulary_size": 4}):
        settings = network.hyperparameters.changed(**changes)
        contradicting = type(network)(settings, network.parameters, network.vocabulary)
        with pytest.raises(ValueError, match="but the hyperparameters say"):
            write_network(tmp_path / f"a{suffix}", contradicting)
    assert not list(tmp_path.iterdir())


def test_checking_a_target_leaves_an_older_file_alone(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"old")
    check_target(tmp_path / "a.bin")
    check_target(tmp_path / "b.safetensors")
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]
    assert (tmp_path / "a.bin").read_bytes() == b"old"
