"""Whatever is in a file that no checkpoint was written as: it is reported, or passed over."""

from __future__ import annotations

import os
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wordnet_tui.core.errors import RunError
from wordnet_tui.core.formats import tensor_file
from wordnet_tui.core.formats.model_files import write_network
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.core.training.state import unpacked
from wordnet_tui.runs.storage.checkpoints import (
    Checkpoint,
    read_checkpoint,
    read_curves,
    read_newest_network,
    write_checkpoint,
)
from wordnet_tui.runs.storage.folder import RunFolder


@pytest.fixture
def two(folder: RunFolder, checkpoint: Checkpoint, at_batch) -> RunFolder:
    """Holds one of mini-batch 10, and a newer one that tells mini-batch 11."""
    write_checkpoint(folder, checkpoint)
    write_checkpoint(folder, at_batch(checkpoint, 11))
    return folder


def found_in(folder: RunFolder) -> Checkpoint:
    found = read_checkpoint(folder)
    assert found is not None
    return found


def damage(path: Path, name: str) -> None:
    """Flips a bit of a tensor."""
    with tensor_file.open_tensors(path) as file:
        tensor, end = file.tensors[name], max(each.end for each in file.tensors.values())
    content = bytearray(path.read_bytes())
    content[len(content) - end + tensor.start] ^= 1
    path.write_bytes(content)


def test_a_damaged_one_is_passed_over_and_it_is_said(two: RunFolder) -> None:
    assert (found_in(two).state.batch, found_in(two).remark) == (11, "")
    damage(two.checkpoint_file.path, "state.parameters")
    found = found_in(two)
    assert found.state.batch == 10
    assert found.remark.startswith(f"{two.checkpoint_file.path} is damaged: ")
    assert found.remark.endswith("; the checkpoint before it was taken")


def test_without_a_newest_the_one_before_is_taken(two: RunFolder) -> None:
    """So it is after a kill between the two renames."""
    two.checkpoint_file.path.unlink()
    assert found_in(two).state.batch == 10
    assert found_in(two).remark.startswith(f"there is no {two.checkpoint_file.path};")
    assert read_curves(two) is not None
    assert read_newest_network(two) is not None


def test_where_none_is_sound_both_are_named(two: RunFolder) -> None:
    damage(two.checkpoint_file.path, "state.parameters")
    damage(two.checkpoint_before_file.path, "state.parameters")
    for read in (read_checkpoint, read_newest_network):
        with pytest.raises(RunError, match="no sound checkpoint is left") as caught:
            read(two)
        assert str(two.checkpoint_file.path) in str(caught.value)
        assert str(two.checkpoint_before_file.path) in str(caught.value)
    assert read_curves(two) is not None


def test_a_damaged_one_never_takes_the_place_of_the_one_before(
    two: RunFolder, checkpoint: Checkpoint, at_batch
) -> None:
    damage(two.checkpoint_file.path, "state.parameters")
    write_checkpoint(two, at_batch(checkpoint, 12))
    assert found_in(two).state.batch == 12
    two.checkpoint_file.path.unlink()
    assert found_in(two).state.batch == 10


def test_what_is_not_asked_for_may_be_damaged(
    folder: RunFolder, checkpoint: Checkpoint
) -> None:
    write_checkpoint(folder, checkpoint)
    damage(folder.checkpoint_file.path, "state.memory.velocity")
    assert read_curves(folder) is not None
    assert read_newest_network(folder) is not None
    with pytest.raises(RunError, match=r'"state\.memory\.velocity" does not agree'):
        read_checkpoint(folder)
    damage(folder.checkpoint_file.path, "history.pending")
    with pytest.raises(RunError, match=r'"history\.pending" does not agree'):
        read_curves(folder)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_changed_or_missing_byte_is_ever_believed(
    two: RunFolder, checkpoint: Checkpoint, assert_same, data: st.DataObject
) -> None:
    path = two.checkpoint_file.path
    content = path.read_bytes()
    header = st.integers(0, 8 + int.from_bytes(content[:8], "little"))
    place = data.draw(header | st.integers(0, len(content) - 1), label="place")
    flipped = bytes([content[place] ^ data.draw(st.integers(1, 255), label="flip")])
    damaged = {
        "flipped": content[:place] + flipped + content[place + 1 :],
        "missing": content[:place] + content[place + 1 :],
        "cut off": content[:place],
        "doubled": content[: place + 1] + content[place:],
    }
    path.write_bytes(damaged[data.draw(st.sampled_from(sorted(damaged)), label="kind")])
    try:
        found, curves, network = found_in(two), read_curves(two), read_newest_network(two)
    finally:
        path.write_bytes(content)
    assert found.remark.isprintable()
    assert_same(replace(found, remark=""), checkpoint)
    assert curves is not None
    assert_same(curves[0], checkpoint.history)  # the same in both files
    assert network is not None
    wanted = unpacked(checkpoint.state.parameters, checkpoint.hyperparameters)
    np.testing.assert_array_equal(network.parameters.embedding, wanted.embedding)


def rewrite(path: Path, tensors: dict[str, Any], **metadata: str) -> None:
    """Changes entries and tensors, None for none, and gives them checksums that agree."""
    with tensor_file.open_tensors(path) as file:
        kept = {k: v for k, v in file.metadata.items() if not k.startswith("crc32")}
        arrays = {name: file.read(name) for name in file.tensors} | tensors
    arrays = {name: array for name, array in arrays.items() if array is not None}
    path.write_bytes(b"".join(tensor_file.encode({**kept, **metadata}, arrays)))


@pytest.mark.parametrize(
    ("tensors", "metadata", "problem"),
    [
        ({}, {"format": "other"}, "not a checkpoint of this program"),
        ({}, {"format_version": "2"}, 'format version "2"'),
        ({}, {"state": "{}"}, "does not hold"),
        ({}, {"state": "[" * 100_000}, "nested too deeply"),
        ({}, {"run": "{}"}, "does not hold"),
        ({}, {"run": '{"batch": "x", "attempt": 1, "as_original": true, "rate_changes": []}'},
         '"batch" is not what it should be'),
        ({}, {"vocabulary": "null"}, "no words"),
        ({}, {"vocabulary": '["a", "b"]'}, "holds 2 words, but its hyperparameters say 10"),
        ({}, {"hyperparameters": "{}"}, "hyperparameters lack"),
        ({"state.parameters": None}, {}, "its tensors are"),
        ({"history.bins": None}, {}, "its tensors are"),
        ({"state.more": np.zeros(2)}, {}, "its tensors are"),
        ({"state.parameters": np.zeros(7, "float32")}, {}, r"F32 \(7,\), asked for is F32"),
        ({"state.parameters": np.zeros(7)}, {}, r"F64 \(7,\), asked for is F32"),
        ({"state.memory.velocity": np.zeros(1, "float32")}, {}, r"F32 \(1,\), asked for"),
        ({"state.memory.squares": None}, {}, "its tensors are"),
        ({"state.recent_losses": np.zeros((2, 2))}, {}, r"F64 \(2, 2\), asked for"),
        ({"history.bins": np.zeros((3, 9), "float32")}, {}, r"F32 \(3, 9\), asked for"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused_though_the_checksums_agree(
    folder: RunFolder,
    checkpoint: Checkpoint,
    tensors: dict[str, Any],
    metadata: dict[str, str],
    problem: str,
) -> None:
    write_checkpoint(folder, checkpoint)
    rewrite(folder.checkpoint_file.path, tensors, **metadata)
    with pytest.raises(RunError, match=problem) as caught:
        read_checkpoint(folder)
    assert str(folder.checkpoint_file.path) in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1_500


def test_absurd_sizes_are_refused_before_memory_is_taken(
    folder: RunFolder, checkpoint: Checkpoint
) -> None:
    """The words fit; the weights would take half a gigabyte."""
    large = checkpoint.hyperparameters.changed(embedding_size=4_096, hidden_size=16_384)
    write_checkpoint(folder, checkpoint)
    rewrite(folder.checkpoint_file.path, {}, hyperparameters=large.model_dump_json())
    tracemalloc.start()
    try:
        for read in (read_checkpoint, read_newest_network):
            with pytest.raises(RunError, match="asked for is F32"):
                read(folder)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_a_network_that_diverged_is_not_handed_out(
    folder: RunFolder, checkpoint: Checkpoint
) -> None:
    weights = checkpoint.state.parameters.copy()
    weights[3] = np.inf
    diverged = replace(checkpoint, state=replace(checkpoint.state, parameters=weights))
    write_checkpoint(folder, diverged)
    with pytest.raises(RunError, match="weights that are not finite"):
        read_newest_network(folder)
    assert found_in(folder).state.parameters[3] == np.inf


def test_other_things_under_that_name_are_refused(
    folder: RunFolder, checkpoint: Checkpoint, tmp_path: Path
) -> None:
    weights = unpacked(checkpoint.state.parameters, checkpoint.hyperparameters)
    model = TrainedNetwork(checkpoint.hyperparameters, weights, checkpoint.vocabulary)
    write_network(folder.checkpoint_file.path, model)
    with pytest.raises(RunError, match="is not a checkpoint of this program"):
        read_checkpoint(folder)
    folder.checkpoint_file.path.unlink()
    for make in (os.mkfifo, os.mkdir):
        make(folder.checkpoint_file.path)
        for read in (read_checkpoint, read_curves, read_newest_network):
            with pytest.raises(RunError, match="not a regular file"):
                read(folder)
        folder.checkpoint_file.path.rename(tmp_path / make.__name__)
