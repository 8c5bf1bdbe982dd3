"""One checkpoint as a file: all that is needed to go on with a run, and its whole curves.

It is a file of tensors (`tensor_file`), with checksums over every byte:

    format, format_version    "wordnet-tui checkpoint", "1"
    program_version, ...      what a model file says too: `safetensors`
    run                       {"batch": 100, "attempt": 1, ...}
    state, history            the numbers of `TrainingState` and `HistoryState`; their arrays
                              are the tensors "state.parameters", "history.bins" and so on

Names, types and shapes of the tensors are compared with what the hyperparameters ask for
before they are read. Curves, or the network, are read and verified without the rest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import ModelFileError, RunError, cannot
from wordnet_tui.core.formats import tensor_file
from wordnet_tui.core.formats.folder_file import FolderFile
from wordnet_tui.core.formats.model_checks import clipped, named, quoted
from wordnet_tui.core.formats.safetensors import CHECKPOINT_FORMAT, from_facts, to_facts
from wordnet_tui.core.formats.strict_json import json_text, load_json
from wordnet_tui.core.formats.tensor_file import TENSOR_TYPES, Array, TensorFile
from wordnet_tui.core.history.bins import ROWS
from wordnet_tui.core.history.history import HistoryState
from wordnet_tui.core.history.smoothing import WEIGHTS
from wordnet_tui.core.model.compatibility import parameter_shapes
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.trained_network import Provenance, TrainedNetwork
from wordnet_tui.core.training.optimizers import OPTIMIZERS
from wordnet_tui.core.training.state import TrainingState, unpacked
from wordnet_tui.runs.status import RateChange
from wordnet_tui.runs.storage.records import put_together, take_apart

FORMAT_VERSION = "1"

Expected = tuple[str, tuple[int | None, ...]]
"""Type and shape of a tensor; None for any length."""

_CURVES: dict[str, Expected] = {
    "history.bins": ("F32", (ROWS, None)),
    "history.unbinned": ("F32", (ROWS, None)),
    "history.smoothed": ("F64", (2, len(WEIGHTS))),
    "history.pending": ("F64", (2, None)),
    "history.validations": ("F64", (2, None)),
}


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A run between two steps."""

    state: TrainingState
    hyperparameters: Hyperparameters
    vocabulary: Vocabulary
    provenance: Provenance
    history: HistoryState
    rate_changes: tuple[RateChange, ...]
    as_original: bool
    attempt: int
    """From 1; one more each time that the run is continued."""
    remark: str = ""
    """Why this is not the newest one, in one sentence; empty if it is. Not written."""


@dataclass(frozen=True)
class _Run:
    """What a checkpoint says of the run itself."""

    batch: int
    attempt: int
    as_original: bool
    rate_changes: tuple[RateChange, ...]


def encode(checkpoint: Checkpoint) -> list[bytes | memoryview]:
    """The content of the file, in pieces, most of them views of the arrays."""
    run = _Run(
        checkpoint.state.batch,
        checkpoint.attempt,
        checkpoint.as_original,
        checkpoint.rate_changes,
    )
    arrays, state = take_apart(checkpoint.state, "state.")
    curves, history = take_apart(checkpoint.history, "history.")
    metadata = {
        "format": CHECKPOINT_FORMAT,
        "format_version": FORMAT_VERSION,
        **to_facts(checkpoint.hyperparameters, checkpoint.vocabulary, checkpoint.provenance),
        "run": json_text(take_apart(run)[1]),
        "state": json_text(state),
        "history": json_text(history),
    }
    return tensor_file.encode(metadata, arrays | curves)


def read(source: FolderFile) -> Checkpoint:
    """All of it.

    Raises:
        RunError: It is damaged, of another version, or contradicts itself.
        FileNotFoundError: There is no such file.
    """
    with _opened(source) as file:
        hyperparameters, vocabulary, provenance = from_facts(source.path, file.metadata)
        if vocabulary is None:
            raise ValueError("it holds no words")
        run = put_together(_Run, {}, _entry(file, "run"))
        return Checkpoint(
            _state(file, hyperparameters),
            hyperparameters,
            vocabulary,
            provenance,
            _history(file),
            run.rate_changes,
            run.as_original,
            run.attempt,
        )


def read_curves(source: FolderFile) -> tuple[HistoryState, int]:
    """The curves, and up to which mini-batch they go; raises as `read`."""
    with _opened(source) as file:
        run = put_together(_Run, {}, _entry(file, "run"))
        return _history(file), run.batch


def read_network(source: FolderFile) -> TrainedNetwork:
    """The network as it was then.

    Raises:
        RunError: As by `read`; or a weight is not a finite number.
        FileNotFoundError: There is no such file.
    """
    with _opened(source) as file:
        hyperparameters, vocabulary, provenance = from_facts(source.path, file.metadata)
        name = "state.parameters"
        expected = {name: _vector(hyperparameters)}
        vector = _arrays(file, expected, expected.keys() & file.tensors.keys())[name]
        if not np.isfinite(vector).all():
            raise RunError(
                f"the network in {named(source.path)} has weights that are not finite"
            )
        parameters = unpacked(vector, hyperparameters)
        return TrainedNetwork(hyperparameters, parameters, vocabulary, provenance)


def is_sound(source: FolderFile) -> bool:
    """Whether every byte of the file agrees with the checksums."""
    try:
        with source.open() as opened:
            file = TensorFile(opened)
            for name in file.tensors:
                file.read(name)
            return file.verified
    except (OSError, ValueError):
        return False


@contextmanager
def _opened(source: FolderFile) -> Iterator[TensorFile]:
    """A checkpoint of this version; what is wrong with it is said in a sentence."""
    path = source.path
    try:
        with source.open() as opened:
            file = TensorFile(opened)
            if not file.verified or file.metadata.get("format") != CHECKPOINT_FORMAT:
                raise RunError(f"{named(path)} is not a checkpoint of this program")
            version = file.metadata.get("format_version", "")
            if version != FORMAT_VERSION:
                raise RunError(
                    f"{named(path)} has format version {quoted(version)}, this program reads "
                    f"version {FORMAT_VERSION}; use the wordnet-tui that wrote it"
                )
            yield file
    except FileNotFoundError:
        raise
    except OSError as error:
        raise RunError(cannot("read", path, error)) from error
    except ModelFileError as error:
        raise RunError(str(error)) from error
    except ValueError as error:
        raise RunError(f"{named(path)} is damaged: {clipped(str(error))}") from error


def _state(file: TensorFile, hyperparameters: Hyperparameters) -> TrainingState:
    vector = _vector(hyperparameters)
    names = {name for name in file.tensors if name.startswith("state.")}
    memory = {name for name in names if name.startswith("state.memory.")}
    arrays = _arrays(
        file,
        {
            "state.parameters": vector,
            "state.validation.best_parameters": vector,
            "state.recent_losses": ("F64", (None,)),
            "state.recent_seconds": ("F64", (None,)),
        },
        names - memory,
    )
    if memory:
        rule = OPTIMIZERS[hyperparameters.optimizer](arrays["state.parameters"])
        remembered: dict[str, Expected] = {
            f"state.memory.{name}": (TENSOR_TYPES[array.dtype.name], array.shape)
            for name, array in rule.memory.items()
        }
        arrays |= _arrays(file, remembered, memory)
    return put_together(TrainingState, arrays, _entry(file, "state"), "state.")


def _history(file: TensorFile) -> HistoryState:
    names = {name for name in file.tensors if name.startswith("history.")}
    arrays = _arrays(file, _CURVES, names)
    return put_together(HistoryState, arrays, _entry(file, "history"), "history.")


def _vector(hyperparameters: Hyperparameters) -> Expected:
    """All weights of a network of that shape, laid end to end."""
    weights = sum(map(math.prod, parameter_shapes(hyperparameters).values()))
    return TENSOR_TYPES[hyperparameters.dtype], (weights,)


def _entry(file: TensorFile, name: str) -> Any:
    if name not in file.metadata:
        raise ValueError(f'its metadata has no entry "{name}"')
    return load_json(file.metadata[name])


def _arrays(
    file: TensorFile, expected: Mapping[str, Expected], names: set[str]
) -> dict[str, Array]:
    """The tensors `names`, read-only; raises ValueError unless they are those expected."""
    if names != expected.keys():
        raise ValueError(f"its tensors are {sorted(names)}, not {sorted(expected)}")
    for name, (dtype, shape) in expected.items():
        found = file.tensors[name]
        if found.dtype != dtype or not _fits(found.shape, shape):
            raise ValueError(
                f'its tensor "{name}" is {found.dtype} {found.shape}, asked for is {dtype} '
                f"{shape}"
            )
    arrays = {name: file.read(name) for name in expected}
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


def _fits(found: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    return len(found) == len(expected) and all(
        length in (None, there) for length, there in zip(expected, found, strict=True)
    )
