"""The folder of a run: what lies where in it, how one is made, and how one is found by name.

A run is called what its folder is called: the local time of its start, `2026-11-23-143005`,
with `-2`, `-3`, ... behind it where others started in the same second. A folder is that of a
run if it holds a `run.json`; whatever else lies beside it is left alone. It may be renamed.
"""

from __future__ import annotations

import difflib
import itertools
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from wordnet_tui.core.errors import RunError, cannot, printable
from wordnet_tui.core.formats.directory import Directory
from wordnet_tui.core.formats.folder_file import FolderFile

_NAME = re.compile(r"(\d{4}-\d{2}-\d{2}-\d{6})(?:-(\d{1,9}))?", re.ASCII)
_MOST_NAMED = 5
"""Names in the message about one that does not tell which run is meant."""


@dataclass(frozen=True)
class RunFolder:
    """Where everything of one run lies. None of it need be there."""

    path: Path
    """Of the folder itself."""

    @cached_property
    def directory(self) -> Directory:
        """Through which all that is in it is opened; held by who trains the run."""
        return Directory(self.path)

    @property
    def name(self) -> str:
        """What the run is called."""
        return self.path.name

    @property
    def manifest_file(self) -> FolderFile:
        """What the run is."""
        return FolderFile(self.directory, "run.json")

    @property
    def status_file(self) -> FolderFile:
        """What it does now."""
        return FolderFile(self.directory, "status.json")

    @property
    def metrics_file(self) -> FolderFile:
        """Its curves as a table."""
        return FolderFile(self.directory, "metrics.csv")

    @property
    def events_file(self) -> FolderFile:
        """What happened to it."""
        return FolderFile(self.directory, "events.jsonl")

    @property
    def checkpoint_file(self) -> FolderFile:
        """All that is needed to go on from where it was."""
        return FolderFile(self.directory, "checkpoint.safetensors")

    @property
    def checkpoint_before_file(self) -> FolderFile:
        """The checkpoint before the newest."""
        return FolderFile(self.directory, "checkpoint-before.safetensors")

    @property
    def best_file(self) -> FolderFile:
        """The network of the best validation, an ordinary model file."""
        return FolderFile(self.directory, "best.safetensors")

    @property
    def last_file(self) -> FolderFile:
        """The network of the last mini-batch, an ordinary model file."""
        return FolderFile(self.directory, "last.safetensors")

    @cached_property
    def requests(self) -> Directory:
        """The folder where watchers put what they ask for."""
        return Directory(self.path / "requests", self.directory)

    @property
    def lock_file(self) -> FolderFile:
        """Locked by the process that trains the run."""
        return FolderFile(self.directory, "run.lock")

    @property
    def owner_file(self) -> FolderFile:
        """Which process that is, or was."""
        return FolderFile(self.directory, "owner.json")

    @property
    def log_file(self) -> FolderFile:
        """What a process without a terminal printed."""
        return FolderFile(self.directory, "log.txt")


def create_run(root: Path, when: datetime) -> RunFolder:
    """Make the folder of a new run, which nobody else gets.

    Args:
        root: The folder of all runs; made if it is missing.
        when: Local time of its start.

    Raises:
        RunError: It cannot be made.
    """
    name = f"{when:%Y-%m-%d-%H%M%S}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        for count in itertools.count(1):
            folder = RunFolder(root / (name if count == 1 else f"{name}-{count}"))
            try:
                folder.path.mkdir(0o775)  # or others could put requests of theirs in place
            except FileExistsError:
                continue
            make_requests_folder(folder)
            break
        for parent in (root, root.parent):  # the run's name, and that of a new folder of runs
            with Directory(parent).opened() as directory:
                directory.flush()
    except (OSError, ValueError) as error:
        raise _unusable("make a folder for the run in", root, error) from error
    return folder


def make_requests_folder(folder: RunFolder) -> None:
    """Make the folder of requests, for its user alone: who can write there steers the run.

    Raises:
        OSError: It cannot be made, or is there.
    """
    with folder.directory.opened() as directory:
        directory.make_directory(folder.requests.path.name, 0o700)


def run_folders(root: Path) -> list[RunFolder]:
    """The folders of all runs, newest first; renamed ones last, in alphabetical order.

    Raises:
        RunError: `root` is there and cannot be read.
    """
    try:
        folders = [RunFolder(path) for path in root.iterdir() if not _is_hidden(path)]
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise _unusable("look for runs in", root, error) from error
    runs = sorted(filter(is_run, folders), key=lambda folder: folder.name)
    return sorted(runs, key=lambda folder: _age_key(folder.name), reverse=True)


def is_run(folder: RunFolder) -> bool:
    """Whether it is the folder of a run, sound or not."""
    try:
        return folder.manifest_file.path.is_file()
    except OSError:  # such as a folder without permission
        return False


def find_run(root: Path, name: str, *, follows_links: bool = True) -> RunFolder:
    """The run that the user means.

    Args:
        root: The folder of all runs.
        name: Of a run in it, or a beginning that no other has, or the path of a folder of a
            run anywhere; empty for the newest.
        follows_links: Whether a path that is a link is that of the folder it leads to.

    Raises:
        RunError: There is no such run, or there are several; names some that there are.
    """
    runs = run_folders(root)
    if not name:
        if not runs:
            raise RunError(
                f"there is no run in {printable(str(root))} yet; "
                "`wordnet-tui train` starts one"
            )
        return runs[0]
    for folder in runs:
        if folder.name == name:
            return folder
    if (elsewhere := _at_path(name, follows_links)) is not None:
        return elsewhere
    begin_so = [folder for folder in runs if folder.name.startswith(name)]
    if len(begin_so) == 1:
        return begin_so[0]
    if begin_so:
        raise RunError(
            f'"{printable(name)}" is the beginning of several runs: {_enumerated(begin_so)}'
        )
    raise _unknown(root, name, runs)


def _unknown(root: Path, name: str, runs: list[RunFolder]) -> RunError:
    sentence = f'there is no run "{printable(name)}" in {printable(str(root))}'
    by_name = {folder.name: folder for folder in runs}
    close = difflib.get_close_matches(name, by_name, _MOST_NAMED)
    if close:
        sentence += f"; close to it: {_enumerated([by_name[one] for one in close])}"
    elif runs:
        sentence += f"; the newest there: {_enumerated(runs[:_MOST_NAMED])}"
    return RunError(sentence)


def _at_path(name: str, follows_links: bool) -> RunFolder | None:
    """The run whose folder is at a path, wherever that is."""
    try:
        path = Path(name).absolute()
        is_followed = follows_links or not path.is_symlink()
        folder = RunFolder(path.resolve() if is_followed else path)
    except (OSError, ValueError, RuntimeError):  # links in a circle are a RuntimeError
        return None
    return folder if is_run(folder) else None


def _is_hidden(path: Path) -> bool:
    return path.name.startswith(".")


def is_named_by_time(name: str) -> bool:
    """Whether it is a name that a run is given at its start."""
    return _NAME.fullmatch(name) is not None


def _age_key(name: str) -> tuple[str, int]:
    """Grows with the time that a name tells; smallest for a name that tells none."""
    match = _NAME.fullmatch(name)
    return (match[1], int(match[2] or 1)) if match else ("", 0)


def _enumerated(folders: list[RunFolder]) -> str:
    names = [printable(folder.name) for folder in folders[:_MOST_NAMED]]
    more = len(folders) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "")


def _unusable(doing: str, root: Path, error: Exception) -> RunError:
    return RunError(f"{cannot(doing, root, error)}; --runs names another folder")
