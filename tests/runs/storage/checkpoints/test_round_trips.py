from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from wordnet_tui.core.errors import ModelFileError
from wordnet_tui.core.formats.folder_file import FolderFile
from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.core.training.optimizers import OPTIMIZERS
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.core.training.state import GeneratorState, unpacked
from wordnet_tui.runs.storage import checkpoint_file
from wordnet_tui.runs.storage.checkpoints import (
    Checkpoint,
    read_checkpoint,
    read_curves,
    read_newest_network,
    write_checkpoint,
)
from wordnet_tui.runs.storage.folder import RunFolder

floats = st.floats()


def test_before_the_first_one_there_is_none(folder: RunFolder) -> None:
    assert read_checkpoint(folder) is None
    assert read_curves(folder) is None
    assert read_newest_network(folder) is None


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_all_of_it_comes_back_to_the_last_bit(
    folder: RunFolder, make_checkpoint, assert_same, optimizer: str, dtype: str
) -> None:
    written = make_checkpoint(optimizer=optimizer, dtype=dtype, dropout=0.2)
    write_checkpoint(folder, written)
    assert_same(read_checkpoint(folder), written)


@pytest.mark.parametrize("batch", [1, 24, 25, 26, 60])
@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_a_run_goes_on_from_its_file_as_if_never_interrupted(
    folder: RunFolder, make_checkpoint, go_on, optimizer: str, batch: int
) -> None:
    """From within an epoch, and from between two."""
    course = {"optimizer": optimizer, "dropout": 0.2, "embedding_dropout": 0.1}
    write_checkpoint(folder, make_checkpoint(batch, **course))
    ended = go_on(1_000, read_checkpoint(folder))

    undisturbed = make_checkpoint(1_000, **course)
    assert ended.state.batch == 75
    assert ended.state.parameters.tobytes() == undisturbed.state.parameters.tobytes()
    best, known = ended.state.validation, undisturbed.state.validation
    assert best.best_parameters.tobytes() == known.best_parameters.tobytes()
    assert (best.to_beat, best.best_at) == (known.to_beat, known.best_at)
    for name in ("width", "bins", "unbinned", "pending", "validations", "running", "smoothed"):
        actual, wanted = getattr(ended.history, name), getattr(undisturbed.history, name)
        np.testing.assert_array_equal(actual, wanted, err_msg=name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_numbers_come_back(
    tmp_path: Path, checkpoint: Checkpoint, any_of, assert_same, data: st.DataObject
) -> None:
    """Losses that are no numbers, infinite ones, and whatever a diverged run leaves behind."""
    state, draw = checkpoint.state, data.draw
    losses = draw(npst.arrays("float64", st.integers(0, 5)), label="losses")
    weights = draw(
        npst.arrays(state.parameters.dtype, state.parameters.shape), label="weights"
    )
    for array in (weights, losses):
        array.flags.writeable = False
    validation = replace(
        state.validation,
        cross_entropy=draw(st.none() | floats),
        best_at=draw(st.none() | st.integers(0, 10**17)),
        to_beat=draw(floats),
    )
    changed = replace(
        state,
        parameters=weights,
        epoch_loss=draw(floats),
        recent_losses=losses,
        rate_factor=draw(floats),
        order=draw(st.builds(GeneratorState, *[st.integers(0, 2**128 - 1)] * 4)),
        progress=draw(st.none() | any_of(TrainingProgress)),
        validation=validation,
    )
    written = replace(checkpoint, state=changed)
    (tmp_path / "any").write_bytes(b"".join(checkpoint_file.encode(written)))
    assert_same(checkpoint_file.read(FolderFile.at(tmp_path / "any")), written)


def test_a_branch_begins_with_an_empty_memory(
    folder: RunFolder, checkpoint: Checkpoint, assert_same
) -> None:
    branch = replace(checkpoint, state=replace(checkpoint.state, memory={}))
    write_checkpoint(folder, branch)
    assert_same(read_checkpoint(folder), branch)


def test_pieces_are_views_of_the_arrays_and_not_joined(checkpoint: Checkpoint) -> None:
    pieces = [np.asarray(piece) for piece in checkpoint_file.encode(checkpoint)[2:]]
    for array in (checkpoint.state.parameters, checkpoint.state.memory["velocity"]):
        assert any(np.shares_memory(piece, array) for piece in pieces)


def test_curves_and_network_are_read_alone(
    folder: RunFolder, checkpoint: Checkpoint, assert_same
) -> None:
    write_checkpoint(folder, checkpoint)
    curves = read_curves(folder)
    assert curves is not None
    assert_same(curves[0], checkpoint.history)
    assert curves[1] == 10
    network = read_newest_network(folder)
    assert network is not None
    assert network.hyperparameters == checkpoint.hyperparameters
    assert network.vocabulary == checkpoint.vocabulary
    assert network.provenance == checkpoint.provenance
    wanted = unpacked(checkpoint.state.parameters, checkpoint.hyperparameters)
    for actual, expected in zip(network.parameters, wanted, strict=True):
        np.testing.assert_array_equal(actual, expected, strict=True)


def test_opened_as_a_model_it_says_where_the_models_are(
    folder: RunFolder, checkpoint: Checkpoint
) -> None:
    write_checkpoint(folder, checkpoint)
    with pytest.raises(ModelFileError, match=r"a checkpoint of a run; .* best\.safetensors"):
        read_network(folder.checkpoint_file.path)
