"""What a run is: `run.json`, written when it starts and again when it is resumed."""

from __future__ import annotations

from dataclasses import dataclass

from wordnet_tui.core.errors import RunError, printable
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.runs.status import ForPeople
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.sealed_json import SealedFile, UnixTime


@dataclass(frozen=True)
class Manifest:
    """All that tells one run from another, but for its name, which is that of its folder."""

    created_at: UnixTime
    """When it was begun."""
    hyperparameters: Hyperparameters
    sources: tuple[str, ...]
    """What it learns from: names of corpora, or absolute paths."""
    data_name: ForPeople
    data_fingerprint: ForPeople
    """SHA-256, in hexadecimal, of the corpus made ready."""
    data_rows: tuple[int, int, int]
    """Windows for training, validation and test."""
    program_version: ForPeople
    host: ForPeople
    """Where it was started."""
    command: str
    """The line that starts the same training again."""
    out: str = ""
    """Absolute path of the model file to write at its end; empty for none."""
    out_signature: str = ""
    """That who began the run wants it there, see `own_runs`; earlier versions had none."""
    start: str = ""
    """The network whose weights it started from, for people; empty if drawn by the seed."""
    as_original: bool = False
    """Whether losses are counted as the original counts them."""
    parent: tuple[str, int] | None = None
    """Name of the run that it branched from, and after which mini-batch."""


_FILE = SealedFile(Manifest, "restore it from a copy, or delete the run")


def write_manifest(folder: RunFolder, manifest: Manifest) -> None:
    """Put it in place; on return it is on the disk.

    Raises:
        RunError: It cannot be written; what was there is as it was.
    """
    _FILE.write(folder.manifest_file, manifest)


def read_manifest(folder: RunFolder) -> Manifest:
    """What the run is.

    Raises:
        RunError: It is not there, is damaged, or was written by another wordnet-tui.
    """
    manifest = _FILE.read(folder.manifest_file)
    if manifest is None:
        raise RunError(
            f"{printable(str(folder.path))} is not the folder of a run: "
            f"it holds no {folder.manifest_file.name}"
        )
    return manifest
