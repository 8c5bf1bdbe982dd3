"""Our own `.safetensors`: the weights as named tensors, all else as metadata (`metadata.py`).

The tensors are named after the fields of `Parameters` and have their shapes. How they lie in
the file, and the checksums over every byte of it, are the matter of `tensor_file`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from wordnet_tui.core.errors import ModelFileError
from wordnet_tui.core.formats import tensor_file
from wordnet_tui.core.formats.model_checks import (
    clipped,
    enumerated,
    named,
    parameter_shapes,
    quoted,
    refuse_non_finite,
    unreadable,
)
from wordnet_tui.core.formats.model_metadata import from_metadata, to_metadata
from wordnet_tui.core.formats.tensor_file import (
    TENSOR_TYPES,
    Tensor,
    TensorFileError,
    open_tensors,
)
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork


def looks_like(start: bytes) -> bool:
    """Whether a file that starts so can be a safetensors file.

    In the original's `.bin`, h2 = 123 puts the same `{` at the ninth byte; but there the first
    eight, read as one number, are at least 2**32, and no header is that long.
    """
    return start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 2**32


def read(path: Path) -> TrainedNetwork:
    """The network in a `.safetensors` that this program wrote.

    The header is checked against the file's length, and all shapes against the
    hyperparameters, before a tensor is read.

    Raises:
        ModelFileError: The file is damaged, of another program or of a newer version, or its
            parts contradict each other.
    """
    try:
        with open_tensors(path) as file:
            hyperparameters, vocabulary, provenance = from_metadata(
                path, file.metadata, file.verified
            )
            _check_tensors(path, file.tensors, hyperparameters)
            arrays = {field.name: file.read(field.name) for field in fields(Parameters)}
    except TensorFileError as error:
        raise ModelFileError(
            f"{named(path)} is cut off or damaged: {clipped(str(error))}"
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error
    parameters = Parameters(**arrays)
    refuse_non_finite(path, parameters)
    return TrainedNetwork(hyperparameters, parameters, vocabulary, provenance)


def encode(path: Path, network: TrainedNetwork) -> list[bytes | memoryview]:  # noqa: ARG001 - as `.bin` has it
    """The content of a `.safetensors`, in pieces; the same network always gives the same.

    The pieces are views of the weights: write them before these change.
    """
    arrays = {
        field.name: getattr(network.parameters, field.name) for field in fields(Parameters)
    }
    return tensor_file.encode(to_metadata(network), arrays)


def _check_tensors(
    path: Path, tensors: Mapping[str, Tensor], hyperparameters: Hyperparameters
) -> None:
    """Raises ModelFileError unless the tensors are those that the hyperparameters ask for."""
    shapes = parameter_shapes(hyperparameters)
    dtype = TENSOR_TYPES[hyperparameters.dtype]
    problems = [f"it has no tensor {quoted(name)}" for name in shapes if name not in tensors]
    problems += [
        f"it has a tensor {quoted(name)}, which does not belong there"
        for name in tensors
        if name not in shapes
    ][:5]
    for name, shape in shapes.items():
        found = tensors.get(name)
        if found and (found.shape != shape or found.dtype != dtype):
            problems.append(
                f"its tensor {quoted(name)} is {_described(found.dtype, found.shape)}, "
                f"but its hyperparameters ask for {_described(dtype, shape)}"
            )
    if problems:
        raise ModelFileError(
            f"{named(path)} is not a sound model file: {clipped(enumerated(problems))}"
        )


def _described(dtype: str, shape: tuple[int, ...]) -> str:
    return f"{dtype} {' x '.join(map(str, shape[:8]))}"
