"""The `.bin` of the original program: a C struct, then the weights as float64, little-endian.

    offset  type     field                       offset  type     field
         0  int32    mini-batch size N               32  float64  learning rate
         4  int32    embedding features h1           40  int32    validate every (batches)
         8  int32    hidden units h2                 44  int32    rows of training data
        12  int32    epochs                          48  int32    rows of validation data
        16  int32    early-stop iteration            52  int32    rows of test data
        20           4 bytes of padding              56  int32    columns of a row, D + 1
        24  float64  momentum                        60  int32    context words D
                                                     64  int32    vocabulary size V
                                                     68           4 bytes of padding
    then, row-major: W1 (h1, V), W2 (h2, D*h1), b2 (h2,), W3 (V, h2), b3 (V,)

What is read and written again has the same bytes. The format knows no vocabulary, no
activation but the sigmoid, no optimizer but momentum, and no other setting: those are read as
`PRESETS["reference"]` has them, and lost when written. Our matrices are the transposes of its,
since it keeps examples in columns.

Reference: gingerbig/wordnet, src/model.h (the struct) and src/rw_model.c (the order).
"""

from __future__ import annotations

import math
import os
import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np

from wordnet_tui.core.errors import HyperparameterError, ModelFileError
from wordnet_tui.core.formats.model_checks import (
    named,
    open_model,
    refuse_non_finite,
    unreadable,
)
from wordnet_tui.core.model.compatibility import parameter_shapes
from wordnet_tui.core.model.hyperparameters import LARGEST_INT32, PRESETS, Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import Provenance, TrainedNetwork

HEADER = struct.Struct("<5i4x2d7i4x")
FILE_ORDER = (
    "embedding",
    "hidden_weights",
    "hidden_bias",
    "output_weights",
    "output_bias",
)


class _Header(NamedTuple):
    """The struct at the start of the file, in its order."""

    batch_size: int
    embedding_size: int
    hidden_size: int
    epochs: int
    early_stop_iteration: int
    momentum: float
    learning_rate: float
    validate_every: int
    training_rows: int
    validation_rows: int
    test_rows: int
    columns: int
    context_size: int
    vocabulary_size: int

    @property
    def rows(self) -> tuple[int, int, int]:
        return self.training_rows, self.validation_rows, self.test_rows

    @property
    def file_length(self) -> int | None:
        """Bytes in a file with this header, None if a size is not positive.

        A Python int, so that no header makes it overflow.
        """
        V, E, H, D = (
            self.vocabulary_size,
            self.embedding_size,
            self.hidden_size,
            self.context_size,
        )
        if min(V, E, H, D) < 1:
            return None
        return HEADER.size + 8 * (E * V + H * D * E + H + V * H + V)


def looks_like(start: bytes) -> bool:
    """Whether a file that starts so can be the original's: D and the columns agree."""
    if len(start) < HEADER.size:
        return False
    header = _Header(*HEADER.unpack_from(start))
    return 1 <= header.context_size <= 8 and header.columns == header.context_size + 1


def read(path: Path) -> TrainedNetwork:
    """The network in a `.bin`, in float64 and without a vocabulary.

    Raises:
        ModelFileError: Names all that is wrong with the header, or says that the file is too
            short or too long, or that a weight is not finite.
    """
    try:
        with open_model(path) as file:
            length = os.fstat(file.fileno()).st_size
            if length < HEADER.size:
                raise ModelFileError(
                    f"{named(path)} is cut off: it holds {length:,} bytes, and the header "
                    f"alone of a model file of the original takes {HEADER.size}"
                )
            header = _Header(*HEADER.unpack(file.read(HEADER.size)))
            hyperparameters = _checked(path, header, length)
            numbers = np.frombuffer(file.read(length - HEADER.size), dtype="<f8")
    except OSError as error:
        raise unreadable(path, error) from error
    arrays, start = {}, 0
    shapes = parameter_shapes(hyperparameters)
    for name in FILE_ORDER:
        end = start + math.prod(shapes[name])
        theirs = numbers[start:end].reshape(shapes[name][::-1])
        arrays[name] = np.array(theirs.T, dtype=np.float64, order="C")
        start = end
    parameters = Parameters(**arrays)
    refuse_non_finite(path, parameters)
    return TrainedNetwork(
        hyperparameters,
        parameters,
        vocabulary=None,
        provenance=Provenance(data_rows=header.rows),
    )


def encode(path: Path, network: TrainedNetwork) -> list[bytes]:
    """The content of a `.bin`, in pieces.

    Validation "only at the end" (0 in ours) becomes 2147483647, which the original never
    reaches; it would divide by a 0.

    Args:
        path: Where it will be written, for the messages.
        network: Consistent and finite.

    Raises:
        ModelFileError: The activation is not sigmoid, or the data has more rows than an int32
            can count.
    """
    settings = network.hyperparameters
    if settings.activation != "sigmoid":
        raise ModelFileError(
            f"cannot write {named(path)}: the original's .bin knows only the activation "
            f"sigmoid, and this network has {settings.activation}; .safetensors can hold it"
        )
    rows = network.provenance.data_rows
    if max(rows) > LARGEST_INT32:
        raise ModelFileError(
            f"cannot write {named(path)}: the original's .bin counts at most "
            f"{LARGEST_INT32:,} rows of data, and this network was trained with {max(rows):,}"
        )
    header = _Header(
        batch_size=settings.batch_size,
        embedding_size=settings.embedding_size,
        hidden_size=settings.hidden_size,
        epochs=settings.epochs,
        early_stop_iteration=settings.early_stop_iteration,
        momentum=settings.momentum,
        learning_rate=settings.learning_rate,
        validate_every=settings.validate_every or LARGEST_INT32,
        training_rows=rows[0],
        validation_rows=rows[1],
        test_rows=rows[2],
        columns=settings.context_size + 1,
        context_size=settings.context_size,
        vocabulary_size=settings.vocabulary_size,
    )
    arrays = (getattr(network.parameters, name) for name in FILE_ORDER)
    return [HEADER.pack(*header), *(array.T.astype("<f8").tobytes() for array in arrays)]


def _checked(path: Path, header: _Header, length: int) -> Hyperparameters:
    """The settings in a header; raises ModelFileError with all that is wrong with it."""
    problems: list[str] = []
    hyperparameters = PRESETS["reference"]
    taken_over = _Header._fields[:8] + _Header._fields[12:]
    try:
        hyperparameters = hyperparameters.changed(
            dtype="float64", **{name: getattr(header, name) for name in taken_over}
        )
    except HyperparameterError as error:
        problems += error.problems
    if header.columns != header.context_size + 1:
        problems.append(
            f"a row of data must have D + 1 = {header.context_size + 1} columns, "
            f"not {header.columns}"
        )
    for part, count in zip(("training", "validation", "test"), header.rows, strict=True):
        if count < 0:
            problems.append(f"rows of {part} data must be at least 0, not {count}")
    if header.file_length not in (None, length):
        problems.append(
            f"its header makes it {header.file_length:,} bytes long, but it holds {length:,}"
        )
    if problems:
        raise ModelFileError(
            f"{named(path)} is not a sound model file of the original: {'; '.join(problems)}"
        )
    return hyperparameters
