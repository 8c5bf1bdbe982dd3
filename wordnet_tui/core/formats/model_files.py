"""Trained networks to and from files: the original's `.bin` and our own `.safetensors`.

A file is read by what it holds, whatever its name; it is written as its suffix says, and
atomically. No format here can run code when it is opened (no pickle). Some networks come with
the program and are found by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import ModelFileError
from wordnet_tui.core.formats import original
from wordnet_tui.core.formats import safetensors as safetensors_file
from wordnet_tui.core.formats.atomic import atomic_writer, check_writable
from wordnet_tui.core.formats.folder_file import FolderFile
from wordnet_tui.core.formats.model_checks import (
    named,
    open_model,
    refuse_inconsistent,
    refuse_non_finite,
    unreadable,
    unwritable,
)
from wordnet_tui.core.model.trained_network import TrainedNetwork

NAMES = ("reference", "reference-wide", "chitchat")
"""The networks that come with the program."""
PACKAGE = Path(__file__).parents[2]

Encoder = Callable[[Path, TrainedNetwork], Sequence[bytes | memoryview]]

_ENCODERS: dict[str, Encoder] = {
    ".bin": original.encode,
    ".safetensors": safetensors_file.encode,
}


def read_network(path: Path, vocabulary: Vocabulary | None = None) -> TrainedNetwork:
    """The network in a model file of either format.

    Args:
        path: The file.
        vocabulary: The words of the network, used where the file holds none.

    Returns:
        The network; its vocabulary is None if neither the file nor the caller has one.

    Raises:
        ModelFileError: The file is missing, damaged, contradicts itself, is no model file, or
            has another number of words than `vocabulary`.
    """
    network = _reader(path)(path)
    if network.vocabulary is not None or vocabulary is None:
        return network
    if len(vocabulary) != network.hyperparameters.vocabulary_size:
        raise ModelFileError(
            f"{named(path)} is about {network.hyperparameters.vocabulary_size:,} words, and "
            f"the vocabulary given for it holds {len(vocabulary):,}"
        )
    return replace(network, vocabulary=vocabulary)


def write_network(target: Path | FolderFile, network: TrainedNetwork) -> None:
    """Writes a model file, whole or not at all, in the format that its suffix says.

    A `.bin` drops what the original does not know: see `original`.

    Raises:
        ModelFileError: The suffix is neither `.bin` nor `.safetensors`, the format cannot hold
            the network, a weight is not finite, the folder does not exist or cannot be
            written, or the disk is full. An older file of that name is untouched then.
        ValueError: The network contradicts itself, which is a bug of the caller.
    """
    path = target if isinstance(target, Path) else target.path
    encode = _encoder(path)
    refuse_inconsistent(network)
    refuse_non_finite(path, network.parameters)
    pieces = encode(path, network)
    try:
        with atomic_writer(target) if isinstance(target, Path) else target.replaced() as file:
            file.writelines(pieces)
    except OSError as error:
        raise unwritable(path, error) from error


def check_target(path: Path) -> None:
    """Finds out before a long training whether `write_network` could write `path`.

    Raises:
        ModelFileError: The suffix, the folder or an older file of that name does not allow it.
    """
    _encoder(path)
    try:
        check_writable(path)
    except OSError as error:
        raise unwritable(path, error) from error


def shipped_networks() -> dict[str, Path]:
    """The file of each network that is there, by name, in the order of `NAMES`.

    In an installed program they are in the package; in a checkout, in the folder `models`
    beside it.
    """
    inside = PACKAGE / "models"
    folder = inside if inside.is_dir() else PACKAGE.parent / "models"
    files = {name: folder / f"{name}.safetensors" for name in NAMES}
    return {name: path for name, path in files.items() if path.is_file()}


def resolve(name_or_path: str) -> Path:
    """The model file that a user means: one of their own, or one that ships.

    A file of that name wins over a network that ships; a folder of that name does not, since
    it cannot be meant.

    Raises:
        ModelFileError: It is neither; lists the names of the networks that ship.
    """
    path = Path(name_or_path)
    shipped = shipped_networks()
    try:
        path.stat()
    except (FileNotFoundError, ValueError):  # ValueError: a zero byte in it
        exists = False
    except OSError as error:
        raise unreadable(path, error) from error
    else:
        exists = True
    if exists and not path.is_dir():
        return path
    if name_or_path in shipped:
        return shipped[name_or_path]
    if exists:
        raise ModelFileError(f"{named(path)} is a folder, not a model file")
    ships = f"these ship: {', '.join(shipped)}" if shipped else "none ships with this copy"
    raise ModelFileError(
        f"there is no file {named(path)}, and no network of that name ships; {ships}"
    )


def _encoder(path: Path) -> Encoder:
    encode = _ENCODERS.get(path.suffix.lower())
    if encode is None:
        raise ModelFileError(
            f"cannot write {named(path)}: the name of a model file ends in .safetensors, or "
            "in .bin for the original program"
        )
    return encode


def _reader(path: Path) -> Callable[[Path], TrainedNetwork]:
    """The format's `read`, chosen by the file's first bytes.

    Only where they belong to neither format does the suffix decide what to complain about.
    """
    try:
        with open_model(path) as file:
            start = file.read(original.HEADER.size)
    except OSError as error:
        raise unreadable(path, error) from error
    if safetensors_file.looks_like(start):
        return safetensors_file.read
    suffix = path.suffix.lower()
    if original.looks_like(start) or suffix == ".bin":
        return original.read
    if suffix == ".safetensors":
        raise ModelFileError(
            f"{named(path)} is cut off or no safetensors file: it does not begin with the "
            "length of a header and that header"
        )
    raise ModelFileError(
        f"{named(path)} is no model file: it is neither a .safetensors file nor a .bin of the "
        "original program"
    )
