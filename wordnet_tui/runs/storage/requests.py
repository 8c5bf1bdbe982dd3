"""What watchers ask of the process that trains a run: one small sealed file each.

    <run>/requests/1795443005200000000-000007-9f86d081884c7d65.json

A request is put there whole or not at all, so the trainer's process never sees half of one. A
name begins with the time of asking, so that their alphabetical order is the order in which
they were made; its end is drawn by chance, so that no two are the same. A request counts only
under its own name: a copy that a program for synchronising made of it does not.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from wordnet_tui.core.errors import HyperparameterError, RunError, cannot, printable
from wordnet_tui.core.formats.folder_file import PRIVATE, FolderFile
from wordnet_tui.runs.commands import Command, CommandKind
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.sealed_json import FORMAT_VERSION, SealedFile, UnixTime, seal

LONGEST_NAME = 80
"""Characters of who asks; the rest is left out."""

_SUFFIX = ".json"
_made_here = itertools.count()
"""Tells the order of requests that one process makes at the same time."""


@dataclass(frozen=True)
class Request:
    """Something asked of a run."""

    id: str
    """No other request has the same."""
    kind: CommandKind
    value: float | None
    """As in `Command`."""
    who: str
    """For people, such as "lea@tower"."""
    asked_at: UnixTime
    """By the clock of who asks."""

    @property
    def command(self) -> Command:
        """What is to be done.

        Raises:
            HyperparameterError: It cannot be; only of a request that was not made here.
        """
        return Command(self.kind, self.value)


def new_request(command: Command, who: str, asked_at: float) -> Request:
    """A request that is not asked yet.

    Args:
        command: What is to be done.
        who: Who asks, for people.
        asked_at: Seconds since 1970.
    """
    nanoseconds = int(asked_at * 1e9)
    name = f"{nanoseconds:019d}-{next(_made_here):06d}-{secrets.token_hex(8)}"
    return Request(name, command.kind, command.value, who[:LONGEST_NAME], asked_at)


def put_request(folder: RunFolder, request: Request) -> None:
    """Ask it of the process that trains the run.

    Raises:
        RunError: The folder of the requests cannot be written.
    """
    text = seal({"format_version": FORMAT_VERSION, **asdict(request)})
    target = folder.requests.file(f"{request.id}{_SUFFIX}")
    try:
        with target.replaced(durable=False, mode=PRIVATE) as file:
            file.write(f"{text}\n".encode("ascii"))
    except OSError as error:
        sentence = cannot("write into", folder.requests.path, error)
        raise RunError(f"nothing can be asked of this run: {sentence}") from error


def take_requests(
    folder: RunFolder, on_refused: Callable[[str], None] = lambda _: None
) -> list[Request]:
    """What was asked since the last time, oldest first; it is there no more.

    A request that could not be deleted is not returned: it would be done again and again.

    Args:
        folder: The run's; without requests if it is missing.
        on_refused: Called with a sentence for each that was deleted because it is damaged, or
            asks for something that cannot be.

    Raises:
        RunError: None could be taken, and the folder cannot be read, or one in it cannot be
            deleted.
    """
    requests, problem = [], ""
    try:
        with folder.requests.opened() as directory:
            names = sorted(filter(_is_request, directory.regular_files()))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RunError(cannot("read", folder.requests.path, error)) from error
    for file in map(folder.requests.file, names):
        try:
            request, refusal = _read(file)
            file.unlink()
        except FileNotFoundError:  # taken back by who asked
            continue
        except OSError as error:
            problem = cannot("delete", file, error)
            continue
        if request is not None:
            requests.append(request)
        else:
            on_refused(refusal)
    if problem and not requests:
        raise RunError(problem)
    return requests


_FILE = SealedFile(Request, "it was deleted; ask again")


def _is_request(name: str) -> bool:
    """Whether it is a name like those of requests; hidden files are half done."""
    return name.endswith(_SUFFIX) and not name.startswith(".")


def _read(file: FolderFile) -> tuple[Request | None, str]:
    """The request in a file, or why it is refused.

    Raises:
        FileNotFoundError: It is not there any more.
    """
    try:
        request = _FILE.read(file)
        if request is None:
            raise FileNotFoundError
        request.command  # noqa: B018  raises if it cannot be
    except RunError as error:
        return None, str(error)
    except HyperparameterError as error:
        return None, f"the request {printable(file.name)} is refused: {error}"
    if f"{request.id}{_SUFFIX}" != file.name:
        return None, f"the request {printable(file.name)} is refused: it is a copy of another"
    who = printable(request.who)[:LONGEST_NAME]
    return replace(request, who=who), ""
