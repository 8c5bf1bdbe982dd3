"""The trained networks that come with the program, found by name.

In an installed program they lie in the package; in a checkout, in the folder `models` beside.
"""

from __future__ import annotations

from pathlib import Path

from wordnet_tui.core.errors import ModelFileError
from wordnet_tui.core.formats.model_checks import named, unreadable

NAMES = ("reference", "reference-wide", "chitchat")
PACKAGE = Path(__file__).parents[2]


def shipped_networks() -> dict[str, Path]:
    """The file of each network that is there, by name, in the order of `NAMES`."""
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
