"""Checks that every model file must pass, whatever its format, and their error messages."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import fields
from io import BufferedReader
from pathlib import Path

import numpy as np

from wordnet_tui.core.errors import ModelFileError, cannot, printable
from wordnet_tui.core.model.compatibility import parameter_shapes
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.core.regular_file import open_regular

LARGEST_MODEL = 2**34
"""Bytes of a file; the largest network that the settings allow takes 15 billion."""
LONGEST_QUOTE = 80
"""Characters shown of a text that a file holds."""
LONGEST_MESSAGE = 1_000
"""Characters shown of a message that may quote a file."""


def named(path: Path) -> str:
    """`path` for a message, without control characters."""
    return printable(str(path))


def quoted(text: str) -> str:
    """The beginning of a text from a file, harmless, in quotation marks."""
    return f'"{printable(text[:LONGEST_QUOTE])}{"..." if len(text) > LONGEST_QUOTE else ""}"'


def clipped(message: str) -> str:
    """`message`, harmless, and cut where a damaged file would make it run on for pages."""
    return printable(
        message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}..."
    )


def unreadable(path: Path, error: OSError) -> ModelFileError:
    """The sentence about a file that the system does not let us read."""
    if isinstance(error, FileNotFoundError):
        return ModelFileError(f"there is no file {named(path)}")
    return ModelFileError(cannot("read", path, error))


def unwritable(path: Path, error: OSError) -> ModelFileError:
    """The sentence about a file that the system does not let us write."""
    if isinstance(error, FileNotFoundError):
        missing = f"the folder {named(path.parent)} does not exist"
        return ModelFileError(f"cannot write {named(path)}: {missing}")
    return ModelFileError(cannot("write", path, error))


def open_model(path: Path) -> BufferedReader:
    """The file open for reading, with at least one byte.

    Raises:
        ModelFileError: There is no such file, it is empty or too large, it is a folder, a pipe
            or a device, or the system does not let us read it.
    """
    try:
        file = open_regular(path, LARGEST_MODEL)
    except IsADirectoryError as error:
        raise ModelFileError(f"{named(path)} is a folder, not a model file") from error
    except OSError as error:
        raise unreadable(path, error) from error
    except ValueError as error:  # a path with a zero byte in it
        raise ModelFileError(f"{named(path)} is not the name of a file") from error
    if os.fstat(file.fileno()).st_size == 0:
        file.close()
        raise ModelFileError(f"{named(path)} is empty, not a model file")
    return file


def refuse_non_finite(path: Path, parameters: Parameters) -> None:
    """Raises ModelFileError where a weight is not a number or infinite; names the arrays."""
    damaged = [
        field.name.replace("_", " ")
        for field in fields(parameters)
        if not np.isfinite(getattr(parameters, field.name)).all()
    ]
    if damaged:
        raise ModelFileError(
            f"the network for {named(path)} has weights that are not finite numbers, in its "
            f"{enumerated(damaged)}"
        )


def refuse_inconsistent(network: TrainedNetwork) -> None:
    """Raises ValueError, for it is a bug, if a network to be saved contradicts itself."""
    hyperparameters = network.hyperparameters
    for name, shape in parameter_shapes(hyperparameters).items():
        array = getattr(network.parameters, name)
        if array.shape != shape or array.dtype != hyperparameters.dtype:
            raise ValueError(
                f"{name} is {array.dtype} {array.shape}, "
                f"but the hyperparameters say {hyperparameters.dtype} {shape}"
            )
    vocabulary = network.vocabulary
    if vocabulary is not None and len(vocabulary) != hyperparameters.vocabulary_size:
        raise ValueError(
            f"{len(vocabulary)} words, but the hyperparameters say "
            f"{hyperparameters.vocabulary_size}"
        )


def enumerated(phrases: Sequence[str]) -> str:
    """`a`, `a and b`, or `a, b and c`."""
    return " and ".join(filter(None, [", ".join(phrases[:-1]), phrases[-1]]))
