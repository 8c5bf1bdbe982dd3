"""Version 2 of our `.safetensors`: no changed byte is believed; version 1 is still read."""

from __future__ import annotations

from pathlib import Path

import pytest
import safetensors.numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors import safe_open

from wordnet_tui.core.errors import ModelFileError
from wordnet_tui.core.formats import tensor_file
from wordnet_tui.core.formats.model_files import read_network, shipped_networks, write_network
from wordnet_tui.core.model.trained_network import Provenance

same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def saved(tmp_path: Path, make_network) -> Path:
    path = tmp_path / "small.safetensors"
    provenance = Provenance(data_name="caf\udce9 \x1b", figures={"test": 2.5})
    write_network(path, make_network(provenance=provenance))
    return path


def assert_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ModelFileError) as caught:
        read_network(path)
    assert str(path) in str(caught.value)
    assert str(caught.value).isprintable()


@same_folder
@given(data=st.data())
def test_any_byte_put_in_place_of_another_is_noticed(saved: Path, data: st.DataObject) -> None:
    """`test_tensor_file` does so at every single place, in memory."""
    sound = saved.read_bytes()
    place = data.draw(st.integers(0, len(sound) - 1), label="place")
    new = data.draw(st.integers(0, 255).filter(lambda new: new != sound[place]), label="new")
    assert_refused(saved, sound[:place] + bytes([new]) + sound[place + 1 :])
    saved.write_bytes(sound)


def test_damage_of_the_bytes_that_tell_the_format_is_noticed(saved: Path) -> None:
    content = saved.read_bytes()
    for place in range(80):
        for bit in (0x01, 0x20, 0x80):
            flipped = bytes([content[place] ^ bit])
            assert_refused(saved, content[:place] + flipped + content[place + 1 :])
        assert_refused(saved, content[:place] + content[place + 1 :])
        assert_refused(saved, content[:place])


def test_a_file_of_version_1_is_still_read(
    tmp_path: Path, assert_same_weights, saved: Path
) -> None:
    with safe_open(saved, framework="np") as file:
        metadata = {**file.metadata(), "format_version": "1"}
    del metadata["crc32"], metadata["crc32_of_tensors"]
    old = tmp_path / "old.safetensors"
    safetensors.numpy.save_file(safetensors.numpy.load_file(saved), old, metadata)
    network, again = read_network(saved), read_network(old)
    assert_same_weights(again, network)
    assert (again.hyperparameters, again.vocabulary, again.provenance) == (
        network.hyperparameters, network.vocabulary, network.provenance,
    )  # fmt: skip


def test_a_file_of_version_2_must_have_its_checksums(saved: Path) -> None:
    with safe_open(saved, framework="np") as file:
        metadata = file.metadata()
    tensors = safetensors.numpy.load_file(saved)
    safetensors.numpy.save_file(tensors, saved, metadata)  # in an order of its own
    with pytest.raises(ModelFileError, match=r"its header does not .* checksum"):
        read_network(saved)
    del metadata["crc32"], metadata["crc32_of_tensors"]
    safetensors.numpy.save_file(tensors, saved, metadata)
    with pytest.raises(ModelFileError, match="version 2 has checksums, and it has none"):
        read_network(saved)


def test_a_right_checksum_does_not_make_an_infinite_weight_right(saved: Path) -> None:
    with tensor_file.open_tensors(saved) as file:
        arrays = {name: file.read(name) for name in file.tensors}
        metadata = {k: v for k, v in file.metadata.items() if not k.startswith("crc32")}
    arrays["embedding"][0, 0] = float("inf")
    saved.write_bytes(b"".join(tensor_file.encode(metadata, arrays)))
    with pytest.raises(ModelFileError, match="not finite numbers, in its embedding"):
        read_network(saved)


def test_the_networks_that_ship_have_checksums() -> None:
    for path in shipped_networks().values():
        with safe_open(path, framework="np") as file:
            assert file.metadata()["format_version"] == "2"
            assert {"crc32", "crc32_of_tensors"} <= file.metadata().keys()
